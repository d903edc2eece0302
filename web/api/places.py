"""Places as clients write them: boxes and GeoJSON geometries in longitude and latitude."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from shapely.geometry.base import BaseGeometry

from catalog.filtering.places import usable_geometry
from web.api.errors import BadParameter

Box = tuple[float, float, float, float]
OVER_180 = "A box over the antimeridian has its west in the east: 170,-80,-170,-70."


def bbox_from(numbers: Sequence[float]) -> Box:
    """West, south, east, north of a box with four numbers, or six with heights."""
    if len(numbers) == 6:
        west, south, low, east, north, high = numbers
        if not low <= high:
            raise _bad_box("its heights are the wrong way round")
    elif len(numbers) == 4:
        west, south, east, north = numbers
    else:
        raise _bad_box(f"it has {len(numbers)} numbers")
    if not all(math.isfinite(number) for number in numbers):
        raise _bad_box("not every number is finite")
    if not all(-180 <= longitude <= 180 for longitude in (west, east)):
        raise _bad_box("longitudes lie between -180 and 180", OVER_180)
    if not -90 <= south <= north <= 90:
        raise _bad_box("its south lies north of its north, or beyond a pole")
    return west, south, east, north


def geometry_from(document: Any) -> BaseGeometry:
    """The geometry in a GeoJSON object (RFC 7946); raises BadParameter."""
    try:
        return usable_geometry(document)
    except ValueError as error:
        raise _bad_geometry(str(error)) from error


def _bad_box(fault: str, remedy: str = "") -> BadParameter:
    usage = remedy or "Write west,south,east,north in degrees."
    return BadParameter(f"This is no box: {fault}.", where="bbox", remedy=usage)


def _bad_geometry(fault: str) -> BadParameter:
    return BadParameter(
        f"This is no usable GeoJSON geometry: {fault}.",
        where="intersects",
        remedy="Cut it at the antimeridian (RFC 7946, section 3.1.9).",
    )
