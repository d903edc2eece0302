"""Area of ice between the reference of a region and a front, true on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.ice_polygon import ice_extent

SEGMENT_M = 5_000.0  # so that straight edges stay straight in the other projection
M2_PER_KM2 = 1e6
FARTHEST_M, NODES = 5_000_000.0, 20_001  # from the pole, beyond 45 S; between nodes: < 1e-9
EQUAL_AREA = "EPSG:6932"  # EASE-Grid 2.0 South, Lambert azimuthal equal-area on WGS 84


@dataclass(frozen=True, slots=True)
class IceArea:
    """`km2`, or None with the `reason`; `bridged_m` is the length that had to be made up."""

    km2: float | None
    reason: str = ""
    bridged_m: float = 0.0


def ice_area_km2(
    line: MultiLineString,
    region: Polygon | MultiPolygon,
    reference: LineString | MultiLineString,
) -> float | None:
    """True area (km2, on the ellipsoid) between `reference` and `line` in `region`.

    All three are in EPSG:3031. None where the line does not separate ice from ocean.
    """
    return measure_ice_area(line, region, reference).km2


def measure_ice_area(
    line: MultiLineString,
    region: Polygon | MultiPolygon,
    reference: LineString | MultiLineString,
) -> IceArea:
    """As `ice_area_km2`, with the reason for None and what was bridged.

    Where the region is two polygons (the two fronts of one shelf), the areas are added.
    """
    found = ice_extent(line, region, reference)
    if found.polygon is None:
        return IceArea(None, found.reason)
    return IceArea(true_area_km2(found.polygon), bridged_m=found.bridged_m)


def true_area_km2(polygon: BaseGeometry) -> float:
    """Area on the ellipsoid of a polygon in EPSG:3031, whose own plane is 3 % off at 66 S."""
    fine = shapely.segmentize(polygon, SEGMENT_M)
    return float(shapely.transform(fine, _to_equal_area).area) / M2_PER_KM2


def _to_equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """By a table of PROJ's own results: a tenth of the time.

    Both projections keep the azimuth from the pole, so that one factor of the distance from it is
    all there is between them.
    """
    squared = np.einsum("ij,ij->i", points, points)
    if squared.max(initial=0.0) > FARTHEST_M**2:
        return np.column_stack(_transformer().transform(points[:, 0], points[:, 1]))
    return np.asarray(points * np.interp(squared, *_factors())[:, None])


@cache
def _factors() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Squared distances from the pole, and what they are multiplied by."""
    squared = np.linspace(0.0, FARTHEST_M**2, NODES)
    distance_m = np.sqrt(squared[1:])
    there_m, _ = _transformer().transform(distance_m, np.zeros(NODES - 1))
    factors = np.asarray(there_m) / distance_m
    return squared, np.concatenate([[2 * factors[0] - factors[1]], factors])


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs("EPSG:3031", EQUAL_AREA, always_xy=True)
