from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.download import download
from pipeline.fetching.errors import FetchError
from tests.pipeline.fetching.carriers import carrier_of


def test_a_file_is_copied_from_a_path_or_a_url_and_stays(tmp_path: Path) -> None:
    source = tmp_path / "with blank.zip"
    source.write_bytes(b"scene")
    with carrier_of() as carrier:
        for n, href in enumerate((str(source), source.as_uri())):
            download(RemoteFile("a", href), tmp_path / str(n), carrier)
            assert (tmp_path / str(n)).read_bytes() == b"scene"
    assert source.exists()


def test_a_folder_has_files_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "X.SAFE/annotation").mkdir(parents=True)
    (tmp_path / "X.SAFE/annotation/a.xml").write_bytes(b"a")
    (tmp_path / "X.SAFE/manifest.safe").write_bytes(b"mm")
    with carrier_of() as carrier:
        href = str(tmp_path / "X.SAFE")
        files = carrier.transport(href).files_below(href)
    assert files is not None
    assert [(f.name, f.size_bytes) for f in files] == [
        ("annotation/a.xml", 1),
        ("manifest.safe", 2),
    ]


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "X.SAFE").mkdir()
    (tmp_path / "X.SAFE/secret").symlink_to("/etc/hostname")
    with carrier_of() as carrier, pytest.raises(FetchError, match="is a link"):
        carrier.transport("").files_below(str(tmp_path / "X.SAFE"))


@pytest.mark.parametrize("name", ["none.zip", ""])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with carrier_of() as carrier, pytest.raises(FetchError, match="cannot be read"):
        download(RemoteFile("a", str(tmp_path / name)), tmp_path / "copy", carrier)
