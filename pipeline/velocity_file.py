"""Reading a velocity raster: two bands of a GeoTIFF, or the variables VX and VY of a NetCDF file.

As they are published: MEaSUREs (NSIDC-0484, 450 m; VX and VY) and ITS_LIVE (vx and vy), both in
metres per year along the axes of EPSG:3031.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from pipeline.errors import VelocityError, VelocityGap
from pipeline.geometry.dem import placed
from pipeline.grid import Bounds
from pipeline.velocity import Speeds, VelocityField, carried_on

MOST_CELLS = 25_000_000  # 100 MB for each component; a larger field is thinned to this
SAME_SYSTEM_M = 1.0
FASTEST_M_PER_YEAR = 50_000.0  # no ice shelf reaches a third of it
PER_YEAR = re.compile(r"(/|per)\s*(yr|year|y|a|annum)\b|(yr|year|y|a)\s*\^?-1", re.IGNORECASE)
COMPONENTS = ("vx", "vy")
REMEDY = (
    "Give a raster in EPSG:3031 with vx and vy in metres per year: two bands of a GeoTIFF, or the "
    "variables VX and VY of a NetCDF file."
)


def read_velocity(path: str | Path, bounds: Bounds | None = None) -> VelocityField:
    """The velocity raster `path`, or what of it lies within `bounds` (EPSG:3031, metres).

    Gaps are filled from near by, see `pipeline.velocity`. Raises VelocityError naming the file
    and what is wrong: it cannot be read, is in another system, lacks a component, holds no
    velocity there, or holds speeds that no ice has.
    """
    try:
        return _read(str(path), bounds)
    except (RasterioError, OSError, ValueError, CRSError) as error:
        raise _refusal(path, f"cannot be read as ice velocity ({error}).") from error


def _read(path: str, bounds: Bounds | None) -> VelocityField:
    bands = _component_places(path)
    fields = []
    for name, index in bands:
        with placed(name) as source:
            _refuse_misplaced(path, source, index)
            window = _window(path, source, bounds)
            fields.append((_values(source, index, window), *_place(source, window)))
    (vx, *place), (vy, *other) = fields
    if place != other or vx.shape != vy.shape:
        raise _refusal(path, "has VX and VY on different grids.")
    _refuse_unlikely(path, vx, vy)
    west, north, cell_m = place
    return VelocityField(*carried_on(vx, vy, cell_m), west, north, cell_m, Path(path).name)


def _component_places(path: str) -> list[tuple[str, int]]:
    """What GDAL opens for each component, and the band in it."""
    if not Path(path).is_file():
        raise _refusal(path, "is no file.")
    if Path(path).suffix.lower() in (".nc", ".nc4", ".cdf"):
        return [(found, 1) for found in _variables(path)]
    with _opened(path) as source:
        described = [(text or "").strip().lower() for text in source.descriptions]
        if all(name in described for name in COMPONENTS):
            return [(path, described.index(name) + 1) for name in COMPONENTS]
        if source.count != len(COMPONENTS):
            raise _refusal(path, f"has {source.count} bands, none of them called vx and vy.")
    return [(path, 1), (path, 2)]


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    with warnings.catch_warnings():  # a file of several variables has no position of its own
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        source = rasterio.open(path)
    with source:
        yield source


def _variables(path: str) -> list[str]:
    with _opened(path) as source:
        named = {name.rpartition(":")[2].lower(): name for name in source.subdatasets}
    lacking = [name.upper() for name in COMPONENTS if name not in named]
    if lacking:
        raise _refusal(path, f"has no variable {' and '.join(lacking)}.")
    return [named[name] for name in COMPONENTS]


def _refuse_misplaced(path: str, source: Any, index: int) -> None:
    a, b, _, d, e, _ = source.transform[:6]
    if b or d or not math.isclose(abs(a), abs(e), rel_tol=1e-6) or a <= 0:
        raise _refusal(path, "has cells that are not square, or turned.")
    if source.crs is None or not _is_antarctic(source):
        raise _refusal(path, f"is in {source.crs or 'no known system'}, not in EPSG:3031.")
    unit = (source.units[index - 1] or "").strip()
    if unit and not PER_YEAR.search(unit):
        raise _refusal(path, f"is in {unit}, not in metres per year.")


def _is_antarctic(source: Any) -> bool:
    """Whether places come out the same; files describe EPSG:3031 in many ways."""
    to_polar = Transformer.from_crs(CRS.from_user_input(source.crs), "EPSG:3031", always_xy=True)
    x = np.array([source.bounds.left, source.bounds.right])
    y = np.array([source.bounds.bottom, source.bounds.top])
    found = to_polar.transform(x, y)
    return bool(np.abs(np.array(found) - (x, y)).max() < SAME_SYSTEM_M)


def _window(path: str, source: Any, bounds: Bounds | None) -> Window:
    west, south, east, north = bounds or source.bounds
    a, _, c, _, e, f = source.transform[:6]
    columns, rows = ((west - c) / a, (east - c) / a), ((north - f) / e, (south - f) / e)
    first_column, first_row = max(0, math.floor(min(columns))), max(0, math.floor(min(rows)))
    last_column = min(source.width, math.ceil(max(columns)))
    last_row = min(source.height, math.ceil(max(rows)))
    width, height = last_column - first_column, last_row - first_row
    if width < 1 or height < 1:
        raise VelocityGap("does not reach the shelf.", where=path, remedy=REMEDY)
    cells = _cells_as_one(width, height)
    return Window(first_column, first_row, width - width % cells, height - height % cells)


def _values(source: Any, index: int, window: Window) -> Speeds:
    cells = _cells_as_one(window.width, window.height)
    shape = (window.height // cells, window.width // cells)
    read = source.read(
        index, window=window, out_shape=shape, masked=True, resampling=Resampling.average
    )
    values = np.ma.filled(read.astype(np.float32), np.nan)
    return np.asarray(values if source.transform.e < 0 else values[::-1])


def _cells_as_one(width: int, height: int) -> int:
    """How many cells, along each side, are averaged to stay below MOST_CELLS."""
    return math.ceil(math.sqrt(width * height / MOST_CELLS))


def _place(source: Any, window: Window) -> tuple[float, float, float]:
    """Centre of the north-western cell, and the cells' size, after thinning."""
    cell_m = abs(source.transform.e) * _cells_as_one(window.width, window.height)
    a, _, c, _, e, f = source.transform[:6]
    x, y = c + a * window.col_off, f + e * window.row_off
    if e > 0:
        y += e * window.height
    return x + cell_m / 2, y - cell_m / 2, cell_m


def _refuse_unlikely(path: str, vx: Speeds, vy: Speeds) -> None:
    speed = np.hypot(vx, vy)
    if not np.isfinite(speed).any():
        raise VelocityGap(
            "has no velocity there: every cell is no data.", where=path, remedy=REMEDY
        )
    fastest = float(np.nanmax(speed))
    if fastest > FASTEST_M_PER_YEAR:
        raise _refusal(path, f"holds {fastest:.3g} m per year: is its no-data value declared?")


def _refusal(path: str | Path, fault: str) -> VelocityError:
    return VelocityError(fault, where=path, remedy=REMEDY)
