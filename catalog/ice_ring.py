"""The ice behind a front that is one plain line from side to side of its region.

Most fronts are. Their ice is one ring: along the line, down one side, back along the reference
and up the other side; building it takes a tenth of the time of the overlay that decides every
other case (catalog.ice_polygon). Wherever anything is not plain, the answer here is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiLineString, Polygon

Points = npt.NDArray[np.float64]  # shape (n, 2), EPSG:3031, metres
Geometries = npt.NDArray[np.object_]

LONGEST_TAIL_M = 15_000.0  # from the last vertex to the side of the region, over grounded ice
MOST_BRIDGED_M = 20_000.0
MOST_BRIDGED_SHARE = 0.1  # of the whole way from side to side
TOUCHES_M = 1.0
ROUNDING_M = 0.01  # by which what lies on the border of a region may lie beside it
REGIONS_AT_HAND = 128


@dataclass(frozen=True, slots=True)
class PlainIce:
    """`polygon` in EPSG:3031; `bridged_m` is the way from the line's ends to the sides."""

    polygon: Polygon
    bridged_m: float


def plain_ice(line: MultiLineString, region: Polygon, reference: LineString) -> PlainIce | None:
    """The ice between `reference` and a `line` of one piece; None where it is not that plain.

    The line keeps off the reference and the seaward side, neither crosses nor touches itself on
    its way, and ends no more than LONGEST_TAIL_M from the two sides (MOST_BRIDGED_... in all).
    """
    if len(line.geoms) != 1:
        return None
    inside = shapely.intersection(line.geoms[0], region)
    if not isinstance(inside, LineString) or inside.is_empty:
        return None
    border = _border_of(region, reference)
    if shapely.dwithin(inside, border.kept_off, TOUCHES_M).any():
        return None
    course = border.directed(shapely.get_coordinates(inside))
    tails = border.tails_of(course)
    lengths_m = shapely.length(tails)
    bridged_m = float(lengths_m.sum())
    most_m = min(MOST_BRIDGED_M, MOST_BRIDGED_SHARE * (bridged_m + inside.length))
    if lengths_m.max() > LONGEST_TAIL_M or bridged_m > most_m:
        return None
    if not shapely.covers(border.roomy, tails).all():
        return None
    begin, end = (shapely.get_coordinates(tail)[1:] for tail in tails)
    ring = Polygon(np.concatenate([border.reference, end, course[::-1], begin]))
    return PlainIce(ring, bridged_m) if ring.is_valid else None


@dataclass(frozen=True, slots=True, eq=False)
class _Border:
    """The border of a region: `reference` runs from the first of `sides` to the second.

    A plain line keeps off `kept_off`, the reference and the seaward side; `roomy` is the region
    with what lies within rounding of it.
    """

    reference: Points
    sides: Geometries
    kept_off: Geometries
    roomy: Polygon

    def directed(self, course: Points) -> Points:
        """The course so that it leads from the first side to the second."""
        ends = shapely.points(course[[0, -1]])
        here = shapely.distance(ends, self.sides).sum()
        return course if here <= shapely.distance(ends[::-1], self.sides).sum() else course[::-1]

    def tails_of(self, course: Points) -> Geometries:
        """The shortest ways from its first vertex to the first side, from its last to the second.

        A tail of no length stands for an end that lies on its side.
        """
        return np.asarray(shapely.shortest_line(shapely.points(course[[0, -1]]), self.sides))


@lru_cache(maxsize=REGIONS_AT_HAND)
def _border_of(region: Polygon, reference: LineString) -> _Border:
    landward = shapely.get_coordinates(reference)
    rest = shapely.get_coordinates(shapely.line_merge(region.exterior.difference(reference)))
    if (rest[0] != landward[0]).any():
        rest = rest[::-1]
    sides = np.array([LineString(rest[:2]), LineString(rest[-2:])], dtype=object)
    kept_off = np.array([reference, LineString(rest[1:-1])], dtype=object)
    roomy = region.buffer(ROUNDING_M)
    shapely.prepare(roomy)
    return _Border(landward, sides, kept_off, roomy)
