"""Reading scenes: GeoTIFFs of backscatter with ground control points, as GRD products have them.

GRD files are striped, so they are read in blocks of full rows, never in square windows.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from catalog.errors import InvalidName
from catalog.scene import parse_product_name
from pipeline.errors import SceneError
from pipeline.geometry.geocoding import AffinePlacement, ControlPoints, Placement

KNOWN_POLARISATIONS = ("HH", "HV", "VV", "VH")
READ_ROWS = 256
GIVE_POLARISATION = "Name it with --polarisation, for example --polarisation HH."
FETCH_AGAIN = "Fetch the file again; it may have been cut short."


@dataclass(frozen=True, slots=True)
class SceneFile:
    """What a scene's file says before its pixels are read; `polarisations` in band order."""

    path: Path
    width: int
    height: int
    polarisations: tuple[str, ...]
    placement: Placement


def open_scene(path: Path, stated: tuple[str, ...] = ()) -> SceneFile:
    """Read what `path` holds and where it lies; raises SceneError.

    `stated` are the polarisations that the caller names, in band order; they go before what the
    file says.
    """
    with _reading(path), rasterio.open(path) as raster:
        _check_pixels(raster, path)
        return SceneFile(
            path=path,
            width=raster.width,
            height=raster.height,
            polarisations=_polarisations(raster, path, stated),
            placement=_placement(raster, path),
        )


def read_sigma0(scene: SceneFile, band: int, rows: slice | None = None) -> npt.NDArray[np.float32]:
    """Linear backscatter of one band (from 1), shape (rows, width); NaN where there is none.

    Zero, negative and non-finite values are no data: a GRD product fills its borders with zero.
    `rows` None: all.
    """
    start, stop, _ = (rows or slice(None)).indices(scene.height)
    sigma0 = np.empty((stop - start, scene.width), dtype=np.float32)
    with _reading(scene.path), rasterio.open(scene.path) as raster:
        for first in range(start, stop, READ_ROWS):
            last = min(first + READ_ROWS, stop)
            window = Window(0, first, scene.width, last - first)
            sigma0[first - start : last - start] = raster.read(band, window=window)
    sigma0[~(np.isfinite(sigma0) & (sigma0 > 0))] = np.nan
    return sigma0


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    if not path.is_file():
        raise SceneError("there is no such file.", where=path)
    if path.stat().st_size == 0:
        raise SceneError("the file is empty (0 bytes).", where=path, remedy=FETCH_AGAIN)
    try:
        with warnings.catch_warnings():
            # A file without any position is refused below, in our own words.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            yield
    except RasterioError as error:
        # GDAL's own reason stands in the cause; the outer text is only "Read failed".
        reason = str(error.__cause__ or error).replace(f"{path}: ", "")
        raise SceneError(
            f"cannot be read as GeoTIFF ({reason}).", where=path, remedy=FETCH_AGAIN
        ) from error


def _check_pixels(raster: Any, path: Path) -> None:
    if not all(np.issubdtype(np.dtype(kind), np.floating) for kind in raster.dtypes):
        raise SceneError(
            f"holds {raster.dtypes[0]} numbers, not backscatter.",
            where=path,
            remedy="Calibrate it to linear sigma0 (floating point) first.",
        )


def _polarisations(raster: Any, path: Path, stated: tuple[str, ...]) -> tuple[str, ...]:
    found = stated or _described(raster) or _named(path)
    for name in found:
        if name not in KNOWN_POLARISATIONS:
            raise SceneError(
                f"{name!r} is no polarisation.",
                where=path,
                remedy=f"It is one of {', '.join(KNOWN_POLARISATIONS)}.",
            )
    if not found or (not stated and len(found) != raster.count):
        raise SceneError(
            "the file does not state its polarisation.", where=path, remedy=GIVE_POLARISATION
        )
    if len(found) != raster.count:
        raise SceneError(
            f"has {raster.count} bands, but {len(found)} polarisations are named.",
            where=path,
            remedy="Name one for each band, as in --polarisation HH,HV.",
        )
    return found


def _described(raster: Any) -> tuple[str, ...]:
    names = tuple((name or "").upper() for name in raster.descriptions)
    return names if all(name in KNOWN_POLARISATIONS for name in names) else ()


def _named(path: Path) -> tuple[str, ...]:
    try:
        return parse_product_name(path.name).polarisations
    except InvalidName:
        return ()


def _placement(raster: Any, path: Path) -> Placement:
    points, crs = raster.gcps
    if points:
        table = np.array([(p.col, p.row, p.x, p.y) for p in points], dtype=np.float64)
        return ControlPoints(
            pixels=table[:, :2], positions=table[:, 2:], crs=crs.to_wkt() if crs else "EPSG:4326"
        )
    if raster.crs is not None and not raster.transform.is_identity:
        return AffinePlacement(tuple(raster.transform)[:6], raster.crs.to_wkt())
    raise SceneError(
        "has neither ground control points nor a map projection: nobody can tell where it lies.",
        where=path,
        remedy="Use the GRD product as delivered; some tools drop the points when they copy it.",
    )
