"""Time series as files: one CSV and one Parquet table of the same rows and columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.atomic import staged_file, write_bytes
from catalog.columns import SERIES_COLUMNS, Column, Kind
from catalog.items.envelope import format_time
from catalog.series import Row

if TYPE_CHECKING:
    import pyarrow


def write_series(folder: Path, name: str, rows: Iterable[Row]) -> tuple[Path, Path]:
    """`<name>_series.csv` and `.parquet` in `folder`, whole or not at all; their paths.

    The same rows give the same bytes. Raises StorageError.
    """
    kept = list(rows)
    csv_path, parquet_path = (folder / f"{name}_series{end}" for end in (".csv", ".parquet"))
    write_bytes(csv_path, series_csv(kept))
    write_parquet(parquet_path, kept)
    return csv_path, parquet_path


def series_csv(rows: Iterable[Row], columns: Sequence[Column] = SERIES_COLUMNS) -> bytes:
    """A header and one line for each row; what is not known is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(row[column.name]) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8")


def write_parquet(
    path: Path, rows: Sequence[Row], columns: Sequence[Column] = SERIES_COLUMNS
) -> None:
    """The rows as typed columns; unit and meaning of each stand in its metadata."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([_field(column) for column in columns])
    table = pyarrow.Table.from_pylist(list(rows), schema=schema)
    with staged_file(path) as staged:
        parquet.write_table(table, staged, compression="zstd")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return format_time(value) if hasattr(value, "isoformat") else str(value)


def _field(column: Column) -> pyarrow.Field:
    import pyarrow

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.NUMBER: pyarrow.float64(),
        Kind.INTEGER: pyarrow.int64(),
        Kind.MOMENT: pyarrow.timestamp("us", tz="UTC"),
    }
    meaning = {"unit": column.unit, "description": column.description}
    return pyarrow.field(column.name, types[column.kind], metadata=meaning)
