"""The pixels of one polarisation: a striped TIFF of 16-bit numbers, read in blocks of full rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from pipeline.errors import SceneError
from pipeline.safe.product import Channel

CACHE_BYTES = 32 << 20  # GDAL's default is a twentieth of the memory; strips are read only once
FETCH_AGAIN = "Fetch the product again; it may have been cut short."


def read_numbers(
    channel: Channel, rows: slice, block_rows: int
) -> Iterator[tuple[int, npt.NDArray[np.uint16]]]:
    """First line and digital numbers (lines, pixels), block by block of the lines `rows`.

    Raises SceneError where the file is missing, empty, cut short, or not the image annotated.
    """
    with _reading(channel) as raster:
        for first in range(rows.start, rows.stop, block_rows):
            count = min(block_rows, rows.stop - first)
            yield first, raster.read(1, window=Window(0, first, raster.width, count))


def check_measurement(channel: Channel) -> None:
    """Open the file and compare it with its annotation; raises SceneError."""
    with _reading(channel):
        pass


@contextmanager
def _reading(channel: Channel) -> Iterator[Any]:
    _check_file(channel.measurement)
    try:
        with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES):
            # It is placed by its annotation; whether it has points of its own does not matter.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(channel.measurement) as raster:
                _check_image(raster, channel)
                yield raster
    except RasterioError as error:
        reason = _without_folders(str(error.__cause__ or error), channel.measurement)
        raise SceneError(
            f"the image of {channel.polarisation} cannot be read ({reason}).",
            where=channel.measurement,
            remedy=FETCH_AGAIN,
        ) from error


def _without_folders(reason: str, measurement: str) -> str:
    """GDAL's words, which go on record: folders differ between machines."""
    return reason.replace(f"{measurement}: ", "").replace(measurement, Path(measurement).name)


def _check_file(measurement: str) -> None:
    if measurement.startswith("/vsi"):
        return
    path = Path(measurement)
    if not path.is_file():
        raise SceneError("there is no such file.", where=path, remedy=FETCH_AGAIN)
    if path.stat().st_size == 0:
        raise SceneError("the file is empty (0 bytes).", where=path, remedy=FETCH_AGAIN)


def _check_image(raster: Any, channel: Channel) -> None:
    said = channel.annotation
    if (raster.height, raster.width) != (said.lines, said.pixels):
        raise SceneError(
            f"the image has {raster.height} x {raster.width} pixels, "
            f"its annotation {said.lines} x {said.pixels}.",
            where=channel.measurement,
            remedy=FETCH_AGAIN,
        )
    if raster.count != 1 or raster.dtypes[0] != "uint16":
        raise SceneError(
            f"the image holds {raster.count} bands of {raster.dtypes[0]}, not one of uint16.",
            where=channel.measurement,
            remedy="Use a GRD product: SLC products are not supported.",
        )
