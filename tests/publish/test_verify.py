"""Verification finds every way in which a release is no longer what was frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from catalog.release import Release
from publish.rehearsal import RehearsalRegistry
from publish.run import publish_release
from publish.verify import Check, verify_release
from tests.publish.records import NOVEMBER, House

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def rehearse(house: House) -> Release:
    registry = RehearsalRegistry()
    return publish_release(
        house.store, house.workspace, house.publisher, NOVEMBER, registry, NOW, dry_run=True
    )


def verify(house: House) -> dict[str, Check]:
    release = house.store.release(NOVEMBER)
    return {check.name: check for check in verify_release(house.store, house.workspace, release)}


def faults(house: House) -> dict[str, tuple[str, ...]]:
    return {name: check.faults for name, check in verify(house).items() if check.faults}


def test_a_sound_release_has_no_fault(frozen: House) -> None:
    rehearse(frozen)
    assert faults(frozen) == {}
    assert verify(frozen)["archive"].finding.endswith("icelines v1")


def test_a_release_that_is_only_built_is_not_missed_in_the_archive(frozen: House) -> None:
    assert faults(frozen) == {}
    assert verify(frozen)["archive"].finding == "not archived yet"


def change_a_byte(house: House) -> None:
    (house.folder(NOVEMBER) / "icelines-areas.csv").write_text("unit\n")


def remove_a_file(house: House) -> None:
    (house.folder(NOVEMBER) / "shelves/Getz/Getz-fronts.gpkg").unlink()


def add_a_file(house: House) -> None:
    (house.folder(NOVEMBER) / "notes.txt").write_text("mine")


def forge_the_manifest(house: House) -> None:
    path = house.folder(NOVEMBER) / "manifest.json"
    path.write_text(path.read_text().replace("2026-10-31", "2026-10-30"))


def forge_the_sums(house: House) -> None:
    path = house.folder(NOVEMBER) / "SHA256SUMS"
    path.write_text(path.read_text().replace("a", "b"))


def remove_the_folder(house: House) -> None:
    house.folder(NOVEMBER).rename(house.workspace.root / "elsewhere")


DAMAGES: dict[str, tuple[Callable[[House], None], str]] = {
    "a changed byte": (change_a_byte, "icelines-areas.csv has other bytes"),
    "a missing file": (remove_a_file, "Getz-fronts.gpkg is missing"),
    "a file too many": (add_a_file, "notes.txt does not belong to it"),
    "another manifest": (forge_the_manifest, "manifest.json has other bytes"),
    "other sums": (forge_the_sums, "SHA256SUMS does not name the files on record"),
    "no folder": (remove_the_folder, "is missing"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_to_files_is_found(frozen: House, name: str) -> None:
    damage, words = DAMAGES[name]
    damage(frozen)
    assert any(words in fault for fault in faults(frozen)["files"])


def test_a_record_that_was_changed_behind_the_catalogue_is_found(frozen: House) -> None:
    with frozen.store._engine.begin() as connection:
        connection.execute(text("UPDATE revision SET document = replace(document, '0.93', '0.94')"))
    assert any("fronts-daily/Amery" in fault for fault in faults(frozen)["records"])


def test_a_damaged_archive_is_found(frozen: House) -> None:
    rehearse(frozen)
    path = next(frozen.workspace.archive.rglob("icelines-areas.csv"))
    path.write_text("unit\n")
    assert any("icelines-areas.csv" in fault for fault in faults(frozen)["archive"])


def test_files_that_differ_from_the_archive_are_found(frozen: House) -> None:
    rehearse(frozen)
    change_a_byte(frozen)
    assert faults(frozen)["archive"] == ("icelines-areas.csv differs from the archive.",)
