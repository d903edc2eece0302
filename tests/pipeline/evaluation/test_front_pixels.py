from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.distances import Mask
from pipeline.evaluation.front_pixels import FrontRule, clean_ocean, front_pixels
from tests.pipeline.evaluation.masks import left_of
from tests.pipeline.evaluation.scenes import SIDE_PX, probability

EVERYWHERE = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)
NO_EDGE = np.zeros((SIDE_PX, SIDE_PX), dtype=np.float32)
RULE = FrontRule()


def front_of(ocean: Mask, edge: np.ndarray, has_data: Mask = EVERYWHERE) -> Mask:
    return front_pixels(probability(ocean), edge, has_data, RULE)


def edge_in_rows(rows: slice, at: float = 0.9) -> np.ndarray:
    edge = NO_EDGE.copy()
    edge[rows] = at
    return edge


@given(at=st.integers(10, SIDE_PX - 10))
def test_the_front_is_where_land_meets_ocean(at: int) -> None:
    rows, columns = np.nonzero(front_of(left_of(at, SIDE_PX), edge_in_rows(slice(None))))
    assert set(columns) == {at}
    assert set(rows) == set(range(1, SIDE_PX - 1))  # never on the border of the image


def test_a_rock_coast_is_no_front() -> None:
    front = front_of(left_of(30, SIDE_PX), edge_in_rows(slice(40, None)))
    rows, _ = np.nonzero(front)
    assert rows.min() == 40 - RULE.edge_reach_px


def test_a_weak_front_is_found_when_there_is_no_stronger_one() -> None:
    weak = edge_in_rows(slice(30, None), 0.1)
    assert front_of(left_of(30, SIDE_PX), weak).sum() >= 30
    strong_elsewhere = weak.copy()
    strong_elsewhere[:20] = 0.9
    rows, _ = np.nonzero(front_of(left_of(30, SIDE_PX), strong_elsewhere))
    assert rows.max() < 20 + 1 + RULE.edge_reach_px


def test_a_strong_front_goes_on_where_it_grows_weaker() -> None:
    fading = edge_in_rows(slice(None), 0.2)
    fading[:20] = 0.9
    rows, _ = np.nonzero(front_of(left_of(30, SIDE_PX), fading))
    assert rows.max() == SIDE_PX - 2


def test_where_the_network_sees_no_front_the_whole_border_is_one() -> None:
    assert front_of(left_of(30, SIDE_PX), NO_EDGE).sum() == SIDE_PX - 2


def test_there_is_no_front_without_ocean_or_without_land() -> None:
    everywhere_edge = edge_in_rows(slice(None))
    assert not front_of(~EVERYWHERE, everywhere_edge).any()
    assert not front_of(EVERYWHERE, everywhere_edge).any()


def test_missing_data_end_the_front() -> None:
    has_data = EVERYWHERE.copy()
    has_data[:, 28:] = False
    assert not front_of(left_of(30, SIDE_PX) & has_data, NO_EDGE, has_data)[:, 26:].any()


def test_bergs_and_lakes_are_neither_land_nor_ocean() -> None:
    ocean = left_of(30, SIDE_PX)
    with_berg, with_lake = ocean.copy(), ocean.copy()
    with_berg[20:30, 5:15] = False
    with_lake[20:30, 50:60] = True
    for mask in (with_berg, with_lake):
        assert np.array_equal(clean_ocean(probability(mask), RULE), ocean)


def test_bodies_of_ocean_of_the_same_size_both_stay() -> None:
    both = left_of(20, SIDE_PX) | ~left_of(44, SIDE_PX)
    assert np.array_equal(clean_ocean(probability(both), RULE), both)
