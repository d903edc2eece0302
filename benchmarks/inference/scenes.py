"""Simulated scenes to run the network on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.grid import Grid
from pipeline.simulate.noise import rng_of
from pipeline.simulate.tiles import simulate_tile

PIXEL_SIZE_M = 40.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Backscatter in dB, (C, side, side), on a grid."""

    seed: int
    sigma0_db: npt.NDArray[np.float32]
    grid: Grid

    @property
    def area_km2(self) -> float:
        return self.grid.width * self.grid.height * (PIXEL_SIZE_M / 1000.0) ** 2


def simulated_scene(seed: int, side_px: int, polarisations: tuple[str, ...]) -> Scene:
    """The same pixels for the same seed and side."""
    tile = simulate_tile(side_px, polarisations, rng_of(seed, "inference", side_px))
    grid = Grid("EPSG:3031", 0.0, 0.0, PIXEL_SIZE_M, side_px, side_px)
    return Scene(seed, tile.sigma0_db, grid)
