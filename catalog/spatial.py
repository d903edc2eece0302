"""Where things lie on the globe: a rough test in SQL, the exact one on the geometry.

A box whose west lies east of its east crosses the antimeridian (RFC 7946, section 5.2); it is
two boxes, one on each side, for searches as for items.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
import shapely
from shapely import LineString, Point, box
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import and_, false, or_, true
from sqlmodel import col

from catalog.query import Search
from catalog.tables import RevisionRow

Box = tuple[float, float, float, float]
GEOMETRIES_KEPT = 2048  # at most about 100 MB


def may_match(search: Search) -> Any:
    """SQL: the item's box and what is searched have something in common (misses no match)."""
    boxes = [search.bbox] if search.bbox is not None else []
    if search.intersects is not None:
        boxes.append(search.intersects.bounds)
    return and_(true(), *map(overlaps, boxes))


def surely_matches(search: Search) -> Any:
    """SQL: the item's box lies inside the searched one, so its geometry need not be looked at."""
    if search.intersects is not None:
        return false()
    return true() if search.bbox is None else _lies_inside(search.bbox)


def exact_test(search: Search) -> Callable[[bytes], bool]:
    """Whether the geometry in a document meets `bbox` and `intersects`."""
    wanted = [] if search.bbox is None else [bbox_geometries(search.bbox)]
    if search.intersects is not None:
        wanted.append((search.intersects,))
    for geometries in wanted:
        shapely.prepare(list(geometries))

    def is_match(document: bytes) -> bool:
        geometry = _geometry_in(document)
        return all(any(g.intersects(geometry) for g in geometries) for geometries in wanted)

    return is_match


def halves(bbox: Box) -> tuple[Box, ...]:
    """The box, or its two halves where it crosses the antimeridian."""
    west, south, east, north = bbox
    if west <= east:
        return (bbox,)
    return ((west, south, 180.0, north), (-180.0, south, east, north))


def bbox_geometries(bbox: Box) -> tuple[BaseGeometry, ...]:
    """The box in EPSG:4326: a geometry for each half; a box without width is a line or point."""
    return tuple(_box_geometry(*half) for half in halves(bbox))


def _box_geometry(west: float, south: float, east: float, north: float) -> BaseGeometry:
    if west < east and south < north:
        return box(west, south, east, north)
    corners = [(west, south), (east, north)]
    return Point(corners[0]) if corners[0] == corners[1] else LineString(corners)


def overlaps(bbox: Box) -> Any:
    """SQL: the item's box and this one have something in common."""
    _, south, _, north = bbox
    return and_(
        col(RevisionRow.south) <= north,
        col(RevisionRow.north) >= south,
        or_(*(_longitudes_overlap(w, e) for w, _, e, _ in halves(bbox))),
    )


def _longitudes_overlap(west: float, east: float) -> Any:
    item_west, item_east = col(RevisionRow.west), col(RevisionRow.east)
    plain = and_(item_west <= item_east, item_west <= east, item_east >= west)
    crossing = and_(item_west > item_east, or_(item_west <= east, item_east >= west))
    return or_(plain, crossing)


def _lies_inside(bbox: Box) -> Any:
    west, south, east, north = bbox
    item_west, item_east = col(RevisionRow.west), col(RevisionRow.east)
    inside = [
        and_(item_west <= item_east, item_west >= half_west, item_east <= half_east)
        for half_west, _, half_east, _ in halves(bbox)
    ]
    if west > east:
        inside.append(and_(item_west > item_east, item_west >= west, item_east <= east))
    latitudes = and_(col(RevisionRow.south) >= south, col(RevisionRow.north) <= north)
    return and_(latitudes, or_(*inside))


@lru_cache(maxsize=GEOMETRIES_KEPT)
def _geometry_in(document: bytes) -> BaseGeometry:
    return shape(orjson.loads(document)["geometry"])
