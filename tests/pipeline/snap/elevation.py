"""Elevation models of sea level, as rasters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine


def write_dem(
    path: Path,
    west: float,
    north: float,
    *,
    nodata: float | None = None,
    crs: str | None = "EPSG:3031",
) -> Path:
    """10 km x 10 km, from 2 km north of `north` on."""
    with rasterio.open(
        path, "w", driver="GTiff", count=1, width=100, height=100, dtype="float32", nodata=nodata,
        transform=Affine(100, 0, west, 0, -100, north + 2_000), crs=crs,
    ) as raster:  # fmt: skip
        raster.write(np.zeros((1, 100, 100), np.float32))
    return path
