"""A front: where one ice shelf, or one part of it, ended in one interval of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from shapely import MultiLineString

from catalog.errors import RecordError
from catalog.lineage import InputKind, Lineage
from catalog.scale import true_length_km
from catalog.source import SOURCE_PATTERN, Source

UNIT_PATTERN = re.compile(r"[A-Z][A-Za-z0-9-]*")
FIRST_MONTH_WITHOUT_Q1, LAST_MONTH = 4, 12


class Interval(StrEnum):
    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"


class Origin(StrEnum):
    SENTINEL1 = "sentinel1"
    IMPORTED = "imported"
    SIMULATED = "simulated"


class Status(StrEnum):
    PROVISIONAL = "provisional"  # a retreat that the next observations must confirm
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a front has its status."""

    ADVANCE_TOO_FAST = "advance_too_fast"
    AREA_LOST_AND_REGAINED = "area_lost_and_regained"
    RETREAT_UNCONFIRMED = "retreat_unconfirmed"
    RETREAT_CONFIRMED = "retreat_confirmed"
    LOW_CONFIDENCE = "low_confidence"
    MELT_SEASON = "melt_season"  # a retreat then needs a front of the dry season that confirms it
    DISINTEGRATION = "disintegration"
    SHIFTED = "shifted"
    FAR_OFF = "far_off"
    NEIGHBOURS_DISAGREE = "neighbours_disagree"
    LENGTH_JUMP = "length_jump"
    TOO_WINDING = "too_winding"
    PARTLY_COVERED = "partly_covered"
    NOT_COMPARED = "not_compared"
    INCOMPLETE = "incomplete"  # the line does not separate ice from ocean in its region
    ELIMINATED_BY_SOURCE = "eliminated_by_source"
    SHOWS_BEFORE_CALVING = "shows_before_calving"  # averages over a calving show one side of it
    SHOWS_AFTER_CALVING = "shows_after_calving"
    PART_MISSING = "part_missing"  # of a shelf that is joined
    INPUTS_WITHDRAWN = "inputs_withdrawn"  # nothing is left of what it was made of
    ACCEPTED_BY_REVIEWER = "accepted_by_reviewer"
    REJECTED_BY_REVIEWER = "rejected_by_reviewer"
    REDRAWN_BY_REVIEWER = "redrawn_by_reviewer"


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """What may be compared in time: one unit, one origin, one source, one interval."""

    unit: str
    origin: Origin
    source: str
    interval: Interval
    without_q1: bool = False


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """What a part contributes to the front of its whole shelf; no `front_id`: it is missing.

    `dates` are the UTC days on which the part was seen, `gap_days` how far its front lies in time
    from the first part that has one, which dates the whole.
    """

    unit: str
    front_id: str = ""
    dates: tuple[date, ...] = ()
    gap_days: float | None = None

    @property
    def is_missing(self) -> bool:
        return not self.front_id


def front_id(unit: str, interval: Interval, start: datetime, source: str) -> str:
    """The id of the front of a unit at a time, whether there is one or not: see `Front.id`."""
    has_time_of_day = interval is Interval.DAILY and start.time() != start.min.time()
    pattern = "%Y%m%dT%H%M%S" if has_time_of_day else "%Y%m%d"
    return f"{unit}_{interval}_{start.strftime(pattern)}_{source}"


@dataclass(frozen=True, slots=True)
class Front:
    """One dated front line.

    `line` is in EPSG:3031, in metres; `grid_m` the grid its vertices lie on (None: as delivered).
    `start` and `end` are UTC and equal for an instant; averages and composites span an interval.
    `vertex_uncertainty_m` is empty, or one number per vertex in the order of `line`.
    `source` is the short name of the data set in item ids; imports also carry its `Source`.
    `dates` are the UTC days of the fronts that an average is made of; `parts` is empty except for
    the front of a whole shelf that was joined.
    `attributes` are the fields the source had and we have no own name for.
    """

    unit: str
    shelf: str
    interval: Interval
    origin: Origin
    source: str
    start: datetime
    end: datetime
    line: MultiLineString
    status: Status = Status.ACCEPTED
    reasons: tuple[Reason, ...] = ()
    grid_m: float | None = None
    confidence: float | None = None
    uncertainty_m: float | None = None
    vertex_uncertainty_m: tuple[float, ...] = ()
    area_km2: float | None = None
    area_change_km2: float | None = None
    observations: int | None = None
    spread_m: float | None = None
    dates: tuple[date, ...] = ()
    parts: tuple[JoinedPart, ...] = ()
    baseline: str | None = None
    lineage: Lineage = field(default_factory=Lineage)
    imported_from: Source | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise RecordError(fault, where=f"front of {self.unit}")

    def _faults(self) -> tuple[str, ...]:
        rules = {
            f"{self.unit!r} is no unit name (letters, digits, hyphens)": bool(
                UNIT_PATTERN.fullmatch(self.unit)
            ),
            f"{self.source!r} is no source name": bool(SOURCE_PATTERN.fullmatch(self.source)),
            "times must be in UTC": self.start.utcoffset() == timedelta(0) == self.end.utcoffset(),
            "the start lies after the end": self.start <= self.end,
            "the line is empty": not self.line.is_empty,
            "an imported front must name its source": (self.origin is Origin.IMPORTED)
            == (self.imported_from is not None),
            "per-vertex uncertainty must have one number per vertex": not self.vertex_uncertainty_m
            or len(self.vertex_uncertainty_m) == sum(len(p.coords) for p in self.line.geoms),
        }
        return tuple(fault for fault, holds in rules.items() if not holds)

    @property
    def id(self) -> str:
        """`<Unit>_<interval>_<YYYYMMDD[THHMMSS]>_<source>`; a time of day for daily fronts only."""
        return front_id(self.unit, self.interval, self.start, self.source)

    @property
    def collection(self) -> str:
        return f"fronts-{self.interval}"

    @property
    def series(self) -> SeriesKey:
        return SeriesKey(self.unit, self.origin, self.source, self.interval, self.is_without_q1)

    @property
    def is_without_q1(self) -> bool:
        """Whether a year is averaged without January to March: `noQ1` of the IceLines download."""
        begins = (self.start.month, self.start.day) == (FIRST_MONTH_WITHOUT_Q1, 1)
        is_annual = self.interval is Interval.ANNUAL
        return is_annual and begins and self.end.month == LAST_MONTH

    @property
    def is_composed(self) -> bool:
        """Whether it was made of other fronts: an average of ours, or a shelf's joined parts."""
        return bool(self.lineage.inputs_of(InputKind.FRONT))

    @property
    def length_km(self) -> float:
        """True length on the ellipsoid; the plane of EPSG:3031 is up to 3 % off."""
        return true_length_km(self.line)

    def with_verdict(
        self, status: Status, reasons: tuple[Reason, ...], area_change_km2: float | None = None
    ) -> Front:
        """The same line after a check: a new value, the old one stays."""
        change = self.area_change_km2 if area_change_km2 is None else area_change_km2
        return replace(self, status=status, reasons=reasons, area_change_km2=change)
