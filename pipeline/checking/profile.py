"""A series of fronts as a table: how far each lies along each path of its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from catalog.corridor import Corridor, corridors_of, front_distances
from catalog.errors import UnknownUnit
from catalog.front import Front
from catalog.vanished_shelves import find_charted_unit

Table = npt.NDArray[np.float64]  # shape (fronts, paths)
Curve = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PATH_SPACING_M = 500.0  # what is wrong with a front is wider
OUTLINE_TOLERANCE_M = 1_000.0  # bends below this do not widen a front
KM2_TO_M2 = 1e6
DAY = timedelta(days=1)
USUAL_SHARE = 0.5  # of the fronts that cross a path


@dataclass(frozen=True)
class SeriesProfile:
    """A series, oldest first: one row for each front.

    `days` since the first, shape (n,); `distance_m`, shape (n, paths), NaN where a front does not
    cross a path; `length_m`, shape (n,). Without `corridors` the unit is not in the table of
    shelves, and the only path is the mean one: area over width.
    """

    days: Curve
    distance_m: Table
    length_m: Curve
    corridors: tuple[Corridor, ...]

    @property
    def has_paths(self) -> bool:
        return bool(self.corridors)

    @cached_property
    def known(self) -> Flags:
        return np.asarray(~np.isnan(self.distance_m))

    @cached_property
    def is_known(self) -> Flags:
        """Which fronts lie anywhere at all, shape (n,)."""
        return np.asarray(self.known.any(axis=1))

    @cached_property
    def usual(self) -> Flags:
        """The paths that most fronts cross, shape (paths,)."""
        return np.asarray(self.known.mean(axis=0) >= USUAL_SHARE)

    @cached_property
    def coverage(self) -> Curve:
        """The share of the usual paths that each front crosses, shape (n,)."""
        if not self.usual.any():
            return np.asarray(self.known.mean(axis=1))
        return np.asarray(self.known[:, self.usual].mean(axis=1))

    @cached_property
    def winding(self) -> Curve:
        """How many times longer a front is than its course from path to path, shape (n,)."""
        if not self.has_paths:
            return np.ones(len(self.days))
        ends = np.cumsum([_inner_count(c) for c in self.corridors])[:-1]
        tables = np.split(self.distance_m, ends, axis=1)
        courses = [_course_m(t, c) for t, c in zip(tables, self.corridors, strict=True)]
        course_m = np.sum(courses, axis=0)
        return np.where(course_m > 0, self.length_m / np.where(course_m > 0, course_m, 1.0), 1.0)


def profile_of(fronts: Sequence[Front]) -> SeriesProfile:
    """The profile of fronts of one series, oldest first, at least one."""
    lines = [front.line for front in fronts]
    corridors = corridors_of_unit(fronts[0].unit)
    if corridors:
        tables = [front_distances(lines, corridor)[:, 1:-1] for corridor in corridors]
        distance_m = np.concatenate(tables, axis=1)
    else:
        distance_m = _mean_distances(fronts)
    return SeriesProfile(
        days=np.array([(front.start - fronts[0].start) / DAY for front in fronts]),
        distance_m=distance_m,
        length_m=np.asarray(shapely.length(np.array(lines, dtype=object))),
        corridors=corridors,
    )


def corridors_of_unit(unit: str) -> tuple[Corridor, ...]:
    """The corridors of a unit, or of a shelf that is gone; none where neither is in our tables."""
    try:
        return corridors_of(find_charted_unit(unit), PATH_SPACING_M)
    except UnknownUnit:
        return ()


def _mean_distances(fronts: Sequence[Front]) -> Table:
    outlines = shapely.simplify([front.line for front in fronts], OUTLINE_TOLERANCE_M)
    width_m = max(float(np.median(shapely.length(outlines))), 1.0)
    areas = [np.nan if front.area_km2 is None else front.area_km2 for front in fronts]
    return np.array(areas)[:, None] * KM2_TO_M2 / width_m


def _inner_count(corridor: Corridor) -> int:
    # The first and the last path run on the region's border, where a line may end on either side.
    return len(corridor.depth_m) - 2


def _course_m(distance_m: Table, corridor: Corridor) -> Curve:
    """Length of the way over the crossings, by neighbouring paths that are both crossed."""
    inner = slice(1, -1)
    outward, landward = corridor.outward[inner], corridor.landward[inner]
    steps = (landward[1:] - landward[:-1])[None] + (
        distance_m[:, 1:, None] * outward[1:] - distance_m[:, :-1, None] * outward[:-1]
    )
    return np.asarray(np.nansum(np.hypot(steps[..., 0], steps[..., 1]), axis=1))
