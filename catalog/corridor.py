"""Fronts as distances along fixed paths, from the reference line of a unit to the open sea.

Ice flows to sea on paths that hardly change; the paths here run straight from each point of the
reference to the point of the region's seaward side at the same share of its length. A front is
then one distance along each path: two fronts can be subtracted, and several averaged, along the
flow and not vertex by vertex. (The idea is that of boxes and flow lines in glaciology, e.g.
Lea et al. 2014, doi:10.3189/2014JoG13J061, with one path for each sample of the front.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from catalog.crossings import crossings_of
from catalog.shelf import Unit, reference_of

Points = npt.NDArray[np.float64]  # shape (n, 2), EPSG:3031, metres
Curve = npt.NDArray[np.float64]  # one number for each path
Indices = npt.NDArray[np.int64]

PATH_SPACING_M = 250.0
FEWEST_PATHS = 64
MIDWAY_SHARE = 0.42  # of the way to sea, where paths are PATH_SPACING_M apart
LARGEST_BLOCK = 50_000_000  # pairs of vertex and path whose crossings are in memory at once


@dataclass(frozen=True, slots=True)
class Corridor:
    """The paths of a unit: where they start, and their direction and length.

    `landward` and `outward` (unit vectors) have shape (n, 2); `depth_m` and `along_m`, the
    distance along the front from its first end, have shape (n,). Paths run in the order of the
    reference, whose sea is on its left.
    """

    landward: Points
    outward: Points
    depth_m: Curve
    along_m: Curve

    def points_at(self, distance_m: Curve) -> Points:
        """The points that lie so far along each path, shape (n, 2)."""
        return np.asarray(self.landward + self.outward * distance_m[:, None])

    @property
    def seaward_direction(self) -> Points:
        """Unit vector, shape (2,): where the ice flows on the whole."""
        mean = self.outward.mean(axis=0)
        return np.asarray(mean / np.hypot(*mean))

    @property
    def width_m(self) -> Curve:
        """The width that each path stands for, in metres, at MIDWAY_SHARE of the way."""
        return np.gradient(self.along_m)


def corridor_of(
    region: Polygon, reference: LineString, spacing_m: float = PATH_SPACING_M
) -> Corridor:
    """The paths across a region, about `spacing_m` apart, FEWEST_PATHS at least."""
    seaward = _seaward_chain(region, reference)
    width_m = (1 - MIDWAY_SHARE) * reference.length + MIDWAY_SHARE * seaward.length
    share = np.linspace(0.0, 1.0, max(FEWEST_PATHS, round(width_m / spacing_m)))
    start, end = _along(reference, share), _along(seaward, share)
    depth = np.hypot(*(end - start).T)
    middle = start + MIDWAY_SHARE * (end - start)
    steps = np.hypot(*np.diff(middle, axis=0).T)
    return Corridor(
        start, (end - start) / depth[:, None], depth, np.concatenate([[0.0], np.cumsum(steps)])
    )


def corridors_of(unit: Unit, spacing_m: float = PATH_SPACING_M) -> tuple[Corridor, ...]:
    """One corridor for each polygon of the unit's region: two for the two fronts of one shelf."""
    return _corridors_of(unit.name, spacing_m)


def front_distances(lines: Sequence[MultiLineString], corridor: Corridor) -> Curve:
    """How far along each path each line lies, metres, shape (lines, paths).

    NaN where a line does not cross a path. Where it crosses more than once (a rift, a bight, an
    overhang), the crossing farthest out counts: there the ice ends.
    """
    distances = np.full((len(lines), len(corridor.depth_m)), -np.inf)
    for block in _blocks(lines, len(corridor.depth_m)):
        vertices, piece = shapely.get_coordinates(lines[block], return_index=True)
        _put_crossings(distances[block], vertices, piece, lines[block], corridor)
    return np.where(np.isneginf(distances), np.nan, distances)


def _put_crossings(
    distances: Curve,
    vertices: Points,
    owner: Indices,
    lines: Sequence[MultiLineString],
    corridor: Corridor,
) -> None:
    """Write the farthest crossing of each line into its row of `distances`."""
    found = crossings_of(vertices, _is_joined(owner, lines), corridor)
    # Beyond its ends a path is somebody else's ice.
    on_path = (found.travelled_m >= 0) & (found.travelled_m <= corridor.depth_m[found.path])
    cell = owner[found.vertex[on_path]] * distances.shape[1] + found.path[on_path]
    np.maximum.at(distances.reshape(-1), cell, found.travelled_m[on_path])


def _is_joined(owner: Indices, lines: Sequence[MultiLineString]) -> npt.NDArray[np.bool_]:
    """For each pair of following vertices, whether a line connects them."""
    parts = shapely.get_parts(np.asarray(lines, dtype=object))
    ends = np.cumsum(shapely.get_num_coordinates(parts)) - 1
    joined = np.ones(len(owner), dtype=np.bool_)
    joined[ends] = False
    return joined[:-1]


def _blocks(lines: Sequence[MultiLineString], paths: int) -> Iterator[slice]:
    """Slices of `lines` whose vertices times paths fit in LARGEST_BLOCK (one line at least)."""
    sizes = shapely.get_num_coordinates(np.asarray(lines, dtype=object)) * paths
    begin, filled = 0, 0
    for at, size in enumerate(sizes):
        if filled and filled + size > LARGEST_BLOCK:
            yield slice(begin, at)
            begin, filled = at, 0
        filled += int(size)
    if begin < len(lines):
        yield slice(begin, len(lines))


@cache
def _corridors_of(name: str, spacing_m: float) -> tuple[Corridor, ...]:
    # By name: units are found in the table again and again, and polygons hash slowly.
    from catalog.vanished_shelves import find_charted_unit

    unit = find_charted_unit(name)
    regions = unit.region.geoms if isinstance(unit.region, MultiPolygon) else [unit.region]
    return tuple(
        corridor_of(region, reference_of(region, unit.reference), spacing_m) for region in regions
    )


def _seaward_chain(region: Polygon, reference: LineString) -> LineString:
    """The region's border without the reference line and the two sides, parallel to it."""
    ring = list(region.exterior.coords[:-1])
    landward = list(reference.coords)
    start = ring.index(landward[0])
    turned = ring[start:] + ring[:start]
    if turned[1] != landward[1]:
        turned = [turned[0], *turned[:0:-1]]
    return LineString(turned[len(landward) :][::-1])


def _along(chain: LineString, share: Curve) -> Points:
    points = shapely.line_interpolate_point(chain, share, normalized=True)
    return np.asarray(shapely.get_coordinates(points))
