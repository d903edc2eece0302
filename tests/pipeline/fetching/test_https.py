from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr

from catalog.errors import SettingsError
from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.download import download
from pipeline.fetching.errors import ArchiveFault, FetchError
from pipeline.fetching.https import HttpFiles
from pipeline.fetching.settings import ArchiveAccess, load_fetch_settings
from tests.pipeline.fetching.carriers import Waits, carrier_of
from tests.servers.archive import ArchiveServer, Fault

PATH, CONTENT = "/a.zip", b"scene" * 1000
TOKEN, PASSWORD, SIGNATURE = "t0ken-of-the-test", "passw0rd-of-the-test", "s1gnature-of-the-test"


@pytest.fixture
def other_host() -> Iterator[ArchiveServer]:
    with ArchiveServer(host="127.0.0.2") as server:
        yield server


def fetch(url: str, to: Path, access: ArchiveAccess | None = None) -> None:
    with carrier_of(archive=access, attempts=2) as carrier:
        download(RemoteFile("a.zip", url), to, carrier)


def redirect(to: str, status: int = 302) -> Fault:
    return Fault(status=status, headers={"Location": to})


def with_token(host: str) -> ArchiveAccess:
    return ArchiveAccess(host=host, token=SecretStr(TOKEN))


def test_the_configured_host_is_shown_the_token(archive: ArchiveServer, tmp_path: Path) -> None:
    fetch(archive.put(PATH, CONTENT), tmp_path / "a", with_token(archive.host))
    assert archive.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_or_user_and_password(archive: ArchiveServer, tmp_path: Path) -> None:
    access = ArchiveAccess(host=archive.host, user="ann", password=SecretStr(PASSWORD))
    fetch(archive.put(PATH, CONTENT), tmp_path / "a", access)
    pair = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    assert archive.asked[0].headers["authorization"] == f"Basic {pair}"


def test_no_other_host_is_shown_it(
    archive: ArchiveServer, other_host: ArchiveServer, tmp_path: Path
) -> None:
    fetch(other_host.put(PATH, CONTENT), tmp_path / "a", with_token(archive.host))
    assert "authorization" not in other_host.asked[0].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_does_not_take_it_along(
    archive: ArchiveServer, other_host: ArchiveServer, tmp_path: Path, status: int
) -> None:
    url = archive.put(PATH, b"", redirect(other_host.put(PATH, CONTENT), status))
    fetch(url, tmp_path / "a", with_token(archive.host))
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert "authorization" in archive.asked[0].headers
    assert "authorization" not in other_host.asked[0].headers


def test_another_port_is_another_host(archive: ArchiveServer, tmp_path: Path) -> None:
    with ArchiveServer() as other_port:
        url = archive.put(PATH, b"", redirect(other_port.put(PATH, CONTENT)))
        fetch(url, tmp_path / "a", with_token(archive.host))
        assert "authorization" not in other_port.asked[0].headers


def test_a_redirect_back_to_the_archive_shows_it_again(
    archive: ArchiveServer, other_host: ArchiveServer, tmp_path: Path
) -> None:
    start = other_host.put(PATH, b"", redirect(archive.put(PATH, CONTENT)))
    fetch(start, tmp_path / "a", with_token(archive.host))
    assert "authorization" in archive.asked[0].headers


def test_a_name_and_password_in_a_url_are_not_sent(archive: ArchiveServer, tmp_path: Path) -> None:
    url = archive.put(PATH, CONTENT).replace("//", f"//ann:{PASSWORD}@")
    fetch(url, tmp_path / "a")
    assert "authorization" not in archive.asked[0].headers


def test_a_token_is_not_sent_in_the_clear_over_a_network(tmp_path: Path) -> None:
    http = HttpFiles(with_token("dl.example.org"), Waits().clock, timeout_s=1.0, parallel=1)
    assert http._credentials("http://dl.example.org/a.zip") == {}
    default_port = HttpFiles(with_token("dl.example.org:443"), Waits().clock,
                             timeout_s=1.0, parallel=1)  # fmt: skip
    for files in (http, default_port):
        assert files._credentials("https://dl.example.org/a.zip")
        assert files._credentials("https://dl.example.org.evil.org/a.zip") == {}
        assert files._credentials("https://dl.example.org:8443/a.zip") == {}
        assert files._credentials("https://dl.example.org@evil.org/a.zip") == {}
        files.close()


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/a", ""])
def test_redirects_lead_to_http_only(archive: ArchiveServer, tmp_path: Path, target: str) -> None:
    with pytest.raises(FetchError, match="where we do not follow"):
        fetch(archive.put(PATH, b"", redirect(target)), tmp_path / "a")


def signing(archive: ArchiveServer, signed: str) -> HttpFiles:
    """Files of the archive, whose URLs are signed as the server at `/sign` says."""
    archive.put("/sign", b"")
    archive.always["/sign"] = Fault(status=200, body=orjson.dumps({"href": signed}))
    signers = {archive.host: archive.url("/sign")}
    return HttpFiles(ArchiveAccess(), Waits().clock, timeout_s=5.0, parallel=1, signers=signers)


def test_where_urls_have_to_be_signed_they_are(archive: ArchiveServer) -> None:
    url = archive.put(PATH, CONTENT)
    files = signing(archive, f"{url}?sig={SIGNATURE}")
    with files.open(url, 0, None) as answer:
        assert b"".join(answer.chunks) == CONTENT
    assert [asked.path for asked in archive.asked] == ["/sign", PATH]
    with files.open(f"{url}?sig=own", 0, None):
        assert len(archive.asked) == 3, "a signed one is left as it is"
    files.close()


@pytest.mark.parametrize("signed", ["http://evil.example.org/a.zip", ""])
def test_a_signer_cannot_lead_elsewhere(archive: ArchiveServer, signed: str) -> None:
    url = archive.put(PATH, CONTENT)
    files = signing(archive, signed)
    with pytest.raises(FetchError, match="another URL"), files.open(url, 0, None):
        pass
    files.close()


def test_redirects_in_circles_end(archive: ArchiveServer, tmp_path: Path) -> None:
    url = archive.put(PATH, b"")
    archive.always[PATH] = redirect(PATH)
    with pytest.raises(FetchError, match="in circles"):
        fetch(url, tmp_path / "a")


def test_a_resumed_file_is_asked_for_in_parts_behind_a_redirect(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    archive.put("/real", CONTENT, Fault(cut_after=1000))
    url = archive.put(PATH, b"")
    archive.always[PATH] = redirect(archive.url("/real"))
    fetch(url, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert archive.sent("/real") == len(CONTENT)


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_refused_is_told_what_to_set(
    archive: ArchiveServer, tmp_path: Path, status: int
) -> None:
    with pytest.raises(ArchiveFault, match="ICELINES_ARCHIVE_TOKEN") as refused:
        fetch(archive.put(PATH, CONTENT, Fault(status=status)), tmp_path / "a",
              with_token(archive.host))  # fmt: skip
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=403),
        Fault(status=404),
        Fault(status=503),
        Fault(status=302, headers={"Location": f"ftp://h/a?sig={SIGNATURE}"}),
        Fault(cut_after=0),
    ],
)
def test_no_fault_and_no_log_shows_a_secret(
    archive: ArchiveServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    caplog.set_level(logging.DEBUG)
    url = archive.put(PATH, CONTENT).replace("//", f"//ann:{PASSWORD}@") + f"?sig={SIGNATURE}"
    archive.always[PATH] = fault
    with pytest.raises(FetchError) as failed:
        fetch(url, tmp_path / "a", with_token(archive.host))
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode(errors="replace")
    for secret in (TOKEN, PASSWORD, SIGNATURE):
        assert secret not in f"{failed.value}{failed.value!r}{caplog.text}{kept}"
    assert PATH in str(failed.value)


@pytest.mark.parametrize(
    "variables",
    [
        {"ICELINES_ARCHIVE_USER": "ann"},
        {"ICELINES_ARCHIVE_PASSWORD": PASSWORD},
        {"ICELINES_ARCHIVE_USER": "ann", "ICELINES_ARCHIVE_PASSWORD": PASSWORD},
        {"ICELINES_ARCHIVE_HOST": "h", "ICELINES_ARCHIVE_USER": "ann",
         "ICELINES_ARCHIVE_PASSWORD": PASSWORD, "ICELINES_ARCHIVE_TOKEN": TOKEN},
        {"ICELINES_FETCH_PARALLEL": "0"},
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_fetch_settings()
    assert PASSWORD not in str(refused.value)
    assert TOKEN not in str(refused.value)
