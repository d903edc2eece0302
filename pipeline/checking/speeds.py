"""How fast the ice of each path flows to sea: from the fronts themselves, or a map of velocity.

Between two calvings a front moves with the ice. So the advance over a long while, where nothing
was lost, is the speed; of all such pairs the median is what to expect, and an upper quantile with
a margin is the most that is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from pipeline.checking.profile import Curve, Flags, SeriesProfile, Table
from pipeline.checking.rules import CheckRules
from pipeline.velocity import VelocityField

BASELINE_DAYS = 150.0  # over which the position error of two fronts is below a metre a day
FEWEST_PAIRS = 6
SMOOTHED_PATHS = 5
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Margin:
    """How much faster than usual ice is believed to be.

    The `quantile` of the rates of its history, and on top a `share` of it and `m_per_day`.
    """

    quantile: float
    share: float
    m_per_day: float


OF_INSTANTS = Margin(0.75, 0.1, 0.3)
# Composites are of a season, and which day of it a stretch of the line is of nobody knows.
OF_COMPOSITES = Margin(0.9, 0.2, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Speeds:
    """Metres per day to sea on each path: what to `expect`, and the `bound` that is believed.

    `from_history` where they are the shelf's own; otherwise both are the configured fastest.
    """

    expected: Curve
    bound: Curve
    from_history: bool

    @property
    def unsure(self) -> float:
        """By how much the ice may flow faster or slower than expected, metres per day."""
        return float(np.mean(self.bound - self.expected if self.from_history else self.bound))


def configured_speeds(paths: int, rules: CheckRules) -> Speeds:
    """The fastest advance of any shelf."""
    fastest = np.full(paths, rules.fastest_advance_m_per_day)
    return Speeds(fastest, fastest, from_history=False)


def own_speeds(
    profile: SeriesProfile, trusted: list[int], margin: Margin, rules: CheckRules
) -> Speeds:
    """Speeds from the fronts `trusted` (positions in the series); configured where too few."""
    rates = _long_rates(profile.days[trusted], profile.distance_m[trusted], rules)
    enough = (~np.isnan(rates)).sum(axis=0) >= FEWEST_PAIRS
    if enough.mean() < 0.5:
        return configured_speeds(profile.distance_m.shape[1], rules)
    fastest = rules.fastest_advance_m_per_day
    expected = _spread(np.clip(_quantile(rates, 0.5), 0.0, fastest), enough)
    upper = _spread(np.clip(_quantile(rates, margin.quantile), 0.0, fastest), enough)
    return _with_margin(expected, np.maximum(upper, expected), margin, rules)


def mapped_speeds(
    profile: SeriesProfile, velocity: VelocityField, margin: Margin, rules: CheckRules
) -> Speeds | None:
    """Speeds of a map along the paths, where most fronts lie; None where it has too few."""
    if not profile.has_paths:
        return None
    distance_m = _spread(_quantile(profile.distance_m, 0.5), np.asarray(profile.known.any(axis=0)))
    points, outward, first = [], [], 0
    for corridor in profile.corridors:
        inner = slice(1, -1)
        last = first + len(corridor.depth_m) - 2
        outward.append(corridor.outward[inner])
        points.append(corridor.landward[inner] + outward[-1] * distance_m[first:last, None])
        first = last
    seaward = np.einsum("ni,ni->n", velocity.at(np.concatenate(points)), np.concatenate(outward))
    known = ~np.isnan(seaward)
    if known.mean() < 0.5:
        return None
    expected = _spread(np.maximum(seaward / DAYS_PER_YEAR, 0.0), known)
    return _with_margin(expected, expected, margin, rules)


def _with_margin(expected: Curve, upper: Curve, margin: Margin, rules: CheckRules) -> Speeds:
    bound = upper * (1.0 + margin.share) + margin.m_per_day
    fastest = np.maximum(rules.fastest_advance_m_per_day, expected)
    return Speeds(expected, np.minimum(bound, fastest), from_history=True)


def _long_rates(days: Curve, distance_m: Table, rules: CheckRules) -> Table:
    """Advance per day from each front to the first BASELINE_DAYS later, where nothing was lost."""
    later = np.searchsorted(days, days + BASELINE_DAYS)
    first = np.flatnonzero(later < len(days))
    later = later[first]
    steps = np.diff(distance_m, axis=0, prepend=distance_m[:1])
    losses = np.cumsum(steps < -rules.local_tolerance_m, axis=0)
    span = (days[later] - days[first])[:, None]
    rates = (distance_m[later] - distance_m[first]) / span
    # Over a hole only the fronts next to it count, or all pairs across would tell of one advance.
    across = (days[later] - days[later - 1] > BASELINE_DAYS) & (first != later - 1)
    rates[across] = np.nan
    return np.where(losses[later] == losses[first], rates, np.nan)


def _quantile(table: Table, share: float) -> Curve:
    """The quantile of what is known in each column; NaN where nothing is. (numpy's is slow.)"""
    if not len(table):
        return np.full(table.shape[1], np.nan)
    ordered = np.sort(table, axis=0)  # NaN last
    count = (~np.isnan(table)).sum(axis=0)
    at = np.clip(np.round(share * (count - 1)).astype(np.int64), 0, None)
    return np.asarray(np.take_along_axis(ordered, at[None], axis=0)[0])


def _spread(values: Curve, known: Flags) -> Curve:
    """Values carried on to where they are not known, smoothed over neighbouring paths."""
    at = np.flatnonzero(known)
    filled = np.interp(np.arange(len(values)), at, values[at]) if len(at) else values
    return np.asarray(ndimage.median_filter(filled, SMOOTHED_PATHS, mode="nearest"))
