"""From the accepted fronts of one series to its calving events, with polygons and areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

import numpy as np

from catalog.area import true_area_km2
from catalog.calving import CalvingEvent, CalvingKind, EventStatus
from catalog.canonical import canonical_json, sha256_hex
from catalog.corridor import Corridor, corridors_of
from catalog.front import Front
from catalog.lineage import Input, InputKind, Lineage
from catalog.measures import swept_error_km2
from catalog.scale import M_PER_KM, scale_factor
from catalog.shelf import Unit
from pipeline.calve import Loss, LossKind, find_losses
from pipeline.calving_polygon import Extents, are_alike, between, between_lines
from pipeline.calving_rules import DEFAULT_RULES, CalvingRules
from pipeline.provenance import DIGITS, code_digest, software_versions
from pipeline.sightings import DAY, Sighting, accepted_in_time, tracked
from pipeline.tracked_fronts import Curve, TrackedFronts

CALVE_CODE = (
    "calve", "calving_events", "calving_polygon", "calving_rules", "loss_evidence", "medians",
    "sightings", "tracked_fronts",
)  # fmt: skip
KINDS = {
    LossKind.CALVING: CalvingKind.CALVING,
    LossKind.DISINTEGRATION: CalvingKind.DISINTEGRATION,
}


@dataclass(frozen=True, slots=True)
class SeriesEvents:
    """The events of a series, oldest first; `slow_retreats` are losses that are none."""

    events: tuple[CalvingEvent, ...]
    slow_retreats: int


def find_events(
    sightings: Iterable[Sighting], unit: Unit, rules: CalvingRules = DEFAULT_RULES
) -> SeriesEvents:
    """The calving events among the accepted fronts of one series, in whatever order they come."""
    series = accepted_in_time(sightings)
    extents = Extents(series, unit)
    events: list[CalvingEvent] = []
    slow = 0
    for corridor in corridors_of(unit):
        fronts = tracked(series, corridor)
        for loss in find_losses(fronts, rules):
            if loss.kind is LossKind.RETREAT:
                slow += 1
            else:
                events += _event(loss, fronts, corridor, series, extents, rules)
    return SeriesEvents(tuple(_numbered(events)), slow)


def _event(
    loss: Loss,
    fronts: TrackedFronts,
    corridor: Corridor,
    series: Sequence[Sighting],
    extents: Extents,
    rules: CalvingRules,
) -> Iterator[CalvingEvent]:
    """The event of a loss; none where nothing is left of it as a polygon."""
    after_m = _filled(fronts.distance_m[loss.after, loss.paths])
    before_m = after_m + loss.lost_m
    by_paths = between(corridor, loss.paths, after_m, before_m)
    by_lines = between_lines(extents, loss, corridor)
    is_alike = by_lines is not None and are_alike(by_lines, by_paths)
    polygon = by_lines if by_lines is not None and is_alike else by_paths
    if polygon.is_empty:
        return
    outflow = between(corridor, loss.paths, before_m, before_m + loss.outflow_m)
    before, after = series[loss.before], series[loss.after]
    width_km = _width_km(corridor, loss, after_m)
    days = (after.front.end - before.front.start) / DAY
    yield CalvingEvent(
        unit=after.front.unit,
        shelf=after.front.shelf,
        interval=after.front.interval,
        origin=after.front.origin,
        source=after.front.source,
        kind=KINDS[loss.kind],
        status=EventStatus.CONFIRMED if loss.confirmed_by else EventStatus.UNCONFIRMED,
        polygon=polygon,
        area_km2=round(true_area_km2(polygon), 3),
        area_uncertainty_km2=round(swept_error_km2(_joint_error(fronts, loss, rules), width_km), 3),
        outflow_km2=round(true_area_km2(outflow), 3),
        width_km=round(width_km, 3),
        start=before.front.start,
        end=after.front.end,
        is_wide=days > rules.wide_window_days,
        front_before=before.front.id,
        front_after=after.front.id,
        scenes_before=_scenes(before.front),
        scenes_after=_scenes(after.front),
        confirmed_by=tuple(series[row].front.id for row in loss.confirmed_by),
        lineage=_lineage(before, after, rules, "lines" if is_alike else "paths"),
    )


def _filled(distance_m: Curve) -> Curve:
    """Paths that the front does not cross lie between their neighbours."""
    known = np.flatnonzero(np.isfinite(distance_m))
    return np.interp(np.arange(len(distance_m)), known, distance_m[known])


def _width_km(corridor: Corridor, loss: Loss, after_m: Curve) -> float:
    points = corridor.landward[loss.paths] + corridor.outward[loss.paths] * after_m[:, None]
    width = corridor.width_m[loss.paths] / scale_factor(points)
    return float(width[loss.lost_m > 0].sum()) / M_PER_KM


def _joint_error(fronts: TrackedFronts, loss: Loss, rules: CalvingRules) -> float:
    errors = fronts.uncertainty_m[[loss.before, loss.after]]
    return float(np.hypot(*np.where(np.isnan(errors), rules.uncertainty_m, errors)))


def _numbered(events: Iterable[CalvingEvent]) -> Iterator[CalvingEvent]:
    """Events by time; those that end on one day are numbered, the largest first."""
    by_day: dict[str, list[CalvingEvent]] = defaultdict(list)
    for event in events:
        by_day[f"{event.end:%Y%m%d}"].append(event)
    for day in sorted(by_day):
        largest_first = sorted(by_day[day], key=lambda e: (-e.calved_km2, e.polygon.bounds))
        for number, event in enumerate(largest_first, start=1):
            yield replace(event, number=number)


def _scenes(front: Front) -> tuple[str, ...]:
    return tuple(one.name for one in front.lineage.inputs_of(InputKind.SCENE))


def _lineage(before: Sighting, after: Sighting, rules: CalvingRules, polygon_from: str) -> Lineage:
    parameters = {**asdict(rules), "polygon_from": polygon_from}
    return Lineage(
        inputs=tuple(Input(InputKind.FRONT, one.front.id, one.digest) for one in (before, after)),
        code_version=_code_version(),
        configuration_sha256=sha256_hex(canonical_json(parameters)),
        software=MappingProxyType(software_versions()),
        parameters=MappingProxyType(parameters),
    )


@cache
def _code_version() -> str:
    return f"{version('icelines')}+{code_digest(CALVE_CODE)[:DIGITS]}"
