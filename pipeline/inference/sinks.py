"""Where finished rows of probabilities go: into memory, or into a raster on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.shutil import copy
from rasterio.windows import Window

from catalog.atomic import PARTIAL_PREFIX, staged_file
from catalog.errors import StorageError
from pipeline.grid import Grid
from pipeline.inference.rows import CACHE_BYTES
from pipeline.network.hedunet import EDGE, ICE, TASKS
from pipeline.probability import PROBABILITY_NODATA, PROBABILITY_STEPS, Probabilities

Steps = npt.NDArray[np.uint8]

BLOCK_PX = 512
TITLES = ("probability of ice", "probability of an edge")  # as in pipeline.products


class Sink(Protocol):
    """Takes the rows of a scene once each, from the top."""

    def put(self, first: int, steps: Steps) -> None:
        """Probabilities in 8 bits, (2, rows, W), of the rows from `first` on."""


class MemorySink:
    """Keeps all of them."""

    def __init__(self, height: int, width: int) -> None:
        self.steps = np.full((TASKS, height, width), PROBABILITY_NODATA, dtype=np.uint8)

    def put(self, first: int, steps: Steps) -> None:
        self.steps[:, first : first + steps.shape[1]] = steps

    @property
    def probabilities(self) -> Probabilities:
        return Probabilities(ice=self.steps[ICE], edge=self.steps[EDGE])


class RasterSink:
    """Writes them to a raster, and counts the pixels that have one."""

    def __init__(self, raster: Any) -> None:
        self._raster = raster
        self.known_pixels = 0

    def put(self, first: int, steps: Steps) -> None:
        self._raster.write(steps, window=Window(0, first, steps.shape[2], steps.shape[1]))
        self.known_pixels += int(np.count_nonzero(steps[ICE] != PROBABILITY_NODATA))


@contextmanager
def probability_file(path: Path, grid: Grid, tags: Mapping[str, str]) -> Iterator[RasterSink]:
    """A sink whose cloud-optimised GeoTIFF appears at `path`, whole, when the block ends.

    After an error in the block there is nothing. The same bands and scale as
    `pipeline.products.probability_cog`. Raises StorageError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PARTIAL_PREFIX, dir=path.parent) as folder:
        plain = Path(folder) / "plain.tif"
        with _storage(path), rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES):
            with _plain(plain, grid) as raster:
                raster.descriptions = TITLES
                raster.scales = (1.0 / PROBABILITY_STEPS,) * TASKS
                raster.update_tags(**tags)
                yield RasterSink(raster)
            with staged_file(path) as partial:
                copy(
                    plain, partial, driver="COG", compress="DEFLATE", predictor="STANDARD",
                    blocksize=BLOCK_PX, overview_resampling="AVERAGE", sparse_ok="YES",
                    bigtiff="IF_SAFER",
                )  # fmt: skip


def _plain(path: Path, grid: Grid) -> Any:
    return rasterio.open(
        path, "w", driver="GTiff", count=TASKS, height=grid.height, width=grid.width,
        dtype="uint8", nodata=PROBABILITY_NODATA, crs=grid.crs, transform=grid.transform,
        tiled=True, blockxsize=BLOCK_PX, blockysize=BLOCK_PX, interleave="band", sparse_ok=True,
        bigtiff="IF_SAFER",
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
