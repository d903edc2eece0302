"""What is recorded comes back as it went in; writing it again changes nothing; history stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.canonical import canonical_json, sha256_hex
from catalog.errors import NotRecorded, RecordError, RevisedMeanwhile, StorageError
from catalog.front import Front, Reason, Status
from catalog.items.envelope import Asset, Item
from catalog.items.front import front_to_item
from catalog.observation import Observation, ObservationKind
from catalog.query import FrontFilter, NothingPublished, Released, Search
from catalog.release import Doi, Pin, Release, ReleaseState, Version
from catalog.settings import load_settings
from catalog.store import MOST_TRIES, RECORDS_PER_TRANSACTION, CatalogStore
from catalog.stored import RecordOutcome, Work
from tests.catalog.records import CLOCK_AT, generated_items, open_store, paged_ids
from tests.conftest import REPOSITORY
from tests.factories import SHA, make_front, make_imported_front

NOVEMBER, DECEMBER = Version(2026, 11), Version(2026, 12)
QUICKLOOK = Asset("quicklook", f"objects/ab/{SHA}.png", "image/png", "Look", ("overview",), SHA, 9)
EVERYTHING = Search()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path) as opened:
        yield opened


def make_release(version: Version, state: ReleaseState, **changes: Any) -> Release:
    release = Release(
        version=version,
        state=state,
        cut_off=date(2026, 10, 31),
        doi=Doi.of_version("10.5072", version),
        concept_doi=Doi.of_concept("10.5072"),
        manifest_sha256=SHA,
        predecessor=None,
        files=(),
        included_sources=(),
        has_simulated=False,
        dry_run=True,
    )
    return replace(release, **changes)


# --- items -----------------------------------------------------------------------------------


def test_an_item_comes_back_byte_for_byte_with_its_digest(store: CatalogStore) -> None:
    item = front_to_item(make_imported_front(), [])
    assert store.record_items([item]) == RecordOutcome(new=1)
    stored = store.get("fronts-annual", "Ross_annual_20200301_greene2022")
    assert stored.document == canonical_json(item)
    assert stored.digest == sha256_hex(stored.document)
    assert (stored.revision, stored.recorded_at) == (1, "2026-11-02T00:00:00.000000Z")


def test_recording_the_same_again_changes_nothing(store: CatalogStore) -> None:
    items = generated_items(40)
    store.record_items(items)
    before = list(store.all_items(EVERYTHING))
    assert store.record_items(reversed(items)) == RecordOutcome(unchanged=40)
    assert list(store.all_items(EVERYTHING)) == before


def test_recording_fronts_again_keeps_their_digests_and_their_files(store: CatalogStore) -> None:
    entries = [(make_imported_front(), [QUICKLOOK]), (make_front(), [])]
    assert store.record_fronts(entries) == RecordOutcome(new=2)
    files = sorted(store.objects.root.rglob("*.geojson"))
    assert store.record_fronts(entries) == RecordOutcome(unchanged=2)
    assert sorted(store.objects.root.rglob("*.geojson")) == files
    assert len(files) == 2


def test_fronts_come_back_as_values_oldest_first(store: CatalogStore) -> None:
    newer, older = make_front(), make_imported_front()
    store.record_fronts([(newer, []), (older, [])])
    assert store.fronts() == [older, newer]
    assert store.fronts(FrontFilter(shelves=("Ross",))) == [older]
    assert store.fronts(FrontFilter(shelves=("Nowhere",))) == []


def test_a_changed_item_is_a_new_revision_and_the_old_one_stays(store: CatalogStore) -> None:
    front = make_front()
    store.record_fronts([(front, [QUICKLOOK])])
    doubtful = front.with_verdict(Status.IN_REVIEW, (Reason.ADVANCE_TOO_FAST,), 12.0)
    assert store.revise_front(doubtful) == RecordOutcome(revised=1)
    first, second = store.revisions(front.collection, front.id)
    assert store.fronts() == [doubtful]
    assert (first.revision, second.revision) == (1, 2)
    assert first.item["properties"]["icelines:status"] == "accepted"
    assert second.item["assets"] == first.item["assets"]
    assert store.get(front.collection, front.id) == second
    assert store.get(front.collection, front.id, revision=1) == first


def test_a_record_that_returns_to_an_old_form_is_a_third_revision(store: CatalogStore) -> None:
    front = make_front()
    for confidence in (0.5, 0.6, 0.5):
        store.record_items([front_to_item(replace(front, confidence=confidence), [])])
    history = store.revisions(front.collection, front.id)
    assert [stored.revision for stored in history] == [1, 2, 3]
    assert history[0].digest == history[2].digest != history[1].digest
    assert store.count(EVERYTHING) == 1


def test_two_forms_of_one_item_in_one_batch_are_two_revisions(store: CatalogStore) -> None:
    forms = [front_to_item(make_front(confidence=c), []) for c in (0.5, 0.6)]
    assert store.record_items(forms) == RecordOutcome(new=1, revised=1)
    assert [s.item["properties"]["icelines:confidence"] for s in store.all_items(EVERYTHING)] == [
        0.6
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=12))
@settings(max_examples=25, deadline=None)  # each makes a database and waits for the disk
def test_any_sequence_of_records_leaves_the_last_form_of_each(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[int, int]]
) -> None:
    forms = [(f"Unit{unit}", form / 2) for unit, form in writes]
    with open_store(tmp_path_factory.mktemp("history")) as store:
        outcome = store.record_items(
            front_to_item(make_front(unit=unit, confidence=form), []) for unit, form in forms
        )
        current = {f.unit: f.confidence for f in store.fronts()}
        revisions = sum(len(store.revisions(f.collection, f.id)) for f in store.fronts())
    assert current == dict(forms)
    assert outcome.new == len(current)
    assert outcome.new + outcome.revised == revisions
    assert outcome.new + outcome.revised + outcome.unchanged == len(forms)


def test_a_front_that_was_revised_since_it_was_read_is_not_overwritten(store: CatalogStore) -> None:
    front = make_front()
    store.record_fronts([(front, [])])
    read = store.get(front.collection, front.id).digest
    newer = replace(front, confidence=0.25)
    assert store.revise_front(newer, read) == RecordOutcome(revised=1)
    with pytest.raises(RevisedMeanwhile, match="nothing was overwritten"):
        store.revise_front(front.with_verdict(Status.REJECTED, ()), read)
    assert store.fronts() == [newer]


def late_writer(tmp_path: Path, other: CatalogStore, form: Front, times: int = 1) -> CatalogStore:
    """A catalogue in which `other` writes `form` after an item was read and before it is written.

    On SQLite nothing is locked until the first write.
    """
    left = list(range(times))

    class Overtaken(CatalogStore):
        def _record_item(
            self, session: Session, item: Item, read_digest: str | None = None
        ) -> RecordOutcome:
            real = session.execute

            def overtaken(*given: Any, **named: Any) -> Any:
                result = real(*given, **named)
                first = result.first()
                if left:
                    confidence = 0.125 + left.pop() / 100
                    other.record_items([front_to_item(replace(form, confidence=confidence), [])])
                session.execute = real  # type: ignore[method-assign]
                return SimpleNamespace(first=lambda: first)

            session.execute = overtaken  # type: ignore[method-assign]
            return super()._record_item(session, item, read_digest)

    return Overtaken.open(load_settings(tmp_path))


@pytest.mark.parametrize("is_on_record", [False, True])
def test_two_writers_of_one_item_both_get_their_revision(
    store: CatalogStore, tmp_path: Path, is_on_record: bool
) -> None:
    front = make_front()
    if is_on_record:
        store.record_fronts([(front, [])])
    last = replace(front, confidence=0.75)
    with late_writer(tmp_path, store, front) as late:
        assert late.record_items([front_to_item(last, [])]) == RecordOutcome(revised=1)
    history = store.revisions(front.collection, front.id)
    assert [one.revision for one in history] == [*range(1, 3 + is_on_record)]
    confidences = [one.item["properties"]["icelines:confidence"] for one in history]
    assert confidences[-2:] == [0.125, 0.75]
    assert store.fronts() == [last]


def test_a_revision_that_was_overtaken_while_it_was_written_is_refused(
    store: CatalogStore, tmp_path: Path
) -> None:
    front = make_front()
    store.record_fronts([(front, [])])
    with late_writer(tmp_path, store, front) as late, pytest.raises(RevisedMeanwhile):
        late.revise_front(front.with_verdict(Status.REJECTED, ()))
    assert [one.confidence for one in store.fronts()] == [0.125]


def test_a_writer_that_is_always_overtaken_says_so(store: CatalogStore, tmp_path: Path) -> None:
    front = make_front()
    with (
        late_writer(tmp_path, store, front, MOST_TRIES) as late,
        pytest.raises(RevisedMeanwhile, match="another process wrote this record"),
    ):
        late.record_items([front_to_item(front, [])])


def test_what_is_not_recorded_is_said_by_its_name(store: CatalogStore) -> None:
    with pytest.raises(NotRecorded, match="fronts-daily/nothing"):
        store.get("fronts-daily", "nothing")
    with pytest.raises(NotRecorded):
        store.revise_front(make_front())
    assert store.revisions("fronts-daily", "nothing") == ()


def test_an_item_that_json_cannot_hold_leaves_nothing_of_its_batch(store: CatalogStore) -> None:
    broken = front_to_item(make_front(unit="Broken", confidence=float("nan")), [])
    with pytest.raises(RecordError, match="confidence is nan"):
        store.record_items([front_to_item(make_front(), []), broken])
    assert store.count(EVERYTHING) == 0


# --- kills and broken disks ------------------------------------------------------------------

KILLED_WHILE_RECORDING = """
    import os, signal, sys
    from pathlib import Path
    from catalog.settings import load_settings
    from catalog.store import CatalogStore
    from tests.catalog.records import generated_items

    class Killed(CatalogStore):
        written = 0

        def _record_item(self, session, item, read_digest=None):
            outcome = super()._record_item(session, item, read_digest)
            self.written += 1
            if self.written == {kill_after}:
                os.kill(os.getpid(), signal.SIGKILL)
            return outcome

    Killed.open(load_settings(Path(sys.argv[1]))).record_items(generated_items({count}))
"""


@pytest.mark.parametrize(
    ("kill_after", "kept"),
    [(3, 0), (RECORDS_PER_TRANSACTION + 3, RECORDS_PER_TRANSACTION)],
)
def test_a_killed_transaction_leaves_nothing_and_a_second_run_completes(
    tmp_path: Path, kill_after: int, kept: int
) -> None:
    count = RECORDS_PER_TRANSACTION + 5
    script = dedent(KILLED_WHILE_RECORDING).format(kill_after=kill_after, count=count)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    items = generated_items(count)
    with open_store(tmp_path) as store:
        assert store.count(EVERYTHING) == kept
        assert store.record_items(items) == RecordOutcome(new=count - kept, unchanged=kept)
        assert len(paged_ids(store, EVERYTHING)) == count


def test_a_reader_sees_the_old_state_while_another_process_writes(tmp_path: Path) -> None:
    with open_store(tmp_path) as reader:
        seen: list[int] = []

        class Watched(CatalogStore):
            def _record_item(
                self, session: Session, item: Item, read_digest: str | None = None
            ) -> RecordOutcome:
                outcome = super()._record_item(session, item, read_digest)
                seen.append(reader.count(EVERYTHING))
                return outcome

        with Watched.open(load_settings(tmp_path)) as writer:
            writer.record_items(generated_items(5))
        assert seen == [0] * 5
        assert reader.count(EVERYTHING) == 5


def test_a_file_that_is_no_catalogue_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match=r"not a database.*ICELINES_WORKSPACE"):
        open_store(tmp_path)


def test_a_catalogue_that_breaks_under_way_is_said_so(store: CatalogStore, tmp_path: Path) -> None:
    store.record_items(generated_items(5))
    store.close()
    for leftover in tmp_path.glob("catalog.sqlite*"):
        leftover.write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match="could not be used"):
        store.count(EVERYTHING)


# --- releases --------------------------------------------------------------------------------


def pins_of(store: CatalogStore) -> list[Pin]:
    return [stored.pin for stored in store.all_items(EVERYTHING)]


def test_a_release_shows_what_it_pins_whatever_comes_later(store: CatalogStore) -> None:
    front = make_front()
    store.record_fronts([(front, []), (make_imported_front(), [])])
    store.save_release(make_release(NOVEMBER, ReleaseState.PUBLISHED), pins_of(store))
    store.revise_front(front.with_verdict(Status.REJECTED, (Reason.INCOMPLETE,)))
    store.record_fronts([(make_front(unit="Later"), [])])
    frozen = Released(NOVEMBER)
    assert store.count(EVERYTHING, frozen) == 2
    assert store.count(EVERYTHING) == 3
    assert store.get(front.collection, front.id, frozen).revision == 1
    assert store.get(front.collection, front.id).revision == 2
    assert front in store.fronts(view=frozen)
    with pytest.raises(NotRecorded):
        store.get("fronts-daily", "Later_daily_20260912T081233_simulated", frozen)


def test_pins_come_back_in_order_and_are_replaced_as_a_whole(store: CatalogStore) -> None:
    store.record_items(generated_items(9))
    release = make_release(NOVEMBER, ReleaseState.BUILDING)
    store.save_release(release, reversed(pins_of(store)))
    assert store.pins(NOVEMBER) == tuple(
        sorted(pins_of(store), key=lambda pin: (pin.collection, pin.item_id))
    )
    store.save_release(release, pins_of(store)[:2])
    assert set(store.pins(NOVEMBER)) == set(pins_of(store)[:2])
    store.save_release(replace(release, state=ReleaseState.FROZEN))
    assert len(store.pins(NOVEMBER)) == 2
    assert store.release(NOVEMBER).state is ReleaseState.FROZEN


def test_the_public_sees_published_releases_only_and_the_latest_first(store: CatalogStore) -> None:
    assert store.latest_published() is None
    assert store.published_versions() == ()
    september = make_release(Version(2026, 9), ReleaseState.PUBLISHED)
    states = (ReleaseState.PUBLISHED, ReleaseState.FROZEN, ReleaseState.WITHDRAWN)
    correction = make_release(Version(2026, 10, 2), ReleaseState.PUBLISHED)
    others = [make_release(Version(2027, month), s) for month, s in enumerate(states[1:], 1)]
    for release in (correction, *others, september):
        store.save_release(release)
    assert store.published_versions() == (Version(2026, 9), Version(2026, 10, 2))
    assert store.latest_published() == correction
    assert [r.version for r in store.releases()] == sorted(r.version for r in store.releases())


def test_before_the_first_release_the_public_sees_nothing(store: CatalogStore) -> None:
    store.record_items(generated_items(5))
    nothing = NothingPublished()
    assert paged_ids(store, EVERYTHING, view=nothing) == []
    assert store.count(EVERYTHING, nothing) == 0
    assert store.fronts(view=nothing) == []
    assert store.extent("fronts-daily", nothing) is None


def test_a_version_that_was_never_built_is_named_with_the_command(store: CatalogStore) -> None:
    with pytest.raises(NotRecorded, match=r"icelines release build 2026\.11"):
        store.release(NOVEMBER)


def test_the_journal_keeps_the_last_outcome_of_each_step(store: CatalogStore) -> None:
    store.write_journal(NOVEMBER, "draft", {"state": "none"})
    store.write_journal(NOVEMBER, "draft", {"state": "draft"})
    store.write_journal(NOVEMBER, "archive", ["v1"])
    store.write_journal(DECEMBER, "draft", None)
    assert store.journal(NOVEMBER) == {"draft": {"state": "draft"}, "archive": ["v1"]}


# --- work, observations, extents -------------------------------------------------------------


def test_work_is_found_by_its_key_and_by_its_stage(store: CatalogStore) -> None:
    failed = Work("k1", "segment", "scene B", False, 1, {"fault": "no GCPs"})
    done = Work("k2", "segment", "scene A", True, 1, {"path": "objects/ab/x.tif"})
    for work in (failed, done, replace(failed, is_done=True, attempts=2)):
        store.write_work(work)
    assert store.work("k1") == replace(failed, is_done=True, attempts=2)
    assert store.work("unknown") is None
    assert [work.subject for work in store.all_work("segment")] == ["scene A", "scene B"]
    assert store.all_work("trace") == ()


def test_an_acquisition_has_one_observation(store: CatalogStore) -> None:
    moment = datetime(2026, 9, 12, 8, 12, 33, tzinfo=UTC)
    gap = Observation("Ross", moment, ObservationKind.GAP, "no scene")
    seen = Observation("Amery", moment, ObservationKind.OBSERVED, "", "scene", "front")
    store.record_observations([gap, seen])
    store.record_observations([replace(seen, kind=ObservationKind.REJECTED, reason="sea ice")])
    assert store.observations("Ross") == (gap,)
    assert [o.reason for o in store.observations()] == ["sea ice", "no scene"]


def test_the_extent_of_a_collection_is_that_of_the_view(store: CatalogStore) -> None:
    assert store.extent("fronts-daily") is None
    store.record_fronts([(make_front(start=datetime(2020, 1, 1, tzinfo=UTC)), [])])
    store.save_release(make_release(NOVEMBER, ReleaseState.PUBLISHED), pins_of(store))
    store.record_fronts([(make_front(start=datetime(2021, 1, 1, tzinfo=UTC)), [])])
    first, last = "2020-01-01T00:00:00.000000Z", "2021-01-01T00:00:00.000000Z"
    assert store.extent("fronts-daily") == (first, last)
    assert store.extent("fronts-daily", Released(NOVEMBER)) == (first, first)


def test_the_clock_is_the_one_that_was_given(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.record_fronts([(make_front(), [])])
        (stored,) = store.all_items(EVERYTHING)
    assert datetime.fromisoformat(stored.recorded_at) == CLOCK_AT
    assert load_settings(tmp_path).workspace.catalog_file.is_file()
