"""Simulated series with known truth: dates as Sentinel-1 has them, calvings, errors of a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
import numpy.typing as npt
from shapely import LineString, MultiLineString

from catalog.corridor import Corridor
from catalog.shelf import Part
from pipeline.simulate.moving_front import CLEARANCE_SHARE, front_at, paths_of
from pipeline.simulate.noise import rng_of, smooth_curve
from pipeline.simulate.scenario import Scenario, last_calving, scenario_of

Curve = npt.NDArray[np.float64]
DAY = timedelta(days=1)

FIRST_DAY = datetime(2017, 3, 1, tzinfo=UTC)
YEARS = 3.0
REPEAT_DAYS = (6.0, 12.0)
LOST_SHARE = 0.15  # of the passes
HOLE_DAYS = (60.0, 400.0)  # one in each series, in which nothing is seen
DAYS_BETWEEN_CALVINGS = (400.0, 900.0)
PARTIAL_CALVINGS = 2
TRACE_SIGMA_M = (40.0, 80.0)
TRACE_SCALE_M = 1_000.0  # along the front, over which errors of a trace are alike
VERTEX_TOLERANCE_M = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class TrueFront:
    """Where a front lies at a moment, on the paths of the simulation.

    `calvings` counts what has calved, so that two fronts with other numbers have a calving
    between them.
    """

    moment: datetime
    corridor: Corridor
    distance_m: Curve
    calvings: int


@dataclass(frozen=True, slots=True)
class PartialCalving:
    """A stretch of the front that breaks off by itself."""

    moment: datetime
    loss_m: Curve


def true_series(part: Part, seed: int) -> list[TrueFront]:
    """The fronts of a part over YEARS, at the moments at which it is seen."""
    rng = rng_of(seed, "evidence", part.name)
    scenario = replace(
        scenario_of(part.name, seed),
        days_between_calvings=float(round(rng.uniform(*DAYS_BETWEEN_CALVINGS))),
        first_calving=FIRST_DAY - timedelta(days=float(rng.uniform(0, 900))),
    )
    moments = _moments(rng)
    corridor = paths_of(part)
    partial = [
        _partial_calving(corridor, rng.uniform(0.1, 0.9), rng) for _ in range(PARTIAL_CALVINGS)
    ]
    fronts: list[TrueFront] = []
    for number, together in groupby(moments, lambda moment: last_calving(moment, scenario)[0]):
        same_cycle = list(together)
        rows = _flow(part, same_cycle, scenario, seed)
        fronts += [
            _after_partial(TrueFront(moment, corridor, row, number), partial)
            for moment, row in zip(same_cycle, rows, strict=True)
        ]
    return fronts


def traced_line(front: TrueFront, sigma_m: float, rng: np.random.Generator) -> MultiLineString:
    """The front as a trace gives it: with errors that are alike over TRACE_SCALE_M."""
    error = sigma_m * smooth_curve(front.corridor.along_m, TRACE_SCALE_M, rng)
    return line_at(front.corridor, front.distance_m + error)


def line_at(corridor: Corridor, distance_m: Curve) -> MultiLineString:
    """The line through these distances along the paths."""
    line = LineString(corridor.points_at(distance_m))
    # Twelve times as fast as with the topology kept, which no vertex differs by here.
    return MultiLineString([line.simplify(VERTEX_TOLERANCE_M, preserve_topology=False)])


def _moments(rng: np.random.Generator) -> Sequence[datetime]:
    every = float(rng.choice(REPEAT_DAYS))
    days = np.arange(0.0, YEARS * 365.25, every)
    days = days[rng.random(len(days)) >= LOST_SHARE]
    hole = rng.uniform(0.2, 0.8) * YEARS * 365.25
    days = days[(days < hole) | (days > hole + rng.uniform(*HOLE_DAYS))]
    return [FIRST_DAY + timedelta(days=float(day)) for day in days]


def _partial_calving(corridor: Corridor, when: float, rng: np.random.Generator) -> PartialCalving:
    share = np.linspace(0.0, 1.0, len(corridor.along_m))
    middle, half_width = rng.uniform(0.25, 0.75), rng.uniform(0.08, 0.2)
    shape = np.clip(3.0 * (1.0 - np.abs(share - middle) / half_width), 0.0, 1.0)
    moment = FIRST_DAY + timedelta(days=float(when * YEARS * 365.25))
    return PartialCalving(moment, rng.uniform(600.0, 3_000.0) * shape)


def _flow(part: Part, moments: Sequence[datetime], scenario: Scenario, seed: int) -> list[Curve]:
    """Where the front is at moments between two calvings: it moves evenly from first to last."""
    first, last = (front_at(part, moments[at], scenario, seed).distance_m for at in (0, -1))
    whole = max((moments[-1] - moments[0]) / DAY, 1.0)
    return [first + (moment - moments[0]) / DAY / whole * (last - first) for moment in moments]


def _after_partial(front: TrueFront, partial: Sequence[PartialCalving]) -> TrueFront:
    """The front without the stretches that have broken off by then."""
    gone = [event.loss_m for event in partial if event.moment <= front.moment]
    least = CLEARANCE_SHARE * front.corridor.depth_m
    distance_m = np.maximum(front.distance_m - sum(gone, np.zeros(1)), least)
    return replace(front, distance_m=distance_m, calvings=front.calvings + len(gone))
