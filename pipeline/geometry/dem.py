"""Reading an elevation model: any raster that GDAL opens, brought to one map window.

A netCDF file without the attributes by which GDAL finds its position is placed by its own `x` and
`y`. GDAL would also turn such a grid upside down: it takes the first row for the south without
looking.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT

from pipeline.errors import SceneError
from pipeline.grid import Bounds

MOST_CELLS = 25_000_000  # 100 MB; a finer model is thinned to this
EVEN_STEP = 1e-3  # by which steps of a coordinate may differ, in steps
HASHED_BYTES = 1 << 20

Heights = npt.NDArray[np.float32]


def read_window(path: str, crs: str, bounds: Bounds) -> tuple[Heights, float]:
    """Heights over `bounds` (in `crs`) and the cells' size in metres.

    The first cell is centred on the north-western corner; NaN where the model has no data. Raises
    SceneError naming the file.
    """
    try:
        with placed(path) as source:
            step_m = _step(source, crs, bounds)
            return _warped(source, crs, bounds, step_m), step_m
    except (RasterioError, OSError, ValueError) as error:
        raise SceneError(
            f"cannot be read as an elevation model ({error}).",
            where=path,
            remedy="Give a raster that `gdalinfo` opens, of heights in metres in its first band.",
        ) from error


def file_digest(path: str) -> str | None:
    """SHA-256 of a local file, also of the one that a netCDF subdataset lies in; else None."""
    file = Path(_file_of(path))
    if not file.is_file():
        return None
    about = file.stat()
    return _digest(file, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=32)
def _digest(file: Path, _size: int, _changed: int) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while part := opened.read(HASHED_BYTES):
            digest.update(part)
    return digest.hexdigest()


@contextmanager
def placed(path: str) -> Iterator[Any]:
    """The open raster; what has no position gets that of its coordinates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as source:
            if source.crs is not None and not source.transform.is_identity:
                yield source
                return
            crs = source.tags().get("NC_GLOBAL#crs") or source.crs
            driver = source.driver
        if driver != "netCDF" or crs is None or not path.lower().startswith("netcdf:"):
            raise ValueError("it has no position on a map")
        with _from_coordinates(path, crs) as placed:
            yield placed


@contextmanager
def _from_coordinates(path: str, crs: str) -> Iterator[Any]:
    file = path.rpartition(":")[0]
    with rasterio.Env(GDAL_NETCDF_BOTTOMUP="NO"):
        x, y = (_coordinate(f"{file}:{name}") for name in "xy")
        with rasterio.open(path) as source:
            values = source.read(1).astype(np.float32)
            if source.nodata is not None:
                values[values == source.nodata] = np.nan
    if values.shape != (len(y), len(x)):
        raise ValueError("its coordinates do not fit its values")
    dx, dy = x[1] - x[0], y[1] - y[0]
    place = Affine(dx, 0, x[0] - dx / 2, 0, dy, y[0] - dy / 2)
    with _in_memory(values, crs, place) as placed:
        yield placed


@contextmanager
def _in_memory(values: Heights, crs: str, place: Affine) -> Iterator[Any]:
    size = {"height": values.shape[0], "width": values.shape[1], "count": 1}
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", dtype="float32", nodata=math.nan, crs=crs, transform=place, **size
        ) as written:
            written.write(values, 1)
        with memory.open() as placed:
            yield placed


def _coordinate(path: str) -> npt.NDArray[np.float64]:
    with rasterio.open(path) as source:
        values = source.read().ravel().astype(np.float64)
    steps = np.diff(values)
    if len(values) < 2 or not np.abs(steps - steps.mean()).max() < EVEN_STEP * abs(steps.mean()):
        raise ValueError("its coordinates do not lie at even steps")
    return np.asarray(values)


def _step(source: Any, crs: str, bounds: Bounds) -> float:
    """The side of the model's own cells in `crs`, or what keeps the window below MOST_CELLS."""
    west, south, east, north = bounds
    least = math.sqrt((east - west) * (north - south) / MOST_CELLS)
    to_map = Transformer.from_crs(source.crs, crs, always_xy=True)
    middle = ((west + east) / 2, (south + north) / 2)
    x, y = to_map.transform(*middle, direction="INVERSE")
    a, _, _, _, e, _ = source.transform[:6]
    corners = np.column_stack(to_map.transform([x, x + a, x], [y, y, y + e]))
    right, down = corners[1] - corners[0], corners[2] - corners[0]
    area = abs(float(right[0] * down[1] - right[1] * down[0]))
    return max(math.sqrt(area), least) if math.isfinite(area) else least


def _warped(source: Any, crs: str, bounds: Bounds, step_m: float) -> Heights:
    west, south, east, north = bounds
    place = Affine(step_m, 0, west - step_m / 2, 0, -step_m, north + step_m / 2)
    size = {
        "width": math.ceil((east - west) / step_m) + 1,
        "height": math.ceil((north - south) / step_m) + 1,
    }
    thinned = step_m > 1.5 * abs(source.transform.a)
    method = Resampling.average if thinned and source.crs.is_projected else Resampling.bilinear
    with WarpedVRT(
        source,
        crs=crs,
        transform=place,
        resampling=method,
        dtype="float32",
        nodata=math.nan,
        **size,
    ) as window:
        heights = window.read(1, masked=True)
    return np.asarray(heights.filled(np.nan), dtype=np.float32)


def _file_of(path: str) -> str:
    """The file in a name such as `NETCDF:"file.nc":surface`."""
    if not path.lower().startswith("netcdf:"):
        return path
    return path.split(":", 1)[1].rpartition(":")[0].strip('"')
