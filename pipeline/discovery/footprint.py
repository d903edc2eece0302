"""The outline of an item in the plane of EPSG:3031, however its archive wrote it.

Corners are moved one by one and joined by straight lines in the plane, so it does not matter
which way round a ring goes, or whether an edge over the antimeridian was torn or cut: in the
plane there is no antimeridian. A product's edges are near great circles, and at these latitudes
the plane's straight lines are nearer to them than the edges of longitude and latitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.geometry import to_polar
from pipeline.discovery.refusal import Unusable

MOST_CORNERS = 10_000
NORTHERNMOST_DEG = -40.0  # no shelf and no scene of one lies north of it
WIDEST_M = 2_500_000.0  # a scene is some 400 km wide and, unsliced, some 2,000 km long
BOX_STEP_DEG = 1.0
LEAST_SHARE_KEPT = 0.8
NODE_M = 1e-3
Ring = list[tuple[float, float]]


def footprint_of(item: Mapping[str, Any]) -> MultiPolygon | None:
    """The outline (EPSG:3031) by `geometry`, or by `bbox` where that is missing.

    None where it lies wholly north of 40 S. Raises Unusable for what is no place on the globe.
    """
    rings = list(_rings(item))
    if min(latitude for ring in rings for _, latitude in ring) > NORTHERNMOST_DEG:
        return None
    outline = shapely.union_all([_outline(ring) for ring in rings], grid_size=NODE_M)
    west, south, east, north = outline.bounds
    if not math.hypot(east - west, north - south) < WIDEST_M:
        raise Unusable("its footprint is wider than any scene")
    return MultiPolygon([p for p in shapely.get_parts(outline) if isinstance(p, Polygon)])


def _rings(item: Mapping[str, Any]) -> Iterator[Ring]:
    geometry = item.get("geometry")
    if isinstance(geometry, Mapping):
        yield from (_ring(corners) for corners in _outer_rings(geometry))
    elif item.get("bbox") is not None:
        yield _ring_of_box(item["bbox"])
    else:
        raise Unusable("it has neither geometry nor bbox")


def _outer_rings(geometry: Mapping[str, Any]) -> Iterator[Any]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon" and isinstance(coordinates, list) and coordinates:
        yield coordinates[0]
    elif kind == "MultiPolygon" and isinstance(coordinates, list) and coordinates:
        for part in coordinates:
            yield part[0] if isinstance(part, list) and part else None
    else:
        raise Unusable("its geometry is no polygon")


def _ring(corners: Any) -> Ring:
    if not isinstance(corners, list) or len(corners) > MOST_CORNERS:
        raise Unusable("its geometry is no ring of positions")
    ring = [_position(corner) for corner in corners]
    if len(set(ring)) < 3:
        raise Unusable("its geometry has fewer than three corners")
    return ring


def _position(corner: Any) -> tuple[float, float]:
    if not isinstance(corner, list) or len(corner) < 2:
        raise Unusable("its geometry is no ring of positions")
    longitude, latitude = corner[:2]
    for value, largest in ((longitude, 360.0), (latitude, 90.0)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unusable("its geometry has a position that is no number")
        if not abs(value) <= largest:
            raise Unusable("its geometry leaves the globe (longitude and latitude swapped?)")
    return float(longitude), float(latitude)


def _ring_of_box(bbox: Any) -> Ring:
    if not isinstance(bbox, list) or len(bbox) not in (4, 6):
        raise Unusable("its bbox is no box")
    half = len(bbox) // 2
    west, south = _position(bbox[:2])
    east, north = _position(bbox[half : half + 2])
    width = (east - west) % 360.0  # west lies east of east over the antimeridian
    steps = np.linspace(west, west + width, max(2, math.ceil(width / BOX_STEP_DEG) + 1)).tolist()
    return [(x, south) for x in steps] + [(x, north) for x in reversed(steps)]


def _outline(ring: Ring) -> BaseGeometry:
    """The ring as a polygon of the plane; one that crosses itself has its corners in disorder."""
    outline = Polygon(to_polar(LineString(ring)).geoms[0])
    if outline.is_valid:
        return outline
    mended, hull = shapely.make_valid(outline), outline.convex_hull
    # Cut down to the pole and back, a ring only touches itself and loses nothing by mending.
    return mended if mended.area > LEAST_SHARE_KEPT * hull.area else hull
