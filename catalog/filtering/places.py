"""Places in filters: read from GeoJSON and boxes, and held against each other exactly.

All is planar in longitude and latitude, and geometries are cut at the antimeridian (RFC 7946,
section 3.1.9), as those of the items are. A box whose west lies east of its east crosses it and
becomes two.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from catalog.filtering.errors import BadFilter
from catalog.filtering.expression import SpatialRelation

GEOMETRY_TYPES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip
GEOMETRIES_KEPT = 64  # by each thread, of which a server has some forty
Box = tuple[float, float, float, float]

RELATIONS: dict[SpatialRelation, Callable[[BaseGeometry, BaseGeometry], bool]] = {
    SpatialRelation.INTERSECTS: shapely.intersects,
    SpatialRelation.EQUALS: shapely.equals,
    SpatialRelation.DISJOINT: shapely.disjoint,
    SpatialRelation.TOUCHES: shapely.touches,
    SpatialRelation.WITHIN: shapely.within,
    SpatialRelation.OVERLAPS: shapely.overlaps,
    SpatialRelation.CROSSES: shapely.crosses,
    SpatialRelation.CONTAINS: shapely.contains,
}


def geometry_from(document: Any) -> BaseGeometry:
    """The geometry of a GeoJSON object; raises BadFilter."""
    try:
        return usable_geometry(document)
    except ValueError as error:
        raise _unusable(str(error)) from error


def usable_geometry(document: Any) -> BaseGeometry:
    """The same; raises ValueError with the fault."""
    if not isinstance(document, dict) or document.get("type") not in GEOMETRY_TYPES:
        raise ValueError("its type is none of " + ", ".join(GEOMETRY_TYPES))
    try:
        geometry = shapely.force_2d(shapely.from_geojson(orjson.dumps(document)))
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise ValueError(str(error)) from error
    if geometry.is_empty:
        raise ValueError("it is empty")
    west, south, east, north = geometry.bounds
    # Written so that NaN fails, too.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("it leaves the longitudes and latitudes of the globe")
    if not geometry.is_valid:
        raise ValueError(explain_validity(geometry))
    return geometry


def box_from(numbers: Any) -> BaseGeometry:
    """The area of a BBOX with four numbers, or six with heights; raises BadFilter."""
    if not (isinstance(numbers, list) and len(numbers) in (4, 6) and all(map(_is_finite, numbers))):
        raise _unusable("a box has four numbers, or six with heights")
    half = len(numbers) // 2
    west, south, east, north = *numbers[:2], *numbers[half : half + 2]
    if not (min(west, east) >= -180 and max(west, east) <= 180 and -90 <= south <= north <= 90):
        raise _unusable("the box leaves the globe, or its south lies north of its north")
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    parts = [_part_of_box(w, south, e, north) for w, e in spans]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def boxes_of(geometry: BaseGeometry) -> tuple[Box, ...]:
    """The bounds of the parts: what is cut at the antimeridian is not as wide as the globe."""
    return tuple(dict.fromkeys(part.bounds for part in shapely.get_parts(geometry)))


def relate(relation: str, left: str | bytes, right: str | bytes) -> bool | None:
    """Whether the relation holds; a place is WKB, or the document of an item.

    None where GEOS cannot tell, so that one broken geometry does not spoil a whole search.
    """
    try:
        one, other = _MINE.place(left), _MINE.place(right)
        return bool(RELATIONS[SpatialRelation(relation)](one, other))
    except shapely.errors.GEOSException:
        return None


class _Places(threading.local):
    """The places of one thread.

    GEOS builds the index of a prepared geometry when it is first asked, and takes no lock for it,
    while shapely has let go of the GIL: two threads on one such geometry crash the process.
    """

    def __init__(self) -> None:
        self.place = lru_cache(maxsize=GEOMETRIES_KEPT)(_place)


def _place(place: str | bytes) -> BaseGeometry:
    if isinstance(place, str):
        return shape(orjson.loads(place)["geometry"])
    geometry = shapely.from_wkb(place)
    shapely.prepare(geometry)
    return geometry


_MINE = _Places()


def _part_of_box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    if west == east and south == north:
        return shapely.Point(west, south)
    return shapely.LineString([(west, south), (east, north)])


def _is_finite(number: Any) -> bool:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return is_number and abs(number) < math.inf


def _unusable(fault: str) -> BadFilter:
    return BadFilter(
        f"This is no usable geometry: {fault}.",
        remedy="Cut it at the antimeridian (RFC 7946, section 3.1.9), or write a box whose west "
        "lies in the east: BBOX(170, -80, -170, -70).",
    )
