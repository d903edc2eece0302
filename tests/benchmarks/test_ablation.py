from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ablation.__main__ import page
from benchmarks.ablation.judging import judge
from benchmarks.ablation.variants import variants
from pipeline.training.targets import Example
from tests.pipeline.networks import threshold_network
from tests.pipeline.training.examples import half_ice

SIDE_PX = 64


def tile_of(level_db: float, *, ice: bool) -> Example:
    mask = np.full((SIDE_PX, SIDE_PX), ice)
    return Example(np.full((1, SIDE_PX, SIDE_PX), level_db, dtype=np.float32), mask, mask)


def test_every_variant_differs_from_the_mended_loss_alone_in_its_fault() -> None:
    mended, *others, published = variants(steps=1, seed=1)
    assert len(others) == 3
    losses = [variant.recipe.loss for variant in others]
    assert len({mended.recipe.loss, published.recipe.loss, *losses}) == 5
    alike = mended.recipe.model_dump(exclude={"loss", "name"})
    assert all(v.recipe.model_dump(exclude={"loss", "name"}) == alike for v in others)


def test_a_network_that_is_right_is_judged_right() -> None:
    found = judge(threshold_network(1), [half_ice(3, SIDE_PX), tile_of(-6.0, ice=True)])
    assert found.mean_iou > 0.95
    assert (found.single_class_tiles, found.single_class_wrong) == (1, 0.0)
    assert found.single_class_false_fronts == 0


def test_ocean_that_is_called_ice_is_a_false_front() -> None:
    found = judge(threshold_network(1), [tile_of(-6.0, ice=False), tile_of(-18.0, ice=False)])
    assert found.single_class_wrong == pytest.approx(0.5)
    assert found.single_class_false_fronts == 1


def test_the_page_has_a_row_for_every_variant() -> None:
    found = {"one": judge(threshold_network(1), [half_ice(3, SIDE_PX)])}
    assert "| one | " in page(found, steps=1, seed=1)
