"""A raster of what every pixel is on one day: ice, ocean, unknown, or outside of all regions."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import rasterize

from pipeline.errors import MaskError
from pipeline.grid import Grid
from pipeline.mask_choice import KnownIce, UnitIce

MaskPixels = npt.NDArray[np.uint8]

CRS = "EPSG:3031"
MOST_PIXELS = 200_000_000  # one byte each in memory; latitude and longitude are never held whole


class Surface(IntEnum):
    """What a pixel is; the numbers are those in the files."""

    OCEAN = 0  # between the front and the seaward side of the region; bergs and sea ice included
    ICE = 1  # between the reference line and the front
    UNKNOWN = 2  # in the region of a part that has no front near enough
    OUTSIDE = 3  # in no region: land, other ice or sea; nothing is said


def mask_grid(ices: Sequence[UnitIce], pixel_size_m: float) -> Grid:
    """The grid around all regions, its edges on multiples of the pixel; raises MaskError."""
    if not pixel_size_m > 0:
        raise MaskError(f"A pixel of {pixel_size_m:g} m has no size.", remedy="Try --pixel 100.")
    west, south, east, north = map(float, shapely.total_bounds([ice.unit.region for ice in ices]))
    grid = Grid.around((west, south, east, north), CRS, pixel_size_m)
    pixels = grid.width * grid.height
    if pixels > MOST_PIXELS:
        raise MaskError(
            f"A mask of {grid.width} x {grid.height} pixels is too large.",
            remedy=f"Choose a larger --pixel, or one part. The limit is {MOST_PIXELS:,} pixels.",
        )
    return grid


def draw_mask(ices: Sequence[UnitIce], grid: Grid) -> MaskPixels:
    """What lies under each pixel's centre, shape (height, width), values of Surface."""
    regions = [(ice.unit.region, _ground_colour(ice)) for ice in ices]
    polygons = [(ice.ice, int(Surface.ICE)) for ice in ices if isinstance(ice, KnownIce)]
    drawn: MaskPixels = rasterize(
        [*regions, *polygons],
        out_shape=(grid.height, grid.width),
        transform=grid.transform,
        fill=int(Surface.OUTSIDE),
        dtype="uint8",
    )
    return drawn


def _ground_colour(ice: UnitIce) -> int:
    return int(Surface.OCEAN if isinstance(ice, KnownIce) else Surface.UNKNOWN)
