"""Which height of the ground a scene is geocoded with, chosen before the scene is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.errors import SceneError
from pipeline.geometry.heights import (
    ConstantHeight,
    DemHeight,
    GeoidHeight,
    SurfaceHeight,
    Vertical,
)
from pipeline.grid import Bounds

# How high a shelf stands above the sea at its front, where nothing better is known. In BedMachine
# v3 at 5 km, the floating cells beside the ocean have a median of 22 m (Larsen) and 32 m (Getz).
SHELF_FREEBOARD_M = 30.0


@dataclass(frozen=True, slots=True)
class SurfaceChoice:
    """An elevation model (what GDAL opens), or the mean sea raised by `freeboard_m` without one."""

    dem: str | Path | None = None
    vertical: Vertical = "ellipsoid"
    freeboard_m: float = 0.0

    def over(self, crs: str, bounds: Bounds, fallback_m: float) -> SurfaceHeight:
        """The surface of one scene; raises SceneError where the model cannot be read.

        `fallback_m` is the constant height that stands in where the bundled geoid does not reach.
        """
        if self.dem is not None:
            return DemHeight(str(self.dem), crs, bounds, self.vertical)
        try:
            return _checked(GeoidHeight(crs, self.freeboard_m), bounds)
        except SceneError:
            return ConstantHeight(fallback_m)


MEAN_SEA = SurfaceChoice()


def described(surface: SurfaceHeight) -> Mapping[str, str]:
    """The surface for the lineage: files by their names, as paths differ between machines."""
    words = dict(surface.description)
    return words | ({"dem": Path(words["dem"]).name} if "dem" in words else {})


def uncovered(surface: SurfaceHeight) -> tuple[str, ...]:
    """What has to be said where a model has no height anywhere in the scene.

    Part of a scene without heights is common: models of ice end at the coast.
    """
    if not isinstance(surface, DemHeight) or surface.uncovered_share < 1.0:
        return ()
    return ("The elevation model does not cover the scene: it lies on the mean sea.",)


def _checked(surface: GeoidHeight, bounds: Bounds) -> GeoidHeight:
    """The same surface, having been asked at the corners."""
    west, south, east, north = bounds
    surface.at(np.array([[west, south], [west, north], [east, south], [east, north]]))
    return surface
