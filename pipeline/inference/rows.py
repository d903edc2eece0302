"""Where backscatter comes from, a few rows at a time: arrays, rasters on disk, coarser pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from pipeline.errors import SceneError
from pipeline.grid import Grid

Bands = npt.NDArray[np.float32]  # (C, rows, W)

CACHE_BYTES = 64 << 20  # of GDAL, which would take 5 % of the machine's memory
UNREADABLE = "Prepare the scene again with `icelines prepare`."


class RowSource(Protocol):
    """Bands in dB with NaN for no data, read by rows."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, height, width), none of them zero."""

    def rows(self, first: int, last: int) -> Bands:
        """Rows `first` to before `last`, shape (C, last - first, W)."""


class ArrayRows:
    """A scene in memory, shape (C, H, W); raises SceneError where a side is zero."""

    def __init__(self, sigma0_db: Bands) -> None:
        if sigma0_db.ndim != 3 or 0 in sigma0_db.shape:
            raise SceneError(
                f"a scene of shape {sigma0_db.shape} has no pixels (bands, height, width).",
                remedy="Does the part lie in the scene?",
            )
        self._sigma0_db = sigma0_db

    @property
    def shape(self) -> tuple[int, int, int]:
        bands, height, width = self._sigma0_db.shape
        return bands, height, width

    def rows(self, first: int, last: int) -> Bands:
        return finite_or_nan(self._sigma0_db[:, first:last])


class RasterRows:
    """Named bands of a raster of dB; scale and no-data value are those of the file."""

    def __init__(self, raster: rasterio.DatasetReader, path: Path, names: tuple[str, ...]) -> None:
        self._raster, self._path = raster, path
        self._numbers = [_band_number(raster, path, name) for name in names]

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self._numbers), self._raster.height, self._raster.width

    @property
    def names(self) -> tuple[str, ...]:
        """Of all bands of the file."""
        return tuple(str(name) for name in self._raster.descriptions)

    @property
    def tags(self) -> dict[str, str]:
        """What the file says of itself."""
        return dict(self._raster.tags())

    @property
    def grid(self) -> Grid:
        raster, transform = self._raster, self._raster.transform
        return Grid(
            f"EPSG:{raster.crs.to_epsg()}",
            transform.c, transform.f, transform.a, raster.width, raster.height,
        )  # fmt: skip

    def rows(self, first: int, last: int) -> Bands:
        """Raises SceneError where the file is damaged."""
        window = Window(0, first, self._raster.width, last - first)
        found = np.empty((len(self._numbers), last - first, self._raster.width), dtype=np.float32)
        for band, number in enumerate(self._numbers):
            try:
                read = self._raster.read(number, window=window)
            except RasterioError as error:
                raise SceneError(
                    f"cannot be read ({error.__cause__ or error}).",
                    where=self._path,
                    remedy=UNREADABLE,
                ) from error
            self._decibels(read, number, found[band])
        return finite_or_nan(found)

    def _decibels(self, read: npt.NDArray[np.generic], number: int, found: Bands) -> None:
        scale, offset = self._raster.scales[number - 1], self._raster.offsets[number - 1]
        np.multiply(read, scale, out=found[...], casting="unsafe")
        found += np.float32(offset)
        nodata = self._raster.nodatavals[number - 1]
        if nodata is not None and not np.isnan(nodata):
            found[read == nodata] = np.nan


class CoarseRows:
    """Another source with `factor` x `factor` pixels made one: the mean of their linear power.

    Pixels without data are left out of the mean; what lies beyond the last row and column counts
    as such.
    """

    def __init__(self, fine: RowSource, factor: int) -> None:
        self._fine, self._factor = fine, factor

    @property
    def shape(self) -> tuple[int, int, int]:
        bands, height, width = self._fine.shape
        return bands, -(-height // self._factor), -(-width // self._factor)

    def rows(self, first: int, last: int) -> Bands:
        bands, _, width = self.shape
        found = np.empty((bands, last - first, width), dtype=np.float32)
        for row in range(first, last):  # one at a time: little memory
            found[:, row - first] = self._row(row)
        return found

    def _row(self, row: int) -> Bands:
        factor, (_, height, width) = self._factor, self._fine.shape
        fine = self._fine.rows(row * factor, min((row + 1) * factor, height))
        power = np.power(np.float32(10.0), fine * np.float32(0.1))
        known = np.isfinite(power)
        starts = np.arange(0, width, factor)
        totals = np.add.reduceat(np.where(known, power, 0.0).sum(axis=1), starts, axis=1)
        counts = np.add.reduceat(known.sum(axis=1), starts, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            decibels = 10.0 * np.log10(totals / counts)
        return finite_or_nan(decibels.astype(np.float32))


@contextmanager
def raster_rows(path: Path, names: tuple[str, ...]) -> Iterator[RasterRows]:
    """The bands `names` of a raster that `icelines prepare` wrote; raises SceneError."""
    try:
        opened = rasterio.open(path)
    except RasterioError as error:
        raise SceneError(
            f"is no raster that can be read ({error}).", where=path, remedy=UNREADABLE
        ) from error
    with rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES), opened as raster:
        yield RasterRows(raster, path, names)


def finite_or_nan(sigma0_db: Bands) -> Bands:
    """The same with NaN for infinite values: neither is data."""
    infinite = np.isinf(sigma0_db)
    return np.where(infinite, np.float32(np.nan), sigma0_db) if infinite.any() else sigma0_db


def _band_number(raster: rasterio.DatasetReader, path: Path, name: str) -> int:
    if name not in raster.descriptions:
        said = ", ".join(str(each) for each in raster.descriptions)
        raise SceneError(
            f"has no band {name} (its bands: {said}).",
            where=path,
            remedy="Name weights that work on its bands with --weights.",
        )
    return int(raster.descriptions.index(name)) + 1
