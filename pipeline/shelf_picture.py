"""A picture in which the shelf is one piece: what is believed, what is shelf, and what agrees.

A front is the contour of probabilities that were turned over wherever bergs, ponds or gaps said
otherwise, so the contour is that of the shelf alone.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy import ndimage
from shapely import LineString, Polygon

from pipeline.connectivity import Mask, shelf_mask
from pipeline.contour import Field
from pipeline.grid import Grid

JUST_OVER_HALF = np.float32(0.502)
SEED_WIDTH_PX = 2.0
SEAWARD_SHARE = 0.5  # of the greatest distance of the border from the reference line
M2_PER_KM2 = 1e6


def believed(ice: Field, unsure_px: int) -> Mask:
    """Pixels that are known and lie farther than `unsure_px` from missing ones."""
    missing = np.isnan(ice)
    if unsure_px == 0 or not missing.any():
        return ~missing
    near: Mask = ndimage.binary_dilation(missing, iterations=unsure_px)
    return ~near


def shelf_of(
    is_ice: Mask,
    within: Mask,
    region: Polygon,
    reference: LineString,
    grid: Grid,
    least_body_km2: float,
) -> Mask:
    """The shelf among the pixels `within`; see pipeline.connectivity."""
    seed_m = SEED_WIDTH_PX * grid.pixel_size_m
    landward = grid.covered_by(reference.buffer(seed_m))
    seaward = grid.covered_by(seaward_side(region, reference).buffer(seed_m))
    return shelf_mask(is_ice, within, landward, seaward, pixels_of(least_body_km2, grid))


def seaward_side(region: Polygon, reference: LineString) -> shapely.Geometry:
    """The part of a region's border that lies towards the open sea, away from the reference."""
    corners = shapely.points(region.exterior.coords)
    farthest = float(shapely.distance(corners, reference).max())
    return region.exterior.difference(reference.buffer(SEAWARD_SHARE * farthest))


def agreeing(ice: Field, shelf: Mask, within: Mask) -> Field:
    """The probabilities, turned over where `shelf` says otherwise, NaN where not `within`."""
    overruled = (ice > 0.5) != shelf
    turned = np.where(shelf, np.maximum(1 - ice, JUST_OVER_HALF), 1 - ice)
    return np.where(within, np.where(overruled, turned, ice), np.float32(np.nan))


def what_is_missing(shelf: Mask, within: Mask) -> str:
    """Why no line can be drawn, empty where one can."""
    if not shelf.any():
        return "no_ice_at_the_reference_line"
    return "no_open_sea" if (shelf == within).all() else ""


def pixels_of(area_km2: float, grid: Grid) -> int:
    """How many pixels make up an area, one at least."""
    return max(1, round(area_km2 * M2_PER_KM2 / grid.pixel_size_m**2))
