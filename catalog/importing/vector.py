"""Vector files of any format as tables in EPSG:3031."""

from __future__ import annotations

import sqlite3
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from catalog.canonical import sha256_of_file
from catalog.importing.errors import UnreadableFile
from catalog.lineage import Input, InputKind

POLAR = "EPSG:3031"
LONGEST_QUOTE = 200
SUFFIXES = (".gpkg", ".shp", ".geojson", ".zip")
# A shapefile is several files; all of them decide what is read.
SIDECARS = (".shp", ".dbf", ".shx", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Table:
    """One layer: a geometry as it is in the file (or None) and texts per feature.

    `to_polar` leads to EPSG:3031; None where the file is in it already.
    """

    path: Path
    layer: str
    fields: Mapping[str, tuple[str | None, ...]]
    geometries: tuple[BaseGeometry | None, ...]
    crs: str
    to_polar: Transformer | None
    warnings: tuple[str, ...] = ()


def vector_files(path: Path) -> list[Path]:
    """`path` itself, or every vector file below it, sorted; raises UnreadableFile for none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UnreadableFile("does not exist.", where=path, remedy="Check the path.")
    found = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
    files = sorted(file for file in found if file.is_file() and not file.name.startswith("."))
    if not files:
        raise UnreadableFile(
            f"holds no {', '.join(SUFFIXES)} file.", where=path, remedy="Check the path."
        )
    return files


def read_tables(path: Path, layer: str | None = None, crs: str | None = None) -> Iterator[Table]:
    """The layers of lines in a file, or the one named `layer`; `crs` overrides what it says.

    Raises UnreadableFile.
    """
    if path.stat().st_size == 0:
        raise UnreadableFile("is empty (0 bytes).", remedy="Fetch the file again.")
    for address in _addresses(path):
        for name in _layers(address, layer):
            yield _read_table(path, address, name, crs)


def file_inputs(path: Path) -> tuple[Input, ...]:
    """What a front's lineage says of the file it came from: name and SHA-256 of every piece."""
    pieces = [path]
    if path.suffix.lower() == ".shp":
        pieces = [path.with_suffix(suffix) for suffix in SIDECARS]
    return tuple(
        Input(InputKind.FILE, piece.name, sha256_of_file(piece))
        for piece in pieces
        if piece.is_file()
    )


def _addresses(path: Path) -> list[str]:
    """What GDAL is asked to open: the file, or the shapefiles in a zip."""
    if path.suffix.lower() != ".zip":
        return [str(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(n for n in archive.namelist() if n.lower().endswith(SUFFIXES[:3]))
    except zipfile.BadZipFile as error:
        raise UnreadableFile(
            "is no readable zip archive.", remedy="Fetch the file again."
        ) from error
    if not names:
        raise UnreadableFile("holds no vector file.", remedy="Zip the .shp with its .dbf and .prj.")
    return [f"/vsizip/{path.resolve()}/{name}" for name in names]


def _layers(address: str, wanted: str | None) -> list[str]:
    import pyogrio

    try:
        found = [(str(name), kind) for name, kind in pyogrio.list_layers(address)]
    except _gdal_errors() as error:
        raise _no_layers(address) or _unreadable(error) from error
    if wanted is not None:
        if wanted not in (name for name, _ in found):
            names = ", ".join(name for name, _ in found) or "none"
            raise UnreadableFile(
                f"has no layer {wanted!r} (layers: {names}).", remedy="Name another with --layer."
            )
        return [wanted]
    lines = [name for name, kind in found if kind is not None and not _is_other_kind(str(kind))]
    if not lines:
        raise UnreadableFile("has no layer of lines.", remedy="Export the fronts as lines.")
    return lines


def _no_layers(address: str) -> UnreadableFile | None:
    """GDAL says of a GeoPackage without layers that it is none, which helps nobody."""
    try:
        with closing(
            sqlite3.connect(f"{Path(address).resolve().as_uri()}?mode=ro", uri=True)
        ) as database:
            (count,) = database.execute("SELECT count(*) FROM gpkg_contents").fetchone()
    except sqlite3.Error:
        return None
    remedy = "Export the fronts again."
    return None if count else UnreadableFile("is a GeoPackage without layers.", remedy=remedy)


def _is_other_kind(kind: str) -> bool:
    return "Point" in kind or "Polygon" in kind


def _read_table(path: Path, address: str, layer: str, crs: str | None) -> Table:
    import pyogrio.raw

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            meta, _, geometries, columns = pyogrio.raw.read(address, layer=layer)
        except _gdal_errors() as error:
            raise _unreadable(error) from error
    system = _system(crs or meta["crs"])
    is_polar = system.equals(CRS(POLAR)) or system.to_epsg() == CRS(POLAR).to_epsg()
    return Table(
        path,
        layer,
        {
            str(name): tuple(_text(value) for value in column)
            for name, column in zip(meta["fields"], columns, strict=True)
        },
        _geometries(geometries),
        POLAR if is_polar else system.to_string(),
        None if is_polar else Transformer.from_crs(system, POLAR, always_xy=True),
        tuple(dict.fromkeys(str(warning.message) for warning in heard)),
    )


def _geometries(wkb: NDArray[np.object_]) -> tuple[BaseGeometry | None, ...]:
    with np.errstate(invalid="ignore"):  # NaN coordinates are refused later, with their feature
        return tuple(shapely.from_wkb(wkb, on_invalid="ignore"))


def _system(name: str | None) -> CRS:
    if not name:
        raise UnreadableFile(
            "has no coordinate system.", remedy="Name it with --crs, such as --crs EPSG:3031."
        )
    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        raise UnreadableFile(
            f"has an unknown coordinate system ({name[:60]}).",
            remedy="Name the right one with --crs, such as --crs EPSG:3031.",
        ) from error


def _text(value: Any) -> str | None:
    """A value of a field as text; None for null, NaN and blank."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT are not themselves
        return None
    if isinstance(value, np.datetime64):
        return str(np.datetime_as_string(value, unit="auto"))
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if float(value).is_integer() else str(float(value))
    return str(value).strip() or None


def _gdal_errors() -> tuple[type[Exception], ...]:
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

    # ValueError: what pyogrio says of a layer whose geometries or fields it cannot take.
    return (DataSourceError, DataLayerError, FeatureError, GeometryError, ValueError)


def _unreadable(error: Exception) -> UnreadableFile:
    # GDAL goes on about drivers and statements; what is wrong stands first.
    said = str(error).splitlines()[0].split(";")[0]
    return UnreadableFile(
        f"cannot be read as vector data ({said[:LONGEST_QUOTE]}).",
        remedy="Is it complete? Fetch it again, or export it as GeoPackage.",
    )
