"""Averages and joined fronts on record: what is new, what changed, what has lost its ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.items.front import item_to_front
from catalog.observation import Observation, ObservationKind
from catalog.query import FrontFilter
from catalog.release import Month
from catalog.review import Decision
from catalog.review_verdict import decided_front
from catalog.shelf import Part
from catalog.store import CatalogStore
from pipeline.average_scope import AverageScope
from pipeline.average_series import RecordedFront
from pipeline.join import worst

# Fronts of others are averaged by their authors, if at all.
OWN_ORIGINS = (Origin.SENTINEL1, Origin.SIMULATED)
AVERAGES = (Interval.MONTHLY, Interval.QUARTERLY, Interval.ANNUAL)
NO_ACCEPTED_FRONT = "no_accepted_front"
Recorded = Mapping[str, Front]  # by id
Decisions = Mapping[tuple[str, str], tuple[Decision, ...]]


@dataclass(frozen=True, slots=True)
class Written:
    """The fronts that stand after writing, and the ids of those that were withdrawn."""

    fronts: tuple[Front, ...] = ()
    withdrawn: tuple[str, ...] = ()
    new: int = 0
    revised: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.fronts + other.fronts,
            self.withdrawn + other.withdrawn,
            self.new + other.new,
            self.revised + other.revised,
        )


def read_fronts(store: CatalogStore, wanted: FrontFilter) -> list[RecordedFront]:
    """Our own fronts with the digests of their revisions, oldest first."""
    ours = replace(wanted, origins=OWN_ORIGINS)
    return [
        RecordedFront(item_to_front(stored.item), stored.digest)
        for stored in store.stored_fronts(ours)
    ]


def recorded_in(
    store: CatalogStore, unit: str, intervals: tuple[Interval, ...], scope: AverageScope
) -> Recorded:
    """What earlier runs recorded of a unit and what this one may take back."""
    found = read_fronts(store, FrontFilter(units=(unit,), intervals=intervals))
    return {one.front.id: one.front for one in found if scope.holds(one.front)}


def as_decided(front: Front, decisions: Decisions) -> Front:
    """The front as people decided about it."""
    return decided_front(front, decisions.get((front.collection, front.id), ()))


def joined_as_decided(front: Front, decisions: Decisions) -> Front:
    """The joined front as people decided about it, never better than the worst of its parts.

    An accepted whole with a part that is not could not be released: what it is made of would be
    missing. The decision holds as soon as its parts are accepted.
    """
    decided = as_decided(front, decisions)
    if worst((decided.status, front.status)) is decided.status:
        return decided
    return replace(front, lineage=decided.lineage)


def write_fronts(store: CatalogStore, fronts: Sequence[Front], recorded: Recorded) -> Written:
    """Record what differs; withdraw what was not made again.

    Nothing is deleted: a withdrawn front is rejected with its reason, and comes back as a new
    revision when there is something to make it of.
    """
    kept = {front.id for front in fronts}
    gone = [
        replace(front, status=Status.REJECTED, reasons=(Reason.INPUTS_WITHDRAWN,))
        for front_id, front in recorded.items()
        if front_id not in kept and front.status is not Status.REJECTED
    ]
    changed = [front for front in (*fronts, *gone) if recorded.get(front.id) != front]
    outcome = store.record_fronts((front, ()) for front in changed)
    withdrawn = tuple(front.id for front in gone)
    return Written(tuple(fronts), withdrawn, outcome.new, outcome.revised)


def note_gaps(
    store: CatalogStore, part: Part, moments: Sequence[datetime], scope: AverageScope
) -> tuple[Month, ...]:
    """The months without an accepted front, from the first front of a part on, each with a row.

    `moments` are those of its accepted fronts. A row that already says why there is none stays; a
    month that has a front by now loses its row.
    """
    seen = {Month(moment.year, moment.month) for moment in moments}
    if not seen:
        return ()
    told = {row.moment for row in store.observations(part.name) if not row.scene_id}
    months = scope.months_since(min(seen))
    empty = tuple(month for month in months if month not in seen)
    store.record_observations(
        Observation(part.name, _begin(month), ObservationKind.GAP, NO_ACCEPTED_FRONT)
        for month in empty
        if _begin(month) not in told
    )
    for month in seen:
        if _begin(month) in told:
            store.withdraw_empty_month(part.name, _begin(month))
    return empty


def _begin(month: Month) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)
