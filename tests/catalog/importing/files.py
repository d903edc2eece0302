"""Small files of every kind that is read, written as their authors write them."""

from __future__ import annotations

import sqlite3
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

# A front across the Amery region of the table, and one that lies 2 km farther out.
AMERY = LineString([(2_220_000.0, 830_000.0), (2_245_000.5, 720_000.25), (2_180_000.0, 610_000.0)])
AMERY_LATER = LineString([(x + 2_000.0, y) for x, y in AMERY.coords])
AMERY_LONLAT = [(69.4911, -69.3), (71.9, -68.6), (74.3, -69.1)]


def broken(wkt: str) -> BaseGeometry:
    """A geometry with coordinates that are no numbers, which GEOS only makes with a warning."""
    with np.errstate(invalid="ignore"):
        return shapely.from_wkt(wkt)


def write(
    path: Path,
    geometries: Sequence[BaseGeometry | None],
    crs: str | None = "EPSG:3031",
    layer: str | None = None,
    **fields: Sequence[Any],
) -> Path:
    """A vector file whose format follows from its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = gpd.GeoDataFrame(dict(fields), geometry=list(geometries), crs=crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # field names longer than a shapefile holds, no CRS
        frame.to_file(path, **({"layer": layer} if layer else {}))
    return path


def write_icelines(path: Path, line: BaseGeometry = AMERY, copies: int = 1, **fields: str) -> Path:
    """A file as in the IceLines download: one line, often repeated, with its five fields."""
    texts = {"DATE_": "20210415", "name": "Amery", "version": "1", "updated": "20230101", **fields}
    columns = {name: [text] * copies for name, text in texts.items()}
    return write(path, [line] * copies, "EPSG:3031", None, **columns)


def write_zip(path: Path, shapefile: Path) -> Path:
    """A shapefile with its sidecars in one zip."""
    pieces = sorted(shapefile.parent.glob(f"{shapefile.stem}.*"))
    with zipfile.ZipFile(path, "w") as archive:
        for piece in pieces:  # listed before, or an archive beside them would swallow itself
            archive.write(piece, piece.name)
    return path


def write_without_layers(path: Path) -> Path:
    """A GeoPackage whose only layer was taken away."""
    write(path, [AMERY], layer="gone", shelf=["Amery"])
    with sqlite3.connect(path) as database:
        for table in ("gpkg_geometry_columns", "gpkg_ogr_contents", "gpkg_extensions"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608
        database.execute("DELETE FROM gpkg_contents")
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute('DROP TABLE "rtree_gone_geom"')
        database.execute("DROP TABLE gone")
    database.close()
    return path
