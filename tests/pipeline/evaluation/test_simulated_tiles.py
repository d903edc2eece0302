from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.distances import Mask
from pipeline.evaluation.simulated_tiles import (
    TileScore,
    named_scores,
    pooled_scores,
    score,
    score_tile,
)
from tests.pipeline.evaluation.masks import left_of
from tests.pipeline.networks import threshold_network

SIDE_PX = 40
VALID = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)


def ice_to(at: int) -> Mask:
    return left_of(at, SIDE_PX)


def test_a_perfect_prediction_scores_perfectly() -> None:
    scores = pooled_scores([score_tile(ice_to(10), ice_to(10), VALID)], pixel_size_m=40.0)
    assert scores.ice_iou == 1.0
    assert scores.front_distance_m == 0.0
    assert (scores.fronts, scores.missed_fronts, scores.false_fronts) == (1, 0, 0)


@given(first=st.integers(1, SIDE_PX - 1), second=st.integers(1, SIDE_PX - 1))
def test_the_distance_of_parallel_fronts_is_their_offset_both_ways(first: int, second: int) -> None:
    one = pooled_scores([score_tile(ice_to(first), ice_to(second), VALID)], 40.0)
    other = pooled_scores([score_tile(ice_to(second), ice_to(first), VALID)], 40.0)
    assert one.front_distance_m == pytest.approx(40.0 * abs(first - second))
    assert one == other


def test_distances_are_pooled_by_pixel_and_both_ways() -> None:
    stray = ice_to(10)
    stray[0:4, 30] = True  # four false ice pixels far away
    tile = score_tile(stray, ice_to(10), VALID)
    assert len(tile.distances.both_px) == 40 + 4 + 40
    assert pooled_scores([tile], 1.0).front_distance_m == pytest.approx(4 * 21 / 84)


def test_a_missed_front_is_counted_and_not_averaged() -> None:
    tiles = [score_tile(ice_to(0), ice_to(10), VALID), score_tile(ice_to(12), ice_to(10), VALID)]
    scores = pooled_scores(tiles, 40.0)
    assert (scores.fronts, scores.missed_fronts) == (2, 1)
    assert scores.front_distance_m == pytest.approx(80.0)


def test_a_front_where_there_is_none_is_counted() -> None:
    tiles = [score_tile(ice_to(5), ice_to(0), VALID), score_tile(ice_to(5), ice_to(40), VALID)]
    assert pooled_scores(tiles, 40.0).false_fronts == 2


def test_pixels_without_data_are_left_out() -> None:
    valid = VALID.copy()
    valid[:, 9:12] = False
    tile = score_tile(ice_to(11), ice_to(10), valid)
    assert tile.intersection == tile.union == 9 * SIDE_PX
    assert not tile.has_front


def test_nothing_measured_is_not_a_number_and_has_no_name() -> None:
    scores = pooled_scores(list[TileScore](), 40.0)
    assert scores.tiles == 0
    assert math.isnan(scores.ice_iou)
    assert "simulated_front_distance_m" not in named_scores(scores)


@dataclass(frozen=True)
class PaintedTile:
    sigma0_db: npt.NDArray[np.float32]
    ice: Mask


def test_a_network_is_scored_on_a_supply_of_tiles() -> None:
    ice = left_of(32, 64)
    bright = np.where(ice, -6.0, -17.0).astype(np.float32)[None]
    scores = score(threshold_network(), lambda number: PaintedTile(bright, ice), 2)
    assert (scores.tiles, scores.fronts, scores.missed_fronts) == (2, 2, 0)
    assert scores.front_distance_m <= 40.0
