"""Series of the part Bach, written as distances along its paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from shapely import LineString, MultiLineString

from catalog.corridor import corridors_of
from catalog.front import Front, Status
from catalog.shelf import find_unit
from pipeline.check import check_series
from pipeline.checking.profile import Curve
from pipeline.checking.rules import CheckRules
from pipeline.checking.verdict import Verdict
from pipeline.velocity import VelocityField
from tests.factories import make_front

RULES = CheckRules()
UNIT = "Bach"
(CORRIDOR,) = corridors_of(find_unit(UNIT))
PATHS = len(CORRIDOR.depth_m)
SHARE = np.linspace(0.0, 1.0, PATHS)
REST = 0.4 * CORRIDOR.depth_m
AUTUMN = datetime(2017, 3, 2, 6, tzinfo=UTC)
EVERY_DAYS = 12.0
SPEED_M_PER_DAY = 4.0


def advance(days: float) -> Curve:
    """Distances after so many days of flow."""
    return np.asarray(REST + SPEED_M_PER_DAY * days)


def between(first: float, last: float, size_m: float) -> Curve:
    """`size_m` on the paths of this share of the front, 0 elsewhere."""
    return np.where((first <= SHARE) & (last >= SHARE), size_m, 0.0)


def line_of(distance_m: Curve) -> MultiLineString:
    return MultiLineString([LineString(CORRIDOR.points_at(distance_m))])


def front_on(days: float, distance_m: Curve, **changes: object) -> Front:
    start = AUTUMN + timedelta(days=days)
    area_km2 = round(float((distance_m * CORRIDOR.width_m).sum() / 1e6), 3)
    fields = {
        "unit": UNIT,
        "shelf": UNIT,
        "line": line_of(distance_m),
        "area_km2": area_km2,
        "status": Status.PROVISIONAL,
    }
    return make_front(start=start, **{**fields, **changes})


def steady(count: int, seed: int | None = None) -> list[Front]:
    """Fronts every EVERY_DAYS that move with the ice, with errors of 50 m where there is a seed."""
    rng = np.random.default_rng(seed)
    nodes = np.linspace(0.0, 1.0, PATHS // 4)
    errors = [
        np.zeros(PATHS) if seed is None else np.interp(SHARE, nodes, rng.normal(0, 50, len(nodes)))
        for _ in range(count)
    ]
    return [front_on(at * EVERY_DAYS, advance(at * EVERY_DAYS) + errors[at]) for at in range(count)]


def moved(front: Front, aside_m: Curve, days: float) -> Front:
    """The front of that many days with its line put aside."""
    return replace(front, line=line_of(advance(days) + aside_m))


def with_aside(fronts: Sequence[Front], asides: dict[int, Curve]) -> list[Front]:
    """The fronts of `steady`, those at the positions in `asides` put aside."""
    return [
        moved(front, asides[at], at * EVERY_DAYS) if at in asides else front
        for at, front in enumerate(fronts)
    ]


def judged(fronts: Sequence[Front], velocity: VelocityField | None = None) -> list[Verdict]:
    return list(check_series(fronts, RULES, velocity))


def words(verdicts: Sequence[Verdict]) -> list[str]:
    return ["+".join([str(v.status), *map(str, v.reasons)]) for v in verdicts]
