"""The files that a scene and its lines become: GeoTIFFs for the cloud, and GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import CRS, Transformer
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.shutil import copy
from shapely import MultiLineString, get_coordinates

from catalog.canonical import canonical_json
from catalog.errors import StorageError
from pipeline.grid import Grid
from pipeline.probability import PROBABILITY_NODATA, PROBABILITY_STEPS, Probabilities

LONLAT_DECIMALS = 7  # 1 cm
BLOCK_PX = 512
PROBABILITY_TITLES = ("probability of ice", "probability of an edge")


def probability_cog(probabilities: Probabilities, grid: Grid, tags: Mapping[str, str]) -> bytes:
    """Cloud-optimised GeoTIFF, bands ice and edge in 8 bits; the scale stands in the file."""
    return _cog(
        np.stack([probabilities.ice, probabilities.edge]),
        grid,
        descriptions=PROBABILITY_TITLES,
        tags=tags,
        nodata=PROBABILITY_NODATA,
        scale=1.0 / PROBABILITY_STEPS,
        resampling="AVERAGE",
    )


def backscatter_cog(
    sigma0_db: npt.NDArray[np.float32],
    grid: Grid,
    polarisations: tuple[str, ...],
    tags: Mapping[str, str],
) -> bytes:
    """Cloud-optimised GeoTIFF of sigma0 in dB, a band for each polarisation, NaN for no data."""
    return _cog(
        sigma0_db,
        grid,
        descriptions=tuple(f"sigma0 {name} in dB" for name in polarisations),
        tags=tags,
        nodata=float("nan"),
        resampling="AVERAGE",
    )


def read_probabilities(path: str) -> tuple[Probabilities, Grid]:
    """What `probability_cog` wrote; raises StorageError."""
    try:
        with rasterio.open(path) as raster:
            ice, edge = raster.read()
            crs, transform = f"EPSG:{raster.crs.to_epsg()}", raster.transform
    except RasterioError as error:
        raise StorageError(
            f"cannot be read back ({error}).", where=path, remedy="Process the scene again."
        ) from error
    height, width = ice.shape
    grid = Grid(crs, transform.c, transform.f, transform.a, width, height)
    return Probabilities(ice, edge), grid


def line_geojson(line: MultiLineString, crs: str, properties: Mapping[str, Any]) -> bytes:
    """One feature in `crs`, exact; the system is named as GDAL, QGIS and R read it."""
    name = f"urn:ogc:def:crs:EPSG::{CRS.from_user_input(crs).to_epsg()}"
    return _geojson(line, properties, {"crs": {"type": "name", "properties": {"name": name}}})


def lonlat_geojson(line: MultiLineString, crs: str, properties: Mapping[str, Any]) -> bytes:
    """One feature in longitude and latitude (RFC 7946), cut at the antimeridian."""
    return _geojson(to_lonlat(line, crs), properties, {})


def to_lonlat(line: MultiLineString, crs: str) -> MultiLineString:
    """A line of any system in EPSG:4326, cut at the antimeridian, rounded to 1 cm."""
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    parts = (
        piece
        for part in line.geoms
        for piece in _cut(np.column_stack(transformer.transform(*get_coordinates(part).T)))
    )
    return MultiLineString([np.round(part, LONLAT_DECIMALS) for part in parts if len(part) > 1])


def _cut(lonlat: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    jumps = np.flatnonzero(np.abs(np.diff(lonlat[:, 0])) > 180.0)
    pieces, begin = [], lonlat[:0]
    start = 0
    for jump in map(int, jumps):
        before, after = lonlat[jump], lonlat[jump + 1]
        side = np.copysign(180.0, before[0])
        share = (side - before[0]) / (after[0] + 2 * side - before[0])
        latitude = before[1] + share * (after[1] - before[1])
        pieces.append(np.vstack([begin, lonlat[start : jump + 1], [[side, latitude]]]))
        begin, start = np.array([[-side, latitude]]), jump + 1
    return [*pieces, np.vstack([begin, lonlat[start:]])]


def _geojson(
    line: MultiLineString, properties: Mapping[str, Any], head: Mapping[str, Any]
) -> bytes:
    geometry = {
        "type": "MultiLineString",
        "coordinates": [get_coordinates(part).tolist() for part in line.geoms],
    }
    feature = {"type": "Feature", "geometry": geometry, "properties": dict(properties)}
    return canonical_json({"type": "FeatureCollection", **head, "features": [feature]})


def _cog(
    bands: npt.NDArray[Any],
    grid: Grid,
    *,
    descriptions: tuple[str, ...],
    tags: Mapping[str, str],
    nodata: float,
    resampling: str,
    scale: float = 1.0,
) -> bytes:
    layout = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "height": grid.height,
        "width": grid.width,
        "dtype": bands.dtype,
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": nodata,
    }
    with MemoryFile() as plain, MemoryFile() as cloud:
        with plain.open(**layout) as raster:
            raster.write(bands)
            raster.descriptions = descriptions
            raster.scales = (scale,) * bands.shape[0]
            raster.update_tags(**tags)
        predictor = "FLOATING_POINT" if np.issubdtype(bands.dtype, np.floating) else "STANDARD"
        copy(
            plain.name,
            cloud.name,
            driver="COG",
            compress="DEFLATE",
            predictor=predictor,
            blocksize=BLOCK_PX,
            overview_resampling=resampling,
        )
        return bytes(cloud.read())
