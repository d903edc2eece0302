"""What is measured on fronts: uncertainty of an area, and movement against an earlier front.

None of it is recorded: it follows from the fronts, so it is derived wherever it is shown. All
lengths are true ones on the ellipsoid.

The error of a front is the distance between it and the truth, square to the line. Neighbouring
points err alike, so errors do not average out point by point: they are taken to be correlated
along the front as exp(-d / CORRELATION_M). An error that a whole scene shares (its geocoding) is
no part of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from catalog.corridor import Corridor, front_distances
from catalog.front import Front
from catalog.scale import M_PER_KM, scale_factor, true_length_km

Curve = npt.NDArray[np.float64]  # one number for each path

CORRELATION_M = 2_000.0  # an assumption: about the bends of a front that a network smooths away
DAYS_PER_YEAR = 365.25
M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class Advance:
    """How a front moved since an earlier one, along the paths of its unit, metres.

    Seaward is positive. `mean_m` is weighted by the width of the paths and has `mean_error_m`;
    `greatest_advance_m` and `greatest_retreat_m` (both at least 0) have `path_error_m`. Errors are
    one standard error, None where a front states no uncertainty. `compared_share` is the share of
    the width on which both fronts were seen.
    """

    days: float
    mean_m: float
    mean_error_m: float | None
    greatest_advance_m: float
    greatest_retreat_m: float
    path_error_m: float | None
    compared_share: float

    @property
    def mean_m_per_day(self) -> float | None:
        """None for two fronts of one moment."""
        return self.mean_m / self.days if self.days > 0 else None

    @property
    def mean_m_per_year(self) -> float | None:
        return self.mean_m / self.days * DAYS_PER_YEAR if self.days > 0 else None


def area_error_km2(front: Front) -> float | None:
    """One standard error of the area behind a front (km2); None where it states no uncertainty."""
    if not front.vertex_uncertainty_m:
        if front.uncertainty_m is None:
            return None
        return swept_error_km2(front.uncertainty_m, true_length_km(front.line))
    points, piece = shapely.get_coordinates(front.line.geoms, return_index=True)
    errors = np.asarray(front.vertex_uncertainty_m)
    variance_m4 = sum(
        _variance_along(points[piece == one], errors[piece == one]) for one in np.unique(piece)
    )
    return float(np.sqrt(variance_m4)) / M2_PER_KM2


def swept_error_km2(error_m: float, length_km: float) -> float:
    """The error of an area along `length_km` of a front that errs by `error_m` everywhere."""
    length_m = length_km * M_PER_KM
    share = length_m / CORRELATION_M
    # The double integral of exp(-|s - t| / c) over a line of length L; expm1 for short lines.
    variance = 2 * (error_m * CORRELATION_M) ** 2 * (share + np.expm1(-share))
    return float(np.sqrt(max(variance, 0.0))) / M2_PER_KM2


def distances_of(front: Front, corridors: Sequence[Corridor]) -> Curve:
    """Where a front crosses all paths of its unit, corridor after corridor; NaN: not seen."""
    return np.concatenate([front_distances([front.line], one)[0] for one in corridors])


def advance_between(
    before: Front,
    after: Front,
    corridors: Sequence[Corridor],
    distances_m: tuple[Curve, Curve] | None = None,
) -> Advance | None:
    """How the front moved; None where the two have no path in common.

    `distances_m` are those of `distances_of`, where they are at hand.
    """
    old, new = distances_m or (distances_of(before, corridors), distances_of(after, corridors))
    both = np.isfinite(old) & np.isfinite(new)
    if not both.any():
        return None
    width = np.concatenate([one.width_m for one in corridors])
    moved = _true_advance(old, new, corridors)[both]
    error = _joint_error(before, after)
    return Advance(
        days=(after.start - before.start).total_seconds() / 86_400.0,
        mean_m=float(np.average(moved, weights=width[both])),
        mean_error_m=_mean_error(error, float(width[both].sum())),
        greatest_advance_m=max(float(moved.max()), 0.0),
        greatest_retreat_m=max(float(-moved.min()), 0.0),
        path_error_m=error,
        compared_share=float(width[both].sum() / width.sum()),
    )


def joint_error(first: float | None, second: float | None) -> float | None:
    """The error of a difference; None where one is not known."""
    return None if first is None or second is None else float(np.hypot(first, second))


def _true_advance(old: Curve, new: Curve, corridors: Sequence[Corridor]) -> Curve:
    start = np.concatenate([one.landward for one in corridors])
    outward = np.concatenate([one.outward for one in corridors])
    middle = start + outward * ((old + new) / 2)[:, None]
    return np.asarray((new - old) / scale_factor(middle))


def _joint_error(before: Front, after: Front) -> float | None:
    return joint_error(before.uncertainty_m, after.uncertainty_m)


def _mean_error(error_m: float | None, width_m: float) -> float | None:
    if error_m is None or width_m <= 0:
        return error_m
    return swept_error_km2(error_m, width_m / M_PER_KM) * M2_PER_KM2 / width_m


def _variance_along(points: Curve, errors_m: Curve) -> float:
    """The variance (m4) of the area along one piece, each vertex standing for half its edges.

    The sum over all pairs of vertices goes along the line once: what the vertices before
    contribute fades with the distance to them.
    """
    edges = np.hypot(*np.diff(points, axis=0).T) / scale_factor((points[1:] + points[:-1]) / 2)
    share = np.zeros(len(points))
    share[:-1] += edges / 2
    share[1:] += edges / 2
    swept = share * errors_m
    fading = np.exp(-edges / CORRELATION_M)
    carried, variance = 0.0, float(swept[0] ** 2)
    for own, fade, earlier in zip(swept[1:], fading, swept[:-1], strict=True):
        carried = (carried + float(earlier)) * float(fade)
        variance += float(own) ** 2 + 2 * float(own) * carried
    return variance
