"""Rules that a line drawn by hand must keep before it can be a front.

A person is told every fault at once and in words; what the program can mend (grid, direction,
pieces that touch, vertices that repeat) it mends without asking.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.area import measure_ice_area
from catalog.errors import InputError, UnknownUnit
from catalog.shelf import Unit, find_unit

GRID_M = 10.0
MOST_VERTICES = 20_000
# Beyond the region's sides a line runs on over grounded ice or the neighbouring part; farther out
# than this it was drawn elsewhere.
OVERSHOOT_M = 5_000.0
M_PER_KM = 1_000.0
LINE_KINDS = ("LineString", "LinearRing", "MultiLineString")


class UnusableLine(InputError):
    """A line that cannot be a front; `faults` are all that were found."""

    def __init__(self, faults: tuple[str, ...], *, where: str = "") -> None:
        self.faults = faults
        text = "The line " + "; it ".join(faults) + "."
        super().__init__(text, where=where, remedy="Draw it again.")


def usable_line(drawn: BaseGeometry, unit: Unit | None) -> MultiLineString:
    """`drawn` (EPSG:3031) as a front of `unit`: on the 10 m grid, ice on its left.

    Without a unit of the table (an imported front of a shelf that is gone) region, sides and
    direction are not known and stay as drawn. Idempotent. Raises UnusableLine.
    """
    _refuse(_faults_as_drawn(drawn), unit)
    line = _on_grid(drawn)
    _refuse(_faults_on_grid(line), unit)
    if unit is None:
        return line
    _refuse(_faults_in_region(line, unit), unit)
    return MultiLineString([_ice_on_left(piece, unit) for piece in line.geoms])


def line_of_unit(drawn: BaseGeometry, unit_name: str) -> MultiLineString:
    """`drawn` as a front of the unit of this name, which the table need not have."""
    try:
        unit = find_unit(unit_name)
    except UnknownUnit:  # an imported front of a shelf that is gone
        unit = None
    return usable_line(drawn, unit)


def _refuse(faults: Iterator[str], unit: Unit | None) -> None:
    found = tuple(faults)
    if found:
        raise UnusableLine(found, where=f"front of {unit.name}" if unit else "")


def _faults_as_drawn(drawn: BaseGeometry) -> Iterator[str]:
    if drawn.geom_type not in LINE_KINDS:
        yield f"is a {drawn.geom_type}"
        return
    points = shapely.get_coordinates(drawn)
    if not np.isfinite(points).all():
        yield "has coordinates that are no numbers"
    if len(points) > MOST_VERTICES:
        yield f"has {len(points)} vertices, more than {MOST_VERTICES}"


def _faults_on_grid(line: MultiLineString) -> Iterator[str]:
    if line.is_empty:
        yield f"has no two vertices that differ on the {GRID_M:.0f} m grid"
        return
    if any(piece.is_closed for piece in line.geoms):
        yield "is closed to a ring: a front leads from one side to the other"
    elif not line.is_simple:
        x, y = _crossing(line)
        yield f"crosses or touches itself at x {x:.0f}, y {y:.0f} m"


def _faults_in_region(line: MultiLineString, unit: Unit) -> Iterator[str]:
    outside_m = _farthest_outside_m(line, unit.region)
    if outside_m > OVERSHOOT_M:
        yield f"leaves the region of {unit.name} by {outside_m / M_PER_KM:.1f} km"
    measured = measure_ice_area(line, unit.region, unit.reference)
    if measured.km2 is None:
        yield measured.reason.removeprefix("the line ")


def _on_grid(drawn: BaseGeometry) -> MultiLineString:
    """Vertices at multiples of GRID_M, none twice in a row, pieces that touch joined."""
    pieces = (_snapped(shapely.get_coordinates(part)) for part in _filled(drawn))
    joined = shapely.line_merge(MultiLineString([p for p in pieces if len(p) > 1]))
    return MultiLineString(_filled(joined))


def _filled(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(geometry) if not part.is_empty]


def _snapped(points: NDArray[np.float64]) -> NDArray[np.float64]:
    # Adding nothing makes zeros of negative zeros, which would be other bytes.
    snapped: NDArray[np.float64] = np.round(points / GRID_M) * GRID_M + 0.0
    moves = np.any(np.diff(snapped, axis=0) != 0, axis=1)
    kept: NDArray[np.float64] = snapped[np.concatenate([[True], moves])]
    return kept


def _crossing(line: MultiLineString) -> tuple[float, float]:
    """A place where the line meets itself."""
    pieces = [LineString(pair) for part in line.geoms for pair in _segments(part)]
    tree = shapely.STRtree(pieces)
    first, second = tree.query(pieces, predicate="intersects")
    for one, other in zip(first, second, strict=True):
        if other <= one:
            continue
        shared = pieces[one].intersection(pieces[other])
        is_joint = other == one + 1 and shared.equals(shapely.Point(pieces[other].coords[0]))
        if not is_joint:
            point = shapely.get_coordinates(shared)[0]
            return float(point[0]), float(point[1])
    x, y = line.geoms[0].coords[0]
    return x, y


def _segments(part: LineString) -> NDArray[np.float64]:
    points = shapely.get_coordinates(part)
    return np.stack([points[:-1], points[1:]], axis=1)


def _farthest_outside_m(line: MultiLineString, region: Polygon | MultiPolygon) -> float:
    points = shapely.points(shapely.get_coordinates(line))
    return float(np.max(shapely.distance(region, points)))


def _ice_on_left(piece: LineString, unit: Unit) -> LineString:
    """The reference has the sea on its left, so a front runs the other way."""
    first, last = (_share_along(piece, at, unit) for at in (0, -1))
    return piece if first >= last else LineString(piece.coords[::-1])


def _share_along(piece: LineString, at: int, unit: Unit) -> float:
    """How far an end of `piece` lies along the reference: 0 at its first side, 1 at its last."""
    end = shapely.Point(piece.coords[at])
    region, reference = _around(piece, unit)
    begin, finish = _sides(region, reference)
    before, after = begin.distance(end), finish.distance(end)
    return before / (before + after) if before + after else 0.5


def _around(piece: LineString, unit: Unit) -> tuple[Polygon, LineString]:
    """The polygon of the region that `piece` crosses, with its reference."""
    regions = unit.region.geoms if isinstance(unit.region, MultiPolygon) else [unit.region]
    region = max(regions, key=lambda polygon: piece.intersection(polygon).length)
    if isinstance(unit.reference, LineString):
        return region, unit.reference
    return region, next(ref for ref in unit.reference.geoms if region.exterior.covers(ref))


def _sides(region: Polygon, reference: LineString) -> tuple[LineString, LineString]:
    """The edges of the region at the first and at the last vertex of its reference."""
    ring = list(region.exterior.coords[:-1])
    chain = [tuple(point) for point in reference.coords]
    return _side(ring, chain[0], chain[1]), _side(ring, chain[-1], chain[-2])


def _side(
    ring: list[tuple[float, ...]], end: tuple[float, ...], inner: tuple[float, ...]
) -> LineString:
    """The edge of `ring` at `end` that is not the reference's, which goes on to `inner`."""
    at = ring.index(end)
    neighbours = ring[at - 1], ring[(at + 1) % len(ring)]
    outer = next(point for point in neighbours if point != inner)
    return LineString([end, outer])
