"""Fronts put in order for charts: a series is one unit, origin, source and interval, never mixed.

A shelf in several parts has several series of one kind; their areas are added only for the
periods in which every part has a front (parts of one shelf are seen on different days).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from catalog.front import Front, Interval, Origin, SeriesKey, Status
from web.site.content import ShelfContent
from web.site.words import coarse_words, period_words

LINE_STATUSES = (Status.ACCEPTED, Status.PROVISIONAL)
USUAL_STEP = {
    Interval.MONTHLY: timedelta(days=31),
    Interval.QUARTERLY: timedelta(days=92),
    Interval.ANNUAL: timedelta(days=366),
}
GAP_FACTOR = 1.6  # a step longer than this many usual ones is a gap in the line
SHORTEST_DAILY_STEP = timedelta(days=12)  # the repeat cycle of one Sentinel-1 satellite


@dataclass(frozen=True, slots=True)
class Measured:
    """A front whose area is known."""

    front: Front
    area_km2: float


@dataclass(frozen=True, slots=True)
class Series:
    """The fronts of one `key` in order of time: `line` as released, `doubtful` under review."""

    key: SeriesKey
    line: tuple[Front, ...]
    doubtful: tuple[Front, ...]

    @property
    def measured(self) -> tuple[Measured, ...]:
        return tuple(Measured(f, f.area_km2) for f in self.line if f.area_km2 is not None)

    @property
    def is_simulated(self) -> bool:
        return self.key.origin is Origin.SIMULATED

    @property
    def slug(self) -> str:
        """A file name without path or suffix, unique within the shelf."""
        rest = "-noQ1" if self.key.without_q1 else ""
        return f"{self.key.unit}-{self.key.interval}{rest}-{self.key.source}"


@dataclass(frozen=True, slots=True)
class Total:
    """The area of a whole shelf in one period: `words` says which, `month` roughly when."""

    moment: datetime
    words: str
    month: str
    area_km2: float


@dataclass(frozen=True, slots=True)
class Kind:
    """All series of a shelf with one origin, source and interval: one per unit.

    Years without January to March (`without_q1`) are a kind of their own.
    """

    origin: Origin
    source: str
    interval: Interval
    without_q1: bool
    series: tuple[Series, ...]

    @property
    def latest(self) -> Front | None:
        """The front that the shelf is current to."""
        return max((f for s in self.series for f in s.line), key=_end, default=None)

    @property
    def fronts(self) -> int:
        return sum(len(s.line) for s in self.series)

    @property
    def totals(self) -> tuple[Total, ...]:
        """Area of all units together, for the periods in which each of them has one."""
        if len(self.series) == 1:
            return tuple(_total_of_one(m) for m in self.series[0].measured)
        by_unit = [_last_per_period(s.measured) for s in self.series]
        shared = set(by_unit[0]).intersection(*by_unit[1:])
        return tuple(_total([unit[period] for unit in by_unit]) for period in sorted(shared))

    @property
    def change_km2(self) -> float | None:
        """Area of the last period less that of the first; None where two are not at hand."""
        totals = self.totals
        return totals[-1].area_km2 - totals[0].area_km2 if len(totals) > 1 else None


def middle(front: Front) -> datetime:
    """Where a front stands on a time axis."""
    return front.start + (front.end - front.start) / 2


def series_of(shelf: ShelfContent) -> tuple[Series, ...]:
    """Every series of a shelf, sorted by unit, origin, source and interval.

    Fronts joined from parts are left out: their parts are series already, and would count twice.
    """
    line = _by_key(f for f in shelf.released if f.status in LINE_STATUSES and not f.parts)
    doubtful = _by_key(f for f in shelf.all_fronts if f.status is Status.IN_REVIEW and not f.parts)
    return tuple(
        Series(key, _in_time(line[key]), _in_time(doubtful[key]))
        for key in sorted({*line, *doubtful})
    )


def kinds_of(shelf: ShelfContent) -> tuple[Kind, ...]:
    """The series of a shelf by origin, source and interval, the one to lead with first."""
    grouped: dict[tuple[Origin, str, Interval, bool], list[Series]] = defaultdict(list)
    for series in series_of(shelf):
        key = series.key
        grouped[key.origin, key.source, key.interval, key.without_q1].append(series)
    kinds = [Kind(*key, tuple(series)) for key, series in sorted(grouped.items())]
    return tuple(sorted(kinds, key=_rank, reverse=True))


def runs(fronts: tuple[Front, ...]) -> list[tuple[Front, ...]]:
    """The fronts cut where data are missing: a line is drawn within a run, never between two."""
    if not fronts:
        return []
    longest = longest_step(fronts)
    found: list[list[Front]] = [[fronts[0]]]
    for before, after in pairwise(fronts):
        if middle(after) - middle(before) > longest:
            found.append([])
        found[-1].append(after)
    return [tuple(run) for run in found]


def longest_step(fronts: tuple[Front, ...]) -> timedelta:
    """The longest time between two fronts that is no gap."""
    usual = USUAL_STEP.get(fronts[0].interval)
    if usual is None:
        seconds = [(middle(b) - middle(a)).total_seconds() for a, b in pairwise(fronts)]
        steps = timedelta(seconds=median(seconds)) if seconds else SHORTEST_DAILY_STEP
        return max(steps, SHORTEST_DAILY_STEP) * 2 * GAP_FACTOR
    return usual * GAP_FACTOR


def one_per_year(fronts: tuple[Front, ...]) -> tuple[Front, ...]:
    """The last front of each year, for a map that is to be read."""
    return tuple({front.start.year: front for front in fronts}.values())


def _rank(kind: Kind) -> tuple[bool, bool, datetime, int]:
    latest = kind.latest
    end = latest.end if latest else min(f.end for s in kind.series for f in s.doubtful)
    return (latest is not None, kind.origin is Origin.SENTINEL1, end, kind.fronts)


def _by_key(fronts: Iterable[Front]) -> defaultdict[SeriesKey, dict[str, Front]]:
    found: defaultdict[SeriesKey, dict[str, Front]] = defaultdict(dict)
    for front in fronts:
        found[front.series][front.id] = front
    return found


def _in_time(fronts: dict[str, Front]) -> tuple[Front, ...]:
    return tuple(sorted(fronts.values(), key=lambda f: (f.start, f.end, f.id)))


def _end(front: Front) -> datetime:
    return front.end


def _last_per_period(measured: tuple[Measured, ...]) -> dict[tuple[int, int], Measured]:
    return {_period(m.front): m for m in measured}


def _period(front: Front) -> tuple[int, int]:
    month = 0 if front.interval is Interval.ANNUAL else front.start.month
    return (front.start.year, month)


def _total_of_one(measured: Measured) -> Total:
    front = measured.front
    return Total(middle(front), period_words(front), coarse_words(front), measured.area_km2)


def _total(measured: list[Measured]) -> Total:
    last = max((m.front for m in measured), key=_end)
    words = coarse_words(last)
    return Total(middle(last), words, words, sum(m.area_km2 for m in measured))
