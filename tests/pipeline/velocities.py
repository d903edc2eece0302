"""Velocity fields for tests, in memory and as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
import rasterio
from pyproj import CRS
from rasterio.transform import Affine

from pipeline.velocity import Floats, VelocityField

Flow = Callable[[Floats, Floats], tuple[Floats, Floats]]


def field_of(
    flow: Flow, west: float, south: float, size_m: float, cell_m: float = 500.0
) -> VelocityField:
    """`flow(x, y)` in metres per year on a square of `size_m`."""
    cells = round(size_m / cell_m)
    x = west + (np.arange(cells) + 0.5) * cell_m
    y = south + (np.arange(cells)[::-1] + 0.5) * cell_m
    vx, vy = flow(*np.meshgrid(x, y))
    whole = np.ones((cells, cells))
    return VelocityField(
        (vx * whole).astype(np.float32), (vy * whole).astype(np.float32), x[0], y[0], cell_m
    )


def steady(vx: float, vy: float) -> Flow:
    return lambda x, _: (np.full_like(x, vx), np.full_like(x, vy))


def write_geotiff(path: Path, field: VelocityField, **options: Any) -> Path:
    """Bands vx and vy; `options` change what rasterio is told."""
    height, width = field.vx.shape
    place = Affine(
        field.cell_m, 0, field.west - field.cell_m / 2, 0, -field.cell_m,
        field.north + field.cell_m / 2,
    )  # fmt: skip
    layout = {
        "driver": "GTiff", "dtype": "float32", "count": 2, "height": height, "width": width,
        "crs": "EPSG:3031", "transform": place, "nodata": float("nan"),
    } | options  # fmt: skip
    with rasterio.open(path, "w", **layout) as raster:
        for band in range(layout["count"]):
            raster.write((field.vx, field.vy)[band % 2], band + 1)
    return path


def write_netcdf(
    path: Path, field: VelocityField, names: tuple[str, ...] = ("VX", "VY"), upwards: bool = False
) -> Path:
    """As the published maps of velocity: VX and VY on x and y, with a grid mapping."""
    height, width = field.vx.shape
    x = field.west + np.arange(width) * field.cell_m
    y = field.north - np.arange(height) * field.cell_m
    turn = slice(None, None, -1) if upwards else slice(None)
    with h5netcdf.File(path, "w") as file:
        file.dimensions = {"x": width, "y": height}
        for axis, values in (("x", x), ("y", y[turn])):
            created = file.create_variable(axis, (axis,), data=values)
            created.attrs["standard_name"] = f"projection_{axis}_coordinate"
            created.attrs["units"] = "m"
        mapping = file.create_variable("coord_system", (), data=np.int32(0))
        for key, value in CRS.from_epsg(3031).to_cf().items():
            mapping.attrs[key] = value
        for name, values in zip(names, (field.vx, field.vy), strict=False):
            created = file.create_variable(name, ("y", "x"), data=values[turn])
            created.attrs["units"] = "meter/year"
            created.attrs["grid_mapping"] = "coord_system"
    return path
