from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from pipeline.radiometry.border_noise import CHUNK_PX, DEEPEST_PX, drop_border
from pipeline.radiometry.dense_table import DenseTable

WIDTH = 2_000
NOISE = 10_000.0  # a number of 100
Numbers = npt.NDArray[np.uint16]


def noise() -> DenseTable:
    return DenseTable(np.array([0.0, 50.0]), np.full((2, WIDTH), NOISE))


def water(rows: int = 20, looks: float = 4.4, seed: int = 1) -> Numbers:
    """Nothing but thermal noise: the darkest image there can be."""
    power = NOISE * np.random.default_rng(seed).gamma(looks, 1 / looks, (rows, WIDTH))
    return np.sqrt(power).astype(np.uint16)


def test_an_image_of_noise_alone_loses_nothing_to_speak_of() -> None:
    image = water(rows=200)
    dropped = drop_border(image, noise(), 0)
    assert dropped < 0.05 * 200  # single dark pixels at the very edge


def test_dark_borders_on_both_sides_are_dropped_to_the_pixel() -> None:
    image = water(looks=1e6)
    image[:, :37], image[:, -123:] = 20, 8
    assert drop_border(image, noise(), 0) == 20 * (37 + 123)
    assert not image[:, :37].any()
    assert not image[:, -123:].any()
    assert image[:, 37:-123].all()


def test_zeros_before_the_border_do_not_count_as_dropped() -> None:
    image = water(looks=1e6)
    image[:, :50], image[:, 50:60] = 0, 15
    assert drop_border(image, noise(), 0) == 20 * 10
    assert np.flatnonzero(image[0])[0] == 60


def test_lines_without_an_echo_are_dropped_whole() -> None:
    image = water(looks=1e6)
    image[:3] = 12
    assert drop_border(image, noise(), 0) == 3 * WIDTH
    assert not image[:3].any()
    assert image[3:].all()


def test_dark_pixels_inside_of_the_image_are_left_alone() -> None:
    image = water(looks=1e6)
    image[:, 400:450] = 5
    before = image.copy()
    assert drop_border(image, noise(), 0) == 0
    assert np.array_equal(image, before)


def test_a_noise_table_far_too_high_costs_a_limited_border() -> None:
    image = water(looks=1e6)
    image[:, WIDTH // 2] = 10_000
    too_high = DenseTable(np.array([0.0]), np.full((1, WIDTH), 100 * NOISE))
    drop_border(image, too_high, 0)
    kept = np.flatnonzero(image[0])
    assert kept[0] <= WIDTH // 2
    assert len(kept) >= 1


@given(st.integers(0, DEEPEST_PX), st.integers(0, 600), st.integers(0, 99))
def test_dropping_twice_drops_nothing_more(left: int, right: int, seed: int) -> None:
    image = water(rows=3, looks=50.0, seed=seed)
    image[:, :left] = 10
    image[:, WIDTH - right :] = 10
    drop_border(image, noise(), 7)
    assert drop_border(image, noise(), 7) == 0
    assert CHUNK_PX < WIDTH
