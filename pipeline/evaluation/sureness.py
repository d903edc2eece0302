"""How sure a network is of one front: numbers from 0 to 1 that should rank its errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.contour import MARGIN_REACH_PX
from pipeline.evaluation.distances import Mask
from pipeline.evaluation.viewing import Prediction

LARGEST_SPREAD = 0.5  # of probabilities that are 0 in half of the views and 1 in the others


@dataclass(frozen=True, slots=True)
class FrontSureness:
    """Means along one front.

    `margin`: by how much the probability of ocean differs from 3 pixels on one side to 3 on the
    other, as the confidence of a traced line (`pipeline.contour`). `edge`: the highest probability
    of front within a pixel. `agreement`: 1 where all views say the same of the pixels around,
    0 where half of them say the opposite.
    """

    margin: float
    edge: float
    agreement: float

    @property
    def combined(self) -> float:
        """The product: sure only where all three are."""
        return self.margin * self.edge * self.agreement


def sureness_of(prediction: Prediction, front: Mask) -> FrontSureness:
    """Of a front with at least one pixel."""
    beside = ndimage.binary_dilation(front, iterations=round(MARGIN_REACH_PX))
    spread = float(prediction.spread[beside].mean())
    return FrontSureness(
        margin=_margin(prediction.ocean, front),
        edge=float(ndimage.maximum_filter(prediction.edge, 3)[front].mean()),
        agreement=max(0.0, 1.0 - spread / LARGEST_SPREAD),
    )


def _margin(ocean: npt.NDArray[np.float32], front: Mask) -> float:
    slopes = [np.asarray(slope)[front] for slope in np.gradient(ocean.astype(np.float64))]
    gradient = np.stack(slopes)
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = np.nan_to_num(gradient / np.hypot(*gradient)) * MARGIN_REACH_PX
    at = np.argwhere(front).T
    seaward, landward = (
        ndimage.map_coordinates(ocean, at + way * normal, np.float64, order=1, mode="nearest")
        for way in (1, -1)
    )
    return float(np.clip(seaward - landward, 0.0, 1.0).mean())
