"""The calving events of a shelf as the CSV and JSON files that stand beside its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import orjson

from catalog.calving import CalvingEvent
from catalog.columns import EVENT_COLUMNS, Kind
from catalog.front import Origin
from catalog.items.envelope import format_time
from web.site.calving_section import numbered

CSV_NAME, JSON_NAME = "calving-events.csv", "calving-events.json"
OF_RELEASES = ("revision", "digest", "licence", "attribution", "citation", "doi", "provider")
COLUMNS = tuple(column for column in EVENT_COLUMNS if column.name not in OF_RELEASES)


def events_csv(events: Sequence[CalvingEvent]) -> bytes:
    """One row per event, oldest first; the columns of the release without those of a revision."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    for _, event in numbered(events):
        values = event_values(event)
        writer.writerow([_cell(values[column.name]) for column in COLUMNS])
    return stream.getvalue().encode("utf-8")


def events_json(events: Sequence[CalvingEvent], shelf: str, release: str | None) -> bytes:
    """The same rows, with what the numbers mean; lists stay lists."""
    document = {
        "title": f"Calving events of {shelf}",
        "release": release,
        "simulated": any(event.origin is Origin.SIMULATED for event in events),
        "units": {c.name: c.unit for c in COLUMNS if c.kind is Kind.NUMBER},
        "events": [event_values(event) for _, event in numbered(events)],
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document, option=options)


def event_values(event: CalvingEvent) -> dict[str, Any]:
    """JSON-ready values by the names of `COLUMNS`."""
    told = ("id", "unit", "shelf", "interval", "origin", "source", "status", "area_km2")
    more = ("area_uncertainty_km2", "outflow_km2", "width_km", "front_before", "front_after")
    lists = ("confirmed_by", "scenes_before", "scenes_after")
    return {
        **{name: getattr(event, name) for name in (*told, *more)},
        **{name: list(getattr(event, name)) for name in lists},
        "event": event.kind,
        "start": format_time(event.start),
        "end": format_time(event.end),
        "window_days": round(event.window_days, 3),
        "wide_window": "yes" if event.is_wide else "no",
        "calved_km2": round(event.calved_km2, 3),
    }


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
