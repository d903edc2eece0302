from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.training.targets import Batch, Example, batch_of, edge_of, target_at
from tests.pipeline.training.examples import half_ice


def batch_with_border_at(column: int, side_px: int = 64) -> Batch:
    ice = np.zeros((side_px, side_px), dtype=np.bool_)
    ice[:, :column] = True
    levels = np.zeros((1, side_px, side_px), dtype=np.float32)
    return batch_of([Example(levels, ice, np.ones_like(ice))])


@pytest.mark.parametrize("level", range(5))
def test_an_edge_is_two_pixels_wide_at_every_level(level: int) -> None:
    target = target_at(batch_with_border_at(21), level, sharp=True, ignores_nodata=True)
    assert target.edge[0, 0, 0].sum().item() == 2


def test_the_published_edges_widen_where_a_coarse_pixel_holds_both() -> None:
    target = target_at(batch_with_border_at(21), 3, sharp=False, ignores_nodata=True)
    assert target.edge[0, 0, 0].sum().item() == 3


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_tile_of_one_class_has_no_edge(value: float) -> None:
    assert edge_of(torch.full((1, 1, 16, 16), value)).sum() == 0


@pytest.mark.parametrize("level", range(4))
def test_borders_that_are_no_front_are_no_edge(level: int) -> None:
    example = half_ice(0)
    front = np.zeros_like(example.ice)
    front[:16] = True  # the lower half of the border is rock
    target = target_at(
        batch_of([Example(example.bands, example.ice, front)]),
        level,
        sharp=True,
        ignores_nodata=True,
    )
    rows = target.edge[0, 0].any(dim=1)
    assert rows[: len(rows) // 2].all()
    assert not rows[len(rows) // 2 + 1 :].any()


def test_beside_missing_data_no_edge_counts() -> None:
    example = half_ice(0)
    levels = example.bands.copy()
    levels[..., 20:] = np.nan
    target = target_at(
        batch_of([Example(levels, example.ice, example.front)]),
        0,
        sharp=True,
        ignores_nodata=True,
    )
    assert target.edge_counts[0, 0, 0].tolist() == [1.0] * 19 + [0.0] * 13
    assert target.ice_counts[0, 0, 0].tolist() == [1.0] * 20 + [0.0] * 12
