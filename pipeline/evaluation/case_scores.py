"""Scores of a network on simulated hard cases, one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.distances import Mask, mean, pooled
from pipeline.evaluation.position import PositionErrors, stated_sigma_px
from pipeline.evaluation.reliability import Reliability
from pipeline.evaluation.shelf import shelf_of
from pipeline.evaluation.simulated_cases import DESCRIPTIONS, SIDE_PX, Case, CaseTiles
from pipeline.evaluation.simulated_tiles import ICE_THRESHOLD, TileScore, ice_edge, score_tile
from pipeline.evaluation.viewing import Viewing, predict
from pipeline.network.hedunet import HedUnet
from pipeline.simulate.surfaces import PIXEL_SIZE_M
from pipeline.simulate.tiles import SimulatedTile

ONE_LOOK = Viewing((1.0,), 1)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case; NaN where nothing could be measured.

    Of `fronts` true ones `missed_fronts` were not predicted and are in no distance; of `frontless`
    tiles `false_fronts` got one. The shelf is the largest body of predicted ice, lakes filled.
    `coverage` is the share of predicted front pixels within one stated sigma of the true front,
    `calibration_error` that of the probability of ocean (expected, over all pixels).
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
    coverage: float
    calibration_error: float


@dataclass(frozen=True, slots=True, eq=False)
class CaseTile:
    """What one tile adds to its case."""

    score: TileScore
    position: PositionErrors
    reliability: Reliability


def score_cases(
    network: HedUnet,
    polarisations: tuple[str, ...],
    each: int,
    seed: int,
    side_px: int = SIDE_PX,
    position_scale: float = 1.0,
) -> Iterator[CaseRow]:
    """A row for every case, over `each` tiles with a front and a quarter as many without."""
    for case in Case:
        tiles = CaseTiles(case, seed, side_px, polarisations).tiles(each)
        yield case_row(case, [score_case_tile(network, tile) for tile in tiles], position_scale)


def case_row(case: Case, parts: Iterable[CaseTile], position_scale: float = 1.0) -> CaseRow:
    parts = list(parts)
    tiles = [part.score for part in parts]
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
        coverage=PositionErrors.pooled(part.position for part in parts).coverage(position_scale),
        calibration_error=Reliability.pooled(
            part.reliability for part in parts
        ).expected_calibration_error,
    )


def score_case_tile(network: HedUnet, tile: SimulatedTile) -> CaseTile:
    """A tile seen once, at full size; it has data everywhere."""
    everywhere = np.ones(tile.ice.shape, dtype=np.bool_)
    ocean = predict(network, tile.sigma0_db, ONE_LOOK).ocean
    shelf = shelf_of(ocean < 1.0 - ICE_THRESHOLD)
    score = score_tile(shelf, tile.ice, everywhere)
    return CaseTile(
        score, _position(ocean, shelf, score), Reliability.of(ocean, ~tile.ice, everywhere)
    )


def _position(ocean: npt.NDArray[np.float32], shelf: Mask, score: TileScore) -> PositionErrors:
    errors_px = score.distances.to_truth_px
    if not errors_px.size:
        return PositionErrors(errors_px, errors_px)
    front = ice_edge(shelf, np.ones_like(shelf))
    return PositionErrors(stated_sigma_px(ocean, front), errors_px)
