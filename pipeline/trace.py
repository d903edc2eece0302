"""Trace: ice probabilities become a front line, and the ice behind it.

Line, polygon, area and mask come from one source: the polygon is made of the line, the area is the
polygon's, and a mask is what the polygon covers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from catalog.area import true_area_km2
from catalog.ice_polygon import ice_extent
from pipeline.connectivity import Mask, shelf_mask, smoothed_bodies
from pipeline.contour import Field, Sureness, clip, contour, generalise, judge
from pipeline.grid import Grid
from pipeline.high_ground import with_high_ground

HeightsOver = Callable[[Grid], Field | None]

JUST_OVER_HALF = np.float32(0.502)
REACH_PX = 3.0  # how far beyond the border of the region a contour runs, so that it cuts it
SEED_WIDTH_PX = 2.0
SEAWARD_SHARE = 0.5  # of the greatest distance of the border from the reference line
M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class TraceRules:
    """How a front is told from everything else.

    `unsure_px`: pixels beside missing data that are not believed. `least_body_km2`: smaller
    bodies of water (and, without a region, of ice) do not count. `shortest_piece_m`: shorter
    pieces of line are dropped. `least_known_share` of a region has to be seen for an area, and
    gaps in the line may add up to `longest_bridge_m`. Below `least_seen_share`, a scene is a gap
    for the part. `position_scale` is the model's, for the stated uncertainty.
    """

    unsure_px: int
    least_body_km2: float
    shortest_piece_m: float
    least_known_share: float
    least_seen_share: float
    longest_bridge_m: float
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
    known = ~np.isnan(ice) & _away_from_nodata(ice, rules.unsure_px)
    known_share = _share_known(known & inside, region, grid)
    if known_share < rules.least_seen_share:
        return NoFront("region_not_seen", is_gap=True)
    within = known & grid.covered_by(region.buffer(reach))
    heights = heights_over(grid)
    is_ice = ice > 0.5 if heights is None else with_high_ground(ice, heights, grid)
    shelf = _shelf(is_ice, within, region, reference, grid, rules)
    missing = _what_is_missing(shelf, within)
    if missing:
        return NoFront(missing, is_gap=False)
    field = np.where(within, _agreeing(ice, shelf), np.float32(np.nan))
    drawn = generalise(_open_parts(contour(field, grid)), rules.shortest_piece_m)
    line = generalise(clip(drawn, region), 2 * grid.pixel_size_m)
    if line.is_empty:
        return NoFront("no_line", is_gap=False)
    behind = _ice_behind(line, region, reference, rules) if _is_known(known_share, rules) else None
    sureness = judge(line, ice, grid, rules.position_scale)
    return TracedFront(line, sureness, behind, round(known_share, 4))


def trace_lines(ice: Field, grid: Grid, rules: TraceRules) -> TracedLine | NoFront:
    """The longest boundaries between ice and water: at least a fifth as long as the longest."""
    known = ~np.isnan(ice) & _away_from_nodata(ice, rules.unsure_px)
    bodies = smoothed_bodies(ice > 0.5, known, _pixels(rules.least_body_km2, grid))
    missing = _what_is_missing(bodies, known)
    if missing:
        return NoFront(missing, is_gap=False)
    field = np.where(known, _agreeing(ice, bodies), np.float32(np.nan))
    lines = sorted(contour(field, grid).geoms, key=lambda part: -part.length)
    long = [part for part in lines if part.length >= lines[0].length / 5]
    line = generalise(MultiLineString(long), rules.shortest_piece_m)
    if line.is_empty:
        return NoFront("no_line", is_gap=False)
    return TracedLine(line, judge(line, ice, grid, rules.position_scale))


def seaward_side(region: Polygon, reference: LineString) -> shapely.Geometry:
    """The part of a region's border that lies towards the open sea, away from the reference."""
    corners = shapely.points(region.exterior.coords)
    farthest = float(shapely.distance(corners, reference).max())
    return region.exterior.difference(reference.buffer(SEAWARD_SHARE * farthest))


def _shelf(
    is_ice: Mask,
    within: Mask,
    region: Polygon,
    reference: LineString,
    grid: Grid,
    rules: TraceRules,
) -> Mask:
    seed_m = SEED_WIDTH_PX * grid.pixel_size_m
    landward = grid.covered_by(reference.buffer(seed_m))
    seaward = grid.covered_by(seaward_side(region, reference).buffer(seed_m))
    least_px = _pixels(rules.least_body_km2, grid)
    return shelf_mask(is_ice, within, landward, seaward, least_px)


def _open_parts(line: MultiLineString) -> MultiLineString:
    # Shelf and sea both reach the border, so a ring is only water that passes a pixel's corner.
    return MultiLineString([part for part in line.geoms if not part.is_closed])


def _agreeing(ice: Field, shelf: Mask) -> Field:
    """The probabilities, turned over where the connected picture says otherwise."""
    overruled = (ice > 0.5) != shelf
    turned = np.where(shelf, np.maximum(1 - ice, JUST_OVER_HALF), 1 - ice)
    return np.where(overruled, turned, ice)


def _what_is_missing(shelf: Mask, within: Mask) -> str:
    if not shelf.any():
        return "no_ice_at_the_reference_line"
    return "no_open_sea" if (shelf == within).all() else ""


def _away_from_nodata(ice: Field, distance_px: int) -> npt.NDArray[np.bool_]:
    missing = np.isnan(ice)
    if distance_px == 0 or not missing.any():
        return np.ones_like(missing)
    grown: Mask = ndimage.binary_dilation(missing, iterations=distance_px)
    return ~grown


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


def _pixels(area_km2: float, grid: Grid) -> int:
    return max(1, round(area_km2 * M2_PER_KM2 / grid.pixel_size_m**2))
