from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from pipeline.scenes.resampling import TILE_COLUMNS, TILE_ROWS, decibels, resample


def image_of(
    rows: int, columns: int, seed: int = 1
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(seed).gamma(4.0, 0.1, (rows, columns)).astype(np.float32)


def turned(
    rows: int, columns: int, angle: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Positions (column, row) of a map that lies turned in the scene."""
    down, across = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    x, y = across - columns / 2, down - rows / 2
    column = np.cos(angle) * x - np.sin(angle) * y + 40.0
    row = np.sin(angle) * x + np.cos(angle) * y + 30.0
    return np.stack([column, row])


@pytest.mark.parametrize("angle", [0.0, 0.6, math.pi / 2, 3.0])
def test_inside_of_an_image_it_is_bilinear_interpolation(angle: float) -> None:
    image = image_of(60, 80)
    positions = turned(2 * TILE_ROWS + 3, 2 * TILE_COLUMNS + 5, angle)
    found = resample(image, positions)
    inside = (positions - 0.5 > 0).all(axis=0)
    inside &= (positions[0] < 79.0) & (positions[1] < 59.0)
    expected = map_coordinates(image, positions[::-1] - 0.5, order=1, output=np.float64)
    assert inside.sum() > 1_000
    assert np.allclose(found[inside], expected[inside], rtol=1e-5)


def test_half_a_pixel_along_the_border_is_held() -> None:
    image = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
    sides = np.array([[0.01, 1.99, 0.5, 1.5], [0.5, 1.5, 1.99, 0.01]])
    assert resample(image, sides).tolist() == [1.0, 4.0, 3.0, 2.0]
    beyond = np.array([[-0.1, 2.1, 0.5, 0.5], [0.5, 1.5, -0.1, 2.1]])
    assert np.isnan(resample(image, beyond)).all()


def test_a_position_that_is_no_number_has_no_value() -> None:
    nowhere = np.array([[np.nan, 3.0, np.inf, -np.inf], [3.0, np.nan, 3.0, 3.0]])
    assert np.isnan(resample(image_of(9, 9), nowhere)).all()


def test_a_part_of_the_scene_gives_the_same_as_the_whole() -> None:
    image, positions = image_of(60, 80), turned(30, 40, 0.4)
    whole = resample(image, positions)
    rows = positions[1]
    first, last = int(rows.min()) - 2, int(rows.max()) + 3
    assert first > 0
    part = resample(image[first:last], positions, first)
    assert np.array_equal(whole, part, equal_nan=True)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (1, 1)])
def test_an_image_of_one_row_or_column_can_be_read(shape: tuple[int, int]) -> None:
    image = np.full(shape, 2.0, dtype=np.float32)
    middle = np.array([[shape[1] / 2], [shape[0] / 2]])
    assert resample(image, middle).tolist() == [2.0]


@given(st.floats(0.5, 11.5), st.floats(0.5, 8.5), st.integers(0, 1_000))
def test_a_value_never_leaves_the_range_of_its_neighbours(
    column: float, row: float, seed: int
) -> None:
    image = image_of(9, 12, seed)
    image[np.random.default_rng(seed).random(image.shape) < 0.3] = np.nan
    value = resample(image, np.array([[column], [row]]))[0]
    c, r = math.floor(column - 0.5), math.floor(row - 0.5)
    around = image[max(r, 0) : r + 2, max(c, 0) : c + 2]
    if np.isnan(value):
        assert np.isnan(around).any()
    else:
        assert np.nanmin(around) * (1 - 1e-6) <= value <= np.nanmax(around) * (1 + 1e-6)


def test_decibels_are_clipped_at_the_floor_and_no_data_stays() -> None:
    power = np.array([1.0, 0.1, 1e-9, -3.0, 0.0, np.nan], dtype=np.float32)
    found = decibels(power)
    assert found[:5].tolist() == pytest.approx([0.0, -10.0, -40.0, -40.0, -40.0], abs=1e-5)
    assert np.isnan(found[5])
