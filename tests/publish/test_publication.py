"""A publication: in order, refused where it must be, and complete after a kill at every step."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalog.canonical import sha256_of_file
from catalog.errors import NotRecorded
from catalog.publisher import load_publisher
from catalog.release import Doi, Release, ReleaseState, Version
from publish.archive import Archive
from publish.deposit import Credentials, DataCiteRegistry
from publish.errors import BadVersionOrder, DepositFailed, NotForPublication, ReleaseDamaged
from publish.rehearsal import RehearsalRegistry
from publish.run import publish_release
from publish.steps import STEPS
from tests.publish.datacite_server import PASSWORD, PREFIX, USER, DataCiteServer, Fault
from tests.publish.records import DECEMBER, NOVEMBER, House, fill, own_front, simulated_front

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
OBJECT = "https://doi.org/10.5072/icelines"
VERSION_DOI, CONCEPT_DOI = f"{PREFIX}/icelines.2026.11", f"{PREFIX}/icelines"


def no_wait(_: float) -> None:
    """Tests do not sleep."""


def publish(
    house: House, datacite: DataCiteServer, version: Version = NOVEMBER, now: datetime = NOW
) -> Release:
    credentials = Credentials(USER, PASSWORD, datacite.url)
    registry = DataCiteRegistry(credentials, PREFIX, no_wait, 5.0)
    return publish_release(
        house.store, house.workspace, house.publisher, version, registry, now, dry_run=False
    )


def rehearse(house: House, version: Version = NOVEMBER) -> Release:
    registry = RehearsalRegistry()
    return publish_release(
        house.store, house.workspace, house.publisher, version, registry, NOW, dry_run=True
    )


def add_front(house: House, day: int) -> None:
    house.store.record_fronts([(own_front(start=datetime(2026, 10, day, 8, tzinfo=UTC)), ())])


def test_a_published_release_is_findable_archived_and_on_record(
    frozen: House, datacite: DataCiteServer
) -> None:
    release = publish(frozen, datacite)
    assert (release.state, release.dry_run) == (ReleaseState.PUBLISHED, False)
    assert release.published_on == date(2026, 11, 3)
    assert frozen.store.latest_published() == release
    assert datacite.state(VERSION_DOI) == datacite.state(CONCEPT_DOI) == "findable"
    archive = Archive(frozen.workspace.archive)
    assert archive.faults() == ()
    folder = frozen.folder(NOVEMBER)
    assert archive.version_of(OBJECT, folder) == "v1"


def test_the_registered_metadata_are_those_of_the_folder(
    frozen: House, datacite: DataCiteServer
) -> None:
    publish(frozen, datacite)
    in_folder = json.loads((frozen.folder(NOVEMBER) / "datacite.json").read_bytes())
    registered = datacite.dois[VERSION_DOI]
    assert {name: registered[name] for name in in_folder} == in_folder
    assert registered["url"] == "https://icelines.example.org/releases/2026.11/"
    assert datacite.dois[CONCEPT_DOI]["url"] == "https://icelines.example.org/releases/latest/"


def test_versions_and_concept_are_linked_both_ways(frozen: House, datacite: DataCiteServer) -> None:
    publish(frozen, datacite)
    add_front(frozen, 2)
    frozen.build(DECEMBER)
    publish(frozen, datacite, DECEMBER, NOW + timedelta(days=30))
    december = f"{PREFIX}/icelines.2026.12"
    assert datacite.relations(VERSION_DOI) == {
        ("IsVersionOf", CONCEPT_DOI),
        ("IsPreviousVersionOf", december),
    }
    assert datacite.relations(december) == {
        ("IsVersionOf", CONCEPT_DOI),
        ("IsNewVersionOf", VERSION_DOI),
    }
    assert datacite.relations(CONCEPT_DOI) == {
        ("HasVersion", VERSION_DOI),
        ("HasVersion", december),
    }
    assert Archive(frozen.workspace.archive).objects() == (OBJECT,)


def test_publishing_again_does_nothing(frozen: House, datacite: DataCiteServer) -> None:
    first = publish(frozen, datacite)
    datacite.requests.clear()
    assert publish(frozen, datacite, now=NOW + timedelta(days=9)) == first
    assert datacite.requests == []


class Killed(BaseException):
    """As good as SIGKILL for what is on disk, on record and at DataCite."""


def kill(*_: Any, **__: Any) -> Any:
    raise Killed


def die_noting(house: House, name: str, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program die around the note in the journal that the step `name` is done."""
    write = house.store.write_journal

    def write_or_die(version: Version, step: str, outcome: Any) -> None:
        if step == f"live/{name}":
            if moment == "before":
                raise Killed
            monkeypatch.setattr(house.store, "save_release", kill)
        write(version, step, outcome)

    monkeypatch.setattr(house.store, "write_journal", write_or_die)


@pytest.mark.parametrize("step", [step.name for step in STEPS])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_loses_nothing_and_repeats_nothing(
    frozen: House,
    datacite: DataCiteServer,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    moment: str,
) -> None:
    with monkeypatch.context() as patch:
        die_noting(frozen, step, moment, patch)
        with pytest.raises(Killed):
            publish(frozen, datacite)
    assert frozen.store.latest_published() is None
    release = publish(frozen, datacite, now=NOW + timedelta(days=1))
    assert release.state is ReleaseState.PUBLISHED
    assert datacite.state(VERSION_DOI) == datacite.state(CONCEPT_DOI) == "findable"
    assert [method for method, _ in datacite.requests].count("POST") == 2
    archive = Archive(frozen.workspace.archive)
    assert archive.faults() == ()
    assert archive.state(OBJECT, "v1")
    assert not list(frozen.workspace.archive.rglob("v2"))


@pytest.mark.parametrize("fault", [Fault.TIME_OUT, Fault.SERVER_ERROR])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_service_that_breaks_down_for_longer_is_no_loss(
    frozen: House, datacite: DataCiteServer, method: str, fault: Fault
) -> None:
    datacite.inject(method, *[fault] * 6)
    with pytest.raises(DepositFailed):
        publish(frozen, datacite)
    datacite.faults.clear()
    assert publish(frozen, datacite).state is ReleaseState.PUBLISHED
    assert datacite.state(VERSION_DOI) == datacite.state(CONCEPT_DOI) == "findable"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_publication_goes_through_though_every_answer_is_lost(
    frozen: House, datacite: DataCiteServer, method: str
) -> None:
    datacite.inject(method, *[Fault.LOST_RESPONSE] * 9)
    assert publish(frozen, datacite).state is ReleaseState.PUBLISHED
    assert datacite.state(VERSION_DOI) == datacite.state(CONCEPT_DOI) == "findable"
    assert [method for method, _ in datacite.requests].count("POST") == 2


def test_a_resumed_publication_keeps_the_time_of_its_begin_in_the_archive(
    frozen: House, datacite: DataCiteServer
) -> None:
    datacite.inject("GET", *[Fault.SERVER_ERROR] * 6)
    with pytest.raises(DepositFailed):
        publish(frozen, datacite)
    datacite.faults.clear()
    publish(frozen, datacite, now=NOW + timedelta(days=2))
    inventory = json.loads(next(frozen.workspace.archive.rglob("inventory.json")).read_bytes())
    assert inventory["versions"]["v1"]["created"] == "2026-11-03T09:30:00Z"


def test_metadata_that_read_back_different_stop_a_publication(
    frozen: House, datacite: DataCiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = datacite._write

    def lose_the_licence(doi: str, known: Any, sent: Any, *, created: bool) -> tuple[int, Any]:
        return write(doi, known, {**sent, "rightsList": []}, created=created)

    monkeypatch.setattr(datacite, "_write", lose_the_licence)
    with pytest.raises(DepositFailed, match="reads back different in rightsList"):
        publish(frozen, datacite)
    assert datacite.state(VERSION_DOI) == "draft"
    assert not frozen.workspace.archive.exists()


def test_a_draft_may_still_be_built_anew(frozen: House, datacite: DataCiteServer) -> None:
    datacite.inject("POST", Fault.REFUSED)
    with pytest.raises(DepositFailed):
        publish(frozen, datacite)
    add_front(frozen, 2)
    frozen.build()
    publish(frozen, datacite)
    assert datacite.dois[VERSION_DOI]["sizes"] == ["3 fronts of 2 ice shelves"]


def test_steps_noted_for_another_build_are_taken_again(
    frozen: House, datacite: DataCiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "add", kill)
    with pytest.raises(Killed):
        publish(frozen, datacite)
    monkeypatch.undo()
    assert frozen.store.release(NOVEMBER).state is ReleaseState.DRAFTED
    add_front(frozen, 2)
    frozen.build()
    publish(frozen, datacite)
    in_folder = json.loads((frozen.folder(NOVEMBER) / "datacite.json").read_bytes())
    assert datacite.dois[VERSION_DOI]["descriptions"] == in_folder["descriptions"]


def test_simulated_fronts_never_get_a_live_doi(
    empty_house: House, datacite: DataCiteServer
) -> None:
    fill(empty_house.store, [simulated_front(), own_front()])
    empty_house.build(NOVEMBER, "simulated")
    with pytest.raises(NotForPublication, match=r"simulated fronts.*--doi-dry-run"):
        publish(empty_house, datacite)
    assert datacite.requests == []
    assert rehearse(empty_house).dry_run


def test_placeholders_of_the_publisher_are_refused_by_name(
    house: House, datacite: DataCiteServer
) -> None:
    house.publisher = load_publisher(house.workspace.root / "no-such-file.toml")
    house.build()
    with pytest.raises(NotForPublication, match=r"creators\[0\]\.orcid"):
        publish(house, datacite)
    assert datacite.requests == []
    assert rehearse(house).dry_run


def test_a_publisher_that_changed_since_the_build_is_refused(
    frozen: House, datacite: DataCiteServer
) -> None:
    frozen.publisher = replace(frozen.publisher, title="Other fronts")
    with pytest.raises(NotForPublication, match=r"release build 2026\.11` again"):
        publish(frozen, datacite)


def test_damaged_files_are_not_published(house: House, datacite: DataCiteServer) -> None:
    folder = house.build().folder
    (folder / "icelines-areas.csv").write_text("unit\n")
    with pytest.raises(ReleaseDamaged, match=r"icelines-areas\.csv has other bytes"):
        publish(house, datacite)
    assert datacite.requests == []


def test_a_release_that_was_never_built_is_not_published(
    house: House, datacite: DataCiteServer
) -> None:
    with pytest.raises(NotRecorded, match="release build"):
        publish(house, datacite)


def test_a_version_is_not_published_after_a_later_one(
    frozen: House, datacite: DataCiteServer
) -> None:
    add_front(frozen, 2)
    frozen.build(DECEMBER)
    publish(frozen, datacite, DECEMBER)
    with pytest.raises(BadVersionOrder, match=r"comes before 2026\.12"):
        publish(frozen, datacite)


def test_a_release_whose_predecessor_came_out_meanwhile_is_built_again_first(
    frozen: House, datacite: DataCiteServer
) -> None:
    add_front(frozen, 2)
    frozen.build(DECEMBER)
    publish(frozen, datacite)
    with pytest.raises(NotForPublication, match="follows None, which has changed"):
        publish(frozen, datacite, DECEMBER)


def test_a_rehearsal_registers_nothing_and_says_so(frozen: House, datacite: DataCiteServer) -> None:
    release = rehearse(frozen)
    assert (release.state, release.dry_run) == (ReleaseState.PUBLISHED, True)
    assert datacite.dois == {}
    rehearsed = "urn:icelines:rehearsal:10.5072/icelines"
    assert Archive(frozen.workspace.archive).objects() == (rehearsed,)


def test_a_rehearsed_release_can_be_published_in_earnest(
    frozen: House, datacite: DataCiteServer
) -> None:
    before = sha256_of_file(frozen.folder(NOVEMBER) / "manifest.json")
    rehearse(frozen)
    release = publish(frozen, datacite, now=NOW + timedelta(days=4))
    assert (release.dry_run, release.published_on) == (False, date(2026, 11, 7))
    assert release.manifest_sha256 == before
    assert len(Archive(frozen.workspace.archive).objects()) == 2


def test_a_published_release_is_not_rehearsed_afterwards(
    frozen: House, datacite: DataCiteServer
) -> None:
    published = publish(frozen, datacite)
    assert rehearse(frozen) == published


def test_a_rehearsal_is_repeated_for_a_new_build(frozen: House) -> None:
    rehearse(frozen)
    add_front(frozen, 2)
    frozen.build()
    assert rehearse(frozen).state is ReleaseState.PUBLISHED
    archive = Archive(frozen.workspace.archive)
    folder = frozen.folder(NOVEMBER)
    assert archive.version_of("urn:icelines:rehearsal:10.5072/icelines", folder) == "v2"


def test_what_follows_a_rehearsal_cannot_go_live(frozen: House, datacite: DataCiteServer) -> None:
    rehearse(frozen)
    add_front(frozen, 2)
    frozen.build(DECEMBER)
    with pytest.raises(NotForPublication, match=r"2026\.11, which was only rehearsed"):
        publish(frozen, datacite, DECEMBER)
    publish(frozen, datacite)
    publish(frozen, datacite, DECEMBER)
    assert Doi(VERSION_DOI).url == "https://doi.org/10.5072/icelines.2026.11"
    assert ("IsPreviousVersionOf", f"{PREFIX}/icelines.2026.12") in datacite.relations(VERSION_DOI)
