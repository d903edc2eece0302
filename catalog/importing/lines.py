"""Which geometries can be a front, and how repeated ones become one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from catalog.importing.errors import UnusableGeometry

LINES = ("LineString", "MultiLineString", "LinearRing")
# In EPSG:3031 60 S is 3,333 km from the pole; no ice shelf reaches closer than 900 km to it.
FARTHEST_M, NEAREST_M = 3_350_000.0, 500_000.0


def refuse_unusable(geometry: BaseGeometry | None) -> None:
    """Raise UnusableGeometry for what is no line with finite coordinates, in any system."""
    if geometry is None or geometry.is_empty:
        raise UnusableGeometry("has no geometry.", remedy="Delete the feature or draw its line.")
    if geometry.geom_type not in LINES:
        raise UnusableGeometry(
            f"is a {geometry.geom_type}, not a line.", remedy="Export the front as a line."
        )
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise UnusableGeometry(
            "has coordinates that are no numbers (NaN or infinite).", remedy="Draw it again."
        )


def refuse_elsewhere(coordinates: NDArray[np.float64]) -> None:
    """Raise UnusableGeometry for coordinates of EPSG:3031 where no ice shelf can be."""
    distance = np.hypot(coordinates[:, 0], coordinates[:, 1])
    if not np.isfinite(distance).all() or distance.max() > FARTHEST_M:
        raise UnusableGeometry(
            "lies outside of the Antarctic (south of 60 S).",
            remedy="Is the coordinate system of the file the right one? --crs names another.",
        )
    if distance.min() < NEAREST_M:
        raise UnusableGeometry(
            "lies at the South Pole, as degrees do that are taken for metres.",
            remedy="Name the true coordinate system with --crs, such as EPSG:4326.",
        )


def polar_line(geometry: BaseGeometry | None, to_polar: Transformer | None) -> BaseGeometry:
    """A line of any system in EPSG:3031, without heights; raises UnusableGeometry."""
    flat = shapely.force_2d(geometry)
    if to_polar is not None:
        flat = shapely.transform(flat, to_polar.transform, interleaved=False)
    refuse_elsewhere(shapely.get_coordinates(flat))
    return flat


def unite(geometries: Iterable[BaseGeometry]) -> MultiLineString:
    """All different lines in their order; a line that comes again (either way) comes once.

    Vertices stay as they are. Raises UnusableGeometry where nothing has a length.
    """
    kept: dict[bytes, LineString] = {}
    for geometry in geometries:
        for line in shapely.get_parts(shapely.force_2d(geometry)):
            if line.length > 0:
                kept.setdefault(_key(line), LineString(line.coords))
    if not kept:
        raise UnusableGeometry("has no length.", remedy="Delete the feature or draw its line.")
    return MultiLineString(list(kept.values()))


def _key(line: LineString) -> bytes:
    points = shapely.get_coordinates(line)
    forward: bytes = points.tobytes()
    backward: bytes = points[::-1].tobytes()
    return min(forward, backward)
