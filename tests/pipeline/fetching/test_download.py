from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import StorageError
from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.download import Stopped, download
from pipeline.fetching.errors import ArchiveFault, FetchError
from tests.pipeline.fetching.carriers import NOW, Waits, carrier_of
from tests.servers.archive import ArchiveServer, Fault

PATH = "/scenes/a.zip"
CONTENT = hashlib.shake_256(b"one").digest(300_000)
OTHER = hashlib.shake_256(b"other").digest(300_000)
CUT = 100_000


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def fetch(
    url: str, to: Path, waits: Waits | None = None, *, checksum: str | None = None,
    size_bytes: int | None = None, **settings: Any,
) -> bytes:  # fmt: skip
    with carrier_of(waits, **settings) as carrier:
        download(RemoteFile("a.zip", url, checksum, size_bytes), to, carrier)
    return to.read_bytes()


def test_a_file_comes_whole(archive: ArchiveServer, tmp_path: Path) -> None:
    assert fetch(archive.put(PATH, CONTENT), tmp_path / "a") == CONTENT


@pytest.mark.parametrize("algorithm", ["md5", "sha256", "sha3_256"])
def test_a_checksum_that_fits_is_accepted_and_another_is_not(
    archive: ArchiveServer, tmp_path: Path, algorithm: str
) -> None:
    url = archive.put(PATH, CONTENT)
    name = algorithm.replace("_", "-")
    right = f"{name}:{hashlib.new(algorithm, CONTENT).hexdigest().upper()}"
    assert fetch(url, tmp_path / "a", checksum=right) == CONTENT
    with pytest.raises(FetchError, match="checksum is not the one"):
        fetch(url, tmp_path / "b", checksum=f"{name}:{hashlib.new(algorithm).hexdigest()}")
    assert not (tmp_path / "b").exists(), "bytes that are wrong are no start for the next run"


def test_an_unknown_kind_of_checksum_is_refused(archive: ArchiveServer, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="crc32"):
        fetch(archive.put(PATH, CONTENT), tmp_path / "a", checksum="crc32:00")


def test_a_broken_line_is_taken_up_where_it_broke(archive: ArchiveServer, tmp_path: Path) -> None:
    waits = Waits()
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), Fault(cut_after=CUT))
    assert fetch(url, tmp_path / "a", waits) == CONTENT
    assert [asked.headers.get("range") for asked in archive.asked] == [
        None, f"bytes={CUT}-", f"bytes={2 * CUT}-"
    ]  # fmt: skip
    assert archive.sent(PATH) == len(CONTENT), "no byte came twice"
    assert waits.seconds == [1.0, 2.0]


@given(cuts=st.lists(st.integers(0, 299_999), max_size=4))
def test_wherever_it_breaks_the_file_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    with ArchiveServer() as archive:
        url = archive.put(PATH, CONTENT, *(Fault(cut_after=cut) for cut in cuts))
        assert fetch(url, tmp_path_factory.mktemp("cuts") / "a") == CONTENT
        assert archive.sent(PATH) == len(CONTENT)


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT))
    with pytest.raises(ArchiveFault, match="asked 1 times"):
        fetch(url, tmp_path / "a", attempts=1)
    assert fetch(url, tmp_path / "a") == CONTENT
    assert archive.sent(PATH) == len(CONTENT)


def test_a_file_that_came_whole_is_not_asked_for_again(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    url = archive.put(PATH, CONTENT)
    assert fetch(url, tmp_path / "a") == fetch(url, tmp_path / "a") == CONTENT
    assert len(archive.asked) == 1


def test_a_server_that_ignores_ranges_is_read_from_the_beginning(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), Fault(ignores_range=True))
    assert fetch(url, tmp_path / "a") == CONTENT


def test_a_file_that_changes_on_the_way_is_fetched_anew(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), Fault(then=OTHER))
    assert fetch(url, tmp_path / "a") == OTHER


def test_a_server_that_ignores_if_range_does_not_mix_two_versions(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    lie = {"ETag": '"other"', "Content-Range": f"bytes {CUT}-299999/300000"}
    mixed = Fault(status=206, headers=lie, body=OTHER[CUT:])
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), mixed)
    assert fetch(url, tmp_path / "a") == CONTENT


def test_another_range_than_asked_for_is_not_written(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), Fault(shift=7))
    assert fetch(url, tmp_path / "a") == CONTENT


def test_a_file_that_became_shorter_is_fetched_anew(archive: ArchiveServer, tmp_path: Path) -> None:
    url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), Fault(then=CONTENT[: CUT // 2]))
    assert fetch(url, tmp_path / "a") == CONTENT[: CUT // 2]


def test_without_a_version_nothing_is_joined(tmp_path: Path) -> None:
    with ArchiveServer(etags=False) as archive:
        url = archive.put(PATH, CONTENT, Fault(cut_after=CUT))
        assert fetch(url, tmp_path / "a") == CONTENT
        assert "range" not in archive.asked[1].headers


def test_without_a_version_a_checksum_lets_it_be_joined(tmp_path: Path) -> None:
    with ArchiveServer(etags=False) as archive:
        url = archive.put(PATH, CONTENT, Fault(cut_after=CUT))
        assert fetch(url, tmp_path / "a", checksum=sha256(CONTENT)) == CONTENT
        assert archive.asked[1].headers["range"] == f"bytes={CUT}-"


def test_a_wrong_join_is_fetched_once_more_in_one_piece(tmp_path: Path) -> None:
    with ArchiveServer(etags=False) as archive:
        url = archive.put(PATH, CONTENT, Fault(cut_after=CUT), Fault(then=OTHER))
        assert fetch(url, tmp_path / "a", checksum=sha256(OTHER)) == OTHER


def test_a_length_that_is_too_large_ends_in_a_fault(archive: ArchiveServer, tmp_path: Path) -> None:
    url = archive.put(PATH, CONTENT)
    archive.always[PATH] = Fault(length=len(CONTENT) + 5)
    with pytest.raises(ArchiveFault):
        fetch(url, tmp_path / "a", attempts=3)
    assert len(archive.asked) == 3


def test_a_length_that_is_too_small_is_found_out_by_size_or_checksum(
    archive: ArchiveServer, tmp_path: Path
) -> None:
    url = archive.put(PATH, CONTENT)
    archive.always[PATH] = Fault(length=CUT)
    with pytest.raises(FetchError, match="100,000 bytes came, the archive's record says 300,000"):
        fetch(url, tmp_path / "a", size_bytes=len(CONTENT))
    with pytest.raises(FetchError, match="checksum"):
        fetch(url, tmp_path / "b", checksum=sha256(CONTENT))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_archive_is_asked_again(archive: ArchiveServer, tmp_path: Path, status: int) -> None:
    waits = Waits()
    url = archive.put(PATH, CONTENT, Fault(status=status), Fault(status=status))
    assert fetch(url, tmp_path / "a", waits) == CONTENT
    assert waits.seconds == [1.0, 2.0]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("17", 17.0),
        (format_datetime(NOW + timedelta(seconds=40), usegmt=True), 40.0),
        ("86400", 300.0),
        ("soon", 1.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 1.0),
    ],
)
def test_the_wait_that_an_archive_asks_for_is_kept_up_to_a_limit(
    archive: ArchiveServer, tmp_path: Path, asked: str, waited: float
) -> None:
    waits = Waits()
    url = archive.put(PATH, CONTENT, Fault(status=429, headers={"Retry-After": asked}))
    assert fetch(url, tmp_path / "a", waits) == CONTENT
    assert waits.seconds == [waited]


def test_patience_ends(archive: ArchiveServer, tmp_path: Path) -> None:
    url = archive.put(PATH, CONTENT)
    archive.always[PATH] = Fault(status=503)
    with pytest.raises(ArchiveFault, match=re.escape("answered 503; asked 4 times.")):
        fetch(url, tmp_path / "a", attempts=4)
    assert len(archive.asked) == 4


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_is_not_there_is_not_asked_for_again(
    archive: ArchiveServer, tmp_path: Path, status: int
) -> None:
    url = archive.put(PATH, CONTENT, Fault(status=status))
    with pytest.raises(FetchError, match=f"answered {status}"):
        fetch(url, tmp_path / "a")
    assert len(archive.asked) == 1


def test_nothing_listens(archive: ArchiveServer, tmp_path: Path) -> None:
    archive.close()
    with pytest.raises(ArchiveFault, match="ConnectError"):
        fetch(archive.url(PATH), tmp_path / "a", attempts=2)


@pytest.mark.parametrize("fault", [Fault(), Fault(headers={"Content-Length": "300000"})])
def test_a_file_over_the_limit_is_refused(
    archive: ArchiveServer, tmp_path: Path, fault: Fault
) -> None:
    url = archive.put(PATH, CONTENT, fault)
    with pytest.raises(FetchError, match="larger than the limit of 200,000 bytes"):
        fetch(url, tmp_path / "a", largest_bytes=200_000)
    assert not (tmp_path / "a").exists()


def test_what_is_sent_compressed_is_refused(archive: ArchiveServer, tmp_path: Path) -> None:
    url = archive.put(PATH, CONTENT, Fault(headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FetchError, match="compressed"):
        fetch(url, tmp_path / "a")


def test_a_full_disk_ends_the_run(
    archive: ArchiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = Path.open

    def open_on_full_disk(self: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        target = Path("/dev/full") if mode == "ab" else self
        return real_open(target, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", open_on_full_disk)
    with pytest.raises(StorageError, match="The disk is full"):
        fetch(archive.put(PATH, CONTENT), tmp_path / "a")
    assert len(archive.asked) == 1


def test_a_stopped_run_keeps_what_came(archive: ArchiveServer, tmp_path: Path) -> None:
    with carrier_of() as carrier:
        carrier.stop.set()
        with pytest.raises(Stopped):
            download(RemoteFile("a", archive.put(PATH, CONTENT)), tmp_path / "a", carrier)
    assert (tmp_path / "a").stat().st_size > 0


def test_a_scheme_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="ftp: is no scheme"):
        fetch("ftp://archive.example.org/a.zip", tmp_path / "a")
