"""A calving event: ice that a unit lost between two fronts, and did not get back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shapely import MultiPolygon

from catalog.errors import RecordError
from catalog.front import UNIT_PATTERN, Interval, Origin, SeriesKey
from catalog.lineage import Lineage
from catalog.source import SOURCE_PATTERN

COLLECTION = "calving-events"


class CalvingKind(StrEnum):
    CALVING = "calving"
    DISINTEGRATION = "disintegration"  # a large part of all ice before the reference line


class EventStatus(StrEnum):
    UNCONFIRMED = "unconfirmed"  # no later front has looked there yet
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"  # later or corrected fronts speak against it


@dataclass(frozen=True, slots=True)
class CalvingEvent:
    """Ice lost between the fronts `front_before` and `front_after` (item ids).

    `polygon` (EPSG:3031) is the ice before less the ice after, on the stretch that was lost;
    `area_km2` its true area, with one standard error. `outflow_km2` is the ice that flowed out in
    between and calved as well: a published area of a berg lies near `calved_km2`, the sum.
    `start` and `end` (UTC) bound the moment: the front before still saw the ice, the front after
    no longer; `is_wide` where they lie so far apart that they hardly date it. `number` tells
    apart events of one window, the largest is 1. `confirmed_by` are later fronts. `withdrawn`
    says why an event no longer stands, `superseded_by` which events (ids) took its place.
    """

    unit: str
    shelf: str
    interval: Interval
    origin: Origin
    source: str
    kind: CalvingKind
    status: EventStatus
    polygon: MultiPolygon
    area_km2: float
    area_uncertainty_km2: float
    outflow_km2: float
    width_km: float
    start: datetime
    end: datetime
    is_wide: bool
    front_before: str
    front_after: str
    number: int = 1
    scenes_before: tuple[str, ...] = ()
    scenes_after: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    withdrawn: str | None = None
    superseded_by: tuple[str, ...] = ()
    lineage: Lineage = field(default_factory=Lineage)

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise RecordError(fault, where=f"calving of {self.unit}")

    def _faults(self) -> tuple[str, ...]:
        rules = {
            f"{self.unit!r} is no unit name (letters, digits, hyphens)": bool(
                UNIT_PATTERN.fullmatch(self.unit)
            ),
            f"{self.source!r} is no source name": bool(SOURCE_PATTERN.fullmatch(self.source)),
            "times must be in UTC": self.start.utcoffset() == timedelta(0) == self.end.utcoffset(),
            "the window must end after it starts": self.start < self.end,
            "the polygon is empty": not self.polygon.is_empty,
            "areas must not be negative": min(
                self.area_km2, self.area_uncertainty_km2, self.outflow_km2
            )
            >= 0,
            "numbers of events begin at 1": self.number >= 1,
            "an event is withdrawn with a reason, and no other has one": (
                self.status is EventStatus.WITHDRAWN
            )
            == (self.withdrawn is not None),
            "a confirmed event must name the fronts that confirm it": (
                self.status is not EventStatus.CONFIRMED or bool(self.confirmed_by)
            ),
        }
        return tuple(fault for fault, holds in rules.items() if not holds)

    @property
    def id(self) -> str:
        """`<Unit>_calving_<YYYYMMDD>_<source>`, by the end of the window; the second `..-2`."""
        which = f"-{self.number}" if self.number > 1 else ""
        return f"{self.unit}_calving_{self.end:%Y%m%d}{which}_{self.source}"

    @property
    def series(self) -> SeriesKey:
        return SeriesKey(self.unit, self.origin, self.source, self.interval)

    @property
    def calved_km2(self) -> float:
        """All ice that left: what the fronts show, and what flowed out in between."""
        return self.area_km2 + self.outflow_km2

    @property
    def window_days(self) -> float:
        return (self.end - self.start) / timedelta(days=1)

    def withdraw(self, why: str, superseded_by: tuple[str, ...] = ()) -> CalvingEvent:
        """The same event, no longer standing."""
        return replace(
            self, status=EventStatus.WITHDRAWN, withdrawn=why, superseded_by=superseded_by
        )
