"""The archive: valid OCFL, one version for each release, whole after a kill at any moment."""

from __future__ import annotations

import json
from hashlib import sha512
from pathlib import Path

import pytest

from catalog.atomic import PARTIAL_PREFIX
from publish.archive import Archive, VersionNote
from publish.errors import ArchiveFailed

OBJECT = "https://doi.org/10.5072/icelines"
NOTE = VersionNote("2026.11", "2026-11-03T09:00:00Z", "Institute", "mailto:ice@example.org")
LATER = VersionNote("2026.12", "2026-12-03T09:00:00Z", "Institute", "mailto:ice@example.org")


def release_folder(root: Path, name: str, **files: str) -> Path:
    folder = root / name
    (folder / "shelves").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"version": name}))
    for stem, text in files.items():
        (folder / "shelves" / f"{stem}.csv").write_text(text)
    return folder


@pytest.fixture
def november(tmp_path: Path) -> Path:
    return release_folder(tmp_path, "2026.11", amery="1", getz="2")


@pytest.fixture
def december(tmp_path: Path) -> Path:
    return release_folder(tmp_path, "2026.12", amery="1", getz="3")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "workspace" / "archive")


def bytes_of(root: Path) -> dict[str, bytes]:
    files = (p for p in root.rglob("*") if p.is_file())
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def object_folder(archive: Archive) -> Path:
    return next(archive.root.rglob("0=ocfl_object_1.1")).parent


def test_a_release_is_a_version_of_one_object(
    archive: Archive, november: Path, december: Path
) -> None:
    assert archive.add(OBJECT, november, NOTE) == "v1"
    assert archive.add(OBJECT, december, LATER) == "v2"
    assert archive.objects() == (OBJECT,)
    assert archive.faults() == ()
    assert archive.version_of(OBJECT, november) == "v1"
    state = archive.state(OBJECT, "v2")
    assert state["shelves/getz.csv"] == sha512(b"3").hexdigest()
    assert state.keys() == {"manifest.json", "shelves/amery.csv", "shelves/getz.csv"}


def test_the_root_names_its_layout(archive: Archive, november: Path) -> None:
    archive.add(OBJECT, november, NOTE)
    layout = json.loads((archive.root / "ocfl_layout.json").read_text())
    assert layout["extension"] == "0003-hash-and-id-n-tuple-storage-layout"
    assert (archive.root / "0=ocfl_1.1").read_text() == "ocfl_1.1\n"
    assert object_folder(archive).name == "https%3a%2f%2fdoi%2eorg%2f10%2e5072%2ficelines"


def test_a_file_that_did_not_change_is_kept_once(
    archive: Archive, november: Path, december: Path
) -> None:
    archive.add(OBJECT, november, NOTE)
    archive.add(OBJECT, december, LATER)
    kept = list(archive.root.rglob("amery.csv"))
    assert len(kept) == 1


def test_the_same_release_again_writes_nothing(archive: Archive, november: Path) -> None:
    archive.add(OBJECT, november, NOTE)
    before = bytes_of(archive.root)
    assert archive.add(OBJECT, november, LATER) == "v1"
    assert bytes_of(archive.root) == before


def test_the_same_releases_make_the_same_archive(
    tmp_path: Path, november: Path, december: Path
) -> None:
    archives = [Archive(tmp_path / name / "archive") for name in ("one", "other")]
    for archive in archives:
        archive.add(OBJECT, november, NOTE)
        archive.add(OBJECT, december, LATER)
    assert bytes_of(archives[0].root) == bytes_of(archives[1].root)


def test_one_changed_bit_is_found(archive: Archive, november: Path) -> None:
    archive.add(OBJECT, november, NOTE)
    path = next(archive.root.rglob("getz.csv"))
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    assert any("getz.csv" in fault for fault in archive.faults())


def test_a_missing_file_is_found(archive: Archive, november: Path) -> None:
    archive.add(OBJECT, november, NOTE)
    next(archive.root.rglob("getz.csv")).unlink()
    assert archive.faults()


def test_an_archive_that_is_not_there_yet_has_no_faults(archive: Archive) -> None:
    assert archive.faults() == ()
    assert archive.objects() == ()


def test_two_objects_stand_beside_each_other(archive: Archive, november: Path) -> None:
    rehearsal = "urn:icelines:rehearsal:10.5072/icelines"
    archive.add(OBJECT, november, NOTE)
    assert archive.add(rehearsal, november, NOTE) == "v1"
    assert archive.objects() == (OBJECT, rehearsal)
    assert archive.faults() == ()


class Killed(BaseException):
    """As good as SIGKILL for what is on disk."""


def renames_until(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `count` renames the program is dead."""
    real, done = Path.rename, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal done
        if done == count:
            raise Killed
        done += 1
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)


RENAMES_OF_A_FIRST_VERSION = 3  # root, staged object, object
RENAMES_OF_A_NEXT_VERSION = 4  # staged update, version, inventory, sidecar


@pytest.mark.parametrize("count", range(RENAMES_OF_A_FIRST_VERSION))
def test_a_first_version_survives_a_kill_before_each_rename(
    archive: Archive, november: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        renames_until(count, patch)
        with pytest.raises(Killed):
            archive.add(OBJECT, november, NOTE)
    assert archive.add(OBJECT, november, NOTE) == "v1"
    assert archive.faults() == ()
    assert not list(archive.root.parent.glob(f"{PARTIAL_PREFIX}*"))


@pytest.mark.parametrize("count", range(RENAMES_OF_A_NEXT_VERSION))
def test_a_next_version_survives_a_kill_before_each_rename(
    archive: Archive, november: Path, december: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add(OBJECT, november, NOTE)
    with monkeypatch.context() as patch:
        renames_until(count, patch)
        with pytest.raises(Killed):
            archive.add(OBJECT, december, LATER)
    assert archive.add(OBJECT, december, LATER) == "v2"
    assert archive.faults() == ()
    assert archive.version_of(OBJECT, november) == "v1"


def test_a_kill_takes_place_in_these_tests(
    archive: Archive, november: Path, december: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add(OBJECT, november, NOTE)
    renames_until(RENAMES_OF_A_NEXT_VERSION, monkeypatch)
    assert archive.add(OBJECT, december, LATER) == "v2"


def test_a_folder_that_is_no_archive_is_named(tmp_path: Path, november: Path) -> None:
    root = tmp_path / "workspace" / "archive"
    root.mkdir(parents=True)
    (root / "letters.txt").write_text("Dear all")
    with pytest.raises(ArchiveFailed, match=str(root)):
        Archive(root).add(OBJECT, november, NOTE)
