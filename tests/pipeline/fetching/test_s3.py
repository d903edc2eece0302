from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.download import Carrier, download
from pipeline.fetching.errors import ArchiveFault, FetchError
from pipeline.fetching.settings import load_fetch_settings
from tests.pipeline.fetching.carriers import carrier_of
from tests.servers.s3 import SECRET_KEY, S3Server

BUCKET = "scenes"
CONTENT = hashlib.shake_256(b"one").digest(20_000_000)  # more than two blocks
OTHER = CONTENT[::-1]


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server) -> Any:
    system = s3_server.file_system()
    system.mkdir(BUCKET)
    system.pipe(f"{BUCKET}/a.zip", CONTENT)
    for name in ("manifest.safe", "annotation/hh.xml", "measurement/hh.tiff"):
        system.pipe(f"{BUCKET}/X.SAFE/{name}", name.encode())
    return system


@pytest.fixture
def carrier(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carrier]:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    with carrier_of(s3=load_fetch_settings()[2], attempts=2) as carrier:
        yield carrier


def file_of(name: str = "a.zip") -> RemoteFile:
    return RemoteFile(name, f"s3://{BUCKET}/{name}")


def test_an_object_comes_whole(bucket: Any, carrier: Carrier, tmp_path: Path) -> None:
    download(file_of(), tmp_path / "a", carrier)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_it_is_taken_up_where_it_was_left(bucket: Any, carrier: Carrier, tmp_path: Path) -> None:
    download(file_of(), tmp_path / "a", carrier)
    with (tmp_path / "a").open("r+b") as kept:
        kept.seek(0)
        kept.write(b"kept")  # so that it shows what was not fetched again
        kept.truncate(9_000_000)
    download(file_of(), tmp_path / "a", carrier)
    assert (tmp_path / "a").read_bytes() == b"kept" + CONTENT[4:]


def test_another_version_is_fetched_from_its_beginning(
    bucket: Any, carrier: Carrier, tmp_path: Path
) -> None:
    bucket.pipe(f"{BUCKET}/b.zip", CONTENT)
    download(file_of("b.zip"), tmp_path / "a", carrier)
    with (tmp_path / "a").open("r+b") as kept:
        kept.truncate(9_000_000)
    bucket.pipe(f"{BUCKET}/b.zip", OTHER)
    download(file_of("b.zip"), tmp_path / "a", carrier)
    assert (tmp_path / "a").read_bytes() == OTHER


def test_an_object_that_changes_while_it_is_read_is_not_mixed(
    bucket: Any, carrier: Carrier, tmp_path: Path
) -> None:
    bucket.pipe(f"{BUCKET}/c.zip", CONTENT)
    source = carrier.transport("s3://")
    with source.open(f"s3://{BUCKET}/c.zip", 0, None) as answer:
        assert next(answer.chunks)
        bucket.pipe(f"{BUCKET}/c.zip", OTHER)
        with pytest.raises(Exception, match="the file changed on the way"):
            list(answer.chunks)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_prefix_is_a_folder(bucket: Any, carrier: Carrier, slash: str) -> None:
    files = carrier.transport("s3://").files_below(f"s3://{BUCKET}/X.SAFE{slash}")
    assert files is not None
    assert [file.name for file in files] == [
        "annotation/hh.xml", "manifest.safe", "measurement/hh.tiff"
    ]  # fmt: skip
    assert files[1].href == f"s3://{BUCKET}/X.SAFE/manifest.safe"
    assert files[1].size_bytes == len("manifest.safe")


def test_an_object_is_no_folder(bucket: Any, carrier: Carrier) -> None:
    assert carrier.transport("s3://").files_below(f"s3://{BUCKET}/a.zip") is None


@pytest.mark.parametrize("href", [f"s3://{BUCKET}/none.zip", "s3://no-such-bucket/a.zip"])
def test_what_is_not_there_is_said(
    bucket: Any, carrier: Carrier, tmp_path: Path, href: str
) -> None:
    with pytest.raises(FetchError, match=r"is not at the archive"):
        download(RemoteFile("a", href), tmp_path / "a", carrier)
    with pytest.raises(FetchError, match=r"nothing below|not at the archive"):
        carrier.transport("s3://").files_below(f"{href}.SAFE/")


@pytest.mark.parametrize("anonymous", ["true", "false"])
def test_who_is_refused_is_told_what_to_set_and_no_key_is_shown(
    bucket: Any,
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    anonymous: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    wrong = f"not-{SECRET_KEY}"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", wrong)
    monkeypatch.setenv("ICELINES_S3_ANONYMOUS", anonymous)
    told = pytest.raises(ArchiveFault, match="AWS_SECRET_ACCESS_KEY")
    with carrier_of(s3=load_fetch_settings()[2], attempts=2) as carrier, told as refused:
        download(file_of(), tmp_path / "a", carrier)
    assert wrong not in f"{refused.value}{caplog.text}"


def test_without_keys_it_says_so(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("ICELINES_S3_ENDPOINT", s3_server.endpoint)
    told = pytest.raises(ArchiveFault, match="AWS_SECRET_ACCESS_KEY")
    with carrier_of(s3=load_fetch_settings()[2], attempts=2) as carrier, told:
        download(file_of(), tmp_path / "a", carrier)


def test_without_s3fs_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with carrier_of() as carrier, pytest.raises(ArchiveFault, match=r"pip install 'icelines\[s3\]"):
        download(file_of(), tmp_path / "a", carrier)


def test_an_endpoint_that_does_not_answer_is_said(
    monkeypatch: pytest.MonkeyPatch, s3_server: S3Server, tmp_path: Path
) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ICELINES_S3_ENDPOINT", "http://127.0.0.1:9")
    told = pytest.raises(ArchiveFault, match="connection broke")
    with carrier_of(s3=load_fetch_settings()[2], attempts=1) as carrier, told:
        download(file_of(), tmp_path / "a", carrier)
