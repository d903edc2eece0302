"""A front line that a person drew in another program."""

from __future__ import annotations

from pathlib import Path

from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from catalog.importing.errors import UnreadableFile, UnusableGeometry
from catalog.importing.lines import polar_line, refuse_unusable, unite
from catalog.importing.vector import Table, read_tables


def read_drawn_line(
    path: Path, layer: str | None = None, crs: str | None = None
) -> MultiLineString:
    """All lines of a vector file as one, in EPSG:3031; features that repeat come once.

    Raises UnreadableFile, and UnusableGeometry for what is no line in the Antarctic.
    """
    try:
        return unite(
            _line(geometry, table)
            for table in read_tables(path, layer, crs)
            for geometry in table.geometries
        )
    except (UnreadableFile, UnusableGeometry) as error:
        raise type(error)(error.fault, where=path.name, remedy=error.remedy) from error


def _line(geometry: BaseGeometry | None, table: Table) -> BaseGeometry:
    refuse_unusable(geometry)
    return polar_line(geometry, table.to_polar)
