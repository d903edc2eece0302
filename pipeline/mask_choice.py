"""Which front stands for a part of a shelf on one day, and the ice behind it.

Either the nearest accepted front in time, before or after, or the nearest one before, moved along
with the ice until that day. Where there is none near enough, the part is unknown and says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shapely import MultiLineString, MultiPolygon

from catalog.area import true_area_km2
from catalog.front import Front, Interval, Origin
from catalog.ice_polygon import ice_extent
from catalog.shelf import Unit
from pipeline.advection import advect
from pipeline.errors import MaskError, VelocityError
from pipeline.mask_doubt import SAME_DAY, calved_around
from pipeline.velocity import VelocityField

DAY = timedelta(days=1)


class Way(StrEnum):
    """How a front of another day came to stand for this one."""

    NEAREST = "nearest"
    ADVECTED = "advected"


@dataclass(frozen=True, slots=True)
class KnownIce:
    """The ice of a unit on a day: `ice` (EPSG:3031) from `front`, whose line lies at `line` then.

    `days_off` counts from the day to the front: negative where the front is earlier.
    """

    unit: Unit
    front: Front
    way: Way
    days_off: float
    line: MultiLineString
    ice: MultiPolygon
    doubt: str = ""

    @property
    def area_km2(self) -> float:
        return true_area_km2(self.ice)


@dataclass(frozen=True, slots=True)
class UnknownIce:
    """A unit of which nothing is known on a day, and why."""

    unit: Unit
    reason: str


UnitIce = KnownIce | UnknownIce


def choose_series(fronts: Sequence[Front], unit_name: str) -> list[Front]:
    """The fronts of one origin and source: those of Sentinel-1, or the only ones there are.

    Raises MaskError where there are none, or several to choose from.
    """
    found = {(front.origin, front.source) for front in fronts}
    ours = {key for key in found if key[0] is Origin.SENTINEL1}
    chosen = ours or found
    if not chosen:
        raise MaskError(
            "has no accepted front of that source on record.",
            where=unit_name,
            remedy="Process scenes or import fronts first; `icelines catalog stats` counts them.",
        )
    if len(chosen) > 1:
        names = ", ".join(sorted(f"{source} ({origin})" for origin, source in chosen))
        raise MaskError(
            f"has fronts of several sources, which are never mixed: {names}.",
            where=unit_name,
            remedy="Choose one with --source.",
        )
    return [front for front in fronts if (front.origin, front.source) in chosen]


def ice_on(
    moment: datetime,
    unit: Unit,
    fronts: Iterable[Front],
    within_days: float,
    velocity: VelocityField | None = None,
) -> UnitIce:
    """The ice of `unit` at `moment` by fronts of one series, moved where a velocity is given.

    Of several intervals the finest counts. Fronts that do not separate ice from ocean are passed
    over.
    """
    own = _finest([front for front in fronts if front.unit == unit.name])
    if velocity is None:
        return _nearest(moment, unit, own, within_days)
    return _advected(moment, unit, own, within_days, velocity)


def days_between(front: Front, moment: datetime) -> float:
    """From `moment` to the middle of the front's interval; negative for an earlier front."""
    middle = front.start + (front.end - front.start) / 2
    return (middle - moment) / DAY


def _finest(fronts: list[Front]) -> list[Front]:
    order = list(Interval)
    finest = min((order.index(front.interval) for front in fronts), default=0)
    return [front for front in fronts if order.index(front.interval) == finest]


def _by_nearness(fronts: list[Front], moment: datetime) -> list[tuple[float, Front]]:
    dated = [(days_between(front, moment), front) for front in fronts]
    return sorted(dated, key=lambda pair: (abs(pair[0]), pair[0], _error(pair[1]), pair[1].id))


def _error(front: Front) -> float:
    return math.inf if front.uncertainty_m is None else front.uncertainty_m


def _nearest(
    moment: datetime, unit: Unit, fronts: list[Front], within_days: float
) -> KnownIce | UnknownIce:
    dated = _by_nearness(fronts, moment)
    reason = _why_none(dated, within_days, "front")
    for days, front in dated:
        if abs(days) > within_days:
            break
        extent = ice_extent(front.line, unit.region, unit.reference)
        if extent.polygon is not None:
            doubt = calved_around(extent.polygon, days, unit, dated, within_days)
            return KnownIce(unit, front, Way.NEAREST, days, front.line, extent.polygon, doubt)
        reason = reason or f"{front.id}: {extent.reason}"
    return UnknownIce(unit, reason)


def _advected(
    moment: datetime,
    unit: Unit,
    fronts: list[Front],
    within_days: float,
    velocity: VelocityField,
) -> KnownIce | UnknownIce:
    dated = _by_nearness(fronts, moment)
    earlier = [(days, front) for days, front in dated if days < SAME_DAY]
    reason = _why_none(earlier, within_days, "earlier front")
    for days, front in earlier:
        if -days > within_days:
            break
        try:
            line = advect(front.line, velocity, -days)
        except VelocityError as error:
            return UnknownIce(unit, f"{error.where} {error.fault}".rstrip("."))
        extent = ice_extent(line, unit.region, unit.reference)
        if extent.polygon is not None:
            doubt = calved_around(extent.polygon, days, unit, dated, within_days)
            return KnownIce(unit, front, Way.ADVECTED, days, line, extent.polygon, doubt)
        reason = reason or f"{front.id} moved {-days:.0f} days: {extent.reason}"
    return UnknownIce(unit, reason)


def _why_none(dated: list[tuple[float, Front]], within_days: float, kind: str) -> str:
    if not dated:
        return f"no accepted {kind} on record"
    days, front = dated[0]
    if abs(days) <= within_days:
        return ""
    when = "later" if days > 0 else "earlier"
    return f"the nearest {kind} is {abs(days):.0f} days {when} ({front.id})"
