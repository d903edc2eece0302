"""Scores of a network on simulated hard cases, one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from shapely import MultiLineString

from pipeline.evaluation.distances import Distances, line_distances_m, mean, percentile, pooled
from pipeline.evaluation.shelf import shelf_of
from pipeline.evaluation.simulated_cases import DESCRIPTIONS, SIDE_PX, Case, CaseTiles
from pipeline.evaluation.simulated_tiles import TileScore, predict_ice, score_tile
from pipeline.network.hedunet import HedUnet
from pipeline.simulate.surfaces import PIXEL_SIZE_M
from pipeline.simulate.tiles import SimulatedTile


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case; NaN where nothing could be measured.

    Of `fronts` true ones `missed_fronts` were not predicted and are in no distance; of `frontless`
    tiles `false_fronts` got one. The shelf is the largest body of predicted ice, lakes filled.
    """

    case: str
    description: str
    fronts: int
    frontless: int
    front_distance_m: float
    hausdorff95_m: float
    ice_iou: float
    missed_fronts: int
    false_fronts: int


@dataclass(frozen=True, slots=True)
class SceneRow:
    """A traced line of a whole scene against the true one: symmetric, at points every 40 m."""

    scene: str
    front_distance_m: float
    front_distance_p95_m: float
    true_length_m: float
    traced_length_m: float


def score_cases(
    network: HedUnet, polarisations: tuple[str, ...], each: int, seed: int, side_px: int = SIDE_PX
) -> Iterator[CaseRow]:
    """A row for every case, over `each` tiles with a front and a quarter as many without."""
    for case in Case:
        tiles = CaseTiles(case, seed, side_px, polarisations).tiles(each)
        yield case_row(case, [_score_one(network, tile) for tile in tiles])


def case_row(case: Case, scores: Iterable[TileScore]) -> CaseRow:
    tiles = list(scores)
    measured = [t.distances for t in tiles if t.distances.to_truth_px.size]
    hausdorff = np.asarray([distances.hausdorff95_px for distances in measured])
    union = sum(tile.union for tile in tiles)
    fronts = sum(tile.has_front for tile in tiles)
    return CaseRow(
        case=str(case),
        description=DESCRIPTIONS[case],
        fronts=fronts,
        frontless=len(tiles) - fronts,
        front_distance_m=mean(pooled(each.both_px for each in measured)) * PIXEL_SIZE_M,
        hausdorff95_m=mean(hausdorff) * PIXEL_SIZE_M,
        ice_iou=sum(tile.intersection for tile in tiles) / union if union else float("nan"),
        missed_fronts=sum(tile.has_front and not tile.predicts_front for tile in tiles),
        false_fronts=sum(tile.predicts_front and not tile.has_front for tile in tiles),
    )


def scene_row(scene: str, traced: MultiLineString, truth: MultiLineString) -> SceneRow:
    """Of two lines in one plane in metres, neither of them empty."""
    distances: Distances = line_distances_m(traced, truth)
    return SceneRow(
        scene=scene,
        front_distance_m=mean(distances),
        front_distance_p95_m=percentile(distances, 95),
        true_length_m=float(truth.length),
        traced_length_m=float(traced.length),
    )


def _score_one(network: HedUnet, tile: SimulatedTile) -> TileScore:
    valid = np.ones(tile.ice.shape, dtype=np.bool_)
    return score_tile(shelf_of(predict_ice(network, tile.sigma0_db)), tile.ice, valid)
