"""Backscatter on disk: a cloud-optimised GeoTIFF that is written strip by strip.

Values are hundredths of a decibel in 16 bits, scale and no-data value in the file: rounding moves
a value by 0.005 dB at most, against speckle of more than 1 dB, and halves file and time over
float32 (measured on a full EW scene: 0.40 and 0.84 GB). Overviews hold means of decibels over
pixels with data, for looking at; they are made while strips pass, as GDAL would read everything
again for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.shutil import copy
from rasterio.transform import Affine
from rasterio.windows import Window

from catalog.atomic import PARTIAL_PREFIX, staged_file
from catalog.errors import StorageError
from pipeline.compiled import compiled
from pipeline.grid import Grid

Scaled = npt.NDArray[np.int16]

SCALE_DB = 0.01
NODATA = -32_768
LOWEST, HIGHEST = -32_767, 32_767
BLOCK_PX = 512
ALIGNMENT_PX = 64  # strips begin at multiples of it, so that overviews never look back
SMALLEST_SIDE_PX = 512
MOST_LEVELS = 6  # 2^6 = ALIGNMENT_PX
CACHE_BYTES = 64 << 20


@dataclass(slots=True)
class BandStatistics:
    """Of the numbers in the file, exact over all pixels with data; in units of SCALE_DB."""

    count: int = 0
    total: int = 0
    squares: int = 0
    lowest: int = HIGHEST
    highest: int = LOWEST

    def add(self, sums: tuple[int, int, int, int, int]) -> None:
        count, total, squares, lowest, highest = sums
        self.count += count
        self.total += total
        self.squares += squares
        self.lowest = min(self.lowest, lowest)
        self.highest = max(self.highest, highest)

    def document(self, pixels: int) -> dict[str, float]:
        """Minimum, maximum, mean and standard deviation in dB, and the share with data in %."""
        if not self.count:
            return {"valid_percent": 0.0}
        mean = self.total / self.count
        variance = max(self.squares / self.count - mean * mean, 0.0)
        found = (self.lowest, self.highest, mean, math.sqrt(variance))
        names = ("minimum", "maximum", "mean", "stddev")
        in_db = {n: round(f * SCALE_DB, 4) for n, f in zip(names, found, strict=True)}
        return in_db | {
            "valid_percent": round(100.0 * self.count / pixels, 2),
        }


@dataclass(slots=True)
class BackscatterWriter:
    """Takes strips in any order of bands, each band's rows from the top."""

    grid: Grid
    bands: tuple[str, ...]
    levels: list[Any]  # rasterio datasets: the full raster, then half its size, and so on
    statistics: dict[str, BandStatistics] = field(default_factory=dict)

    def write(self, band: str, row: int, column: int, sigma0_db: npt.NDArray[np.float32]) -> None:
        """Decibels (rows, columns) from `row`, a multiple of ALIGNMENT_PX, and `column` on."""
        if row % ALIGNMENT_PX or row + len(sigma0_db) not in (row + ALIGNMENT_PX, self.grid.height):
            raise ValueError(f"strips have {ALIGNMENT_PX} rows, or end with the grid")
        rows, columns = sigma0_db.shape
        strip = np.full((ALIGNMENT_PX, self._padded_width), NODATA, dtype=np.int16)
        found = _scale(sigma0_db, strip[:rows, column : column + columns])
        self.statistics.setdefault(band, BandStatistics()).add(found)
        number = self.bands.index(band) + 1
        for level, raster in enumerate(self.levels):
            width, height = raster.width, min(len(strip), raster.height - (row >> level))
            window = Window(0, row >> level, width, height)
            raster.write(strip[:height, :width], number, window=window)
            strip = _halved(strip)

    @property
    def _padded_width(self) -> int:
        return -(-self.grid.width // ALIGNMENT_PX) * ALIGNMENT_PX


@contextmanager
def backscatter_file(
    path: Path, grid: Grid, bands: tuple[str, ...], tags: dict[str, str]
) -> Iterator[BackscatterWriter]:
    """A writer whose file appears at `path`, whole, when the block ends without an error.

    `tags` may be added to until then. Raises StorageError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PARTIAL_PREFIX, dir=path.parent) as folder:
        plain = Path(folder) / "plain.tif"
        with _storage(path), rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES):
            with ExitStack() as stack:
                levels = [stack.enter_context(each) for each in _levels(plain, grid, len(bands))]
                writer = BackscatterWriter(grid, bands, levels)
                yield writer
                _describe(levels[0], writer, tags)
            with staged_file(path) as partial:
                _finish(plain, partial)


def _levels(plain: Path, grid: Grid, count: int) -> Iterator[Any]:
    """The raster and its overviews, each as the `.ovr` of the one before, as GDAL finds them."""
    path, height, width = plain, grid.height, grid.width
    for level in range(MOST_LEVELS + 1):
        step_m = grid.pixel_size_m * 2**level
        yield rasterio.open(
            path, "w", driver="GTiff", count=count, height=height, width=width, dtype="int16",
            nodata=NODATA, crs=grid.crs, tiled=True, blockxsize=BLOCK_PX, blockysize=BLOCK_PX,
            interleave="band", sparse_ok=True, bigtiff="IF_SAFER",
            transform=Affine(step_m, 0, grid.west, 0, -step_m, grid.north),
        )  # fmt: skip
        if max(height, width) <= SMALLEST_SIDE_PX:
            return
        path, height, width = Path(f"{path}.ovr"), (height + 1) // 2, (width + 1) // 2


def _describe(raster: Any, writer: BackscatterWriter, tags: Mapping[str, str]) -> None:
    pixels = writer.grid.width * writer.grid.height
    raster.descriptions = writer.bands
    raster.scales = (SCALE_DB,) * len(writer.bands)
    raster.units = ("dB",) * len(writer.bands)
    raster.update_tags(**tags)
    for number, band in enumerate(writer.bands, start=1):
        found = writer.statistics.get(band, BandStatistics()).document(pixels)
        raster.update_tags(number, **_in_file_units(found))


def _in_file_units(statistics: Mapping[str, float]) -> dict[str, str]:
    """As GDAL keeps them: of the numbers in the file, before the scale."""
    return {
        f"STATISTICS_{name.upper()}": f"{value if name == 'valid_percent' else value / SCALE_DB:g}"
        for name, value in statistics.items()
    }


def _finish(plain: Path, partial: Path) -> None:
    copy(
        plain, partial, driver="COG", compress="ZSTD", level=1, predictor="YES",
        blocksize=BLOCK_PX, sparse_ok="YES", bigtiff="IF_SAFER", statistics="AUTO",
    )  # fmt: skip


@contextmanager
def _storage(path: Path) -> Iterator[None]:
    try:
        yield
    except RasterioError as error:
        raise StorageError(
            f"cannot be written ({error.__cause__ or error}).",
            where=path,
            remedy="Is the disk full? Nothing was left half-written.",
        ) from error


@compiled
def _scale(values: npt.NDArray[np.float32], result: Scaled) -> tuple[int, int, int, int, int]:
    """Fill `result`; returns count, sum, sum of squares, lowest and highest of what has data."""
    count, total, squares, lowest, highest = 0, 0, 0, HIGHEST, LOWEST
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            value = values[row, column]
            if np.isnan(value):
                result[row, column] = NODATA
                continue
            scaled = int(min(max(np.rint(value / SCALE_DB), LOWEST), HIGHEST))
            result[row, column] = scaled
            count += 1
            total += scaled
            squares += scaled * scaled
            lowest, highest = min(lowest, scaled), max(highest, scaled)
    return count, total, squares, lowest, highest


@compiled
def _halved(values: Scaled) -> Scaled:
    """Means over 2 x 2 pixels, of those with data; both sides are even."""
    result = np.empty((values.shape[0] // 2, values.shape[1] // 2), dtype=np.int16)
    for row in range(result.shape[0]):
        upper, lower = values[2 * row], values[2 * row + 1]
        for column in range(result.shape[1]):
            total, count = 0, 0
            for value in (
                upper[2 * column], upper[2 * column + 1], lower[2 * column], lower[2 * column + 1],
            ):  # fmt: skip
                known = int(value != NODATA)
                total += known * value
                count += known
            result[row, column] = int(np.rint(total / max(count, 1))) if count else NODATA
    return result
