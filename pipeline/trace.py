"""Trace: ice probabilities become a front line, and the ice behind it.

Line, polygon, area and mask come from one source: the polygon is made of the line, the area is the
polygon's, and a mask is what the polygon covers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from catalog.area import true_area_km2
from catalog.ice_polygon import ice_extent
from pipeline.connectivity import Mask, smoothed_bodies
from pipeline.contour import Field, Sureness, clip, contour, generalise, judge
from pipeline.grid import Grid
from pipeline.high_ground import GROUNDED_FROM_M, with_high_ground
from pipeline.shelf_picture import agreeing, believed, pixels_of, shelf_of, what_is_missing

HeightsOver = Callable[[Grid], Field | None]

REACH_PX = 3.0  # how far beyond the border of the region a contour runs, so that it cuts it


@dataclass(frozen=True, slots=True)
class TraceRules:
    """How a front is told from everything else.

    `unsure_px`: pixels beside missing data that are not believed. `least_body_km2`: smaller
    bodies of water (and, without a region, of ice) do not count. `shortest_piece_m`: shorter
    pieces of line are dropped. `least_known_share` of a region has to be seen for an area, and
    gaps in the line may add up to `longest_bridge_m`. Below `least_seen_share`, a scene is a gap
    for the part. Ground from `grounded_from_m` above the sea is no shelf that could have calved.
    `position_scale` is the model's, for the stated uncertainty.
    """

    unsure_px: int
    least_body_km2: float
    shortest_piece_m: float
    least_known_share: float
    least_seen_share: float
    longest_bridge_m: float
    grounded_from_m: float = GROUNDED_FROM_M
    position_scale: float = 1.0


@dataclass(frozen=True, slots=True)
class TracedFront:
    """A front line in EPSG:3031 on the 10 m grid, ice on its left.

    `ice` lies between the reference line and the front within the region (by catalog.ice_polygon,
    as for imported fronts); None where the line does not lead from side to side. `known_share` of
    the region was seen. Where the sides of the region were seen, the line ends on them.
    """

    line: MultiLineString
    sureness: Sureness
    ice: MultiPolygon | None
    known_share: float

    @property
    def is_complete(self) -> bool:
        return self.ice is not None

    @property
    def area_km2(self) -> float | None:
        """True area of the ice, on the ellipsoid."""
        return None if self.ice is None else round(true_area_km2(self.ice), 3)

    def mask(self, grid: Grid) -> Mask | None:
        """The pixels whose centre is ice, shape (height, width)."""
        return None if self.ice is None else grid.covered_by(self.ice)


@dataclass(frozen=True, slots=True)
class TracedLine:
    """A boundary between ice and water where there is no shelf to say what is a front."""

    line: MultiLineString
    sureness: Sureness


@dataclass(frozen=True, slots=True)
class NoFront:
    """Why there is no line. `is_gap` where the scene did not show the part at all."""

    reason: str
    is_gap: bool


def trace_front(
    ice: Field,
    grid: Grid,
    region: Polygon,
    reference: LineString,
    rules: TraceRules,
    heights_over: HeightsOver = lambda _: None,
) -> TracedFront | NoFront:
    """The front of one part in a scene.

    `ice` is the probability of ice, shape (height, width), NaN for no data; `region` and
    `reference` as in catalog.shelf.Part, in the system of the grid. `heights_over` gives metres
    over the sea on a grid, or None; high ground that the picture doubts is ice.
    """
    reach = REACH_PX * grid.pixel_size_m
    window = grid.window(region.buffer(2 * reach).bounds)
    ice, grid = ice[window], grid.cut(*window)
    if not ice.size:
        return NoFront("outside_scene", is_gap=True)
    inside = grid.covered_by(region)
    known = believed(ice, rules.unsure_px)
    known_share = _share_known(known & inside, region, grid)
    if known_share < rules.least_seen_share:
        return NoFront("region_not_seen", is_gap=True)
    within = known & grid.covered_by(region.buffer(reach))
    is_ice = _ice_by_both(ice, heights_over(grid), grid, rules)
    shelf = shelf_of(is_ice, within, region, reference, grid, rules.least_body_km2)
    missing = what_is_missing(shelf, within)
    if missing:
        return NoFront(missing, is_gap=False)
    field = agreeing(ice, shelf, within)
    drawn = generalise(_open_parts(contour(field, grid)), rules.shortest_piece_m)
    line = generalise(clip(drawn, region), 2 * grid.pixel_size_m)
    if line.is_empty:
        return NoFront("no_line", is_gap=False)
    behind = _ice_behind(line, region, reference, rules) if _is_known(known_share, rules) else None
    sureness = judge(line, ice, grid, rules.position_scale)
    return TracedFront(line, sureness, behind, round(known_share, 4))


def trace_lines(ice: Field, grid: Grid, rules: TraceRules) -> TracedLine | NoFront:
    """The longest boundaries between ice and water: at least a fifth as long as the longest."""
    known = believed(ice, rules.unsure_px)
    bodies = smoothed_bodies(ice > 0.5, known, pixels_of(rules.least_body_km2, grid))
    missing = what_is_missing(bodies, known)
    if missing:
        return NoFront(missing, is_gap=False)
    field = agreeing(ice, bodies, known)
    lines = sorted(contour(field, grid).geoms, key=lambda part: -part.length)
    long = [part for part in lines if part.length >= lines[0].length / 5]
    line = generalise(MultiLineString(long), rules.shortest_piece_m)
    if line.is_empty:
        return NoFront("no_line", is_gap=False)
    return TracedLine(line, judge(line, ice, grid, rules.position_scale))


def _ice_by_both(ice: Field, heights: Field | None, grid: Grid, rules: TraceRules) -> Mask:
    """Ice by the picture, and by its height where that is known."""
    if heights is None:
        return np.asarray(ice > 0.5)
    return with_high_ground(ice, heights, grid, rules.grounded_from_m)


def _open_parts(line: MultiLineString) -> MultiLineString:
    # Shelf and sea both reach the border, so a ring is only water that passes a pixel's corner.
    return MultiLineString([part for part in line.geoms if not part.is_closed])


def _share_known(known: Mask, region: Polygon, grid: Grid) -> float:
    # Against the region itself: the scene's grid may hold only a part of it.
    return min(1.0, float(known.sum()) * grid.pixel_size_m**2 / float(region.area))


def _ice_behind(
    line: MultiLineString, region: Polygon, reference: LineString, rules: TraceRules
) -> MultiPolygon | None:
    found = ice_extent(line, region, reference)
    return None if found.bridged_m > rules.longest_bridge_m else found.polygon


def _is_known(known_share: float, rules: TraceRules) -> bool:
    return known_share >= rules.least_known_share
