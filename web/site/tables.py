"""The numbers behind a chart, as the CSV and JSON files that stand beside it."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson

from catalog.columns import Kind, columns_named
from catalog.front import Front
from catalog.items.envelope import format_time
from web.site.series import Series

COLUMNS = columns_named(
    "id", "shelf", "unit", "origin", "source", "interval", "start", "end",
    "area_km2", "length_km", "uncertainty_m", "status", "reasons",
)  # fmt: skip


def series_csv(series: Series) -> bytes:
    """One row per front, oldest first; an unknown value is an empty cell."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [c.name for c in COLUMNS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {**row, "reasons": " ".join(row["reasons"])} for row in map(front_row, _fronts(series))
    )
    return stream.getvalue().encode("utf-8")


def series_json(series: Series, release: str | None) -> bytes:
    """The same rows, with what the numbers mean. `release` is None for the working state."""
    key = series.key
    document = {
        "title": f"Area of {key.unit}",
        "unit": key.unit,
        "origin": key.origin,
        "source": key.source,
        "interval": key.interval,
        "simulated": series.is_simulated,
        "release": release,
        "units": {c.name: c.unit for c in COLUMNS if c.kind is Kind.NUMBER},
        "fronts": [front_row(front) for front in _fronts(series)],
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document, option=options)


def front_row(front: Front) -> dict[str, Any]:
    return {
        "id": front.id,
        "shelf": front.shelf,
        "unit": front.unit,
        "origin": front.origin,
        "source": front.source,
        "interval": front.interval,
        "start": format_time(front.start),
        "end": format_time(front.end),
        "area_km2": _rounded(front.area_km2),
        "length_km": _rounded(front.length_km),
        "uncertainty_m": front.uncertainty_m,
        "status": front.status,
        "reasons": [str(reason) for reason in front.reasons],
    }


def _fronts(series: Series) -> list[Front]:
    return sorted((*series.line, *series.doubtful), key=lambda f: (f.start, f.id))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
