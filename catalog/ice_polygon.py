"""The ice between the reference of a region and a front, as a closed polygon.

The region's boundary has a landward side (the reference), two lateral sides that start at its
ends, and the seaward rest. A front separates ice from ocean when its pieces lead from one lateral
side to the other; the cheapest such way is looked for, and what has to be bridged on it is
limited, so that a line with a hole gives no polygon rather than a wrong one.

Bergs before the front lie in no face at the reference and are left out; closed water behind it
becomes a hole.
"""

from __future__ import annotations

from dataclasses import dataclass

import shapely
import shapely.ops
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.errors import RecordError
from catalog.ice_ring import MOST_BRIDGED_M, MOST_BRIDGED_SHARE, TOUCHES_M, plain_ice
from catalog.ice_way import way_across
from catalog.shelf import reference_of

SMALLEST_CONTACT_M = 10.0
GRID_M = 0.01  # lines are noded on this grid, so that ends that touch are seen to touch


@dataclass(frozen=True, slots=True)
class IceExtent:
    """`polygon` in EPSG:3031, or None with the `reason`; `bridged_m` had to be made up."""

    polygon: MultiPolygon | None
    reason: str = ""
    bridged_m: float = 0.0


def ice_polygon(
    line: MultiLineString,
    region: Polygon | MultiPolygon,
    reference: LineString | MultiLineString,
) -> MultiPolygon | None:
    """The ice between `reference` and `line` in `region`, all in EPSG:3031.

    Exteriors run against the clock, holes with it. None where the line does not separate ice from
    ocean. Its true area is that of `catalog.area.measure_ice_area`.
    """
    return ice_extent(line, region, reference).polygon


def ice_extent(
    line: MultiLineString,
    region: Polygon | MultiPolygon,
    reference: LineString | MultiLineString,
) -> IceExtent:
    """As `ice_polygon`, with the reason for None and what was bridged.

    Where the region is two polygons (the two fronts of one shelf), there is one for each.
    """
    extents = [
        _extent_in(line, polygon, reference_of(polygon, reference)) for polygon in _polygons(region)
    ]
    refused = next((extent for extent in extents if extent.polygon is None), None)
    if refused is not None:
        return refused
    if len(extents) == 1:
        return extents[0]
    return IceExtent(
        _as_multipolygon(shapely.union_all([extent.polygon for extent in extents])),
        bridged_m=sum(extent.bridged_m for extent in extents),
    )


def _extent_in(line: MultiLineString, region: Polygon, reference: LineString) -> IceExtent:
    plain = plain_ice(line, region, reference)
    if plain is None:
        return overlaid_extent(line, region, reference)
    ice = MultiPolygon([shapely.orient_polygons(plain.polygon)])
    return IceExtent(ice, bridged_m=plain.bridged_m)


def overlaid_extent(line: MultiLineString, region: Polygon, reference: LineString) -> IceExtent:
    """As `ice_extent` in one polygon, for lines of any kind: what they make of the region."""
    inside = _lines(line.intersection(region))
    if not inside:
        return IceExtent(None, "the line does not enter the region")
    pieces = _lines(shapely.line_merge(shapely.union_all(inside)))
    way = way_across([p for p in pieces if not p.is_ring], _lateral_sides(region, reference))
    if way is None:
        return IceExtent(None, "the line does not reach from side to side of the region")
    if any(_ends_on(piece, reference) for piece in way.pieces):
        return IceExtent(None, "the line passes behind the reference of the region")
    if way.bridged_m > min(MOST_BRIDGED_M, MOST_BRIDGED_SHARE * way.length_m):
        return IceExtent(None, "the line has too many gaps")
    barriers = [*way.pieces, *way.bridges, *_closed(pieces, region)]
    ice = shapely.union_all(_faces_at(reference, region, barriers))
    if ice.intersection(_open_sea(region, reference)).length > SMALLEST_CONTACT_M:
        return IceExtent(None, "the line leaves the region towards the sea")
    return IceExtent(_as_multipolygon(ice), bridged_m=way.bridged_m)


def _closed(pieces: list[LineString], region: Polygon) -> list[LineString]:
    """Pieces that cut something off by themselves: rings, and those from boundary to boundary."""
    return [p for p in pieces if p.is_ring or _ends_on(p, region.exterior, every=True)]


def _ends_on(piece: LineString, boundary: BaseGeometry, every: bool = False) -> bool:
    near = [boundary.distance(Point(piece.coords[at])) < TOUCHES_M for at in (0, -1)]
    return all(near) if every else any(near)


def _faces_at(reference: LineString, region: Polygon, barriers: list[LineString]) -> list[Polygon]:
    """What the barriers make of the region: the faces that lie at the reference."""
    noded = shapely.union_all([region.exterior, *barriers], grid_size=GRID_M)
    faces = shapely.polygonize(list(shapely.get_parts(noded))).geoms
    strip = reference.buffer(TOUCHES_M)
    return [f for f in faces if f.exterior.intersection(strip).length > SMALLEST_CONTACT_M]


def _lateral_sides(region: Polygon, reference: LineString) -> tuple[LineString, LineString]:
    """The edges of the region at the two ends of its reference."""
    rest = _rest_of_boundary(region, reference)
    return LineString(rest.coords[:2]), LineString(rest.coords[-2:])


def _open_sea(region: Polygon, reference: LineString) -> LineString:
    """The middle of the region's boundary opposite to the reference, where no front belongs."""
    rest = _rest_of_boundary(region, reference)
    seaward = LineString(rest.coords[1:-1])
    return shapely.ops.substring(seaward, 0.25, 0.75, normalized=True)


def _rest_of_boundary(region: Polygon, reference: LineString) -> LineString:
    rest = shapely.line_merge(region.exterior.difference(reference))
    if not isinstance(rest, LineString):
        raise RecordError("The reference is not one stretch of the region's boundary.")
    return rest


def _polygons(region: Polygon | MultiPolygon) -> list[Polygon]:
    return list(region.geoms) if isinstance(region, MultiPolygon) else [region]


def _as_multipolygon(ice: BaseGeometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(ice) if isinstance(part, Polygon)]
    return MultiPolygon([shapely.orient_polygons(part) for part in parts])


def _lines(geometry: BaseGeometry) -> list[LineString]:
    parts = shapely.get_parts(geometry)
    return [part for part in parts if isinstance(part, LineString) and part.length > 0]
