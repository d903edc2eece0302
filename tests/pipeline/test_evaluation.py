from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString

from pipeline.evaluation import Mask, TileScore, line_distances_m, pooled, score_tile

SIDE_PX = 40
VALID = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)


def ice_to(column: int) -> Mask:
    ice = np.zeros((SIDE_PX, SIDE_PX), dtype=np.bool_)
    ice[:, :column] = True
    return ice


def test_a_perfect_prediction_scores_perfectly() -> None:
    scores = pooled([score_tile(ice_to(10), ice_to(10), VALID)], pixel_size_m=40.0)
    assert scores.ice_iou == 1.0
    assert scores.front_distance_m == 0.0
    assert (scores.fronts, scores.missed_fronts, scores.false_fronts) == (1, 0, 0)


@given(first=st.integers(1, SIDE_PX - 1), second=st.integers(1, SIDE_PX - 1))
def test_the_distance_of_parallel_fronts_is_their_offset_both_ways(first: int, second: int) -> None:
    one = pooled([score_tile(ice_to(first), ice_to(second), VALID)], 40.0)
    other = pooled([score_tile(ice_to(second), ice_to(first), VALID)], 40.0)
    assert one.front_distance_m == pytest.approx(40.0 * abs(first - second))
    assert one == other


def test_distances_are_pooled_by_pixel_and_both_ways() -> None:
    stray = ice_to(10)
    stray[0:4, 30] = True  # four false ice pixels far away
    tile = score_tile(stray, ice_to(10), VALID)
    assert len(tile.distances_px) == 40 + 4 + 40
    assert pooled([tile], 1.0).front_distance_m == pytest.approx(4 * 21 / 84)


def test_a_missed_front_is_counted_and_not_averaged() -> None:
    tiles = [score_tile(ice_to(0), ice_to(10), VALID), score_tile(ice_to(12), ice_to(10), VALID)]
    scores = pooled(tiles, 40.0)
    assert (scores.fronts, scores.missed_fronts) == (2, 1)
    assert scores.front_distance_m == pytest.approx(80.0)


def test_a_front_where_there_is_none_is_counted() -> None:
    tiles = [score_tile(ice_to(5), ice_to(0), VALID), score_tile(ice_to(5), ice_to(40), VALID)]
    assert pooled(tiles, 40.0).false_fronts == 2


def test_pixels_without_data_are_left_out() -> None:
    valid = VALID.copy()
    valid[:, 9:12] = False
    tile = score_tile(ice_to(11), ice_to(10), valid)
    assert tile.intersection == tile.union == 9 * SIDE_PX
    assert not tile.has_front


def test_nothing_measured_is_not_a_number() -> None:
    scores = pooled(list[TileScore](), 40.0)
    assert scores.tiles == 0
    assert math.isnan(scores.ice_iou)
    assert math.isnan(scores.front_distance_m)


def test_lines_a_hundred_metres_apart_are_a_hundred_metres_apart() -> None:
    truth = MultiLineString([[(0.0, 0.0), (4_000.0, 0.0)]])
    predicted = MultiLineString([[(0.0, 100.0), (4_000.0, 100.0)]])
    distances = line_distances_m(predicted, truth)
    assert distances == pytest.approx(100.0)
    assert len(distances) >= 200


def test_a_predicted_detour_counts_in_one_direction_and_a_gap_in_the_other() -> None:
    truth = MultiLineString([[(0.0, 0.0), (4_000.0, 0.0)]])
    half = MultiLineString([[(0.0, 0.0), (2_000.0, 0.0)]])
    assert line_distances_m(half, truth).max() == pytest.approx(2_000.0)
    assert line_distances_m(truth, half).max() == pytest.approx(2_000.0)
