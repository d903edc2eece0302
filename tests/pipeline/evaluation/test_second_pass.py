from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation.second_pass import SecondPass, box_around, look_again
from pipeline.evaluation.viewing import Prediction, Viewing
from tests.pipeline.networks import threshold_network

SIDE_PX = 96


def unsure() -> Prediction:
    half = np.full((SIDE_PX, SIDE_PX), 0.5, dtype=np.float32)
    return Prediction(half, half.copy(), np.zeros_like(half))


def front_at(rows: slice, at: int) -> np.ndarray:
    front = np.zeros((SIDE_PX, SIDE_PX), dtype=np.bool_)
    front[rows, at] = True
    return front


IMAGE = np.full((1, SIDE_PX, SIDE_PX), -17.0, dtype=np.float32)
IMAGE[:, :, :48] = -6.0


def test_only_the_surroundings_of_the_front_are_seen_again() -> None:
    second = SecondPass(Viewing((1.0,), 1), margin_px=16, weight=1.0)
    found = look_again(threshold_network(), IMAGE, unsure(), front_at(slice(40, 56), 48), second)
    assert found.ocean[48, 38] < 0.2
    assert found.ocean[48, 58] > 0.8
    outside = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)
    outside[24:72, 32:65] = False
    assert (found.ocean[outside] == 0.5).all()


def test_the_second_look_counts_by_its_weight() -> None:
    front = front_at(slice(40, 56), 48)
    whole = look_again(
        threshold_network(), IMAGE, unsure(), front, SecondPass(Viewing((1.0,), 1), 16, 1.0)
    )
    half = look_again(
        threshold_network(), IMAGE, unsure(), front, SecondPass(Viewing((1.0,), 1), 16, 0.5)
    )
    assert half.ocean - 0.5 == pytest.approx((whole.ocean - 0.5) / 2, abs=1e-6)


def test_without_a_front_there_is_nothing_to_look_at() -> None:
    first = unsure()
    nothing = np.zeros((SIDE_PX, SIDE_PX), dtype=np.bool_)
    assert look_again(threshold_network(), IMAGE, first, nothing, SecondPass()) is first


def test_the_box_stays_in_the_image_and_is_large_enough_for_the_network() -> None:
    rows, columns = box_around(front_at(slice(90, 92), 2), 4)
    assert (rows, columns) == (slice(64, 96), slice(0, 32))
