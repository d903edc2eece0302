from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog.errors import StorageError
from web.errors import SiteError
from web.site.folder import LEDGER, SiteFolder
from web.site.rendering import SiteFile


def page(path: str, text: str = "text") -> SiteFile:
    return SiteFile(path, text.encode())


def test_a_file_that_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    first = SiteFolder(tmp_path)
    first.put(page("index.html"))
    first.finish()
    os.utime(tmp_path / "index.html", (1, 1))
    second = SiteFolder(tmp_path)
    second.put(page("index.html"))
    assert (tmp_path / "index.html").stat().st_mtime == 1
    assert (first.changed, second.changed) == (1, 0)


def test_a_page_that_is_no_longer_made_goes_with_its_folder(tmp_path: Path) -> None:
    before = SiteFolder(tmp_path)
    before.put(page("shelves/Old/index.html"))
    before.put(page("shelves/New/index.html"))
    before.finish()
    after = SiteFolder(tmp_path)
    after.put(page("shelves/New/index.html"))
    assert after.finish() == 1
    assert not (tmp_path / "shelves/Old").exists()
    assert (tmp_path / "shelves/New/index.html").exists()


def test_a_file_of_somebody_else_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    SiteFolder(tmp_path).finish()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_what_a_killed_build_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    killed = SiteFolder(tmp_path)
    killed.put(page("shelves/Gone/index.html"))  # and never finished
    following = SiteFolder(tmp_path)
    following.put(page("index.html"))
    following.finish()
    assert not (tmp_path / "shelves").exists()


def test_a_download_is_a_hard_link_where_the_file_system_allows_it(tmp_path: Path) -> None:
    source = tmp_path / "release" / "fronts.gpkg"
    source.parent.mkdir()
    source.write_bytes(b"fronts")
    site = SiteFolder(tmp_path / "site")
    site.link("releases/2026.11/files/fronts.gpkg", source)
    offered = tmp_path / "site/releases/2026.11/files/fronts.gpkg"
    assert offered.stat().st_ino == source.stat().st_ino
    site.link("releases/2026.11/files/fronts.gpkg", source)
    assert site.changed == 1


def test_a_download_is_copied_where_it_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    source = tmp_path / "fronts.gpkg"
    source.write_bytes(b"fronts")
    SiteFolder(tmp_path / "site").link("files/fronts.gpkg", source)
    offered = tmp_path / "site/files/fronts.gpkg"
    assert offered.read_bytes() == b"fronts"
    assert offered.stat().st_ino != source.stat().st_ino


def test_a_changed_download_replaces_the_old_one_and_leaves_the_release_alone(
    tmp_path: Path,
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"one")
    new.write_bytes(b"two")
    site = SiteFolder(tmp_path / "site")
    site.link("files/a", old)
    site.link("files/a", new)
    assert (tmp_path / "site/files/a").read_bytes() == b"two"
    assert old.read_bytes() == b"one"


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside.html", "a/../../b"])
def test_nothing_is_written_outside_the_site(tmp_path: Path, path: str) -> None:
    with pytest.raises(SiteError, match="outside"):
        SiteFolder(tmp_path / "site").put(page(path))
    assert list(tmp_path.rglob("*")) == []


def test_a_ledger_that_names_a_file_outside_removes_nothing_there(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "precious").write_text("keep")
    (site / LEDGER).write_text("../precious\n/etc/hostname\n")
    SiteFolder(site).finish()
    assert (tmp_path / "precious").read_text() == "keep"


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="cannot be written"):
        SiteFolder(tmp_path / "site").put(page("index.html"))
