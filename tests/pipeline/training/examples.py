"""Tiny examples and recipes for the tests of training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.training.recipe import LossTable, Recipe
from pipeline.training.targets import Example

SIDE_PX = 32


def half_ice(number: int, side_px: int = SIDE_PX) -> Example:
    """Bright ice on the left, dark water on the right; the border moves with the number."""
    ice = np.zeros((side_px, side_px), dtype=np.bool_)
    ice[:, : side_px // 4 + number % (side_px // 2)] = True
    noise = np.random.default_rng(number).normal(0.0, 0.5, ice.shape)
    levels = (np.where(ice, -6.0, -18.0) + noise)[None].astype(np.float32)
    return Example(levels, ice, np.ones_like(ice))


@dataclass(slots=True)
class HalfIce:
    """A supply that remembers what it was asked for; `first` keeps two of them apart."""

    first: int = 0
    asked: list[int] = field(default_factory=list)

    def example(self, number: int, side_px: int) -> Example:
        self.asked.append(number)
        return half_ice(self.first + number, side_px)


class WrongWay(HalfIce):
    """Calls ice what is water."""

    def example(self, number: int, side_px: int) -> Example:
        shown = half_ice(number, side_px)
        return Example(shown.bands, ~shown.ice, shown.front)


def recipe(steps: int = 6, **changes: Any) -> Recipe:
    """One stage of `steps` batches of two tiles of 32 pixels, and four base channels."""
    values: dict[str, Any] = {
        "name": "tiny",
        "seed": 5,
        "network": {"channels": ["HH"], "base_channels": 4},
        "stages": [{"steps": steps, "tile_px": SIDE_PX, "batch_size": 2}],
        "stopping": {"every_steps": 2, "tiles": 2},
    }
    return Recipe.model_validate(values | changes)


PUBLISHED_LOSS = LossTable(
    smallest_ice_share=0.0, smallest_edge_share=0.0, sharp_coarse_edges=False, ignores_nodata=False
)
