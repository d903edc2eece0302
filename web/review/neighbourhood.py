"""A front among its series: what came before, what after, and how the area went."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.front import Front, SeriesKey, Status
from catalog.items.front import item_to_front
from catalog.query import FrontFilter
from catalog.store import CatalogStore
from catalog.stored import StoredItem
from web.site.series import LINE_STATUSES, Series

MOST_REMEMBERED = 8_192  # fronts of a few kilobytes each


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`judged` with the nearest trusted fronts of its series, or the nearest at all but rejected.

    `series` is for the chart: what is trusted as line, what is doubtful beside it.
    """

    judged: Front
    before: Front | None
    after: Front | None
    series: Series


class FrontMemory:
    """Fronts that were read already, by the digest of their record: it never changes."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._fronts: OrderedDict[str, Front] = OrderedDict()
        self._lock = threading.Lock()

    def front(self, stored: StoredItem) -> Front:
        with self._lock:
            known = self._fronts.get(stored.digest)
            if known is not None:
                self._fronts.move_to_end(stored.digest)
                return known
        front = item_to_front(stored.item)
        with self._lock:
            self._fronts[stored.digest] = front
            while len(self._fronts) > self._most:
                self._fronts.popitem(last=False)
        return front


def neighbourhood_of(judged: Front, store: CatalogStore, memory: FrontMemory) -> Neighbourhood:
    """Read the series of `judged` and place it there."""
    fronts = [memory.front(stored) for stored in _stored_series(judged.series, store)]
    return place_in_series(judged, [front for front in fronts if front.id != judged.id])


def place_in_series(judged: Front, others: Sequence[Front]) -> Neighbourhood:
    """`others` are the rest of its series, in any order."""
    in_time = sorted(others, key=_moment)
    before = [front for front in in_time if _moment(front) < _moment(judged)]
    after = [front for front in in_time if _moment(front) > _moment(judged)]
    line = [f for f in in_time if f.status in LINE_STATUSES]
    doubtful = [f for f in in_time if f.status is Status.IN_REVIEW]
    is_line = judged.status in LINE_STATUSES
    (line if is_line else doubtful).append(judged)
    return Neighbourhood(
        judged,
        _nearest(before[::-1]),
        _nearest(after),
        Series(judged.series, *(tuple(sorted(kind, key=_moment)) for kind in (line, doubtful))),
    )


def _stored_series(key: SeriesKey, store: CatalogStore) -> list[StoredItem]:
    wanted = FrontFilter(
        units=(key.unit,), intervals=(key.interval,), origins=(key.origin,), sources=(key.source,)
    )
    return store.stored_fronts(wanted)


def _nearest(fronts: Sequence[Front]) -> Front | None:
    trusted = (front for front in fronts if front.status in LINE_STATUSES)
    standing = (front for front in fronts if front.status is not Status.REJECTED)
    return next(trusted, None) or next(standing, None)


def _moment(front: Front) -> tuple[object, object, str]:
    return (front.start, front.end, front.id)
