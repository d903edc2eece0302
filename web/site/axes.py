"""Axes that read well: round steps of a quantity, and of time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from web.site.words import MONTHS

ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MONTH_STEPS = (1, 2, 3, 6)
YEAR_STEPS = (1, 2, 5, 10, 20)
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """A straight scale from `low`..`high` to the pixels `start`..`stop`."""

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)


def round_step(span: float, most_ticks: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that gives at most `most_ticks` steps."""
    raw = span / most_ticks
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * step for step in ROUND_STEPS if power * step >= raw * (1 - 1e-9))


def ticks_between(low: float, high: float, most_ticks: int) -> list[float]:
    step = round_step(high - low, most_ticks)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def padded(low: float, high: float, share: float = 0.12) -> tuple[float, float]:
    """A range with air above and below; a range of nothing gets some width."""
    margin = (high - low) * share or max(abs(high) * 0.01, 1.0)
    return low - margin, high + margin


def time_ticks(first: datetime, last: datetime, most_ticks: int) -> list[tuple[datetime, str]]:
    """Starts of months (`Mar 2026`) or years (`2026`) between two moments."""
    months = (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month + 1
    monthly = next((step for step in MONTH_STEPS if months / step <= most_ticks), None)
    if monthly:
        return _month_ticks(first, last, monthly)
    years = last.year - first.year + 1
    step = next((s for s in YEAR_STEPS if years / s <= most_ticks), YEAR_STEPS[-1])
    marks = (datetime(year, 1, 1, tzinfo=UTC) for year in range(first.year, last.year + 1))
    return [(m, str(m.year)) for m in marks if first <= m <= last and m.year % step == 0]


def _month_ticks(first: datetime, last: datetime, step: int) -> list[tuple[datetime, str]]:
    ticks: list[tuple[datetime, str]] = []
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, month = divmod(index, MONTHS_PER_YEAR)
        moment = datetime(year, month + 1, 1, tzinfo=UTC)
        if month % step == 0 and first <= moment <= last:
            name = MONTHS[month][:3]
            ticks.append((moment, f"{name} {year}" if month == 0 or not ticks else name))
    return ticks
