"""Average: the robust centre of several fronts along the flow.

Fronts are distances along the paths of a corridor (catalog.corridor). On each path the centre is
the weighted median of the fronts that cross it: a median, because a quarter of bad fronts may not
move it; along the flow, because a mean of vertices has no meaning where lines bend. (Medians along
boxes or flow lines are usual in glaciology, e.g. Lea et al. 2014, doi:10.3189/2014JoG13J061.)

A median over both sides of a calving would be a line that never was, so on each path only one
state counts: that which held for most days of the time averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.average_rules import AverageRules
from pipeline.medians import median_of, median_of_columns

Curve = npt.NDArray[np.float64]  # one number for each path, or for each front
Table = npt.NDArray[np.float64]  # shape (fronts, paths)
Mask = npt.NDArray[np.bool_]

MAD_TO_SIGMA = 1.4826  # of a normal distribution
MEDIAN_TO_MEAN = np.sqrt(np.pi / 2)  # standard error of a median against that of a mean
DEFAULT_RULES = AverageRules()
ROUNDING = 1e-9  # of a sum of weights that ought to be half of all


@dataclass(frozen=True, slots=True)
class DatedFronts:
    """Fronts of one series along one corridor, oldest first.

    `distance_m` has shape (fronts, paths), NaN where a front does not cross a path; `days` are
    counted from the begin of what is averaged, which lasts `length_days`; `uncertainty_m` is NaN
    for a front that states none.
    """

    distance_m: Table
    days: Curve
    uncertainty_m: Curve
    length_days: float


@dataclass(frozen=True, slots=True)
class Break:
    """A calving on the paths `first` to `last` (inclusive): rows from `after` on show it.

    `before` is the last row that does not.
    """

    before: int
    after: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Side:
    """Which side of a break the average shows."""

    of: Break
    is_after: bool


@dataclass(frozen=True, slots=True)
class Centre:
    """The centre of several fronts.

    `distance_m` has one number per path, NaN where too few fronts cross it. `used` tells of each
    front whether it took part; `spread_m` (None for one front) is 1.4826 times the median absolute
    deviation from the centre over all paths and fronts; `sides` of the breaks in between.
    """

    distance_m: Curve
    used: Mask
    spread_m: float | None
    uncertainty_m: float | None
    sides: tuple[Side, ...]

    @property
    def observations(self) -> int:
        return int(self.used.sum())


def average_fronts(
    fronts: DatedFronts, breaks: Sequence[Break] = (), rules: AverageRules = DEFAULT_RULES
) -> Centre:
    """The centre of `fronts`; the order in which equal days come does not matter."""
    counted, sides = _one_state(fronts, breaks)
    weights = weights_of(fronts.days, rules)
    table = np.where(counted, fronts.distance_m, np.nan) if sides else fronts.distance_m
    known = np.isfinite(table)
    enough = weights @ known >= rules.least_share * (weights @ counted) - ROUNDING
    centre = np.where(enough, weighted_median(table, weights), np.nan)
    used: Mask = np.asarray((known & np.isfinite(centre)).any(axis=1))
    spread = _spread(table[used] - centre) if used.sum() > 1 else None
    error = _standard_error(spread, fronts.uncertainty_m[used], weights[used], rules)
    return Centre(centre, used, spread, error, sides)


def weights_of(days: Curve, rules: AverageRules = DEFAULT_RULES) -> Curve:
    """How much each front counts, shape (fronts,)."""
    near = np.abs(days[:, None] - days[None, :]) < rules.shared_days / 2
    weights = 1.0 / near.sum(axis=1)
    if len(days) < 3:
        return np.ones_like(weights)
    return np.asarray(np.minimum(weights, rules.largest_share * (weights.sum() - weights)))


def weighted_median(table: Table, weights: Curve) -> Curve:
    """The median of each column by the weights of its rows; NaN counts for nothing.

    Where the lower half weighs exactly as much as the upper, it is the mean of the two between
    them. A column of NaN gives NaN.
    """
    if (weights == weights[0]).all():
        return median_of_columns(table)
    order = np.argsort(table, axis=0, kind="stable")
    values = np.take_along_axis(table, order, axis=0)
    summed = np.cumsum(np.where(np.isnan(values), 0.0, weights[order]), axis=0)
    half = summed[-1] / 2
    lower = (summed < half * (1 - ROUNDING)).sum(axis=0)
    upper = (summed <= half * (1 + ROUNDING)).sum(axis=0)
    last = np.maximum(np.isfinite(values).sum(axis=0) - 1, 0)
    columns = np.arange(table.shape[1])
    low = values[np.minimum(lower, last), columns]
    high = values[np.minimum(upper, last), columns]
    return np.asarray((low + high) / 2)


def _one_state(fronts: DatedFronts, breaks: Sequence[Break]) -> tuple[Mask, tuple[Side, ...]]:
    """Which fronts count on which paths, and on which side of each break that is.

    Between two breaks on a path there is one state; it holds from the middle between the fronts
    before and after the one to that of the other. The longest is taken, of equal ones the latest.
    """
    if not breaks:
        return np.ones((len(fronts.days), 1), dtype=np.bool_), ()  # alike on all paths
    counted = np.ones(fronts.distance_m.shape, dtype=np.bool_)
    sides: set[tuple[Break, bool]] = set()
    # Breaks come and go at their ends alone: between two of these, all paths are alike.
    ends = {end for one in breaks for end in (one.first, one.last + 1)}
    for first, past in pairwise(sorted(ends)):
        hit = sorted(
            (one for one in breaks if one.first <= first <= one.last), key=lambda one: one.after
        )
        if not hit:
            continue
        chosen = _longest(fronts, hit)
        counted[: chosen.start, first:past] = False
        counted[chosen.stop :, first:past] = False
        sides |= {(one, chosen.start >= one.after) for one in hit}
    ordered = sorted(sides, key=lambda side: (side[0].after, side[0].first, side[1]))
    return counted, tuple(Side(one, is_after) for one, is_after in ordered)


def _longest(fronts: DatedFronts, breaks: Sequence[Break]) -> slice:
    """The rows of the state that holds longest."""
    edges_d = [0.0, *((fronts.days[b.before] + fronts.days[b.after]) / 2 for b in breaks)]
    edges_d.append(fronts.length_days)
    rows = [0, *(b.after for b in breaks), len(fronts.days)]
    lengths = np.diff(edges_d)
    longest = len(lengths) - 1 - int(np.argmax(lengths[::-1]))
    return slice(rows[longest], rows[longest + 1])


def _spread(residuals_m: Table) -> float | None:
    known = residuals_m[np.isfinite(residuals_m)]
    return MAD_TO_SIGMA * median_of(np.abs(known)) if known.size else None


def _standard_error(
    spread_m: float | None, stated_m: Curve, weights: Curve, rules: AverageRules
) -> float | None:
    """One sigma of the centre: the larger of what fronts state and how they scatter, over n."""
    stated = median_of(stated_m[np.isfinite(stated_m)]) if _any(stated_m) else None
    one = max((value for value in (spread_m, stated) if value is not None), default=None)
    if one is None or not len(weights):
        return None
    count = weights.sum() ** 2 / (weights**2).sum()
    if count < 3:  # of one or two, the median is the mean
        return float(max(one / np.sqrt(count), rules.position_sigma_m))
    return float(max(MEDIAN_TO_MEAN * one / np.sqrt(count), rules.position_sigma_m))


def _any(values: Curve) -> bool:
    return bool(np.isfinite(values).any())
