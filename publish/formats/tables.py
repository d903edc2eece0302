"""Tables as CSV: the area of each front in time, calving events, what became of acquisitions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from catalog.columns import AREA_COLUMNS, EVENT_COLUMNS, Kind
from catalog.items.envelope import format_time
from publish.content import ReleasedObservation
from publish.formats.event_features import EventFeature
from publish.formats.features import Feature

MEDIA_TYPE = "text/csv"
OBSERVATION_COLUMNS = ("unit", "moment", "state", "reason", "origin", "scene", "front")


def write_areas(path: Path, features: Iterable[Feature]) -> None:
    """One row for each front, by series and time; the unit of a number stands in its name."""
    rows = (
        [_cell(feature.row[column.name], column.kind) for column in AREA_COLUMNS]
        for feature in features
    )
    _write_csv(path, [column.name for column in AREA_COLUMNS], rows)


def write_events(path: Path, features: Iterable[EventFeature]) -> None:
    """One row for each calving event, by series and time."""
    rows = (
        [_cell(feature.row[column.name], column.kind) for column in EVENT_COLUMNS]
        for feature in features
    )
    _write_csv(path, [column.name for column in EVENT_COLUMNS], rows)


def write_observations(path: Path, observations: Iterable[ReleasedObservation]) -> None:
    """One row for each acquisition of a unit, and for each month without any."""
    _write_csv(path, OBSERVATION_COLUMNS, map(_observation_row, observations))


def _observation_row(one: ReleasedObservation) -> list[str]:
    seen, origin = one.seen, one.origin or ""
    moment = format_time(seen.moment)
    return [seen.unit, moment, seen.kind, seen.reason, origin, seen.scene_id, seen.front_id]


def _cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    return format_time(value) if kind is Kind.MOMENT else str(value)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8"))
