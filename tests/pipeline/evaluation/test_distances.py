from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString

from pipeline.evaluation.distances import (
    Distances,
    FrontDistances,
    Mask,
    line_distances_m,
    mean,
    percentile,
    pooled,
)
from tests.pipeline.evaluation.masks import SIDE_PX, column, fronts


def brute_force(points: Mask, target: Mask) -> Distances:
    """Every distance, and of them the least."""
    return np.asarray(
        [
            min(math.hypot(r - row, c - at) for row, at in np.argwhere(target))
            for r, c in np.argwhere(points)
        ]
    )


@given(predicted=fronts(), truth=fronts())
def test_distances_are_those_of_brute_force(predicted: Mask, truth: Mask) -> None:
    found = FrontDistances.between(predicted, truth)
    assert found.to_truth_px == pytest.approx(brute_force(predicted, truth))
    assert found.to_predicted_px == pytest.approx(brute_force(truth, predicted))


@given(one=fronts(), other=fronts())
def test_mean_and_hausdorff_distance_are_symmetric(one: Mask, other: Mask) -> None:
    there, back = FrontDistances.between(one, other), FrontDistances.between(other, one)
    assert there.mean_px == pytest.approx(back.mean_px)
    assert there.hausdorff95_px == back.hausdorff95_px


@given(front=fronts())
def test_a_front_is_at_no_distance_from_itself(front: Mask) -> None:
    same = FrontDistances.between(front, front)
    assert same.mean_px == same.hausdorff95_px == 0.0


@given(front=fronts(), down=st.integers(-3, 3), right=st.integers(-3, 3))
def test_a_moved_front_is_never_farther_than_it_was_moved(
    front: Mask, down: int, right: int
) -> None:
    framed = np.pad(front, 3)
    moved = np.roll(framed, (down, right), axis=(0, 1))
    distances = FrontDistances.between(moved, framed)
    assert distances.both_px.max() <= math.hypot(down, right) + 1e-9
    assert distances.hausdorff95_px <= math.hypot(down, right) + 1e-9


@given(first=st.integers(0, SIDE_PX - 1), second=st.integers(0, SIDE_PX - 1))
def test_parallel_fronts_are_their_offset_apart(first: int, second: int) -> None:
    distances = FrontDistances.between(column(first), column(second))
    assert distances.mean_px == distances.hausdorff95_px == abs(first - second)


def test_the_hausdorff_distance_takes_the_worse_way_and_leaves_out_one_pixel_in_twenty() -> None:
    truth = column(0, 40)
    stray = truth.copy()
    stray[0, 30] = True
    assert FrontDistances.between(stray, truth).hausdorff95_px == 0.0
    stray[:5, 30] = True
    assert FrontDistances.between(stray, truth).hausdorff95_px == 30.0


def test_without_a_front_there_is_no_distance() -> None:
    nothing = np.zeros((4, 4), dtype=np.bool_)
    for predicted, truth in ((nothing, column(1, 4)), (column(1, 4), nothing)):
        distances = FrontDistances.between(predicted, truth)
        assert distances.both_px.size == 0
        assert math.isnan(distances.mean_px)
        assert math.isnan(distances.hausdorff95_px)


def test_pooling_counts_every_pixel_once() -> None:
    assert mean(pooled([np.array([1.0]), np.array([4.0, 4.0])])) == 3.0
    assert math.isnan(mean(pooled([])))
    assert math.isnan(percentile(pooled([]), 50))


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
