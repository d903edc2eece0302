"""Labelled images and predictions by hand, for the tests of what is made of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.distances import Mask
from pipeline.evaluation.procedure import Seen
from pipeline.evaluation.viewing import Prediction
from pipeline.labelled.folder import LabelledImage, LabelledRow, Zone
from tests.pipeline.evaluation.masks import column

SIDE_PX = 64
ROW = LabelledRow("A_1", "A", date(2020, 1, 15), "ERS", 20.0, "1")


def labelled_image(front_at: int | None, row: LabelledRow = ROW) -> LabelledImage:
    """Glacier left of `front_at`, ocean from there on; None: all glacier."""
    zones = np.full((SIDE_PX, SIDE_PX), Zone.GLACIER, dtype=np.uint8)
    front = np.zeros((SIDE_PX, SIDE_PX), dtype=np.bool_)
    if front_at is not None:
        zones[:, front_at:] = Zone.OCEAN
        front = column(front_at, SIDE_PX)
    sigma0_db = np.where(zones == Zone.OCEAN, -17.0, -6.0).astype(np.float32)[None]
    return LabelledImage(row, sigma0_db, zones, front)


def seen(image: LabelledImage, front_at: int | None) -> Seen:
    """A prediction with its front at that column: ramps from 0 to 1 within four pixels."""
    has_data = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)
    front = np.zeros_like(has_data) if front_at is None else column(front_at, SIDE_PX)
    return Seen(image, prediction(front_at), has_data, front)


def prediction(front_at: int | None) -> Prediction:
    at = 10 * SIDE_PX if front_at is None else front_at
    across = np.clip(0.5 + 0.25 * (np.arange(SIDE_PX) - at), 0.02, 0.98)
    ocean = np.tile(across.astype(np.float32), (SIDE_PX, 1))
    edge = np.zeros_like(ocean)
    edge[:, max(0, at - 1) : at + 2] = 0.9
    return Prediction(ocean, edge, np.zeros_like(ocean))


def probability(mask: Mask) -> npt.NDArray[np.float32]:
    return np.where(mask, 0.95, 0.05).astype(np.float32)
