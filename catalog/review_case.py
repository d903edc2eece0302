"""One front as it lies before the person who judges it: its record, history and neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from catalog.errors import InvalidName
from catalog.front import Front, Interval, Status
from catalog.items.front import item_to_front
from catalog.line_rules import line_of_unit
from catalog.query import FrontFilter
from catalog.review import Action, Decision, DecisionReason, following, standing
from catalog.store import CatalogStore
from catalog.stored import StoredItem

TRUSTED = (Status.ACCEPTED, Status.PROVISIONAL)
FIELDS_OF_ID = 4  # unit, interval, date, source


@dataclass(frozen=True, slots=True)
class Judged:
    """A front that people judge: what revision `stored` says, and all decisions about it."""

    stored: StoredItem
    front: Front
    decisions: tuple[Decision, ...]

    @property
    def stands(self) -> Decision | None:
        return standing(self.decisions)

    @property
    def is_applied(self) -> bool:
        """Whether the record tells all decisions there are."""
        return len(self.front.lineage.judgements) == len(self.decisions)


@dataclass(frozen=True, slots=True)
class Case(Judged):
    """`before` and `after` are the nearest fronts of its series that are trusted, or None."""

    before: Front | None
    after: Front | None

    def decide(
        self,
        action: Action,
        reviewer: str,
        decided_at: datetime,
        *,
        reason: DecisionReason | None = None,
        note: str = "",
        line_after: BaseGeometry | None = None,
    ) -> Decision:
        """The decision of somebody who saw this case; raises RecordError and UnusableLine.

        `line_after` is a line as drawn, in EPSG:3031.
        """
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
            line_after=None if line_after is None else line_of_unit(line_after, self.front.unit),
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


def _series(store: CatalogStore, front: Front) -> list[Front]:
    key = front.series
    wanted = FrontFilter(
        units=(key.unit,), intervals=(key.interval,), origins=(key.origin,), sources=(key.source,)
    )
    return [other for other in store.fronts(wanted) if other.series == key]
