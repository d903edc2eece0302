"""Which height of the ground a scene is geocoded with, chosen before the scene is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.errors import SceneError
from pipeline.grid import Bounds
from pipeline.heights import ConstantHeight, DemHeight, GeoidHeight, SurfaceHeight, Vertical


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


def _checked(surface: GeoidHeight, bounds: Bounds) -> GeoidHeight:
    """The same surface, having been asked at the corners."""
    west, south, east, north = bounds
    surface.at(np.array([[west, south], [west, north], [east, south], [east, north]]))
    return surface
