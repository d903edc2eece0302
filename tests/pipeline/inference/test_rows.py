from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inference.choices import Tiling
from pipeline.inference.cutting import RollingRows, RowsDone, Tile, cut_tiles, where
from pipeline.inference.rows import ArrayRows, Bands, CoarseRows, RowSource
from pipeline.inference.tiling import plan_tiles

TILING = Tiling(128, 64)


def scene(height: int, width: int, bands: int = 1) -> Bands:
    noise = np.random.default_rng(height + width).normal(-12, 4, (bands, height, width))
    return noise.astype(np.float32)


class Forgetful(ArrayRows):
    """Gives each row once: whoever wants to go back must have kept it."""

    def __init__(self, sigma0_db: Bands) -> None:
        super().__init__(sigma0_db)
        self.next_row = 0

    def rows(self, first: int, last: int) -> Bands:
        assert first == self.next_row
        self.next_row = last
        return super().rows(first, last)


@settings(max_examples=30, deadline=None)
@given(height=st.integers(1, 500), width=st.integers(1, 300))
def test_tiles_hold_the_scene_and_beyond_it_its_last_pixels(height: int, width: int) -> None:
    image = scene(height, width, 2)
    plan = plan_tiles(height, width, TILING)
    source = Forgetful(image)
    window = RollingRows(source, plan)
    for row in plan.rows:
        rows = window.move_to(row)
        lines = np.minimum(np.arange(row, row + plan.tile_height), height - 1)
        columns = np.minimum(np.arange(rows.shape[2]), width - 1)
        assert np.array_equal(rows, image[:, lines][:, :, columns])
    assert source.next_row == height


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 500), width=st.integers(1, 300))
def test_rows_are_done_once_each_from_the_top(height: int, width: int) -> None:
    image = scene(height, width)
    image[0, ::3] = np.nan
    plan = plan_tiles(height, width, TILING)
    done = [p for p in cut_tiles(ArrayRows(image), plan, TILING) if isinstance(p, RowsDone)]
    assert [each.first for each in done] == list(plan.rows)
    assert all(a.first + len(a.known) == b.first for a, b in pairwise(done))
    assert np.array_equal(np.concatenate([each.known for each in done]), np.isfinite(image[0]))


def test_a_tile_is_cut_only_where_it_counts_for_a_pixel_that_is_wanted() -> None:
    image = scene(128, 400)
    plan = plan_tiles(128, 400, TILING)
    needed = np.zeros((128, 400), dtype=bool)
    needed[60, plan.columns[1] + 5] = True  # in the guard of the second tile
    pieces = cut_tiles(ArrayRows(image), plan, TILING, where(needed))
    assert [tile.column for tile in pieces if isinstance(tile, Tile)] == [0]


def coarse(image: Bands, factor: int = 4) -> Bands:
    source: RowSource = CoarseRows(ArrayRows(image), factor)
    return source.rows(0, source.shape[1])


def test_coarse_pixels_hold_the_mean_of_power_not_of_decibels() -> None:
    image = np.full((1, 4, 4), -10.0, dtype=np.float32)
    image[0, :2] = -20.0
    assert coarse(image)[0, 0, 0] == pytest.approx(10 * math.log10((0.1 + 0.01) / 2), abs=1e-4)


def test_coarse_pixels_leave_out_what_has_no_data() -> None:
    image = np.full((2, 4, 8), -10.0, dtype=np.float32)
    image[0, :3] = np.nan
    image[1, 0, 0] = np.inf
    image[1, :, 4:] = np.nan
    found = coarse(image)
    assert found[0] == pytest.approx(-10.0, abs=1e-4)
    assert found[1, 0, 0] == pytest.approx(-10.0, abs=1e-4)
    assert np.isnan(found[1, 0, 1])


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 30), width=st.integers(1, 30), factor=st.integers(1, 5))
def test_coarse_rows_cover_the_scene_and_its_remainder(
    height: int, width: int, factor: int
) -> None:
    found = coarse(np.full((1, height, width), -7.0, dtype=np.float32), factor)
    assert found.shape == (1, math.ceil(height / factor), math.ceil(width / factor))
    assert found == pytest.approx(-7.0, abs=1e-4)
