"""From the accepted fronts of one series to its calving events, with polygons and areas.

The polygon of an event is the ice before less the ice after, on the stretch that was lost: from
the lines themselves where both close their region, else from the distances along the paths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.area import true_area_km2
from catalog.calving import CalvingEvent, CalvingKind, EventStatus
from catalog.canonical import canonical_json, sha256_hex
from catalog.corridor import Corridor, corridors_of, front_distances
from catalog.front import Front, Status
from catalog.ice_polygon import ice_polygon
from catalog.lineage import Input, InputKind, Lineage
from catalog.measures import swept_error_km2
from catalog.scale import M_PER_KM, scale_factor
from catalog.shelf import Unit
from pipeline.calve import (
    DEFAULT_RULES,
    CalvingRules,
    Loss,
    LossKind,
    find_losses,
    runs_where,
)
from pipeline.provenance import DIGITS, code_digest, software_versions
from pipeline.tracked_fronts import TrackedFronts

Curve = npt.NDArray[np.float64]

CALVE_CODE = ("calve", "calving_events", "tracked_fronts")
DAY = timedelta(days=1)
SMALLEST_PIECE_KM2 = 0.05  # of a polygon: what is below is where two lines cross and cross again
LIKE_KM2, LIKE_SHARE = 1.0, 0.1  # by which the polygon of lines may differ from that of paths
KINDS = {
    LossKind.CALVING: CalvingKind.CALVING,
    LossKind.DISINTEGRATION: CalvingKind.DISINTEGRATION,
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A front with the digest of its revision: what an event made of it names, as averages do."""

    front: Front
    digest: str

    @property
    def moment(self) -> datetime:
        """The middle of its interval."""
        return self.front.start + (self.front.end - self.front.start) / 2


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
    extents = _Extents(series, unit)
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


def accepted_in_time(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Accepted fronts, oldest first; of several of one moment the surest."""
    accepted = [one for one in sightings if one.front.status is Status.ACCEPTED]
    by_moment: dict[datetime, Sighting] = {}
    for one in sorted(accepted, key=_surest_last):
        by_moment[one.moment] = one
    return tuple(by_moment[moment] for moment in sorted(by_moment))


def tracked(series: Sequence[Sighting], corridor: Corridor) -> TrackedFronts:
    """The fronts of a series as distances along the paths of a corridor."""
    first = series[0].moment if series else None
    days = [(one.moment - first) / DAY for one in series if first is not None]
    errors = [np.nan if (m := one.front.uncertainty_m) is None else m for one in series]
    return TrackedFronts(
        front_distances([one.front.line for one in series], corridor),
        np.array(days, dtype=np.float64),
        np.array(errors, dtype=np.float64),
        corridor.width_m,
    )


def _surest_last(one: Sighting) -> tuple[float, str]:
    error = one.front.uncertainty_m
    return (-np.inf if error is None else -error, one.front.id)


class _Extents:
    """The ice behind each front, made when it is asked for."""

    def __init__(self, series: Sequence[Sighting], unit: Unit) -> None:
        self._series, self._unit = series, unit
        self._known: dict[int, MultiPolygon | None] = {}

    def at(self, row: int) -> MultiPolygon | None:
        if row not in self._known:
            line = self._series[row].front.line
            self._known[row] = ice_polygon(line, self._unit.region, self._unit.reference)
        return self._known[row]


def _event(
    loss: Loss,
    fronts: TrackedFronts,
    corridor: Corridor,
    series: Sequence[Sighting],
    extents: _Extents,
    rules: CalvingRules,
) -> Iterator[CalvingEvent]:
    """The event of a loss; none where nothing is left of it as a polygon."""
    after_m = _filled(fronts.distance_m[loss.after, loss.paths])
    before_m = after_m + loss.lost_m
    by_paths = _between(corridor, loss.paths, after_m, before_m)
    by_lines = _between_lines(extents, loss, corridor)
    is_alike = by_lines is not None and _are_alike(by_lines, by_paths)
    polygon = by_lines if by_lines is not None and is_alike else by_paths
    if polygon.is_empty:
        return
    outflow = _between(corridor, loss.paths, before_m, before_m + loss.outflow_m)
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


def _between_lines(extents: _Extents, loss: Loss, corridor: Corridor) -> MultiPolygon | None:
    """What of the ice before is not ice after, on the paths of a loss; None: a line is open."""
    before, after = extents.at(loss.before), extents.at(loss.after)
    if before is None or after is None:
        return None
    zero = np.zeros(loss.last - loss.first + 1)
    strip = _between(corridor, loss.paths, zero, corridor.depth_m[loss.paths])
    return _pieces(before.intersection(strip).difference(after))


def _between(corridor: Corridor, paths: slice, inner_m: Curve, outer_m: Curve) -> MultiPolygon:
    """The area between two distances along each of the paths, half a path wider on both sides."""
    count = len(corridor.depth_m)
    own = np.arange(paths.start, paths.stop, dtype=np.float64)
    at = np.clip(np.concatenate([[own[0] - 0.5], own, [own[-1] + 0.5]]), 0, count - 1)
    inner, outer = (
        _points(corridor, at, np.concatenate([[m[0]], m, [m[-1]]])) for m in (inner_m, outer_m)
    )
    rings = [
        Polygon(np.vstack([inner[one], outer[one][::-1]]))
        for one in _open_stretches(np.concatenate([[0.0], outer_m - inner_m, [0.0]]))
    ]
    valid = [ring if ring.is_valid else shapely.make_valid(ring) for ring in rings]
    return _pieces(shapely.union_all(valid))


def _open_stretches(depth_m: Curve) -> list[slice]:
    """Where something lies between two sides, with the places next to it, where they meet."""
    return [slice(max(first - 1, 0), last + 2) for first, last in runs_where(depth_m > 0)]


def _points(corridor: Corridor, at: Curve, distance_m: Curve) -> Curve:
    """Points so far along paths that may lie between two of the corridor, shape (n, 2)."""
    index = np.arange(len(corridor.depth_m))
    start, outward = (
        np.column_stack([np.interp(at, index, values[:, axis]) for axis in (0, 1)])
        for values in (corridor.landward, corridor.outward)
    )
    return np.asarray(start + outward * distance_m[:, None])


def _pieces(area: BaseGeometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(area) if isinstance(part, Polygon)]
    large = [part for part in parts if true_area_km2(part) >= SMALLEST_PIECE_KM2]
    return shapely.orient_polygons(MultiPolygon(large))


def _are_alike(one: MultiPolygon, other: MultiPolygon) -> bool:
    areas = true_area_km2(one), true_area_km2(other)
    return abs(areas[0] - areas[1]) <= max(LIKE_KM2, LIKE_SHARE * max(areas))


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
