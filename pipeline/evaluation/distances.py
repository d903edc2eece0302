"""How far a predicted front lies from the true one: nearest distances, both ways.

The mean of both ways, pooled by pixel, is the mean distance error of CaFFe (Gourmelon et al. 2022,
doi:10.5194/essd-14-4287-2022). One way alone is smaller and must never be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely import MultiLineString

Mask = npt.NDArray[np.bool_]  # shape (H, W)
Distances = npt.NDArray[np.float64]  # shape (n,)

SAMPLE_SPACING_M = 40.0
HAUSDORFF_PERCENT = 95.0


@dataclass(frozen=True, slots=True, eq=False)
class FrontDistances:
    """Nearest distances in pixels; both are empty where either front has no pixel.

    `to_truth_px` has one number per predicted pixel, `to_predicted_px` one per true pixel, each in
    row-major order.
    """

    to_truth_px: Distances
    to_predicted_px: Distances

    @classmethod
    def between(cls, predicted: Mask, truth: Mask) -> FrontDistances:
        if not predicted.any() or not truth.any():
            return cls(np.empty(0), np.empty(0))
        return cls(nearest_px(predicted, truth), nearest_px(truth, predicted))

    @property
    def both_px(self) -> Distances:
        return np.concatenate([self.to_truth_px, self.to_predicted_px])

    @property
    def mean_px(self) -> float:
        """Symmetric mean of this pair; NaN where there is none."""
        return mean(self.both_px)

    @property
    def hausdorff95_px(self) -> float:
        """The larger of both ways' 95th percentiles; NaN where there is none."""
        ways = (self.to_truth_px, self.to_predicted_px)
        return max(percentile(way, HAUSDORFF_PERCENT) for way in ways)


def nearest_px(points: Mask, target: Mask) -> Distances:
    """From each true pixel of `points` to the nearest one of `target` (which has one)."""
    distances, _ = cKDTree(np.argwhere(target)).query(np.argwhere(points))
    return np.asarray(distances, dtype=np.float64)


def line_distances_m(
    predicted: MultiLineString, truth: MultiLineString, spacing_m: float = SAMPLE_SPACING_M
) -> Distances:
    """Nearest distances between two lines of one plane, both ways, at points every `spacing_m`."""
    return np.concatenate(
        [
            shapely.distance(_points_along(predicted, spacing_m), truth),
            shapely.distance(_points_along(truth, spacing_m), predicted),
        ]
    )


def pooled(distances: Iterable[Distances]) -> Distances:
    """All of them in one, so that each pixel counts the same."""
    return np.concatenate([np.empty(0), *distances])


def mean(values: Distances) -> float:
    """NaN of nothing."""
    return float(values.mean()) if values.size else float("nan")


def percentile(values: Distances, percent: float) -> float:
    """NaN of nothing."""
    return float(np.percentile(values, percent)) if values.size else float("nan")


def _points_along(line: MultiLineString, spacing_m: float) -> npt.NDArray[np.object_]:
    dense = shapely.segmentize(line, spacing_m)
    return np.asarray(shapely.points(shapely.get_coordinates(dense)), dtype=object)
