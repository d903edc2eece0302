"""The pixels of a channel as ESA stores them: a striped GeoTIFF of 16 bits with control points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.io import DatasetWriter
from rasterio.windows import Window

from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.simulate.safe_xml.annotation import PixelStatistics

DigitalNumbers = npt.NDArray[np.uint16]

CACHE_BYTES = 16 * 2**20  # strips are written once, in order


class _Moments:
    """Mean and standard deviation of what has been seen, without zeros."""

    def __init__(self) -> None:
        self._count, self._sum, self._squares = 0, 0, 0

    def see(self, block: DigitalNumbers) -> None:
        # Whole numbers: the sums are exact and do not depend on the size of the blocks.
        numbers = block.astype(np.uint64)
        self._count += int(np.count_nonzero(block))
        self._sum += int(numbers.sum())
        self._squares += int((numbers * numbers).sum())

    def statistics(self) -> PixelStatistics:
        if not self._count:
            return PixelStatistics(0.0, 0.0)
        mean = self._sum / self._count
        return PixelStatistics(mean, math.sqrt(max(self._squares / self._count - mean**2, 0.0)))


def write_measurement(
    path: Path, annotation: Annotation, blocks: Iterable[DigitalNumbers], ipf: str
) -> PixelStatistics:
    """Write blocks of whole rows, (rows, pixels) each, from the first line to the last.

    Raises SceneError where they are not as many and as wide as the annotation says.
    """
    moments, first = _Moments(), 0
    layout = {"driver": "GTiff", "dtype": "uint16", "count": 1, "tiled": False}
    with (
        rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES),
        rasterio.open(
            path,
            "w",
            height=annotation.lines,
            width=annotation.pixels,
            gcps=_control_points(annotation),
            crs=CRS.from_epsg(4326),
            **layout,
        ) as raster,
    ):
        raster.update_tags(**_tags(annotation, ipf))
        for block in blocks:
            _write(raster, block, first)
            moments.see(block)
            first += len(block)
    if first != annotation.lines:
        raise _misfit(f"{first} lines instead of {annotation.lines}")
    return moments.statistics()


def _write(raster: DatasetWriter, block: DigitalNumbers, first: int) -> None:
    if block.dtype != np.uint16 or block.ndim != 2 or block.shape[1] != raster.width:
        raise _misfit(f"a block of shape {block.shape} and type {block.dtype}")
    if first + len(block) > raster.height:
        raise _misfit(f"more than {raster.height} lines")
    raster.write(block, 1, window=Window(0, first, raster.width, len(block)))


def _misfit(what: str) -> SceneError:
    return SceneError(
        f"the pixels are not those of the annotation: {what}.",
        remedy="Give blocks of whole rows, 16 bits unsigned, for all lines.",
    )


def _control_points(annotation: Annotation) -> list[GroundControlPoint]:
    """The geolocation grid. Its positions are written as they are, as ESA does."""
    grid = annotation.geolocation
    columns = (*(grid.lines, grid.pixels, grid.longitudes_deg, grid.latitudes_deg, grid.heights_m),)
    points = np.column_stack([column.ravel() for column in columns]).astype(np.float64)
    return [
        GroundControlPoint(row=row, col=col, x=x, y=y, z=z, id=str(number))
        for number, (row, col, x, y, z) in enumerate(points.tolist(), start=1)
    ]


def _tags(annotation: Annotation, ipf: str) -> dict[str, str]:
    return {
        "TIFFTAG_IMAGEDESCRIPTION": (
            f"Simulated {annotation.mode} GRD, {annotation.polarisation}, no observation"
        ),
        "TIFFTAG_SOFTWARE": f"IceLines simulation in the format of Sentinel-1 IPF {ipf}",
    }
