"""Scores: how well ice is told from ocean, and how far predicted fronts lie from true ones.

Distances are symmetric and pooled by pixel, as the mean distance error of CaFFe (Gourmelon et al.
2022): nearest distances prediction -> truth and truth -> prediction together. Images without a
predicted front have no distance; they are counted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
import torch
from scipy import ndimage
from shapely import MultiLineString

from pipeline.network.channels import network_input
from pipeline.network.hedunet import ICE, HedUnet

Mask = npt.NDArray[np.bool_]
Distances = npt.NDArray[np.float64]

ICE_THRESHOLD = 0.5
SAMPLE_SPACING_M = 40.0


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


@dataclass(frozen=True, slots=True)
class TileScore:
    """What one tile adds to the scores."""

    intersection: int
    union: int
    has_front: bool
    predicts_front: bool
    distances_px: Distances


def predict_ice(network: HedUnet, sigma0_db: npt.NDArray[np.float32]) -> Mask:
    """Ice (H, W) as the network sees it in one tile (C, H, W) in dB."""
    with torch.inference_mode():
        logits = network(torch.from_numpy(network_input(sigma0_db))[None])
    probability = torch.sigmoid(logits[0, ICE]).numpy()
    return np.asarray(probability > ICE_THRESHOLD)


def score_tile(predicted: Mask, truth: Mask, valid: Mask) -> TileScore:
    """Compare ice masks of shape (H, W) where there is data."""
    predicted_edge, true_edge = front_pixels(predicted, valid), front_pixels(truth, valid)
    return TileScore(
        intersection=int((predicted & truth & valid).sum()),
        union=int(((predicted | truth) & valid).sum()),
        has_front=bool(true_edge.any()),
        predicts_front=bool(predicted_edge.any()),
        distances_px=edge_distances(predicted_edge, true_edge),
    )


def pooled(scores: Iterable[TileScore], pixel_size_m: float) -> Scores:
    """Scores over all tiles; NaN where nothing could be measured."""
    tiles = list(scores)
    distances = np.concatenate([tile.distances_px for tile in tiles] or [np.empty(0)])
    union = sum(tile.union for tile in tiles)
    return Scores(
        tiles=len(tiles),
        fronts=sum(tile.has_front for tile in tiles),
        ice_iou=sum(tile.intersection for tile in tiles) / union if union else float("nan"),
        front_distance_m=_mean(distances) * pixel_size_m,
        front_distance_p95_m=_percentile(distances, 95) * pixel_size_m,
        missed_fronts=sum(tile.has_front and not tile.predicts_front for tile in tiles),
        false_fronts=sum(tile.predicts_front and not tile.has_front for tile in tiles),
    )


def front_pixels(ice: Mask, valid: Mask) -> Mask:
    """Ice pixels that touch ocean (4 neighbours), where both are data."""
    ocean = ~ice & valid
    beside_ocean = ndimage.binary_dilation(ocean)
    return np.asarray(ice & valid & beside_ocean)


def edge_distances(predicted: Mask, truth: Mask) -> Distances:
    """Nearest distances in pixels, both ways, one number per edge pixel; empty where one lacks."""
    if not predicted.any() or not truth.any():
        return np.empty(0)
    to_truth = ndimage.distance_transform_edt(~truth)[predicted]
    to_predicted = ndimage.distance_transform_edt(~predicted)[truth]
    return np.concatenate([to_truth, to_predicted])


def line_distances_m(
    predicted: MultiLineString, truth: MultiLineString, spacing_m: float = SAMPLE_SPACING_M
) -> Distances:
    """Nearest distances between two lines of one plane, both ways, at points every `spacing_m`."""
    return np.concatenate(
        [
            shapely.distance(_points_along(predicted, spacing_m), truth),
            shapely.distance(_points_along(truth, spacing_m), predicted),
        ]
    )


def _points_along(line: MultiLineString, spacing_m: float) -> npt.NDArray[np.object_]:
    dense = shapely.segmentize(line, spacing_m)
    return np.asarray(shapely.points(shapely.get_coordinates(dense)), dtype=object)


def _mean(distances: Distances) -> float:
    return float(distances.mean()) if distances.size else float("nan")


def _percentile(distances: Distances, percent: float) -> float:
    return float(np.percentile(distances, percent)) if distances.size else float("nan")
