"""One front as it lies before the person who judges it: its record, history and neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shapely import MultiLineString

from catalog.errors import InvalidName, RecordError, UnknownUnit
from catalog.front import Front, Interval, Status
from catalog.items.front import item_to_front
from catalog.line_rules import usable_line
from catalog.query import FrontFilter
from catalog.reason_words import ACTION_WORDS
from catalog.review import Action, Decision, DecisionReason, following, standing
from catalog.shelf import find_unit
from catalog.store import CatalogStore
from catalog.stored import StoredItem

TRUSTED = (Status.ACCEPTED, Status.PROVISIONAL)
FIELDS_OF_ID = 4  # unit, interval, date, source


@dataclass(frozen=True, slots=True)
class Case:
    """`front` is what revision `stored` says; `before` and `after` are the nearest fronts of its
    series that are trusted, or None."""

    stored: StoredItem
    front: Front
    decisions: tuple[Decision, ...]
    before: Front | None
    after: Front | None

    @property
    def stands(self) -> Decision | None:
        return standing(self.decisions)

    @property
    def is_applied(self) -> bool:
        """Whether the record tells all decisions there are."""
        return len(self.front.lineage.judgements) == len(self.decisions)

    def decide(
        self,
        action: Action,
        reviewer: str,
        decided_at: datetime,
        *,
        reason: DecisionReason | None = None,
        note: str = "",
        line_after: MultiLineString | None = None,
    ) -> Decision:
        """The decision of somebody who saw this case; raises RecordError."""
        return following(
            self.decisions,
            collection=self.stored.collection,
            front_id=self.stored.item_id,
            revision_digest=self.stored.digest,
            action=action,
            reviewer=reviewer,
            decided_at=decided_at,
            reason=reason,
            note=note,
            line_after=line_after,
        )


def open_case(store: CatalogStore, front_id: str) -> Case:
    """The case of the front `front_id`; raises InvalidName and NotRecorded."""
    stored = store.get(collection_of(front_id), front_id)
    front = item_to_front(stored.item)
    before, after = neighbours(front, _series(store, front))
    decisions = store.review.decisions(stored.collection, front_id)
    return Case(stored, front, decisions, before, after)


def neighbours(front: Front, series: Iterable[Front]) -> tuple[Front | None, Front | None]:
    """The nearest trusted fronts before and after `front`; those of its own moment are neither."""
    trusted = [other for other in series if other.status in TRUSTED and other.id != front.id]
    before = [other for other in trusted if other.start < front.start]
    after = [other for other in trusted if other.start > front.start]
    return (
        max(before, key=lambda other: (other.start, other.id), default=None),
        min(after, key=lambda other: (other.start, other.id), default=None),
    )


def collection_of(front_id: str) -> str:
    """The collection that an id of a front belongs to: `Getz1_daily_20260912_sentinel1`."""
    fields = front_id.split("_")
    if len(fields) != FIELDS_OF_ID or fields[1] not in set(map(str, Interval)):
        raise InvalidName(
            f"{front_id!r} is no id of a front.",
            remedy="Ids look like Getz1_daily_20260912T081233_sentinel1; "
            "`icelines review list` shows those that wait.",
        )
    return f"fronts-{fields[1]}"


def usable_for(case: Case, drawn: MultiLineString) -> MultiLineString:
    """`drawn` as a line that may replace the front's; raises UnusableLine with every fault."""
    try:
        unit = find_unit(case.front.unit)
    except UnknownUnit:  # an imported front of a shelf that the table does not have
        return usable_line(drawn, None)
    return usable_line(drawn, unit)


def refuse_decided(case: Case) -> None:
    """Raise RecordError where a decision stands that the person may not have seen."""
    stands = case.stands
    if stands is not None:
        raise RecordError(
            f"{stands.reviewer} decided at {stands.decided_at:%Y-%m-%d %H:%M} UTC: "
            f"{ACTION_WORDS[stands.action]}.",
            where=case.front.id,
            remedy=f"Take that back first: `icelines review undo {case.front.id}`.",
        )


def _series(store: CatalogStore, front: Front) -> list[Front]:
    key = front.series
    wanted = FrontFilter(
        units=(key.unit,), intervals=(key.interval,), origins=(key.origin,), sources=(key.source,)
    )
    return [other for other in store.fronts(wanted) if other.series == key]
