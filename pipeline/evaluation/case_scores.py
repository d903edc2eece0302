"""Scores of a network on simulated hard cases, one row for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.distances import Mask, mean, pooled
from pipeline.evaluation.position import PositionErrors, stated_sigma_px
from pipeline.evaluation.ranking import auroc
from pipeline.evaluation.reliability import Reliability
from pipeline.evaluation.shelf import shelf_of
from pipeline.evaluation.simulated_cases import DESCRIPTIONS, SIDE_PX, Case, CaseTiles
from pipeline.evaluation.simulated_tiles import ICE_THRESHOLD, TileScore, ice_edge, score_tile
from pipeline.evaluation.summary import LARGE_ERROR_PX
from pipeline.evaluation.sureness import sureness_of
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
    """What one tile adds to its case; `confidence` in its front, NaN where none was predicted."""

    score: TileScore
    position: PositionErrors
    reliability: Reliability
    confidence: float = math.nan


@dataclass(frozen=True, slots=True)
class CaseUncertainty:
    """Over the front pixels and the fronts of all cases together; NaN where none was found.

    `coverage` is the share of pixels within one stated sigma, `confidence_auroc` how well the
    confidence tells fronts whose mean error is over 3 pixels from the others.
    """

    fronts: int
    large_errors: int
    coverage: float
    confidence_auroc: float


def score_cases(
    network: HedUnet,
    polarisations: tuple[str, ...],
    each: int,
    seed: int,
    side_px: int = SIDE_PX,
    position_scale: float = 1.0,
) -> Iterator[tuple[CaseRow, list[CaseTile]]]:
    """Every case, over `each` tiles with a front and a quarter as many without."""
    for case in Case:
        tiles = CaseTiles(case, seed, side_px, polarisations).tiles(each)
        parts = [score_case_tile(network, tile) for tile in tiles]
        yield case_row(case, parts, position_scale), parts


def case_uncertainty(parts: Sequence[CaseTile], position_scale: float = 1.0) -> CaseUncertainty:
    """Whether position and confidence hold, over the tiles of all cases."""
    found = [part for part in parts if part.score.distances.to_truth_px.size]
    errors_px = np.asarray([part.score.distances.mean_px for part in found])
    is_large = np.asarray(errors_px > LARGE_ERROR_PX, dtype=np.bool_)
    doubt = -np.asarray([part.confidence for part in found], dtype=np.float64)
    return CaseUncertainty(
        fronts=len(found),
        large_errors=int(is_large.sum()),
        coverage=PositionErrors.pooled(part.position for part in found).coverage(position_scale),
        confidence_auroc=auroc(doubt, is_large),
    )


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
    said = predict(network, tile.sigma0_db, ONE_LOOK)
    ocean = said.ocean
    shelf = shelf_of(ocean < 1.0 - ICE_THRESHOLD)
    score = score_tile(shelf, tile.ice, everywhere)
    front = ice_edge(shelf, everywhere)
    return CaseTile(
        score,
        _position(ocean, front, score),
        Reliability.of(ocean, ~tile.ice, everywhere),
        sureness_of(said, front).combined if front.any() else math.nan,
    )


def _position(ocean: npt.NDArray[np.float32], front: Mask, score: TileScore) -> PositionErrors:
    errors_px = score.distances.to_truth_px
    if not errors_px.size:
        return PositionErrors(errors_px, errors_px)
    return PositionErrors(stated_sigma_px(ocean, front), errors_px)
