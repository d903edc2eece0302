"""The area of ice between a part's reference line and its front, on the ellipsoid.

EPSG:3031 is true to scale at 71 S only: in its plane an area at 80 S is 4 % too small, so areas
are measured on WGS 84.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import shapely
from pyproj import Geod, Transformer
from shapely import MultiLineString, Point, Polygon
from shapely.geometry.polygon import orient

LONGEST_EDGE_M = 5_000.0  # straight edges of the plane bend on the globe
M2_PER_KM2 = 1e6


def divide(region: Polygon, line: MultiLineString) -> tuple[Polygon, ...]:
    """The pieces into which `line` cuts `region`; the line has to reach over its border."""
    edges = shapely.union_all([region.boundary, line])
    faces = shapely.get_parts(shapely.polygonize([edges]))
    return tuple(face for face in faces if region.contains(face.representative_point()))


def area_where_km2(pieces: tuple[Polygon, ...], is_ice: Callable[[Point], bool]) -> float:
    """The ellipsoidal area of the pieces (EPSG:3031) whose inner point is ice."""
    return sum(ellipsoidal_km2(piece) for piece in pieces if is_ice(piece.representative_point()))


def ellipsoidal_km2(polygon: Polygon) -> float:
    """Area on WGS 84 of a polygon in EPSG:3031."""
    dense = orient(shapely.segmentize(polygon, LONGEST_EDGE_M))
    lonlat = shapely.transform(dense, _to_lonlat)
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(lonlat)
    return abs(float(area)) / M2_PER_KM2


def _to_lonlat(points: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    return np.column_stack(_polar_to_lonlat().transform(*points.T))


@cache
def _polar_to_lonlat() -> Transformer:
    return Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
