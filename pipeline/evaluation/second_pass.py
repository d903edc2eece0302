"""Look again at the surroundings of the front that was found first, more closely.

As CALFIN does (Cheng et al. 2021, doi:10.5194/tc-15-1663-2021): the crop is seen at a finer scale,
and what is said of it is blended into the first prediction.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.distances import Mask
from pipeline.evaluation.viewing import Prediction, Viewing, predict
from pipeline.network.hedunet import TILE_MULTIPLE, HedUnet


@dataclass(frozen=True, slots=True)
class SecondPass:
    """The box around the first front, `margin_px` wider, is seen with `viewing`.

    It counts with `weight` against the first look; the weight falls to nothing over `margin_px / 2`
    towards the sides of the box.
    """

    viewing: Viewing = field(default_factory=lambda: Viewing((1.0,)))
    margin_px: int = 32
    weight: float = 0.5


def look_again(
    network: HedUnet,
    sigma0_db: npt.NDArray[np.float32],
    first: Prediction,
    front: Mask,
    second_pass: SecondPass,
) -> Prediction:
    """The prediction after a second look at the box around `front`; the first one without front."""
    if not front.any():
        return first
    rows, columns = box_around(front, second_pass.margin_px)
    closer = predict(network, sigma0_db[:, rows, columns], second_pass.viewing)
    weight = second_pass.weight * _fading(closer.ocean.shape, second_pass.margin_px // 2)
    return Prediction(
        *(
            _blended(getattr(first, name), getattr(closer, name), weight, rows, columns)
            for name in ("ocean", "edge", "spread")
        )
    )


def box_around(front: Mask, margin_px: int) -> tuple[slice, slice]:
    """Rows and columns around all pixels of `front`, within the image, at least 32 where it has."""
    rows, columns = np.nonzero(front)
    height, width = front.shape
    return _side(rows, height, margin_px), _side(columns, width, margin_px)


def _side(at: npt.NDArray[np.intp], length: int, margin_px: int) -> slice:
    first, last = max(0, int(at.min()) - margin_px), int(at.max()) + 1 + margin_px
    last = min(length, max(last, first + TILE_MULTIPLE))
    return slice(max(0, min(first, last - TILE_MULTIPLE)), last)


def _blended(
    first: npt.NDArray[np.float32],
    closer: npt.NDArray[np.float32],
    weight: npt.NDArray[np.float32],
    rows: slice,
    columns: slice,
) -> npt.NDArray[np.float32]:
    blended = first.copy()
    blended[rows, columns] += weight * (closer - first[rows, columns])
    return blended


def _fading(shape: tuple[int, ...], reach_px: int) -> npt.NDArray[np.float32]:
    ramps = (
        np.minimum((np.minimum(np.arange(n), np.arange(n)[::-1]) + 1.0) / (reach_px + 1), 1.0)
        for n in shape
    )
    return np.outer(*ramps).astype(np.float32)
