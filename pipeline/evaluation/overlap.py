"""Intersection over union of ocean and of everything else, pooled by pixel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.evaluation.distances import Mask


@dataclass(frozen=True, slots=True)
class Overlap:
    """Pixels that prediction and truth share, and that either has, for both classes."""

    ocean_intersection: int = 0
    ocean_union: int = 0
    land_intersection: int = 0
    land_union: int = 0

    @classmethod
    def between(cls, predicted_ocean: Mask, ocean: Mask, known: Mask) -> Overlap:
        """Of masks (H, W); only pixels that are `known` count. Not ocean is ice and rock."""
        both = int((predicted_ocean & ocean & known).sum())
        either = int(((predicted_ocean | ocean) & known).sum())
        total = int(known.sum())
        return cls(both, either, total - either, total - both)

    def __add__(self, other: Overlap) -> Overlap:
        return Overlap(
            self.ocean_intersection + other.ocean_intersection,
            self.ocean_union + other.ocean_union,
            self.land_intersection + other.land_intersection,
            self.land_union + other.land_union,
        )

    @property
    def ocean_iou(self) -> float:
        return _share(self.ocean_intersection, self.ocean_union)

    @property
    def not_ocean_iou(self) -> float:
        return _share(self.land_intersection, self.land_union)

    @property
    def mean_iou(self) -> float:
        """Of both classes; NaN where either is in neither prediction nor truth."""
        return (self.ocean_iou + self.not_ocean_iou) / 2


def pooled_overlap(overlaps: Iterable[Overlap]) -> Overlap:
    return sum(overlaps, start=Overlap())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
