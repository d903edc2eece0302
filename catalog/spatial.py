"""Where things lie on the globe: a rough test in SQL, the exact one on the geometry.

A box whose west lies east of its east crosses the antimeridian (RFC 7946, section 5.2); it is
two boxes, one on each side, for searches as for items.
"""

from __future__ import annotations

from typing import Any

from shapely import box, union_all
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import and_, or_
from sqlmodel import col

from catalog.items.envelope import Item
from catalog.query import Search
from catalog.tables import RevisionRow

Box = tuple[float, float, float, float]


def bbox_condition(bbox: Box) -> Any:
    """SQL: the item's box and `bbox` have something in common (never misses a match)."""
    _, south, _, north = bbox
    return and_(
        col(RevisionRow.south) <= north,
        col(RevisionRow.north) >= south,
        or_(*(_longitude_condition(w, e) for w, _, e, _ in halves(bbox))),
    )


def _longitude_condition(west: float, east: float) -> Any:
    item_west, item_east = col(RevisionRow.west), col(RevisionRow.east)
    plain = and_(item_west <= item_east, item_west <= east, item_east >= west)
    crossing = and_(item_west > item_east, or_(item_west <= east, item_east >= west))
    return or_(plain, crossing)


def halves(bbox: Box) -> tuple[Box, ...]:
    """The box, or its two halves where it crosses the antimeridian."""
    west, south, east, north = bbox
    if west <= east:
        return (bbox,)
    return ((west, south, 180.0, north), (-180.0, south, east, north))


def bbox_geometry(bbox: Box) -> BaseGeometry:
    """The box as a polygon in EPSG:4326, in two parts over the antimeridian."""
    return union_all([box(*half) for half in halves(bbox)])


def matches_exactly(search: Search, item: Item) -> bool:
    """Whether the item's own geometry meets `bbox` and `intersects`."""
    tests = [search.intersects] if search.intersects is not None else []
    tests += [bbox_geometry(search.bbox)] if search.bbox is not None else []
    if not tests:
        return True
    geometry = shape(item["geometry"])
    return all(geometry.intersects(test) for test in tests)
