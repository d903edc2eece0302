"""Fronts of all 51 parts, so many in all, of so many vertices each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from shapely import LineString, MultiLineString

from catalog.corridor import Corridor, corridors_of
from catalog.front import Front, Interval, Origin
from catalog.shelf import Part, all_parts, unit_of_part
from pipeline.simulate.noise import rng_of, smooth_curve

FIRST_DAY = datetime(2014, 10, 3, 6, tzinfo=UTC)
YEARS = 12.0
VERTICES = 150
SPEED_M_PER_DAY = 4.0
DAYS_BETWEEN_CALVINGS = 800.0
ERROR_M, ERROR_SCALE_M = 60.0, 1_000.0
SEED = 5


def generated_series(count: int) -> list[list[Front]]:
    """`count` fronts in 51 series over YEARS, or a few less; the more, the denser in time."""
    each = max(2, count // len(all_parts()))
    return [_series_of(part, each) for part in all_parts()]


def _series_of(part: Part, count: int) -> list[Front]:
    (corridor,) = corridors_of(unit_of_part(part))
    rng = rng_of(SEED, "series", part.name)
    days = np.sort(rng.choice(round(YEARS * 365.25 * 24), size=count, replace=False)) / 24.0
    return [_front(part, corridor, float(day), rng) for day in days]


def _front(part: Part, corridor: Corridor, day: float, rng: np.random.Generator) -> Front:
    moment = FIRST_DAY + timedelta(days=day)
    advanced_m = SPEED_M_PER_DAY * (day % DAYS_BETWEEN_CALVINGS)
    error_m = ERROR_M * smooth_curve(corridor.along_m, ERROR_SCALE_M, rng)
    distance_m = 0.4 * corridor.depth_m + advanced_m + error_m
    return Front(
        unit=part.name,
        shelf=part.shelf,
        interval=Interval.DAILY,
        origin=Origin.SIMULATED,
        source="simulated",
        start=moment,
        end=moment,
        line=_line(corridor.points_at(distance_m)),
        uncertainty_m=ERROR_M,
        area_km2=float((distance_m * corridor.width_m).sum() / 1e6),
    )


def _line(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> MultiLineString:
    at = np.linspace(0.0, len(points) - 1.0, VERTICES)
    columns = [np.interp(at, np.arange(len(points)), column) for column in points.T]
    return MultiLineString([LineString(np.column_stack(columns))])
