"""A front moved along with the ice: where it would lie if nothing had calved.

Every vertex is carried through the velocity field by the classical Runge-Kutta method of fourth
order. Vertices that lie farther apart than a cell of the field get others between them, so that a
straight edge may bend with the flow. Calving fronts were advected so for physical checks by Greene
et al. 2022 (doi:10.1038/s41586-022-05037-w).
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from pipeline.errors import VelocityError
from pipeline.simple_line import without_loops
from pipeline.velocity import Floats, VelocityField

DAYS_PER_YEAR = 365.25
LARGEST_STEP_CELLS = 0.5  # of the field, that the fastest ice covers in one step
LONGEST_STEP_DAYS = 30.0
TOLERANCE_M = 1.0  # for vertices that turn out to be needless


def advect(line: MultiLineString, velocity: VelocityField, days: float) -> MultiLineString:
    """`line` (EPSG:3031) after `days` of flow; negative days take it back in time.

    Parts keep their order and direction, and cross themselves only where they did before. Raises
    VelocityError where a vertex comes where no velocity is known.
    """
    if not math.isfinite(days):
        raise ValueError(f"{days} is no number of days")
    if days == 0:
        return line
    return MultiLineString([_advected(part, velocity, days) for part in line.geoms])


def carry(points: Floats, velocity: VelocityField, days: float) -> Floats:
    """Points (n, 2) after `days`; NaN for those that come where no velocity is known."""
    steps = _step_count(velocity, days)
    step_years = days / DAYS_PER_YEAR / steps
    for _ in range(steps):
        points = _runge_kutta(points, velocity, step_years)
    return points


def _runge_kutta(points: Floats, velocity: VelocityField, years: float) -> Floats:
    first = velocity.at(points)
    second = velocity.at(points + 0.5 * years * first)
    third = velocity.at(points + 0.5 * years * second)
    fourth = velocity.at(points + years * third)
    return np.asarray(points + years / 6.0 * (first + 2 * second + 2 * third + fourth))


def _step_count(velocity: VelocityField, days: float) -> int:
    travelled_m = velocity.fastest_m_per_year * abs(days) / DAYS_PER_YEAR
    by_distance = travelled_m / (LARGEST_STEP_CELLS * velocity.cell_m)
    return max(1, math.ceil(by_distance), math.ceil(abs(days) / LONGEST_STEP_DAYS))


def _advected(part: LineString, velocity: VelocityField, days: float) -> LineString:
    fine = shapely.segmentize(part, velocity.cell_m)
    moved = carry(shapely.get_coordinates(fine), velocity, days)
    if not np.isfinite(moved).all():
        raise _unknown(part, velocity, days)
    carried = LineString(moved).simplify(TOLERANCE_M)
    if carried.is_simple or not part.is_simple or part.is_ring:
        return carried
    # Flow does not fold a line, but chords between its vertices may cross where it bends.
    return without_loops(carried)


def _unknown(part: LineString, velocity: VelocityField, days: float) -> VelocityError:
    x, y = shapely.get_coordinates(part).mean(axis=0)
    return VelocityError(
        f"has no velocity for a front near x {x:.0f} m, y {y:.0f} m (EPSG:3031) over "
        f"{days:.0f} days.",
        where=velocity.name,
        remedy="Give a raster that covers the shelf and its front, or leave it out.",
    )
