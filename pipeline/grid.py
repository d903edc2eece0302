"""The raster grid of a prepared scene: square pixels on a lattice that all scenes share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import geometry_mask
from rasterio.transform import Affine

Bounds = tuple[float, float, float, float]  # west, south, east, north in metres


@dataclass(frozen=True, slots=True)
class Grid:
    """A north-up raster in a projected system in metres.

    `west` and `north` are the outer edges of the first pixel, whole multiples of `pixel_size_m`,
    so that rasters of different scenes lie pixel on pixel.
    """

    crs: str
    west: float
    north: float
    pixel_size_m: float
    width: int
    height: int

    @classmethod
    def around(cls, bounds: Bounds, crs: str, pixel_size_m: float) -> Grid:
        """The smallest grid of the shared lattice that covers `bounds`."""
        west, south, east, north = (edge / pixel_size_m for edge in bounds)
        first_column, first_row = math.floor(west), math.ceil(north)
        return cls(
            crs,
            first_column * pixel_size_m,
            first_row * pixel_size_m,
            pixel_size_m,
            math.ceil(east) - first_column,
            first_row - math.floor(south),
        )

    @property
    def bounds(self) -> Bounds:
        return (
            self.west,
            self.north - self.height * self.pixel_size_m,
            self.west + self.width * self.pixel_size_m,
            self.north,
        )

    @property
    def column_x(self) -> npt.NDArray[np.float64]:
        """x of the pixel centres, shape (width,)."""
        return self.west + (np.arange(self.width, dtype=np.float64) + 0.5) * self.pixel_size_m

    @property
    def row_y(self) -> npt.NDArray[np.float64]:
        """y of the pixel centres, shape (height,), descending."""
        return self.north - (np.arange(self.height, dtype=np.float64) + 0.5) * self.pixel_size_m

    def window(self, bounds: Bounds) -> tuple[slice, slice]:
        """Rows and columns that `bounds` touches, cut to the grid (empty slices: none)."""
        west, south, east, north = bounds
        pixel = self.pixel_size_m
        rows = slice(
            min(max(math.floor((self.north - north) / pixel), 0), self.height),
            min(max(math.ceil((self.north - south) / pixel), 0), self.height),
        )
        columns = slice(
            min(max(math.floor((west - self.west) / pixel), 0), self.width),
            min(max(math.ceil((east - self.west) / pixel), 0), self.width),
        )
        return rows, columns

    def covered_by(self, shape: shapely.Geometry) -> npt.NDArray[np.bool_]:
        """True for the pixels whose centre lies in `shape`; shape (height, width)."""
        if shape.is_empty or 0 in (self.width, self.height):
            return np.zeros((self.height, self.width), dtype=np.bool_)
        size = (self.height, self.width)
        return np.asarray(geometry_mask([shape], size, self.transform, invert=True))

    @property
    def transform(self) -> Affine:
        """From pixel positions to x and y, as GDAL wants it."""
        return Affine(self.pixel_size_m, 0, self.west, 0, -self.pixel_size_m, self.north)

    def cut(self, rows: slice, columns: slice) -> Grid:
        """The grid of a window."""
        return Grid(
            self.crs,
            self.west + columns.start * self.pixel_size_m,
            self.north - rows.start * self.pixel_size_m,
            self.pixel_size_m,
            columns.stop - columns.start,
            rows.stop - rows.start,
        )


def common_bounds(first: Bounds, second: Bounds) -> Bounds | None:
    """What two boxes share, or None."""
    west, south = max(first[0], second[0]), max(first[1], second[1])
    east, north = min(first[2], second[2]), min(first[3], second[3])
    return (west, south, east, north) if west < east and south < north else None
