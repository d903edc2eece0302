from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inference.tiling import (
    Array,
    TilePlan,
    blend_tiles,
    blend_weights,
    cut_tile,
    plan_tiles,
)

LARGEST_PX, OVERLAP_PX, MULTIPLE = 96, 16, 32
sizes = st.integers(1, 400)


def tiles_of(image: Array, plan: TilePlan) -> list[tuple[int, int, Array]]:
    return [(r, c, cut_tile(image, plan, r, c)) for r in plan.rows for c in plan.columns]


def blended(image: Array, plan: TilePlan, tiles: list[tuple[int, int, Array]]) -> Array:
    result = np.full_like(image, np.nan)
    for first, values in blend_tiles(tiles, plan, blend_weights(plan, OVERLAP_PX)):
        result[:, first : first + values.shape[1]] = values
    return result


@given(height=sizes, width=sizes)
def test_tiles_are_equal_cover_the_scene_and_share_the_overlap(height: int, width: int) -> None:
    plan = plan_tiles(height, width, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    for size, length, starts in (
        (height, plan.tile_height, plan.rows),
        (width, plan.tile_width, plan.columns),
    ):
        assert length % MULTIPLE == 0
        assert length <= LARGEST_PX
        assert starts[0] == 0
        assert starts[-1] + length >= size
        assert all(0 < b - a <= length - OVERLAP_PX for a, b in pairwise(starts))


def test_a_scene_that_fits_one_tile_gets_one() -> None:
    plan = plan_tiles(50, 96, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    assert (plan.tile_height, plan.tile_width) == (64, 96)
    assert (plan.rows, plan.columns) == ((0,), (0,))


@settings(max_examples=30, deadline=None)
@given(height=sizes, width=sizes)
def test_blending_what_agrees_changes_nothing(height: int, width: int) -> None:
    noise = np.random.default_rng(height * 1000 + width).normal(size=(2, height, width))
    image = noise.astype(np.float32)
    plan = plan_tiles(height, width, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    # A tile beyond the border holds NaN there; the network never returns NaN.
    tiles = [(r, c, np.nan_to_num(tile)) for r, c, tile in tiles_of(image, plan)]
    assert np.allclose(blended(image, plan, tiles), image, atol=1e-5)


def test_where_tiles_disagree_the_change_is_gradual() -> None:
    image = np.zeros((1, 64, 150), dtype=np.float32)
    plan = plan_tiles(64, 150, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    assert len(plan.columns) == 2
    tiles = [
        (r, c, np.full((1, plan.tile_height, plan.tile_width), float(c > 0), dtype=np.float32))
        for r in plan.rows
        for c in plan.columns
    ]
    row = blended(image, plan, tiles)[0, 30]
    assert row[0] == 0.0
    assert row[-1] == 1.0
    assert np.abs(np.diff(row)).max() < 0.1
    assert np.all(np.diff(row) >= 0)


def test_what_no_tile_covers_is_not_known() -> None:
    image = np.ones((1, 300, 64), dtype=np.float32)
    plan = plan_tiles(300, 64, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    tiles = [tile for tile in tiles_of(image, plan) if tile[0] == plan.rows[2]]
    result = blended(image, plan, tiles)[0, :, 0]
    covered = slice(plan.rows[2], plan.rows[2] + plan.tile_height)
    assert np.all(result[covered] == 1.0)
    assert np.isnan(result[: covered.start]).all()
    assert np.isnan(result[covered.stop :]).all()


def test_no_tile_at_all_gives_no_strip() -> None:
    plan = plan_tiles(300, 64, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    assert list(blend_tiles([], plan, blend_weights(plan, OVERLAP_PX))) == []


def test_weights_fall_to_the_edges_and_never_to_zero() -> None:
    plan = plan_tiles(300, 300, LARGEST_PX, OVERLAP_PX, MULTIPLE)
    weights = blend_weights(plan, OVERLAP_PX)
    assert weights.min() > 0
    assert weights.max() == 1.0
    assert np.all(np.diff(weights[40, :OVERLAP_PX]) > 0)
    assert np.array_equal(weights, weights[::-1, ::-1])
