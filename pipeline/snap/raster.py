"""What SNAP wrote, checked and read."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError, ProjError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import Points
from pipeline.grid import Bounds
from pipeline.radiometry.floor import SIGMA0_FLOOR

READ_ROWS = 256
FLOOR_DB = np.float32(10 * math.log10(SIGMA0_FLOOR))  # as in our own chain
ON_LATTICE_PX = 1e-3  # 4 cm: what rounding in the file's transform may leave
SAME_PLACE_M = 0.5  # two spellings of one system agree to less
# LinearToFromdB leaves no data at 0, and writes -1e-30 for a power that is not above zero: read as
# it stands, the darkest pixels would be among the brightest.
NO_POWER = 1e-20
WRONG = "SNAP did not write what it was asked for; look at its version."


@dataclass(frozen=True, slots=True)
class RasterWindow:
    """`rows` and `columns` of a raster from `row`, `column` on."""

    row: int
    column: int
    rows: int
    columns: int

    def part(self, rows: slice) -> RasterWindow:
        """Some of its rows, counted from its first."""
        return RasterWindow(
            self.row + rows.start, self.column, rows.stop - rows.start, self.columns
        )


@dataclass(frozen=True, slots=True)
class SnapRaster:
    """One band on SNAP's grid. `shift_px` is how far (columns, rows) it lies off our lattice."""

    path: Path
    west: float
    north: float
    pixel_size_m: float
    width: int
    height: int
    nodata: float | None

    @property
    def shift_px(self) -> tuple[float, float]:
        columns, rows = self.west / self.pixel_size_m, self.north / self.pixel_size_m
        return columns - round(columns), rows - round(rows)

    def window(self, bounds: Bounds, margin_px: int) -> RasterWindow:
        """The pixels that touch `bounds`, and `margin_px` more on every side, cut to the raster."""
        west, south, east, north = bounds
        size = self.pixel_size_m
        left = max(math.floor((west - self.west) / size) - margin_px, 0)
        top = max(math.floor((self.north - north) / size) - margin_px, 0)
        right = min(math.ceil((east - self.west) / size) + margin_px, self.width)
        bottom = min(math.ceil((self.north - south) / size) + margin_px, self.height)
        return RasterWindow(top, left, max(bottom - top, 0), max(right - left, 0))

    def corner(self, window: RasterWindow) -> tuple[float, float]:
        """The outer corner (west, north) of a window's first pixel."""
        size = self.pixel_size_m
        return self.west + window.column * size, self.north - window.row * size

    @property
    def is_on_lattice(self) -> bool:
        return max(abs(shift) for shift in self.shift_px) <= ON_LATTICE_PX


def open_raster(path: Path, crs: str, pixel_size_m: float) -> SnapRaster:
    """Check that `path` is one band of decibels in `crs`; raises SceneError."""
    with _reading(path), rasterio.open(path) as raster:
        _check_band(raster, path.name)
        _check_place(raster, path.name, crs, pixel_size_m)
        west, north = raster.transform.c, raster.transform.f
        size = (raster.width, raster.height)
        return SnapRaster(path, west, north, pixel_size_m, *size, raster.nodata)


def outline(raster: SnapRaster) -> Points:
    """The convex border of the pixels with data, shape (n, 2), closed; raises SceneError.

    A scene is convex but for its outermost pixels, and SNAP's raster is larger than the scene:
    it covers a box of longitudes and latitudes.
    """
    ends = [_row_ends(block) + np.array([0, first]) for first, block in _blocks(raster)]
    corners = np.concatenate([np.empty((0, 2)), *ends])
    if len(corners) == 0:
        raise SceneError(f"SNAP's {raster.path.name} holds no data.")
    hull = shapely.MultiPoint(corners).convex_hull
    if not isinstance(hull, shapely.Polygon):
        raise SceneError(f"SNAP's {raster.path.name} holds a line of pixels.")
    pixel = raster.pixel_size_m
    scale, origin = np.array([pixel, -pixel]), np.array([raster.west, raster.north])
    return np.asarray(shapely.get_coordinates(hull) * scale + origin)


def read_power(raster: SnapRaster, window: RasterWindow) -> npt.NDArray[np.float32]:
    """Linear backscatter of a window, shape (rows, columns); NaN where there is no data."""
    image = np.empty((window.rows, window.columns), np.float32)
    for first in range(0, window.rows, READ_ROWS):
        part = window.part(slice(first, min(first + READ_ROWS, window.rows)))
        # In place: a raster of a whole scene fills most of a gigabyte.
        np.power(np.float32(10), _read(raster, part) / 10, out=image[first : first + part.rows])
    return image


def _blocks(raster: SnapRaster) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    for first in range(0, raster.height, READ_ROWS):
        rows = min(READ_ROWS, raster.height - first)
        yield first, _read(raster, RasterWindow(first, 0, rows, raster.width))


def _read(raster: SnapRaster, window: RasterWindow) -> npt.NDArray[np.float32]:
    """dB, not below the floor; NaN where there is no data."""
    place = Window(window.column, window.row, window.columns, window.rows)
    with _reading(raster.path), rasterio.open(raster.path) as source:
        found: npt.NDArray[np.float32] = source.read(1, window=place).astype(np.float32)
    empty = ~np.isfinite(found) | (found == 0)
    if raster.nodata is not None:
        empty |= found == np.float32(raster.nodata)
    floored = np.where(np.abs(found) < NO_POWER, FLOOR_DB, np.maximum(found, FLOOR_DB))
    return np.where(empty, np.float32(np.nan), floored)


def _row_ends(block: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The outer corners (column, row) of the first and last known pixel of every row."""
    known = np.isfinite(block)
    rows = np.flatnonzero(known.any(axis=1))
    first = known[rows].argmax(axis=1)
    last = block.shape[1] - known[rows][:, ::-1].argmax(axis=1)
    corners = [(first, rows), (first, rows + 1), (last, rows), (last, rows + 1)]
    return np.concatenate([np.column_stack(pair) for pair in corners]).astype(np.float64)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    if not path.is_file():
        raise SceneError(f"SNAP ended without an error, but did not write {path.name}.")
    try:
        with warnings.catch_warnings():
            # What has no position is refused below, in our own words.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            yield
    except RasterioError as error:
        reason = error.__cause__ or error
        raise SceneError(f"SNAP's {path.name} is no GeoTIFF ({reason}).", remedy=WRONG) from error


def _check_band(raster: Any, name: str) -> None:
    if raster.count != 1:
        raise SceneError(f"SNAP's {name} has {raster.count} bands, not one.", remedy=WRONG)
    if not np.issubdtype(np.dtype(raster.dtypes[0]), np.floating):
        raise SceneError(f"SNAP's {name} holds {raster.dtypes[0]}, not decibels.", remedy=WRONG)


def _check_place(raster: Any, name: str, crs: str, pixel_size_m: float) -> None:
    east, south = raster.transform.a, raster.transform.e
    turned = raster.transform.b or raster.transform.d
    if turned or not np.allclose([east, -south], pixel_size_m, rtol=1e-6):
        raise SceneError(
            f"SNAP's {name} has pixels of {east:g} x {-south:g}, not of {pixel_size_m:g} m.",
            remedy=WRONG,
        )
    if raster.crs is None:
        raise SceneError(f"SNAP's {name} names no map projection.", remedy=WRONG)
    apart_m = _apart_m(raster.crs.to_wkt(), crs, tuple(raster.bounds))
    if not apart_m <= SAME_PLACE_M:
        raise SceneError(
            f"SNAP's {name} is not in {crs}: its corners are {apart_m:g} m off.",
            remedy=WRONG,
        )


def _apart_m(found: str, wanted: str, bounds: Bounds) -> float:
    """How far the corners of a raster move when its system is read as another.

    Compared by what they do, because a GeoTIFF seldom gives the name of the system back.
    """
    west, south, east, north = bounds
    corners = np.array([(west, south), (west, north), (east, south), (east, north)])
    try:
        to_other = Transformer.from_crs(found, wanted, always_xy=True)
    except (CRSError, ProjError):
        return np.inf
    moved = np.column_stack(to_other.transform(corners[:, 0], corners[:, 1]))
    return float(np.abs(moved - corners).max())
