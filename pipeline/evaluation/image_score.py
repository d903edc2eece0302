"""What one labelled image adds to the scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.distances import FrontDistances
from pipeline.evaluation.grouping import groups_of
from pipeline.evaluation.overlap import Overlap
from pipeline.evaluation.position import PositionErrors, stated_sigma_px
from pipeline.evaluation.procedure import Seen
from pipeline.evaluation.reliability import Reliability
from pipeline.evaluation.sureness import FrontSureness, sureness_of


@dataclass(frozen=True, slots=True, eq=False)
class ImageScore:
    """One image. `groups` are its site, season and so on; `pixel_m` where the index says it.

    `sureness` is None without a predicted front; `position` is empty without a true one, too.
    """

    id: str
    groups: Mapping[str, str]
    pixel_m: float | None
    has_front: bool
    predicts_front: bool
    overlap: Overlap
    distances: FrontDistances
    reliability: Reliability
    position: PositionErrors
    sureness: FrontSureness | None

    @property
    def misses_front(self) -> bool:
        return self.has_front and not self.predicts_front


def score_image(seen: Seen, position_scale: float = 1.0) -> ImageScore:
    image, prediction = seen.image, seen.prediction
    known = image.known & seen.has_data
    distances = FrontDistances.between(seen.front, image.front)
    predicts_front = bool(seen.front.any())
    return ImageScore(
        id=image.row.id,
        groups=groups_of(image.row),
        pixel_m=image.row.pixel_m,
        has_front=bool(image.front.any()),
        predicts_front=predicts_front,
        overlap=Overlap.between(prediction.ocean > 0.5, image.ocean, image.known),
        distances=distances,
        reliability=Reliability.of(prediction.ocean, image.ocean, known),
        position=_position(seen, distances, position_scale),
        sureness=sureness_of(prediction, seen.front) if predicts_front else None,
    )


def _position(seen: Seen, distances: FrontDistances, position_scale: float) -> PositionErrors:
    if not distances.to_truth_px.size:
        return PositionErrors(np.empty(0), np.empty(0))
    sigma_px = position_scale * stated_sigma_px(seen.prediction.ocean, seen.front)
    return PositionErrors(sigma_px, distances.to_truth_px)
