"""A front among its series: what came before, what after, and how the area went."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from shapely import MultiLineString

from catalog.canonical import sha256_hex
from catalog.front import Front, SeriesKey, Status
from catalog.items.envelope import Asset, assets_of
from catalog.items.front import item_to_front
from catalog.query import FrontFilter
from catalog.review_case import neighbours
from catalog.store import CatalogStore
from catalog.stored import StoredItem
from web.site.series import LINE_STATUSES, Series

MOST_REMEMBERED = 8_192  # fronts of a few kilobytes each
_Record = tuple[Front, tuple[Asset, ...]]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`judged` with the nearest trusted fronts of its series; None where there is none.

    `series` is for the chart: what is trusted as line, what is doubtful beside it. `version` is a
    digest of all its records. `traced` is the machine's line where a person drew another one.
    """

    judged: Front
    before: Front | None
    after: Front | None
    series: Series
    version: str
    traced: MultiLineString | None = None


class FrontMemory:
    """Fronts and their files that were read already, by the digest of their record, which never
    changes."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._records: OrderedDict[str, _Record] = OrderedDict()
        self._lock = threading.Lock()

    def front(self, stored: StoredItem) -> Front:
        return self._record(stored)[0]

    def assets(self, stored: StoredItem) -> tuple[Asset, ...]:
        return self._record(stored)[1]

    def _record(self, stored: StoredItem) -> _Record:
        with self._lock:
            known = self._records.get(stored.digest)
            if known is not None:
                self._records.move_to_end(stored.digest)
                return known
        item = stored.item  # read anew with every look
        record = item_to_front(item), tuple(assets_of(item))
        with self._lock:
            self._records[stored.digest] = record
            while len(self._records) > self._most:
                self._records.popitem(last=False)
        return record


def neighbourhood_of(
    judged: Front,
    store: CatalogStore,
    memory: FrontMemory,
    traced: MultiLineString | None = None,
) -> Neighbourhood:
    """Read the series of `judged` and place it there."""
    records = _stored_series(judged.series, store)
    fronts = (memory.front(record) for record in records if record.item_id != judged.id)
    others = [front for front in fronts if front.series == judged.series]
    before, after = neighbours(judged, others)
    told = "".join(record.digest for record in records)
    # An area that a decision changed is not in the records yet.
    version = sha256_hex(f"{told} {judged.area_km2} {judged.status}".encode())
    return Neighbourhood(judged, before, after, _series_with(judged, others), version, traced)


def _series_with(judged: Front, others: Sequence[Front]) -> Series:
    everything = sorted([*others, judged], key=lambda front: (front.start, front.end, front.id))
    line = tuple(front for front in everything if front.status in LINE_STATUSES)
    # A rejected front that is looked at again is shown among the doubtful ones.
    doubtful = (f for f in everything if f.status is Status.IN_REVIEW or f is judged)
    return Series(judged.series, line, tuple(f for f in doubtful if f.status not in LINE_STATUSES))


def _stored_series(key: SeriesKey, store: CatalogStore) -> list[StoredItem]:
    wanted = FrontFilter(
        units=(key.unit,), intervals=(key.interval,), origins=(key.origin,), sources=(key.source,)
    )
    return store.stored_fronts(wanted)
