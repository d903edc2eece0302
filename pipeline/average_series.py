"""The averages of one series: for each month, quarter and year that has accepted fronts.

The whole series is looked at once for what calved (pipeline.calve, by its own rule), because
whether ice is gone for good is known only from the fronts that come after.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiLineString

from catalog.corridor import PATH_SPACING_M, Corridor, corridors_of, front_distances
from catalog.errors import RecordError
from catalog.front import Front
from catalog.lineage import Input, InputKind
from catalog.shelf import Unit
from pipeline.average import Break, Centre, DatedFronts, Side, average_fronts
from pipeline.average_line import line_of_curve
from pipeline.average_period import AveragePeriod
from pipeline.average_rules import AveragingRules
from pipeline.calve import LossKind, find_losses
from pipeline.calving_rules import CalvingRules
from pipeline.tracked_fronts import TrackedFronts

Curve = npt.NDArray[np.float64]

SPACING_M = PATH_SPACING_M / 2
EVERY = 2  # calving is looked for on paths PATH_SPACING_M apart
LONGEST_SNAP_M = 15.0  # from where a line was cut to its last vertex on the grid of 10 m
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RecordedFront:
    """A front and the digest of its current revision."""

    front: Front
    digest: str
    as_input: Input = field(init=False)  # of what is made of it; each front is in several averages

    def __post_init__(self) -> None:
        made_of = Input(InputKind.FRONT, self.front.id, self.digest)
        object.__setattr__(self, "as_input", made_of)


@dataclass(frozen=True, slots=True)
class Average:
    """The average of a period: `members` are the fronts in it, `centre` tells which took part."""

    period: AveragePeriod
    members: tuple[RecordedFront, ...]
    centre: Centre
    line: MultiLineString

    @property
    def used(self) -> tuple[RecordedFront, ...]:
        return tuple(m for m, is_in in zip(self.members, self.centre.used, strict=True) if is_in)

    def window_of(self, side: Side) -> tuple[Front, Front]:
        """The fronts before and after a calving in the period."""
        return self.members[side.of.before].front, self.members[side.of.after].front


@dataclass(frozen=True, slots=True)
class AveragedSeries:
    """Accepted daily fronts of one series, oldest first, along the paths of their unit.

    Raises RecordError for fronts of several series, and for a unit with two fronts, whose parts
    are averaged one by one.
    """

    members: tuple[RecordedFront, ...]
    corridor: Corridor
    distance_m: npt.NDArray[np.float64]
    days: Curve
    uncertainty_m: Curve
    losses: tuple[Break, ...] = field(default=())

    @classmethod
    def of(
        cls, fronts: Iterable[RecordedFront], unit: Unit, rules: AveragingRules
    ) -> AveragedSeries:
        """The series, with what calved in it."""
        members = tuple(sorted(fronts, key=lambda one: (one.front.start, one.as_input.name)))
        _refuse_mixture(members)
        corridors = corridors_of(unit, SPACING_M)
        if len(corridors) != 1:
            raise RecordError("has two fronts; average its parts.", where=unit.name)
        (corridor,) = corridors
        distance_m = distances_to_the_sides([one.front.line for one in members], corridor)
        first = members[0].front.start if members else None
        days = np.array([(one.front.start - first) / DAY for one in members if first])
        stated = [one.front.uncertainty_m for one in members]
        uncertainty_m = np.array([np.nan if value is None else value for value in stated])
        losses = _losses(corridor, distance_m, days, uncertainty_m, rules.calving)
        return cls(members, corridor, distance_m, days, uncertainty_m, losses)

    def average(self, period: AveragePeriod, rules: AveragingRules) -> Average | None:
        """The average of `period`; None where it has no front or none of them share a path."""
        rows = slice(
            bisect_left(self.members, period.start, key=_moment),
            bisect_left(self.members, period.after, key=_moment),
        )
        if rows.start == rows.stop:
            return None
        begin = (period.start - self.members[0].front.start) / DAY
        dated = DatedFronts(
            self.distance_m[rows], self.days[rows] - begin, self.uncertainty_m[rows], period.days
        )
        centre = average_fronts(dated, _breaks_within(self.losses, rows), rules.average)
        line = line_of_curve(centre.distance_m, self.corridor, rules.shortest_piece_m)
        return None if line.is_empty else Average(period, self.members[rows], centre, line)


def distances_to_the_sides(
    lines: Sequence[MultiLineString], corridor: Corridor
) -> npt.NDArray[np.float64]:
    """As `front_distances`, also on the first and last path, which are the sides of the region.

    A line that was cut there and put on the grid ends some metres before it, and counts.
    """
    distance_m = front_distances(lines, corridor)
    pieces, owner = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
    for path in (0, -1):
        for vertex in (0, -1):
            ends = shapely.get_coordinates(shapely.get_point(pieces, vertex))
            away = ends - corridor.landward[path]
            along = away @ corridor.outward[path]
            aside = np.abs(away @ (corridor.outward[path][::-1] * (1.0, -1.0)))
            near = (aside <= LONGEST_SNAP_M) & (along >= 0) & (along <= corridor.depth_m[path])
            np.fmax.at(distance_m[:, path], owner[near], along[near])
    return distance_m


def _losses(
    corridor: Corridor,
    distance_m: npt.NDArray[np.float64],
    days: Curve,
    uncertainty_m: Curve,
    rules: CalvingRules,
) -> tuple[Break, ...]:
    """Where and when ice calved, on the paths of `corridor`."""
    width_m = np.gradient(corridor.along_m[::EVERY])
    tracked = TrackedFronts(distance_m[:, ::EVERY], days, uncertainty_m, width_m)
    last_path = len(corridor.depth_m) - 1
    return tuple(
        Break(
            loss.before,
            loss.after,
            max(EVERY * loss.first - 1, 0),
            min(EVERY * loss.last + 1, last_path),
        )
        for loss in find_losses(tracked, rules)
        if loss.kind is not LossKind.RETREAT
    )


def _breaks_within(losses: Sequence[Break], rows: slice) -> list[Break]:
    """Those with a front of the period on either side, by rows of the period."""
    return [
        Break(one.before - rows.start, one.after - rows.start, one.first, one.last)
        for one in losses
        if rows.start <= one.before and one.after < rows.stop
    ]


def _moment(one: RecordedFront) -> datetime:
    return one.front.start


def _refuse_mixture(members: Sequence[RecordedFront]) -> None:
    for before, after in pairwise(members):
        if before.front.series != after.front.series:
            raise RecordError(
                f"{before.front.id} and {after.front.id} are not of one series.",
                where=before.front.unit,
            )
