"""Shapefile in a zip: for programs that read nothing newer, with its losses said in the zip.

Names have 10 characters, texts 254 bytes, moments are text; all of that is mapped here on purpose
and never left to GDAL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from catalog.columns import COLUMNS, EVENT_COLUMNS, Column, Kind
from catalog.items.envelope import format_time
from publish.errors import PackagingFailed
from publish.formats.event_features import (
    EVENT_GEOMETRY_TYPE,
    EVENTS_LAYER,
    EventFeature,
    event_frame,
)
from publish.formats.features import GEOMETRY_TYPE, Feature, by_interval, feature_frame
from publish.formats.gdal import gdal_writing
from publish.formats.zipping import write_zip

if TYPE_CHECKING:
    import geopandas

MEDIA_TYPE = "application/zip"
DBF_TEXT_BYTES = 254
CUT_MARK = "..."
FIELDS_FILE = "FIELDS.txt"


@dataclass(frozen=True, slots=True)
class Table:
    """What becomes one Shapefile: `frame` has the geometries and the typed values of `rows`."""

    frame: geopandas.GeoDataFrame
    rows: Sequence[dict[str, Any]]
    columns: Sequence[Column]
    geometry_type: str


def write_zipped_shapefile(
    path: Path,
    features: Iterable[Feature],
    day: date,
    description: str,
    events: Sequence[EventFeature] = (),
) -> None:
    """A zip of one Shapefile for each interval and one of the calving events, if there are any.

    With them goes the meaning of the short names.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".partial-") as folder:
        for interval, group in by_interval(features).items():
            table = Table(feature_frame(group), [f.row for f in group], COLUMNS, GEOMETRY_TYPE)
            _write_shapefile(Path(folder) / f"fronts_{interval}.shp", table, day)
        if events:
            rows = [feature.row for feature in events]
            table = Table(event_frame(events), rows, EVENT_COLUMNS, EVENT_GEOMETRY_TYPE)
            _write_shapefile(Path(folder) / f"{EVENTS_LAYER}.shp", table, day)
        words = _fields_text(description, has_events=bool(events))
        (Path(folder) / FIELDS_FILE).write_text(words, encoding="utf-8")
        write_zip(path, Path(folder))


def dbf_text(value: str, column: Column) -> str:
    """`value` as it fits into a DBF field; raises PackagingFailed where it may not be cut."""
    encoded = value.encode("utf-8")
    if len(encoded) <= DBF_TEXT_BYTES:
        return value
    if not column.may_be_cut:
        raise PackagingFailed(
            f"holds a text of {len(encoded)} bytes; a Shapefile takes {DBF_TEXT_BYTES}.",
            where=column.name,
            remedy="Shorten it in the catalogue.",
        )
    kept = encoded[: DBF_TEXT_BYTES - len(CUT_MARK)].decode("utf-8", errors="ignore")
    return kept + CUT_MARK


def _write_shapefile(path: Path, table: Table, day: date) -> None:
    import pyogrio

    options = {"DBF_DATE_LAST_UPDATE": day.isoformat(), "ENCODING": "UTF-8"}
    with gdal_writing(path, day):
        pyogrio.write_dataframe(
            _dbf_frame(table),
            path,
            driver="ESRI Shapefile",
            geometry_type=table.geometry_type,
            layer_options=options,
        )


def _dbf_frame(table: Table) -> geopandas.GeoDataFrame:
    import pandas

    frame = table.frame
    for column in table.columns:
        if column.kind is Kind.INTEGER:
            frame[column.name] = frame[column.name].astype("float64")
        elif column.kind is not Kind.NUMBER:
            values = [_dbf_value(row[column.name], column) for row in table.rows]
            frame[column.name] = pandas.Series(values, dtype=object)
    return frame.rename(columns={column.name: column.dbf_name for column in table.columns})


def _dbf_value(value: Any, column: Column) -> str | None:
    if value is None:
        return None
    return dbf_text(format_time(value) if column.kind is Kind.MOMENT else str(value), column)


def _fields_text(description: str, *, has_events: bool) -> str:
    lines = [
        description,
        "",
        "Shapefiles cut names to 10 characters and texts to 254 bytes. A text that was cut ends in",
        f"'{CUT_MARK}'; the GeoPackage and the GeoParquet file have it whole. Moments are text",
        "in UTC.",
        "",
        "Fronts (fronts_*.shp):",
        *map(_field_line, COLUMNS),
    ]
    if has_events:
        lines += ["", f"Calving events ({EVENTS_LAYER}.shp):", *map(_field_line, EVENT_COLUMNS)]
    return "\n".join(lines) + "\n"


def _field_line(column: Column) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.dbf_name:<10}  {column.name}{unit}: {column.description}"
