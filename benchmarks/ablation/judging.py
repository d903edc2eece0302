"""What each fault should do harm to, measured on simulated tiles that no training saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy import ndimage

from pipeline.network.hedunet import EDGE, ICE, HedUnet
from pipeline.training.targets import Batch, Example, batch_of, target_at

BESIDE_PX = 4  # how far from missing data a false edge counts as theirs
FALSE_FRONT_SHARE = 0.01  # of a single-class tile that is called the other class
SURE = 0.5

Share = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Shares from 0 to 1; `edge_width` in widths of the true edge (2 pixels)."""

    tiles: int
    mean_iou: float
    single_class_tiles: int
    single_class_wrong: float
    single_class_false_fronts: int
    edge_width: float
    false_edge_beside_nodata: float


@dataclass(slots=True)
class _Counts:
    ice_and: int = 0
    ice_or: int = 0
    water_and: int = 0
    water_or: int = 0
    tiles: int = 0
    single: int = 0
    single_wrong: float = 0.0
    single_false: int = 0
    edge_found: int = 0
    edge_true: int = 0
    beside: int = 0
    beside_false: int = 0


def judge(network: HedUnet, examples: Iterable[Example]) -> Judgement:
    """Score a network on examples with truth, one at a time."""
    counts = _Counts()
    for example in examples:
        batch = batch_of([example])
        with torch.inference_mode():
            found = torch.sigmoid(network(batch.tiles))[0].numpy()
        _add(counts, example, batch, found)
    iou = (counts.ice_and / max(1, counts.ice_or), counts.water_and / max(1, counts.water_or))
    return Judgement(
        tiles=counts.tiles,
        mean_iou=sum(iou) / 2,
        single_class_tiles=counts.single,
        single_class_wrong=counts.single_wrong / max(1, counts.single),
        single_class_false_fronts=counts.single_false,
        edge_width=counts.edge_found / max(1, counts.edge_true),
        false_edge_beside_nodata=counts.beside_false / max(1, counts.beside),
    )


def _add(counts: _Counts, example: Example, batch: Batch, found: Share) -> None:
    data = np.isfinite(example.bands).all(axis=0)
    ice, truth = found[ICE] > SURE, example.ice
    counts.tiles += 1
    counts.ice_and += int((ice & truth & data).sum())
    counts.ice_or += int(((ice | truth) & data).sum())
    counts.water_and += int((~ice & ~truth & data).sum())
    counts.water_or += int(((~ice | ~truth) & data).sum())
    if truth.all() or not truth.any():
        wrong = float((ice != truth)[data].mean()) if data.any() else 0.0
        counts.single += 1
        counts.single_wrong += wrong
        counts.single_false += wrong > FALSE_FRONT_SHARE
    target = target_at(batch, 0, sharp=True, ignores_nodata=True)
    true_edge, seen = target.edge[0, 0].numpy() > SURE, target.edge_counts[0, 0].numpy() > SURE
    edge = found[EDGE] > SURE
    counts.edge_found += int((edge & seen).sum())
    counts.edge_true += int((true_edge & seen).sum())
    beside = _beside(np.asarray(~data), BESIDE_PX) & data & ~_beside(true_edge, 2 * BESIDE_PX)
    counts.beside += int(beside.sum())
    counts.beside_false += int((edge & beside).sum())


def _beside(mask: Mask, reach_px: int) -> Mask:
    return np.asarray(ndimage.binary_dilation(mask, iterations=reach_px) if mask.any() else mask)
