"""A built release: complete, consistent, immutable once out, and nothing of it when it fails."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from catalog.atomic import PARTIAL_PREFIX
from catalog.canonical import sha256_of_file
from catalog.errors import StorageError
from catalog.query import Released, Search
from catalog.release import ReleaseState
from catalog.store import CatalogStore
from publish import package as packages
from publish import run
from publish.errors import EmptyRelease, ReleaseIsImmutable
from publish.manifest import read_manifest
from publish.staging import exclusive
from publish.verify import folder_faults
from tests.publish.records import DECEMBER, NOVEMBER, BuiltHouse, House, fill, own_front


def visible(folder: Path) -> list[str]:
    return [p.name for p in folder.glob("*") if not p.name.startswith(".")]


def test_the_manifest_has_the_digest_of_every_file_but_itself_and_the_sums(
    built: BuiltHouse,
) -> None:
    manifest = read_manifest(built.folder)
    present = {p.relative_to(built.folder).as_posix() for p in built.folder.rglob("*.*")}
    assert {file["path"] for file in manifest["files"]} == present - {"manifest.json"}
    for file in manifest["files"]:
        path = built.folder / file["path"]
        assert sha256_of_file(path) == file["sha256"]
        assert path.stat().st_size == file["size_bytes"]


def test_sha256sum_accepts_the_sums(built: BuiltHouse) -> None:
    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=built.folder, capture_output=True, text=True, check=False)
    assert checked.returncode == 0
    assert checked.stdout.count(": OK") == len(built.release.files) - 1


def test_the_record_describes_the_folder(built: BuiltHouse) -> None:
    release = built.house.store.release(NOVEMBER)
    assert release == built.release
    assert release.state is ReleaseState.FROZEN
    assert release.manifest_sha256 == sha256_of_file(built.folder / "manifest.json")
    assert release.cut_off == date(2026, 10, 31)
    assert release.included_sources == ("greene2022",)
    assert {file.path for file in release.files} >= {"manifest.json", "SHA256SUMS", "README.md"}


def test_what_is_pinned_is_what_the_view_of_the_release_shows(built: BuiltHouse) -> None:
    store = built.house.store
    pins = {(p.collection, p.item_id): p.digest for p in store.pins(NOVEMBER)}
    shown = {
        (s.collection, s.item_id): s.digest for s in store.all_items(Search(), Released(NOVEMBER))
    }
    assert shown == pins
    assert len(pins) == 5


def test_the_readme_names_every_data_file_and_every_gap(built: BuiltHouse) -> None:
    text = (built.folder / "README.md").read_text(encoding="utf-8")
    for file in built.release.files:
        assert f"`{file.path}`" in text or file.path in ("manifest.json", "SHA256SUMS")
    assert "| Amery | gap | no_acquisition | 1 |" in text
    assert "sha256sum -c SHA256SUMS" in text


def test_the_same_build_again_changes_nothing(house: House) -> None:
    first = house.build()
    stamps = {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")}
    second = house.build()
    assert (first.is_new, second.is_new) == (True, False)
    assert {p: p.stat().st_mtime_ns for p in second.folder.rglob("*")} == stamps


def test_a_frozen_release_is_built_anew_when_there_is_more(house: House) -> None:
    house.build()
    house.store.record_fronts([(own_front(start=datetime(2026, 10, 2, 8, tzinfo=UTC)), ())])
    again = house.build()
    assert again.is_new
    assert read_manifest(again.folder)["fronts"] == 3
    assert house.store.release(NOVEMBER) == again.release
    assert list(house.workspace.releases.iterdir()) == [again.folder]


def test_a_damaged_folder_is_mended_by_building_again(house: House) -> None:
    folder = house.build().folder
    (folder / "README.md").write_text("something else")
    assert house.build().is_new
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# IceLines")


@pytest.mark.parametrize("state", [ReleaseState.ARCHIVED, ReleaseState.PUBLISHED])
def test_a_release_that_is_out_is_never_built_again(house: House, state: ReleaseState) -> None:
    built = house.build()
    house.store.save_release(replace(built.release, state=state))
    before = sha256_of_file(built.folder / "manifest.json")
    house.store.revise_front(own_front(confidence=0.5))
    with pytest.raises(ReleaseIsImmutable, match=r"release build 2026\.11\.1"):
        house.build()
    assert sha256_of_file(built.folder / "manifest.json") == before


def test_a_rehearsed_release_may_be_built_again(house: House) -> None:
    built = house.build()
    rehearsed = replace(built.release, state=ReleaseState.PUBLISHED, dry_run=True)
    house.store.save_release(rehearsed)
    house.store.revise_front(own_front(confidence=0.5))
    assert house.build().release.state is ReleaseState.FROZEN


def test_the_next_release_names_its_predecessor_and_what_changed(house: House) -> None:
    built = house.build()
    house.store.save_release(replace(built.release, state=ReleaseState.PUBLISHED))
    house.store.record_fronts([(own_front(start=datetime(2026, 11, 2, 8, tzinfo=UTC)), ())])
    folder = house.build(DECEMBER).folder
    manifest = read_manifest(folder)
    assert manifest["predecessor"] == "2026.11"
    assert manifest["changes"] == {"new": 1, "revised": 0, "unchanged": 2, "withdrawn": 0}
    metadata = json.loads((folder / "datacite.json").read_bytes())
    assert "IsNewVersionOf" in {r["relationType"] for r in metadata["relatedIdentifiers"]}


def test_files_of_a_shelf_without_news_keep_their_bytes(house: House) -> None:
    built = house.build()
    house.store.save_release(replace(built.release, state=ReleaseState.PUBLISHED))
    house.store.record_fronts([(own_front(start=datetime(2026, 11, 2, 8, tzinfo=UTC)), ())])
    after = {f.path: f.sha256 for f in house.build(DECEMBER).release.files}
    kept = [f.path for f in built.release.files if after.get(f.path) == f.sha256]
    assert [path for path in kept if path.startswith("shelves/")] == [
        f"shelves/Getz/Getz-{name}"
        for name in (
            "areas.csv",
            "fronts-shapefile.zip",
            "fronts.gpkg",
            "fronts.parquet",
            "provenance.json",
        )
    ]


def test_a_refused_build_leaves_nothing(empty_house: House) -> None:
    with pytest.raises(EmptyRelease):
        empty_house.build()
    assert not empty_house.workspace.releases.exists()
    assert empty_house.store.releases() == ()


class Killed(BaseException):
    """As good as SIGKILL for what is on disk and on record."""


def kill(*_: object, **__: object) -> None:
    raise Killed


BUILD_STEPS = {
    "while files are written": (packages, "_write_shelf"),
    "before the folder is in place": (run, "put_in_place"),
    "before it is on record": (CatalogStore, "save_release"),
}


@pytest.mark.parametrize("moment", BUILD_STEPS)
def test_a_build_that_breaks_off_is_not_on_record_and_completes_later(
    house: House, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    module, name = BUILD_STEPS[moment]
    with monkeypatch.context() as patch:
        patch.setattr(module, name, kill)
        with pytest.raises(Killed):
            house.build()
    assert house.store.releases() == ()
    assert visible(house.workspace.releases) == []
    built = house.build()
    assert built.is_new
    assert visible(house.workspace.releases) == ["2026.11"]


def test_a_rebuild_that_breaks_off_leaves_the_release_before_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = house.build()
    house.store.revise_front(own_front(confidence=0.5))
    monkeypatch.setattr(CatalogStore, "save_release", kill)
    with pytest.raises(Killed):
        house.build()
    assert house.store.release(NOVEMBER) == first.release
    assert folder_faults(first.folder, first.release) == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for the records and not for a release."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small file system ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_said_so_and_leaves_no_release(small_disk: Path) -> None:
    house = House(small_disk)
    fill(house.store)
    with pytest.raises(StorageError, match="The disk is full"):
        house.build()
    assert house.store.releases() == ()
    assert visible(house.workspace.releases) == []
    house.store.close()


def test_a_process_that_is_killed_while_it_packs_leaves_nothing_to_see(house: House) -> None:
    command = [
        *(sys.executable, "-c", "from catalog.cli import main; main()"),
        *("--workspace", str(house.workspace.root), "release", "build", "2026.11"),
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not list(house.workspace.releases.glob("**/*.gpkg")):
            time.sleep(0.005)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert house.store.releases() == ()
    assert visible(house.workspace.releases) == []
    assert house.build().is_new
    assert [path.name for path in house.workspace.releases.iterdir()] == ["2026.11"]


def test_what_a_killed_process_left_is_removed_by_the_next_build(house: House) -> None:
    leftover = house.workspace.releases / f"{PARTIAL_PREFIX}2026.11-abc"
    leftover.mkdir(parents=True)
    (leftover / "half.gpkg").write_bytes(b"x")
    house.build()
    assert not leftover.exists()


def test_two_builds_at_a_time_are_refused(house: House) -> None:
    with exclusive(house.workspace), pytest.raises(StorageError, match="Another release"):
        house.build()
    assert house.build().is_new


def test_a_workspace_that_is_a_file_is_named(tmp_path: Path, house: House) -> None:
    house.workspace.releases.write_text("no folder")
    with pytest.raises(StorageError, match="releases"):
        house.build()


def test_a_lot_of_shelves_is_no_obstacle(empty_house: House) -> None:
    fronts = [own_front(unit=f"Getz{n}", shelf="Getz") for n in range(1, 4)]
    fill(empty_house.store, [*fronts, own_front()])
    manifest = read_manifest(empty_house.build().folder)
    assert manifest["shelves"] == ["Amery", "Getz"]
    assert manifest["fronts"] == 4
