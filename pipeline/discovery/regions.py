"""The boxes of longitude and latitude that an archive is asked for."""

from __future__ import annotations

import shapely
from shapely import Polygon

from catalog.geometry import ANTIMERIDIAN, BoundingBox, polygon_to_lonlat

SEGMENT_M = 5_000.0  # so that a straight edge of the plane is followed on the globe
# An archive joins corners by lines of longitude and latitude, which leave a scene's edge of 600 km
# by up to 40 km at 80 S.
MARGIN_M = 50_000.0
# A footprint that reaches both the region and the antimeridian is at least this long.
REACH_M = 700_000.0
REACH_DEG = 7.0
MERIDIAN_HALF_WIDTH_DEG = 0.5


def query_boxes(region: Polygon) -> tuple[BoundingBox, ...]:
    """Boxes (EPSG:4326, none over the antimeridian) that together find every footprint over it.

    Where footprints may cross the antimeridian, one more box is asked for: archives that do not
    cut such a footprint hold it as one that runs the other way round the globe, and that one
    misses the region but always crosses the meridian of Greenwich.
    """
    asked = shapely.segmentize(region.buffer(MARGIN_M), SEGMENT_M)
    boxes: list[BoundingBox] = [piece.bounds for piece in polygon_to_lonlat(asked).geoms]
    if region.distance(ANTIMERIDIAN) < REACH_M:
        south, north = min(box[1] for box in boxes), max(box[3] for box in boxes)
        boxes.append(_across_greenwich(south, north))
    return tuple(boxes)


def _across_greenwich(south: float, north: float) -> BoundingBox:
    half = MERIDIAN_HALF_WIDTH_DEG
    return (-half, max(south - REACH_DEG, -90.0), half, min(north + REACH_DEG, 90.0))
