from __future__ import annotations

import math

import numpy as np

from pipeline.evaluation.case_scores import (
    CaseTile,
    case_row,
    case_uncertainty,
    score_case_tile,
    score_cases,
)
from pipeline.evaluation.position import PositionErrors
from pipeline.evaluation.reliability import Reliability
from pipeline.evaluation.shelf import shelf_of
from pipeline.evaluation.simulated_cases import Case
from pipeline.evaluation.simulated_tiles import score_tile
from pipeline.simulate.tiles import SimulatedTile
from tests.pipeline.evaluation.masks import left_of
from tests.pipeline.networks import threshold_network

SIDE_PX = 40
VALID = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)


def test_every_case_has_a_row_of_its_own() -> None:
    found = score_cases(threshold_network(), ("HH",), each=1, seed=3, side_px=64)
    rows = [row for row, _ in found]
    assert [row.case for row in rows] == [str(case) for case in Case]
    assert all(row.fronts == 1 for row in rows)
    by_case = {row.case: row for row in rows}
    # Bright is ice to this network: good in calm water, lost where sea ice is as bright.
    assert by_case["dry and calm"].ice_iou > 0.9
    assert by_case["low contrast"].ice_iou < by_case["dry and calm"].ice_iou
    assert by_case["large calving"].frontless == 0


def scored(predicted: int, true: int, confidence: float = 1.0) -> CaseTile:
    score = score_tile(left_of(predicted, SIDE_PX), left_of(true, SIDE_PX), VALID)
    errors = score.distances.to_truth_px
    said = Reliability.of(np.full(VALID.shape, 0.5, dtype=np.float32), VALID, VALID)
    return CaseTile(score, PositionErrors(np.ones_like(errors), errors), said, confidence)


def test_missed_and_false_fronts_are_counted_beside_the_distance() -> None:
    tiles = [scored(10, 12), scored(0, 12), scored(9, 0), scored(0, 0)]
    row = case_row(Case.WIND, tiles)
    assert (row.fronts, row.frontless) == (2, 2)
    assert (row.missed_fronts, row.false_fronts) == (1, 1)
    assert row.front_distance_m == row.hausdorff95_m == 80.0


def test_the_statement_of_position_is_scaled_before_it_is_checked() -> None:
    assert case_row(Case.WIND, [scored(10, 12)]).coverage == 0.0
    assert case_row(Case.WIND, [scored(10, 12)], position_scale=2.0).coverage == 1.0
    assert case_row(Case.WIND, [scored(10, 12)]).calibration_error == 0.5


def test_a_sharp_front_in_the_right_place_is_covered_by_what_is_stated() -> None:
    ice = left_of(32, 64)
    bright = np.where(ice, -6.0, -17.0).astype(np.float32)[None]
    tile = score_case_tile(threshold_network(), SimulatedTile(bright, ice))
    assert tile.position.error.size == 64
    assert tile.position.sigma.max() < 3.0
    assert tile.position.coverage(2.0) == 1.0
    assert tile.reliability.pixels.sum() == 64 * 64


def test_a_confidence_that_is_low_where_fronts_are_wrong_ranks_them() -> None:
    honest = [scored(10, 11, 0.9), scored(10, 30, 0.2), scored(0, 10, math.nan)]
    found = case_uncertainty(honest, position_scale=1.0)
    assert (found.fronts, found.large_errors) == (2, 1)
    assert found.confidence_auroc == 1.0
    boasting = [scored(10, 11, 0.2), scored(10, 30, 0.9)]
    assert case_uncertainty(boasting).confidence_auroc == 0.0
    assert 0.0 < found.coverage < 1.0


def test_nothing_measured_is_not_a_number() -> None:
    assert math.isnan(case_row(Case.WIND, []).front_distance_m)


def test_bergs_and_lakes_do_not_belong_to_the_shelf() -> None:
    ice = left_of(20, SIDE_PX)
    spotted = ice.copy()
    spotted[5:9, 30:34] = True
    spotted[20:24, 4:8] = False
    assert np.array_equal(shelf_of(spotted), ice)
    assert not shelf_of(~VALID).any()
    assert shelf_of(VALID).all()
