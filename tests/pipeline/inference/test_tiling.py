from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import SettingsError
from pipeline.inference.choices import RECEPTIVE_RADIUS_PX, STRIDE_PX, Tiling
from pipeline.inference.tiling import (
    Array,
    Core,
    StripAccumulator,
    TilePlan,
    core_of,
    core_weights,
    plan_tiles,
)
from pipeline.network.hedunet import TILE_MULTIPLE

TILING = Tiling(largest_px=160, overlap_px=64)
sizes = st.integers(1, 700)
tilings = st.builds(
    lambda tile, overlap: Tiling(32 * (tile + overlap), 32 * overlap),
    st.integers(1, 8),
    st.integers(0, 4),
)


def blended(image: Array, plan: TilePlan, tiling: Tiling) -> Array:
    """What comes of an image whose tiles say what the image says."""
    strip, strips = StripAccumulator(plan, tiling, len(image)), []
    for row, following in pairwise([*plan.rows, plan.height]):
        for column in plan.columns:
            core = core_of(plan, tiling, row, column)
            in_scene = slice(row + core.top, row + core.bottom)
            values = image[:, in_scene, column + core.left : column + core.right]
            strip.add(column, core, values)
        strips.append(strip.finish(following - row))
    return np.concatenate(strips, axis=1)


@given(height=sizes, width=sizes, tiling=tilings)
def test_tiles_lie_on_the_stride_cover_the_scene_and_share_the_overlap(
    height: int, width: int, tiling: Tiling
) -> None:
    plan = plan_tiles(height, width, tiling)
    for size, length, starts in (
        (height, plan.tile_height, plan.rows),
        (width, plan.tile_width, plan.columns),
    ):
        assert all(number % STRIDE_PX == 0 for number in (length, *starts))
        assert length <= tiling.largest_px
        assert starts[0] == 0
        assert size <= starts[-1] + length < size + STRIDE_PX or len(starts) == 1
        assert all(0 < b - a <= length - tiling.overlap_px for a, b in pairwise(starts))


@settings(max_examples=50, deadline=None)
@given(height=sizes, width=sizes, tiling=tilings)
def test_cores_cover_every_pixel_and_blending_what_agrees_changes_nothing(
    height: int, width: int, tiling: Tiling
) -> None:
    noise = np.random.default_rng(height * 1000 + width).normal(size=(1, height, width))
    image = noise.astype(np.float32)
    plan = plan_tiles(height, width, tiling)
    assert np.allclose(blended(image, plan, tiling), image, atol=1e-5)


def test_a_scene_that_fits_one_tile_gets_one() -> None:
    plan = plan_tiles(50, 160, TILING)
    assert (plan.tile_height, plan.tile_width) == (64, 160)
    assert (plan.rows, plan.columns) == ((0,), (0,))
    assert core_of(plan, TILING, 0, 0) == Core(0, 50, 0, 160)


def test_a_guard_counts_nothing_inside_the_scene_and_all_at_its_border() -> None:
    plan = plan_tiles(400, 400, TILING)
    inner = core_of(plan, TILING, plan.rows[1], plan.columns[1])
    assert TILING.guard_px == 16
    assert inner == Core(16, plan.tile_height - 16, 16, plan.tile_width - 16)
    assert core_of(plan, TILING, 0, plan.columns[-1]).top == 0
    assert core_of(plan, TILING, 0, plan.columns[-1]).right == 400 - plan.columns[-1]


def test_the_default_guard_is_as_wide_as_the_network_looks() -> None:
    assert Tiling().guard_px == RECEPTIVE_RADIUS_PX


def test_weights_rise_over_the_ramp_and_are_never_zero() -> None:
    weights = core_weights(TILING, Core(16, 144, 16, 112))
    assert weights.shape == (128, 96)
    assert weights.min() > 0
    assert weights.max() == 1.0
    assert np.all(np.diff(weights[64, : TILING.ramp_px + 1]) > 0)
    assert np.array_equal(weights, weights[::-1, ::-1])


def test_where_tiles_disagree_the_change_is_gradual() -> None:
    plan = plan_tiles(64, 250, TILING)
    assert len(plan.columns) == 2
    strip = StripAccumulator(plan, TILING, 1)
    for number, column in enumerate(plan.columns):
        core = core_of(plan, TILING, 0, column)
        shape = (1, core.bottom - core.top, core.right - core.left)
        strip.add(column, core, np.full(shape, float(number), dtype=np.float32))
    row = strip.finish(64)[0, 30]
    assert (row[0], row[-1]) == (0.0, 1.0)
    assert np.abs(np.diff(row)).max() < 0.1
    assert np.all(np.diff(row) >= 0)


def test_what_no_tile_covers_is_not_known() -> None:
    plan = plan_tiles(400, 64, TILING)
    strip = StripAccumulator(plan, TILING, 1)
    assert np.isnan(strip.finish(plan.rows[1])).all()
    core = core_of(plan, TILING, plan.rows[1], 0)
    strip.add(0, core, np.ones((1, core.bottom - core.top, 64), dtype=np.float32))
    found = strip.finish(plan.height - plan.rows[1])[0, :, 0]
    assert np.isnan(found[: core.top]).all()
    assert np.all(found[core.rows] == 1.0)
    assert np.isnan(found[core.bottom :]).all()


def test_the_stride_is_that_of_the_network() -> None:
    assert STRIDE_PX == TILE_MULTIPLE


@pytest.mark.parametrize(("largest", "overlap"), [(128, 128), (100, 32), (128, 40), (128, -32)])
def test_tiles_that_cannot_be_are_refused(largest: int, overlap: int) -> None:
    with pytest.raises(SettingsError, match="LARGEST_TILE_PX"):
        Tiling(largest, overlap)
