"""Scores on simulated tiles: how well ice is told from ocean, and how far fronts lie off.

Distances are symmetric and pooled by pixel. Tiles without a predicted front have no distance; they
are counted beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from scipy import ndimage

from pipeline.evaluation.distances import FrontDistances, Mask, mean, percentile, pooled
from pipeline.network.channels import network_input
from pipeline.network.hedunet import ICE, HedUnet
from pipeline.simulate.surfaces import PIXEL_SIZE_M

ICE_THRESHOLD = 0.5


class TruthTile(Protocol):
    """`sigma0_db` (C, H, W) with NaN for no data; `ice` (H, W)."""

    @property
    def sigma0_db(self) -> npt.NDArray[np.float32]: ...

    @property
    def ice(self) -> Mask: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores over a set of tiles.

    `ice_iou` is the intersection over union of ice pixels, pooled over all tiles.
    `front_distance_m` is the pooled symmetric mean distance, `front_distance_p95_m` its 95th
    percentile, both over tiles with a true and a predicted front; of the `fronts` true ones,
    `missed_fronts` were not predicted, and `false_fronts` tiles without a front got one.
    """

    tiles: int
    fronts: int
    ice_iou: float
    front_distance_m: float
    front_distance_p95_m: float
    missed_fronts: int
    false_fronts: int


@dataclass(frozen=True, slots=True, eq=False)
class TileScore:
    """What one tile adds to the scores."""

    intersection: int
    union: int
    has_front: bool
    predicts_front: bool
    distances: FrontDistances


def score(network: HedUnet, supply: Callable[[int], TruthTile], tiles: int) -> Scores:
    """Scores over the tiles 0 to `tiles` - 1 of a supply with pixels of 40 m."""
    return pooled_scores((_score_one(network, supply(n)) for n in range(tiles)), PIXEL_SIZE_M)


def predict_ice(network: HedUnet, sigma0_db: npt.NDArray[np.float32]) -> Mask:
    """Ice (H, W) as the network sees it in one tile (C, H, W) in dB."""
    with torch.inference_mode():
        logits = network(torch.from_numpy(network_input(sigma0_db))[None])
    probability = torch.sigmoid(logits[0, ICE]).numpy()
    return np.asarray(probability > ICE_THRESHOLD)


def score_tile(predicted: Mask, truth: Mask, valid: Mask) -> TileScore:
    """Compare ice masks of shape (H, W) where there is data."""
    predicted_edge, true_edge = ice_edge(predicted, valid), ice_edge(truth, valid)
    return TileScore(
        intersection=int((predicted & truth & valid).sum()),
        union=int(((predicted | truth) & valid).sum()),
        has_front=bool(true_edge.any()),
        predicts_front=bool(predicted_edge.any()),
        distances=FrontDistances.between(predicted_edge, true_edge),
    )


def pooled_scores(scores: Iterable[TileScore], pixel_size_m: float) -> Scores:
    """Scores over all tiles; NaN where nothing could be measured."""
    tiles = list(scores)
    distances = pooled(tile.distances.both_px for tile in tiles)
    union = sum(tile.union for tile in tiles)
    return Scores(
        tiles=len(tiles),
        fronts=sum(tile.has_front for tile in tiles),
        ice_iou=sum(tile.intersection for tile in tiles) / union if union else float("nan"),
        front_distance_m=mean(distances) * pixel_size_m,
        front_distance_p95_m=percentile(distances, 95) * pixel_size_m,
        missed_fronts=sum(tile.has_front and not tile.predicts_front for tile in tiles),
        false_fronts=sum(tile.predicts_front and not tile.has_front for tile in tiles),
    )


def ice_edge(ice: Mask, valid: Mask) -> Mask:
    """Ice pixels that touch ocean (4 neighbours), where both are data."""
    ocean = ~ice & valid
    return np.asarray(ice & valid & ndimage.binary_dilation(ocean))


def named_scores(scores: Scores) -> Mapping[str, float]:
    """Scores under names that carry their units; what could not be measured is left out."""
    named = {
        "simulated_tiles": scores.tiles,
        "simulated_tiles_with_front": scores.fronts,
        "simulated_ice_iou": round(scores.ice_iou, 4),
        "simulated_front_distance_m": round(scores.front_distance_m, 1),
        "simulated_front_distance_p95_m": round(scores.front_distance_p95_m, 1),
        "simulated_missed_fronts": scores.missed_fronts,
        "simulated_false_fronts": scores.false_fronts,
    }
    return {name: value for name, value in named.items() if math.isfinite(value)}


def _score_one(network: HedUnet, tile: TruthTile) -> TileScore:
    valid = np.asarray(~np.isnan(tile.sigma0_db).any(axis=0))
    return score_tile(predict_ice(network, tile.sigma0_db), tile.ice, valid)
