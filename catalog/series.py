"""Time series as rows: every front of a unit with what is measured on it, and every gap.

A row's values stand under the names of `catalog.columns.SERIES_COLUMNS`; None where there is
nothing. A front is compared with the last accepted front before it in its own series (one unit,
origin, source and interval). Acquisitions that gave no front, and months without any acquisition,
are rows of state `gap` or `rejected`, so that a hole in a series is never silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.columns import SERIES_COLUMNS
from catalog.corridor import Corridor, corridors_of, front_distances
from catalog.errors import UnknownUnit
from catalog.front import Front, Interval, Origin, SeriesKey, Status
from catalog.front_dates import dates_text, parts_text
from catalog.items.front import item_to_front
from catalog.lineage import InputKind
from catalog.measures import Advance, advance_between, area_error_km2, joint_error
from catalog.observation import Observation, ObservationKind
from catalog.stored import StoredItem
from catalog.vanished_shelves import find_charted_unit

Row = dict[str, Any]
Curve = npt.NDArray[np.float64]
NAMES = tuple(column.name for column in SERIES_COLUMNS)
OWN = (Origin.SENTINEL1, Origin.SIMULATED)


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which licence our own fronts may be used, and what to cite."""

    name: str
    citation: str


@dataclass(frozen=True, slots=True)
class _Seen:
    front: Front
    stored: StoredItem
    distance_m: Curve | None  # None: a unit that is not in the table has no paths


def series_rows(
    stored: Iterable[StoredItem],
    observations: Iterable[Observation],
    licence: Licence,
    origin_of_scene: Callable[[str], Origin | None] | None = None,
) -> list[Row]:
    """Rows of all series among fronts and observations, by series and time.

    `origin_of_scene` is asked where a unit has several daily series of its own.
    """
    series: dict[SeriesKey, list[StoredItem]] = defaultdict(list)
    fronts: dict[str, Front] = {}
    for one in stored:
        front = item_to_front(one.item)
        fronts[one.item_id] = front
        series[front.series].append(one)
    rows = [
        row
        for key in series
        for row in _rows_of(key, [(fronts[one.item_id], one) for one in series[key]], licence)
    ]
    own = [key for key in series if key.origin in OWN and key.interval is Interval.DAILY]
    rows += [
        _gap_row(seen, *_whose(seen, own, origin_of_scene))
        for seen in observations
        if seen.kind is not ObservationKind.OBSERVED and seen.front_id not in fronts
    ]
    return sorted(rows, key=_place)


def _rows_of(
    key: SeriesKey, entries: Sequence[tuple[Front, StoredItem]], licence: Licence
) -> Iterator[Row]:
    in_time = sorted(entries, key=lambda entry: (entry[0].start, entry[0].end, entry[0].id))
    corridors = _corridors(key.unit)
    distances = _all_distances([front for front, _ in in_time], corridors)
    last: _Seen | None = None
    for (front, stored), distance in zip(in_time, distances, strict=True):
        seen = _Seen(front, stored, distance)
        yield _front_row(seen, last, corridors, licence)
        if front.status is Status.ACCEPTED:
            last = seen


def _front_row(
    seen: _Seen, last: _Seen | None, corridors: Sequence[Corridor], licence: Licence
) -> Row:
    front = seen.front
    models = [entry.name for entry in front.lineage.inputs_of(InputKind.MODEL)]
    scenes = [entry.name for entry in front.lineage.inputs_of(InputKind.SCENE)]
    source = front.imported_from
    is_rejected = front.status is Status.REJECTED
    return _row(
        shelf=front.shelf,
        unit=front.unit,
        interval=str(front.interval),
        origin=str(front.origin),
        source=front.source,
        state=str(ObservationKind.REJECTED if is_rejected else ObservationKind.OBSERVED),
        status=str(front.status),
        reasons=",".join(front.reasons) or None,
        start=front.start,
        end=front.end,
        id=front.id,
        length_km=_rounded(front.length_km),
        area_km2=front.area_km2,
        area_uncertainty_km2=_area_error(front),
        uncertainty_m=front.uncertainty_m,
        confidence=front.confidence,
        observations=front.observations,
        spread_m=front.spread_m,
        dates=dates_text(front),
        parts=parts_text(front),
        scenes=" ".join(scenes) or None,
        model=" ".join(models) or None,
        baseline=front.baseline,
        revision=seen.stored.revision,
        digest=seen.stored.digest,
        licence=source.licence if source else licence.name,
        citation=source.citation if source else licence.citation,
        doi=source.doi if source else None,
        **(_change(seen, last, corridors) if last is not None else {}),
    )


def _change(seen: _Seen, last: _Seen, corridors: Sequence[Corridor]) -> Row:
    """What is measured against the last accepted front."""
    change: Row = {
        "days_since_last": (seen.front.start - last.front.start).total_seconds() / 86_400.0
    }
    areas = seen.front.area_km2, last.front.area_km2
    if areas[0] is not None and areas[1] is not None:
        error = joint_error(_area_error(seen.front), _area_error(last.front))
        change |= {
            "area_change_km2": round(areas[0] - areas[1], 3),
            "area_change_uncertainty_km2": _rounded(error),
        }
    if seen.distance_m is None or last.distance_m is None:
        return change
    advance = advance_between(last.front, seen.front, corridors, (last.distance_m, seen.distance_m))
    return change | (_advance_columns(advance) if advance else {})


def _advance_columns(advance: Advance) -> Row:
    return {
        "advance_mean_m": _rounded(advance.mean_m),
        "advance_mean_uncertainty_m": _rounded(advance.mean_error_m),
        "advance_mean_m_per_day": _rounded(advance.mean_m_per_day),
        "advance_mean_m_per_year": _rounded(advance.mean_m_per_year),
        "advance_max_m": _rounded(advance.greatest_advance_m),
        "retreat_max_m": _rounded(advance.greatest_retreat_m),
        "path_uncertainty_m": _rounded(advance.path_error_m),
        "compared_share": _rounded(advance.compared_share),
    }


def _whose(
    seen: Observation,
    own: Sequence[SeriesKey],
    origin_of_scene: Callable[[str], Origin | None] | None,
) -> tuple[Origin | None, str | None]:
    """Origin and source of the series that an acquisition without a front belongs to."""
    keys = [key for key in own if key.unit == seen.unit]
    if len(keys) == 1:
        return keys[0].origin, keys[0].source
    origin = origin_of_scene(seen.scene_id) if origin_of_scene and seen.scene_id else None
    sources = [key.source for key in keys if key.origin is origin]
    return origin, sources[0] if len(sources) == 1 else None


def _gap_row(seen: Observation, origin: Origin | None, source: str | None) -> Row:
    return _row(
        shelf=_shelf_of(seen.unit),
        unit=seen.unit,
        interval=str(Interval.DAILY),
        origin=str(origin) if origin else None,
        source=source,
        state=str(seen.kind),
        reasons=seen.reason or None,
        start=seen.moment,
        end=seen.moment,
        scenes=seen.scene_id or None,
    )


def _row(**values: Any) -> Row:
    return {name: values.get(name) for name in NAMES}


def _place(row: Row) -> tuple[str, ...]:
    series = (row["shelf"], row["unit"], row["interval"], row["origin"] or "", row["source"] or "")
    return (*map(str, series), row["start"].isoformat(), row["id"] or "", row["scenes"] or "")


def _all_distances(
    fronts: Sequence[Front], corridors: Sequence[Corridor]
) -> list[Curve] | list[None]:
    if not corridors or not fronts:
        return [None for _ in fronts]
    lines = [front.line for front in fronts]
    return list(np.hstack([front_distances(lines, corridor) for corridor in corridors]))


@cache
def _corridors(unit: str) -> tuple[Corridor, ...]:
    try:
        return corridors_of(find_charted_unit(unit))
    except UnknownUnit:
        return ()


@cache
def _shelf_of(unit: str) -> str:
    try:
        return find_charted_unit(unit).shelf
    except UnknownUnit:
        return unit


def _area_error(front: Front) -> float | None:
    return None if front.area_km2 is None else _rounded(area_error_km2(front))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
