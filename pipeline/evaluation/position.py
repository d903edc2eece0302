"""The stated position uncertainty of front pixels, and whether it covers the true error.

The statement is that of `pipeline.contour`: half the distance between the contours of 0.25 and
0.75, by the gradient at the pixel, with the pixel itself in quadrature. The geocoding is left out,
because here the truth was drawn in the same pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.contour import QUARTER
from pipeline.evaluation.distances import Distances, Mask, pooled

STATED_SHARE = 0.68  # what one sigma covers
PIXEL_SIGMA = 1.0 / np.sqrt(12.0)  # of a uniform distribution over one pixel
LARGEST_HALF_WIDTH_PX = 25.0  # 1000 m in pixels of 40 m, as in pipeline.contour


@dataclass(frozen=True, slots=True, eq=False)
class PositionErrors:
    """Stated `sigma` and true `error` (to the nearest truth) of points on fronts, (n,)."""

    sigma: Distances
    error: Distances

    @classmethod
    def pooled(cls, each: Iterable[PositionErrors]) -> PositionErrors:
        parts = list(each)
        return cls(pooled(p.sigma for p in parts), pooled(p.error for p in parts))

    def coverage(self, position_scale: float = 1.0) -> float:
        """The share of pixels that lie within one scaled sigma; NaN of nothing."""
        if not self.error.size:
            return float("nan")
        return float((self.error <= position_scale * self.sigma).mean())

    @property
    def position_scale(self) -> float:
        """The factor on sigma with which STATED_SHARE of these pixels are covered; NaN of none."""
        if not self.error.size:
            return float("nan")
        ratio = self.error / self.sigma
        return float(np.percentile(ratio, 100 * STATED_SHARE, method="inverted_cdf"))


@dataclass(frozen=True, slots=True)
class StatedBin:
    """Front pixels of about one stated sigma: its mean, and within what STATED_SHARE of them lie.

    Both would be equal if the statement were true for any size of it.
    """

    pixels: int
    stated_sigma_px: float
    observed_sigma_px: float


def stated_bins(errors: PositionErrors, bins: int = 6) -> list[StatedBin]:
    """Bins of as many pixels each, from the smallest stated sigma to the largest."""
    order = np.argsort(errors.sigma, kind="stable")
    return [
        StatedBin(
            pixels=part.size,
            stated_sigma_px=float(errors.sigma[part].mean()),
            observed_sigma_px=float(np.percentile(errors.error[part], 100 * STATED_SHARE)),
        )
        for part in np.array_split(order, bins)
        if part.size
    ]


def stated_sigma_px(probability: npt.NDArray[np.float32], front: Mask) -> Distances:
    """One sigma in pixels for each pixel of `front`, in row-major order, from `probability`.

    Beside missing data (NaN) nothing is known of the slope: the largest width is stated.
    """
    down, right = np.gradient(probability.astype(np.float64))
    slope = np.hypot(down, right)[front]
    with np.errstate(divide="ignore"):
        half_width = np.minimum(QUARTER / slope, LARGEST_HALF_WIDTH_PX)
    half_width = np.nan_to_num(half_width, nan=LARGEST_HALF_WIDTH_PX)
    return np.asarray(np.hypot(half_width, PIXEL_SIGMA))


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A scale fitted on every other image and checked on those between them."""

    position_scale: float
    coverage_unscaled: float
    coverage_checked: float
    fitted_pixels: int
    checked_pixels: int


def cross_check(images: Sequence[PositionErrors]) -> CrossCheck:
    """Fit on images 0, 2, ..., check on images 1, 3, ... of an order that does not matter."""
    fitted, checked = PositionErrors.pooled(images[::2]), PositionErrors.pooled(images[1::2])
    return CrossCheck(
        position_scale=fitted.position_scale,
        coverage_unscaled=checked.coverage(),
        coverage_checked=checked.coverage(fitted.position_scale),
        fitted_pixels=fitted.error.size,
        checked_pixels=checked.error.size,
    )
