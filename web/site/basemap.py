"""The outline of Antarctica: ice front and grounding line in EPSG:3031.

Made once from GSHHG by `scripts/build_basemap.py`; licence in `licences/`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

CREDIT = "Coast: GSHHG 2.3.7 (Wessel & Smith 1996), LGPL-3.0-or-later"


@dataclass(frozen=True, slots=True)
class Basemap:
    """Areas in EPSG:3031 (m): `ice` up to the ice front, `grounded` up to the grounding line."""

    ice: tuple[Polygon, ...]
    grounded: tuple[Polygon, ...]

    def simplified(self, tolerance_m: float, smallest_km2: float = 0.0) -> Basemap:
        """Fewer vertices and no small islands, for a small scale."""
        return Basemap(
            _simplify(self.ice, tolerance_m, smallest_km2),
            _simplify(self.grounded, tolerance_m, smallest_km2),
        )

    def clipped(self, window: Polygon) -> Basemap:
        """What lies within a window."""
        return Basemap(_clip(self.ice, window), _clip(self.grounded, window))


@cache
def load_basemap() -> Basemap:
    document = json.loads(resources.files("web.site").joinpath("basemap.json").read_text("utf-8"))
    step_m = document["step_m"]
    return Basemap(_decode(document["ice"], step_m), _decode(document["grounded"], step_m))


def _decode(rings: list[list[int]], step_m: float) -> tuple[Polygon, ...]:
    vertices = (np.cumsum(np.reshape(ring, (-1, 2)), axis=0) * step_m for ring in rings)
    return tuple(p for ring in vertices for p in polygons_of(shapely.make_valid(Polygon(ring))))


def polygons_of(shape: BaseGeometry) -> tuple[Polygon, ...]:
    """The polygons of any shape; lines and points are left out."""
    if isinstance(shape, Polygon):
        return () if shape.is_empty else (shape,)
    return tuple(p for part in getattr(shape, "geoms", ()) for p in polygons_of(part))


def _simplify(shapes: tuple[Polygon, ...], tolerance_m: float, km2: float) -> tuple[Polygon, ...]:
    large = (shape for shape in shapes if shape.area >= km2 * 1e6)
    return tuple(p for shape in large for p in polygons_of(shape.simplify(tolerance_m)))


def _clip(shapes: tuple[Polygon, ...], window: Polygon) -> tuple[Polygon, ...]:
    near = (shape for shape in shapes if shape.intersects(window))
    return tuple(p for shape in near for p in polygons_of(shape.intersection(window)))
