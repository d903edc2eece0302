"""The polygon of a loss: the ice before less the ice after, on the stretch that was lost.

From the lines themselves where both close their region, else from the distances along the paths.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.area import true_area_km2
from catalog.corridor import Corridor
from catalog.ice_polygon import ice_polygon
from catalog.shelf import Unit
from pipeline.calve import Loss, runs_where
from pipeline.sightings import Sighting
from pipeline.tracked_fronts import Curve

SMALLEST_PIECE_KM2 = 0.05  # of a polygon: what is below is where two lines cross and cross again
LIKE_KM2, LIKE_SHARE = 1.0, 0.1  # by which the polygon of lines may differ from that of paths


class Extents:
    """The ice behind each front, made when it is asked for."""

    def __init__(self, series: Sequence[Sighting], unit: Unit) -> None:
        self._series, self._unit = series, unit
        self._known: dict[int, MultiPolygon | None] = {}

    def at(self, row: int) -> MultiPolygon | None:
        if row not in self._known:
            line = self._series[row].front.line
            self._known[row] = ice_polygon(line, self._unit.region, self._unit.reference)
        return self._known[row]


def between_lines(extents: Extents, loss: Loss, corridor: Corridor) -> MultiPolygon | None:
    """What of the ice before is not ice after, on the paths of a loss; None: a line is open."""
    before, after = extents.at(loss.before), extents.at(loss.after)
    if before is None or after is None:
        return None
    zero = np.zeros(loss.last - loss.first + 1)
    strip = between(corridor, loss.paths, zero, corridor.depth_m[loss.paths])
    return _pieces(before.intersection(strip).difference(after))


def between(corridor: Corridor, paths: slice, inner_m: Curve, outer_m: Curve) -> MultiPolygon:
    """The area between two distances along each of the paths, half a path wider on both sides."""
    count = len(corridor.depth_m)
    own = np.arange(paths.start, paths.stop, dtype=np.float64)
    at = np.clip(np.concatenate([[own[0] - 0.5], own, [own[-1] + 0.5]]), 0, count - 1)
    inner, outer = (
        _points(corridor, at, np.concatenate([[m[0]], m, [m[-1]]])) for m in (inner_m, outer_m)
    )
    rings = [
        Polygon(np.vstack([inner[one], outer[one][::-1]]))
        for one in _open_stretches(np.concatenate([[0.0], outer_m - inner_m, [0.0]]))
    ]
    valid = [ring if ring.is_valid else shapely.make_valid(ring) for ring in rings]
    return _pieces(shapely.union_all(valid))


def _open_stretches(depth_m: Curve) -> list[slice]:
    """Where something lies between two sides, with the places next to it, where they meet."""
    return [slice(max(first - 1, 0), last + 2) for first, last in runs_where(depth_m > 0)]


def _points(corridor: Corridor, at: Curve, distance_m: Curve) -> Curve:
    """Points so far along paths that may lie between two of the corridor, shape (n, 2)."""
    index = np.arange(len(corridor.depth_m))
    start, outward = (
        np.column_stack([np.interp(at, index, values[:, axis]) for axis in (0, 1)])
        for values in (corridor.landward, corridor.outward)
    )
    return np.asarray(start + outward * distance_m[:, None])


def _pieces(area: BaseGeometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(area) if isinstance(part, Polygon)]
    large = [part for part in parts if true_area_km2(part) >= SMALLEST_PIECE_KM2]
    return shapely.orient_polygons(MultiPolygon(large))


def are_alike(one: MultiPolygon, other: MultiPolygon) -> bool:
    """Whether two polygons of one loss have about the same area."""
    areas = true_area_km2(one), true_area_km2(other)
    return abs(areas[0] - areas[1]) <= max(LIKE_KM2, LIKE_SHARE * max(areas))
