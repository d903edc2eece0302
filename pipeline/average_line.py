"""From distances along paths back to a line on the map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiLineString

from catalog.corridor import Corridor
from pipeline.contour import SIMPLIFY_TOLERANCE_M, put_on_lattice

Curve = npt.NDArray[np.float64]


def line_of_curve(distance_m: Curve, corridor: Corridor, shortest_m: float) -> MultiLineString:
    """The line through the known points of all paths, with the ice on its left.

    `distance_m` has one number per path, NaN where nothing is known: there the line has a hole.
    It is simplified and put on the grid as traced lines are; pieces shorter than `shortest_m` are
    left out, so that it may be empty.
    """
    points = corridor.points_at(distance_m)
    # Paths run with the sea on the left, so their reverse has the ice there.
    runs = (LineString(points[run][::-1]) for run in _known_runs(distance_m))
    pieces = [run for run in runs if run.length >= shortest_m][::-1]
    # Paths hardly cross, so the quick way tangles nothing; what it does is put right on the grid.
    quick = shapely.simplify(pieces, SIMPLIFY_TOLERANCE_M, preserve_topology=False)
    return put_on_lattice(MultiLineString(list(quick)))


def _known_runs(distance_m: Curve) -> Iterator[slice]:
    """Stretches of at least two neighbouring paths that are known."""
    is_known = np.concatenate([[False], np.isfinite(distance_m), [False]])
    steps = np.diff(is_known.astype(np.int8))
    for first, past in zip(np.flatnonzero(steps > 0), np.flatnonzero(steps < 0), strict=True):
        if past - first > 1:
            yield slice(int(first), int(past))
