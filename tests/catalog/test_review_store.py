"""Decisions are added and never lost: two people at once cannot overwrite each other.

All of it on SQLite and on a real PostgreSQL.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from shapely import MultiLineString
from sqlalchemy import inspect, text

from catalog.database import open_database
from catalog.errors import NotRecorded, RecordError
from catalog.front import Front, Reason, Status
from catalog.items.envelope import assets_of
from catalog.review import Action, AlreadyDecided, Decision, DecisionReason, following
from catalog.review_queue import QueueFilter, QueueKey
from catalog.review_store import DecisionConflict
from catalog.review_verdict import decided_front
from catalog.settings import load_settings
from catalog.store import CatalogStore
from tests.catalog.records import CLOCK_AT, open_store
from tests.factories import AMERY_LINE, make_front, make_imported_front

pytestmark = pytest.mark.usefixtures("either_database")

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WRITERS = 8
PATIENCE_S = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path) as opened:
        yield opened


def doubtful(**changes: Any) -> Front:
    fields = {"status": Status.IN_REVIEW, "reasons": (Reason.ADVANCE_TOO_FAST,), **changes}
    return make_front(**fields)


def record(store: CatalogStore, *fronts: Front) -> None:
    store.record_fronts((front, ()) for front in fronts)


def decide(store: CatalogStore, front: Front, action: Action, **changes: Any) -> Decision:
    """A decision by somebody who looks at the newest state."""
    decision = following(
        store.review.decisions(front.collection, front.id),
        collection=front.collection,
        front_id=front.id,
        revision_digest=store.get(front.collection, front.id).digest,
        action=action,
        reviewer="Anna Berg",
        decided_at=NOON,
        line_after=AMERY_LINE if action is Action.REPLACE else None,
    )
    return replace(decision, **changes)


def test_a_decision_comes_back_as_it_was_written(store: CatalogStore) -> None:
    front = doubtful()
    record(store, front)
    first = decide(store, front, Action.REPLACE, note="clear in the HV", reason=DecisionReason.MELT)
    store.review.add_decision(first)
    second = decide(store, front, Action.UNDO)
    store.review.add_decision(second)
    assert store.review.decisions(front.collection, front.id) == (first, second)
    assert store.review.all_decisions() == {(front.collection, front.id): (first, second)}


def test_of_two_people_who_saw_the_same_the_second_is_told_what_the_first_did(
    store: CatalogStore,
) -> None:
    front = doubtful()
    record(store, front)
    first = decide(store, front, Action.REJECT, reason=DecisionReason.FAST_ICE)
    second = decide(store, front, Action.ACCEPT, reviewer="Bo Lund")
    store.review.add_decision(first)
    with pytest.raises(
        DecisionConflict, match=r"Anna Berg rejected it at 2026-11-02 12:00 UTC \(fast ice\)"
    ) as refusal:
        store.review.add_decision(second)
    assert refusal.value.meanwhile == first
    assert store.review.decisions(front.collection, front.id) == (first,)


def test_many_writers_at_once_leave_one_decision_and_no_trace_of_the_others(
    tmp_path: Path,
) -> None:
    front = doubtful()
    with open_store(tmp_path) as store:
        record(store, front)
        first = decide(store, front, Action.ACCEPT)
    together = Barrier(WRITERS)

    def write(number: int) -> str:
        with open_store(tmp_path) as own:
            together.wait(timeout=30)
            try:
                own.review.add_decision(replace(first, reviewer=f"Person {number}"))
            except DecisionConflict as refusal:
                return refusal.meanwhile.reviewer if refusal.meanwhile else "nobody"
            return "done"

    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes = list(pool.map(write, range(WRITERS)))
    with open_store(tmp_path) as store:
        (kept,) = store.review.decisions(front.collection, front.id)
    assert outcomes.count("done") == 1
    assert {outcome for outcome in outcomes if outcome != "done"} == {kept.reviewer}
    assert outcomes[int(kept.reviewer.split()[-1])] == "done"


def test_a_record_that_was_revised_meanwhile_is_not_decided_on(store: CatalogStore) -> None:
    front = doubtful()
    record(store, front)
    decision = decide(store, front, Action.ACCEPT)
    store.revise_front(replace(front, confidence=0.5))
    with pytest.raises(DecisionConflict, match=r"revised since you looked at it \(revision 2"):
        store.review.add_decision(decision)
    assert store.review.decisions(front.collection, front.id) == ()


def test_a_revision_that_is_being_written_is_waited_for(
    store: CatalogStore, tmp_path: Path
) -> None:
    front = doubtful()
    record(store, front)
    decision = decide(store, front, Action.ACCEPT)
    is_writing, may_go_on = Event(), Event()

    def stopped_clock() -> datetime:
        """Asked for in the middle of the transaction that writes."""
        is_writing.set()
        may_go_on.wait(PATIENCE_S)
        return CLOCK_AT

    with (
        CatalogStore.open(load_settings(tmp_path), clock=stopped_clock) as reviser,
        ThreadPoolExecutor(2) as pool,
    ):
        revising = pool.submit(reviser.revise_front, replace(front, confidence=0.5))
        assert is_writing.wait(PATIENCE_S)
        deciding = pool.submit(store.review.add_decision, decision)
        time.sleep(0.3)
        assert not deciding.done()
        may_go_on.set()
        revising.result(PATIENCE_S)
        with pytest.raises(DecisionConflict, match="revised since you looked at it"):
            deciding.result(PATIENCE_S)
    assert store.review.decisions(front.collection, front.id) == ()


def test_what_is_not_on_record_cannot_be_decided_on(store: CatalogStore) -> None:
    front = doubtful()
    record(store, front)
    stranger = decide(store, front, Action.ACCEPT, front_id="Amery_daily_20200101_simulated")
    with pytest.raises(NotRecorded):
        store.review.add_decision(stranger)
    assert store.review.all_decisions() == {}


def test_a_hole_in_the_numbers_and_an_undo_of_nothing_are_refused(store: CatalogStore) -> None:
    front = doubtful()
    record(store, front)
    first = decide(store, front, Action.ACCEPT)
    with pytest.raises(RecordError, match="would leave a hole"):
        store.review.add_decision(replace(first, number=2))
    with pytest.raises(RecordError, match="no decision to undo"):
        store.review.add_decision(replace(first, action=Action.UNDO))
    assert store.review.decisions(front.collection, front.id) == ()


def test_taking_a_new_line_back_brings_back_what_the_machine_drew(store: CatalogStore) -> None:
    front = doubtful(vertex_uncertainty_m=(40.0, 60.0))
    record(store, front)
    name = front.collection, front.id
    drawn = MultiLineString([[(1_980_000, 690_000), (2_010_000, 730_000)]])
    store.review.add_decision(decide(store, front, Action.REPLACE, line_after=drawn))
    store.revise_front(decided_front(store.review.undecided_front(*name), decisions_of(store)))
    assert store.fronts()[0].line == drawn
    store.review.add_decision(decide(store, front, Action.UNDO))
    again = decided_front(store.review.undecided_front(*name), decisions_of(store))
    assert replace(again, lineage=front.lineage) == front
    judged = store.review.judged_revision(decisions_of(store)[0])
    assert judged.revision == 1


def decisions_of(store: CatalogStore) -> tuple[Decision, ...]:
    (decisions,) = store.review.all_decisions().values()
    return decisions


def test_a_new_line_gets_a_new_file_and_a_new_verdict_does_not(store: CatalogStore) -> None:
    front = doubtful()
    record(store, front)

    def file_of_line() -> str:
        stored = store.get(front.collection, front.id)
        return next(a.sha256 for a in assets_of(stored.item) if a.key == "line")

    before = file_of_line()
    store.revise_front(replace(front, status=Status.ACCEPTED, reasons=()))
    assert file_of_line() == before
    store.revise_front(replace(front, line=MultiLineString([[(2e6, 7e5), (2e6, 7.1e5)]])))
    assert file_of_line() != before


def queued(store: CatalogStore, wanted: QueueFilter, page: int = 100) -> list[str]:
    found: list[str] = []
    after: QueueKey | None = None
    while True:
        part = store.review.queue(wanted, after, page)
        found += [entry.front_id for entry in part.entries]
        if part.following is None:
            return found
        after = part.following


def generated(count: int) -> list[Front]:
    statuses, reasons = list(Status), list(Reason)
    return [
        doubtful(
            unit=f"{('Amery', 'Getz', 'Totten')[i % 3]}{i % 2}",
            shelf=("Amery", "Getz", "Totten")[i % 3],
            start=NOON - timedelta(days=i),
            status=statuses[i % 4],
            reasons=tuple(reasons[i % 5 : i % 5 + 1 + i % 2]),
        )
        for i in range(count)
    ]


def test_the_queue_runs_by_shelf_and_reason_and_its_pages_join_without_a_seam(
    store: CatalogStore,
) -> None:
    fronts = generated(60)
    record(store, *fronts)
    waiting = [f for f in fronts if f.status in (Status.IN_REVIEW, Status.PROVISIONAL)]
    naive = sorted(waiting, key=lambda f: (f.shelf, f.reasons[0], f.reasons, f.unit, f.start))
    # A single reason sorts behind the same one with more: "]" comes after ",".
    expected = [QueueKey.of(front) for front in naive]
    found = queued(store, QueueFilter())
    assert found == [key.front_id for key in sorted(expected, key=_place)]
    assert [f.split("_")[0][:-1] for f in found] == sorted(f.split("_")[0][:-1] for f in found)
    assert queued(store, QueueFilter(), page=7) == found


def _place(key: QueueKey) -> tuple[str, ...]:
    return key.shelf, key.reasons, key.unit, key.start, key.front_id


def test_names_in_capitals_and_in_small_letters_stand_where_the_queue_expects_them(
    store: CatalogStore,
) -> None:
    names = ("Zed", "AB", "Abbott", "A-b", "Ab", "BACH", "Bach10", "Bach2")
    fronts = [doubtful(unit=name, shelf=name, start=NOON) for name in names]
    record(store, *fronts)
    expected = sorted((QueueKey.of(front) for front in fronts), key=_place)
    for size in (100, 2):
        assert queued(store, QueueFilter(), page=size) == [key.front_id for key in expected]


@pytest.mark.parametrize(
    "wanted",
    [
        QueueFilter(shelves=("Getz",)),
        QueueFilter(units=("Amery0", "Totten1")),
        QueueFilter(reasons=(Reason.RETREAT_CONFIRMED,)),
        QueueFilter(statuses=(Status.PROVISIONAL,)),
        QueueFilter(shelves=("Amery",), reasons=(Reason.LOW_CONFIDENCE, Reason.INCOMPLETE)),
    ],
)
def test_the_queue_is_filtered(store: CatalogStore, wanted: QueueFilter) -> None:
    fronts = generated(60)
    record(store, *fronts)
    expected = {
        f.id
        for f in fronts
        if f.status in wanted.statuses
        and (not wanted.shelves or f.shelf in wanted.shelves)
        and (not wanted.units or f.unit in wanted.units)
        and (not wanted.reasons or set(f.reasons) & set(wanted.reasons))
    }
    assert expected
    assert set(queued(store, wanted)) == expected
    counts = store.review.queue_counts(wanted)
    assert sum(counts.values()) == len(expected)
    assert all(n == len(_with(fronts, wanted, *key)) for key, n in counts.items())


def _with(
    fronts: list[Front], wanted: QueueFilter, shelf: str, reasons: tuple[Reason, ...]
) -> list[Front]:
    return [
        f
        for f in fronts
        if f.status in wanted.statuses
        and (not wanted.units or f.unit in wanted.units)
        and (f.shelf, f.reasons) == (shelf, reasons)
    ]


def test_of_a_joined_shelf_the_parts_wait_and_not_the_whole(store: CatalogStore) -> None:
    part = doubtful(unit="Getz1", shelf="Getz", status=Status.PROVISIONAL)
    whole = doubtful(unit="Getz", shelf="Getz", status=Status.PROVISIONAL)
    imported = make_imported_front(
        unit="Getz", shelf="Getz", status=Status.IN_REVIEW, reasons=(Reason.LENGTH_JUMP,)
    )
    record(store, part, whole, imported)
    assert sorted(queued(store, QueueFilter())) == sorted([part.id, imported.id])
    assert sum(store.review.queue_counts().values()) == 2


def test_what_is_decided_leaves_the_queue_and_an_undo_brings_it_back(store: CatalogStore) -> None:
    front, other = doubtful(), doubtful(start=NOON)
    record(store, front, other)
    both = queued(store, QueueFilter())
    assert sorted(both) == sorted([other.id, front.id])
    store.review.add_decision(decide(store, front, Action.ACCEPT))
    assert queued(store, QueueFilter()) == [other.id]
    store.review.add_decision(decide(store, front, Action.UNDO))
    assert queued(store, QueueFilter()) == both
    store.review.add_decision(decide(store, front, Action.REJECT))
    assert queued(store, QueueFilter()) == [other.id]


def test_on_a_decision_that_stands_no_other_is_written(store: CatalogStore) -> None:
    front = doubtful()
    record(store, front)
    second = replace(decide(store, front, Action.REJECT), number=2)
    store.review.add_decision(decide(store, front, Action.ACCEPT))
    with pytest.raises(AlreadyDecided, match="Anna Berg decided at 2026-11-02 12:00 UTC"):
        store.review.add_decision(second)
    assert len(store.review.decisions(front.collection, front.id)) == 1


def test_the_place_of_a_decided_front_leads_to_the_next_one(store: CatalogStore) -> None:
    fronts = [doubtful(start=NOON - timedelta(days=i)) for i in range(3)]
    record(store, *fronts)
    order = queued(store, QueueFilter())
    middle = next(front for front in fronts if front.id == order[1])
    store.review.add_decision(decide(store, middle, Action.ACCEPT))
    page = store.review.queue(after=QueueKey.of(middle), limit=1)
    assert [entry.front_id for entry in page.entries] == [order[2]]


def test_a_workspace_from_before_the_desk_gets_its_table(tmp_path: Path) -> None:
    front = doubtful()
    with open_store(tmp_path) as store:
        record(store, front)
    engine = open_database(load_settings(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE decision"))
    engine.dispose()
    with open_store(tmp_path) as store:
        store.review.add_decision(decide(store, front, Action.ACCEPT))
        assert len(store.review.decisions(front.collection, front.id)) == 1
    engine = open_database(load_settings(tmp_path))
    assert "decision" in inspect(engine).get_table_names()
    engine.dispose()
