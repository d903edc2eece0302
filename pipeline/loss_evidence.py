"""What the fronts of a series say of a loss: how much is missing, and whether it is credible.

A loss is credible when the ice was there before the earlier front, and does not come back faster
than it flows. The fronts before and after vote on what one front says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.calving_rules import CalvingRules
from pipeline.tracked_fronts import Curve, Table, TrackedFronts, advance_rate

FASTER_THAN_USUAL = 2.0  # by how much a shelf may outrun its own median
VOTES = 3  # of the fronts before and after, on what one front says
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each front, what the last front before it on each path says of a loss.

    `earlier` are the rows of those fronts (-1: none), `lost_m` the net loss (NaN: unknown).
    """

    fronts: TrackedFronts
    speed: Curve
    earlier: npt.NDArray[np.int64]
    lost_m: Table
    noise_m: Table

    @classmethod
    def of(cls, fronts: TrackedFronts, rules: CalvingRules) -> Evidence:
        distance, sigma = fronts.distance_m, fronts.errors_m(rules.uncertainty_m)
        speed = advance_rate(fronts, rules.noise_factor, rules.uncertainty_m)
        rows = np.where(np.isnan(distance), -1, np.arange(len(distance))[:, None])
        latest = np.maximum.accumulate(rows, axis=0)
        earlier = np.vstack([np.full((1, distance.shape[1]), -1), latest[:-1]])
        before = np.where(
            earlier < 0, np.nan, np.take_along_axis(distance, np.maximum(earlier, 0), axis=0)
        )
        noise = rules.noise_factor * np.hypot(sigma[np.maximum(earlier, 0)], sigma[:, None])
        return cls(fronts, speed, earlier, before - distance, noise)

    def days_between(self, row: int, paths: slice) -> Curve:
        return np.asarray(
            self.fronts.days[row] - self.fronts.days[np.maximum(self.earlier[row, paths], 0)]
        )

    def flow_m(self, days: Curve | float, paths: slice) -> Curve:
        """How far ice may have come in so many days."""
        return np.asarray(FASTER_THAN_USUAL * self.speed[paths] * days)


def came_from_nowhere(
    evidence: Evidence, row: int, paths: slice, lost: Curve, rules: CalvingRules
) -> bool:
    """Whether the ice that went missing had not been there before the earlier front either."""
    distance, days = evidence.fronts.distance_m, evidence.fronts.days
    earlier = int(evidence.earlier[row, paths].max())
    verdicts: list[bool] = []
    for one in range(earlier - 1, max(earlier - VOTES, 0) - 1, -1):
        elapsed = float(days[earlier] - days[one])
        if verdicts and elapsed > rules.regain_days:
            break
        came = distance[earlier, paths] - distance[one, paths] - evidence.flow_m(elapsed, paths)
        verdicts.append(_speaks_of_ice(came, lost))
    return sum(verdicts) * 2 > len(verdicts)


def later_votes(
    evidence: Evidence, row: int, paths: slice, lost: Curve, rules: CalvingRules
) -> tuple[list[int], list[int]]:
    """Rows that see the loss, and rows that see the ice again: the next, and all in time."""
    distance, days = evidence.fronts.distance_m, evidence.fronts.days
    for_it: list[int] = []
    against: list[int] = []
    for later in range(row + 1, len(days)):
        elapsed = days[later] - days[row]
        if for_it or against:
            voted = len(for_it) + len(against)
            if elapsed > rules.regain_days or voted >= VOTES:
                break
        seen = np.isfinite(distance[later, paths])[lost > 0]
        if seen.mean() < HALF:
            continue
        back = distance[later, paths] - distance[row, paths] - evidence.flow_m(elapsed, paths)
        (against if _speaks_of_ice(back, lost) else for_it).append(later)
    return for_it, against


def _speaks_of_ice(moved_m: Curve, lost: Curve) -> bool:
    """Whether a front moved by more than half of a loss, beyond what flow explains."""
    counted = (lost > 0) & np.isfinite(moved_m)
    if not counted.any():
        return False
    return bool(np.median(moved_m[counted] / lost[counted]) > HALF)
