from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.training.augmentation import (
    View,
    dirtied,
    radiometric,
    turned,
    viewed,
)
from pipeline.training.recipe import AugmentationTable
from pipeline.training.targets import Example
from tests.pipeline.training.examples import half_ice

NOTHING: dict[str, Any] = dict.fromkeys(AugmentationTable.model_fields, 0.0)
SIDE_PX = 64


def table(**changes: float) -> AugmentationTable:
    return AugmentationTable.model_validate(NOTHING | changes)


def everything() -> AugmentationTable:
    return AugmentationTable(
        shading_share=1.0, speckle_share=1.0, blur_share=1.0, melt_share=1.0, fast_ice_share=1.0
    )


def test_the_eight_orientations_are_all_different_and_keep_image_and_truth_together() -> None:
    rng = np.random.default_rng(1)
    ice = rng.random((32, 32)) > 0.5
    example = Example(np.where(ice, 1.0, 0.0)[None].astype(np.float32), ice, ice)
    shown = [turned(example, symmetry) for symmetry in range(8)]
    assert len({one.bands.tobytes() for one in shown}) == 8
    assert all(np.array_equal(one.bands[0] == 1.0, one.ice) for one in shown)


@given(seed=st.integers(0, 10_000))
def test_a_view_keeps_image_and_truth_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    example = half_ice(7, SIDE_PX)
    levels = np.where(example.ice, -6.0, -18.0)[None].astype(np.float32)
    clean = Example(levels, example.ice, example.front)
    view = View.draw(48, (SIDE_PX, SIDE_PX), (0.85, 1.2), everything(), rng)
    shown = viewed(clean, view)
    known = np.isfinite(shown.bands[0])
    bright = shown.bands[0] > -12.0
    assert known.mean() > 0.2
    assert (bright == shown.ice)[known].mean() > 0.97  # but for pixels cut by the border


def test_a_view_as_large_as_the_image_and_not_moved_is_the_image() -> None:
    example = half_ice(3, SIDE_PX)
    view = View(SIDE_PX, np.eye(2), np.zeros(2))
    assert np.allclose(viewed(example, view).bands, example.bands)


def test_beyond_the_image_there_are_no_data() -> None:
    view = View(SIDE_PX, np.eye(2), np.array([0.0, 40.0]))
    shown = viewed(half_ice(3, SIDE_PX), view)
    assert np.isnan(shown.bands[0, :, 30:]).all()
    assert np.isfinite(shown.bands[0, :, :20]).all()


def test_no_augmentation_leaves_levels_as_they_are() -> None:
    example = half_ice(1)
    kept = radiometric(example.bands, table(), np.random.default_rng(1))
    assert np.allclose(kept, example.bands)


@pytest.mark.parametrize(
    "change",
    [
        {"offset_db": 3.0},
        {"gain": 0.5},
        {"shading_share": 1.0, "shading_db": 3.0},
        {"speckle_share": 1.0},
        {"blur_share": 1.0},
    ],
)
def test_each_augmentation_changes_levels_and_never_what_has_data(
    change: dict[str, float],
) -> None:
    levels = half_ice(1).bands.copy()
    levels[0, :5] = np.nan
    changed = radiometric(levels, table(**change), np.random.default_rng(1))
    assert np.array_equal(np.isnan(changed), np.isnan(levels))
    assert float(np.nanmax(np.abs(changed - levels))) > 0.3


def test_melt_darkens_ice_alone() -> None:
    example = half_ice(4, SIDE_PX)
    wet = dirtied(example, table(melt_share=1.0), np.random.default_rng(2))
    change = wet.bands - example.bands
    assert change[0][example.ice].mean() < -0.5
    assert np.allclose(change[0][~example.ice], 0.0)


def test_fast_ice_covers_water_before_the_front_and_leaves_the_truth() -> None:
    example = half_ice(4, SIDE_PX)
    frozen = dirtied(example, table(fast_ice_share=1.0), np.random.default_rng(2))
    change = np.abs(frozen.bands - example.bands)[0]
    assert change[~example.ice].max() > 3.0
    assert np.allclose(change[example.ice], 0.0)
    assert np.array_equal(frozen.ice, example.ice)


def test_a_view_without_water_cannot_freeze() -> None:
    ice = np.ones((16, 16), dtype=np.bool_)
    example = Example(np.zeros((1, 16, 16), dtype=np.float32), ice, ice)
    frozen = dirtied(example, table(fast_ice_share=1.0), np.random.default_rng(2))
    assert np.array_equal(frozen.bands, example.bands)
