from __future__ import annotations

import numpy as np
import pytest

from pipeline.radiometry.multilook import looks_for, multilook


@pytest.mark.parametrize(
    ("pixel_m", "spacing_m", "looks"),
    [(40, 10, 4), (40, 40, 1), (40, 25, 2), (10, 40, 1), (30, 10, 3)],
)
def test_looks_bring_a_product_near_the_pixels_of_the_map(
    pixel_m: float, spacing_m: float, looks: int
) -> None:
    assert looks_for(pixel_m, spacing_m) == looks


def test_boxes_are_averaged_in_power() -> None:
    power = np.arange(24, dtype=np.float32).reshape(4, 6)
    expected = power.reshape(2, 2, 3, 2).mean(axis=(1, 3))
    assert multilook(power, 2).tolist() == expected.tolist()


def test_what_fills_no_box_is_left_out() -> None:
    assert multilook(np.ones((9, 11), dtype=np.float32), 4).shape == (2, 2)


def test_means_are_over_pixels_with_data_and_need_half_of_them() -> None:
    power = np.full((2, 6), np.nan, dtype=np.float32)
    power[0, 0] = 5.0
    power[:, 2] = [1.0, 3.0]
    power[:, 4:] = 2.0
    found = multilook(power, 2)[0]
    assert np.isnan(found[0])
    assert found[1:].tolist() == [2.0, 2.0]


def test_one_look_is_the_image_itself() -> None:
    power = np.ones((3, 3), dtype=np.float32)
    assert multilook(power, 1) is power
