"""Is a probability what it says? How often pixels are ocean that are called so with p."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.distances import Mask

BINS = 10

Sums = npt.NDArray[np.float64]  # shape (BINS,)


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Pixels by predicted probability in BINS equal bins; may be added up over images.

    `pixels` are counts, `probability` the sum of what was predicted, `positives` how many are so.
    """

    pixels: Sums
    probability: Sums
    positives: Sums

    @classmethod
    def of(cls, probability: npt.NDArray[np.float32], truth: Mask, known: Mask) -> Reliability:
        """Of arrays (H, W), where `known`."""
        said = probability[known].astype(np.float64)
        bins = np.minimum((said * BINS).astype(np.int64), BINS - 1)
        return cls(
            _sums(bins, np.ones_like(said)),
            _sums(bins, said),
            _sums(bins, truth[known].astype(np.float64)),
        )

    @classmethod
    def pooled(cls, each: Iterable[Reliability]) -> Reliability:
        parts = list(each)
        nothing = np.zeros((1, BINS))
        return cls(
            np.concatenate([nothing, *(part.pixels[None] for part in parts)]).sum(axis=0),
            np.concatenate([nothing, *(part.probability[None] for part in parts)]).sum(axis=0),
            np.concatenate([nothing, *(part.positives[None] for part in parts)]).sum(axis=0),
        )

    @property
    def mean_probability(self) -> Sums:
        """Per bin; NaN where empty."""
        return _ratio(self.probability, self.pixels)

    @property
    def observed_share(self) -> Sums:
        """Per bin; NaN where empty."""
        return _ratio(self.positives, self.pixels)

    @property
    def expected_calibration_error(self) -> float:
        """Mean over pixels of |observed share - mean probability| of their bins.

        Naeini et al. 2015. NaN of nothing.
        """
        total = self.pixels.sum()
        if not total:
            return float("nan")
        return float(np.abs(self.positives - self.probability).sum() / total)


def _sums(bins: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Sums:
    return np.bincount(bins, weights=values, minlength=BINS).astype(np.float64)


def _ratio(part: Sums, whole: Sums) -> Sums:
    with np.errstate(invalid="ignore"):
        return np.asarray(part / whole)
