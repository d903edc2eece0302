"""Which parts of shelves a scene shows, and what of the scene lies around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from pyproj import Transformer

from catalog.scene import Scene
from catalog.shelf import Part
from pipeline.grid import Bounds
from pipeline.settings import ANTARCTIC_CRS

SIMULATED_PREFIX = "SIM_"  # of scenes that our campaigns made for one part


def parts_shown(scene: Scene, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts whose region the scene touches.

    A scene of a campaign shows the part in its name only: its surroundings are not those of the
    neighbours' true fronts.
    """
    outline = shapely.union_all(shapely.transform(scene.footprint, _to_polar))
    shown = (part for part in parts if part.region.intersects(outline))
    if scene.simulated and scene.id.startswith(SIMULATED_PREFIX):
        return tuple(part for part in shown if scene.id.endswith(f"_{part.name}"))
    return tuple(shown)


def surroundings(parts: Sequence[Part], margin_m: float) -> shapely.Geometry:
    """The regions of the parts and what lies within `margin_m` of them, in EPSG:3031."""
    return shapely.union_all([part.region.buffer(margin_m) for part in parts])


def extent(parts: Sequence[Part], margin_m: float) -> Bounds:
    """The box around the regions of the parts, `margin_m` wider on each side, in EPSG:3031."""
    west, south, east, north = shapely.total_bounds([part.region for part in parts])
    return (
        float(west - margin_m),
        float(south - margin_m),
        float(east + margin_m),
        float(north + margin_m),
    )


def _to_polar(lonlat: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    transformer = Transformer.from_crs("EPSG:4326", ANTARCTIC_CRS, always_xy=True)
    return np.column_stack(transformer.transform(*lonlat.T))
