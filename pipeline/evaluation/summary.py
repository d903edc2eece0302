"""Scores of many images together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.distances import Distances, mean, pooled
from pipeline.evaluation.grouping import GROUPINGS
from pipeline.evaluation.image_score import ImageScore
from pipeline.evaluation.overlap import pooled_overlap
from pipeline.evaluation.ranking import auroc

LARGE_ERROR_PX = 3.0
CONFIDENCES = ("margin", "edge", "agreement", "combined")


@dataclass(frozen=True, slots=True)
class Summary:
    """Scores of a set of images; NaN where nothing could be measured. Distances are in pixels.

    `front_distance_px` is CaFFe's mean distance error: both ways, pooled by pixel over images that
    have a true and a predicted front. Of the images with a true front, `without_predicted_front`
    had none predicted and are in no distance. `front_distance_m` and `hausdorff95_m` are there when
    the index states the size of every pixel.
    """

    images: int
    with_true_front: int
    without_predicted_front: int
    false_fronts: int
    front_distance_px: float
    front_distance_px_mean_per_image: float
    front_distance_px_median_per_image: float
    one_sided_predicted_to_true_px: float
    hausdorff95_px: float
    front_distance_m: float
    hausdorff95_m: float
    ocean_iou: float
    not_ocean_iou: float
    mean_iou: float


def summary_of(images: Sequence[ImageScore]) -> Summary:
    measured = [image for image in images if image.distances.to_truth_px.size]
    per_image = np.asarray([image.distances.mean_px for image in measured])
    overlap = pooled_overlap(image.overlap for image in images)
    return Summary(
        images=len(images),
        with_true_front=sum(image.has_front for image in images),
        without_predicted_front=sum(image.misses_front for image in images),
        false_fronts=sum(image.predicts_front and not image.has_front for image in images),
        front_distance_px=mean(pooled(image.distances.both_px for image in measured)),
        front_distance_px_mean_per_image=mean(per_image),
        front_distance_px_median_per_image=_median(per_image),
        one_sided_predicted_to_true_px=mean(pooled(i.distances.to_truth_px for i in measured)),
        hausdorff95_px=mean(np.asarray([i.distances.hausdorff95_px for i in measured])),
        front_distance_m=mean(pooled(_metres(i, i.distances.both_px) for i in measured)),
        hausdorff95_m=mean(
            np.asarray([i.distances.hausdorff95_px * (i.pixel_m or math.nan) for i in measured])
        ),
        ocean_iou=overlap.ocean_iou,
        not_ocean_iou=overlap.not_ocean_iou,
        mean_iou=overlap.mean_iou,
    )


def summaries_by_group(images: Sequence[ImageScore]) -> dict[str, dict[str, Summary]]:
    """For each grouping the summary of each of its groups, in the order of their names."""
    return {
        grouping: {
            name: summary_of([image for image in images if image.groups[grouping] == name])
            for name in sorted({image.groups[grouping] for image in images})
        }
        for grouping in GROUPINGS
    }


def mean_over(summaries: Mapping[str, Summary], figure: str) -> float:
    """The plain mean of a figure over groups, each counting the same; NaN where one has none."""
    values = [float(getattr(summary, figure)) for summary in summaries.values()]
    return sum(values) / len(values) if values else math.nan


def confidence_auroc(images: Sequence[ImageScore]) -> dict[str, float]:
    """How well each confidence tells images with a mean error over 3 pixels from the others.

    Over images with both fronts; images without a predicted front have no confidence.
    """
    sure = [(i.sureness, i.distances.mean_px) for i in images if i.distances.to_truth_px.size]
    is_large = np.asarray([error > LARGE_ERROR_PX for _, error in sure], dtype=np.bool_)
    return {
        name: auroc(np.asarray([-float(getattr(s, name)) for s, _ in sure]), is_large)
        for name in CONFIDENCES
    }


def _metres(image: ImageScore, distances_px: Distances) -> Distances:
    return distances_px * (image.pixel_m or math.nan)


def _median(values: npt.NDArray[np.float64]) -> float:
    return float(np.median(values)) if values.size else float("nan")
