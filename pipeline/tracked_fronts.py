"""The fronts of a series along one corridor, and how fast they advance where nothing calves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.medians import median_of_columns

Curve = npt.NDArray[np.float64]  # one number for each path
Table = npt.NDArray[np.float64]  # shape (fronts, paths)

SPEED_BASELINE_DAYS = 150.0  # over a shorter time position errors outweigh the flow
SPEED_SMOOTHED_PATHS = 21  # about 5 km


@dataclass(frozen=True, slots=True)
class TrackedFronts:
    """Fronts of one series, oldest first, along one corridor.

    `distance_m` has shape (fronts, paths), NaN where a front does not cross a path; `days`
    (since any moment, rising) and `uncertainty_m` have shape (fronts,), `width_m` (paths,).
    """

    distance_m: Table
    days: Curve
    uncertainty_m: Curve
    width_m: Curve

    def errors_m(self, unstated_m: float) -> Curve:
        """The position error of each front, `unstated_m` where it states none."""
        return np.where(np.isnan(self.uncertainty_m), unstated_m, self.uncertainty_m)


def advance_rate(fronts: TrackedFronts, noise_factor: float, unstated_m: float) -> Curve:
    """How fast the front advances where it does not calve, m per day, shape (paths,).

    The median, over pairs of fronts at least SPEED_BASELINE_DAYS apart, of those that did not
    retreat beyond `noise_factor` times their errors (`unstated_m` where a front states none);
    smoothed along the front. 0 where the series is too short.
    """
    distance, days = fronts.distance_m, fronts.days
    later = np.searchsorted(days, days + SPEED_BASELINE_DAYS)
    earlier = np.flatnonzero(later < len(days))
    later = later[earlier]
    none = np.zeros(distance.shape[1])
    if len(earlier) == 0:
        return none
    moved = distance[later] - distance[earlier]
    sigma = fronts.errors_m(unstated_m)
    noise = noise_factor * np.hypot(sigma[later], sigma[earlier])[:, None]
    rates = np.where(moved > -noise, moved, np.nan) / (days[later] - days[earlier])[:, None]
    rate = median_of_columns(rates)
    if np.isnan(rate).all():
        return none
    rate = np.where(np.isnan(rate), np.nanmedian(rate), rate)
    return np.maximum(_running_median(rate, SPEED_SMOOTHED_PATHS), 0.0)


def _running_median(values: Curve, size: int) -> Curve:
    half = size // 2
    padded = np.pad(values, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, size), axis=1))
