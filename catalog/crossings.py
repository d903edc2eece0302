"""Where lines on the map cross the paths of a corridor.

Most vertices lie far from most paths. Paths are taken in strips of neighbours: only a step of a
line that reaches into a strip, between the paths on both sides of it, can cross a path of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from catalog.corridor import Corridor

Points = npt.NDArray[np.float64]  # shape (n, 2), EPSG:3031, metres
Curve = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STRIP_PATHS = 64
LEAST_ROOM_M = 1.0  # between a path and those beside its strip; sides are told to centimetres
STEPS_AT_ONCE = 2**14  # so that their sides of all strips fit in a core's cache


@dataclass(frozen=True, slots=True)
class Crossings:
    """The first vertex of the step that crosses, the path that it crosses, and how far along that
    path, in metres; all have shape (crossings,)."""

    vertex: Indices
    path: Indices
    travelled_m: Curve


def crossings_of(vertices: Points, joined: Mask, corridor: Corridor) -> Crossings:
    """All crossings of the paths, without end, by the steps from each vertex to the next.

    `joined`, shape (vertices - 1,), says which of these steps are part of a line. Crossings beyond
    the ends of a path may be left out. Sides are told in single precision, which halves the time
    and errs by centimetres; as each vertex has one side of each path, no line slips through
    between two vertices.
    """
    centre = corridor.landward.mean(axis=0)
    sides = _sides_of_paths(corridor, centre)
    points = np.column_stack([vertices - centre, np.ones(len(vertices))]).astype(np.float32)
    strips = _strips_of(corridor, sides)
    found = [np.empty((2, 0), dtype=np.int64)]
    for begin in range(0, len(points) - 1, STEPS_AT_ONCE):
        some = points[begin : begin + STEPS_AT_ONCE + 1]
        for first, path in _crossed(some, joined[begin : begin + STEPS_AT_ONCE], sides, strips):
            found.append(np.stack([first + begin, path]))
    vertex, path = np.concatenate(found, axis=1)
    return Crossings(vertex, path, _travelled(vertices, vertex, path, corridor, centre))


@dataclass(frozen=True, slots=True, eq=False)
class _Strips:
    """The neighbouring `paths` of each strip, and its bounds, (3, strips).

    The strip lies on the positive side of both bounds; one of (0, 0, 1) bounds nothing.
    """

    paths: tuple[slice, ...]
    lower: Singles
    upper: Singles


def _sides_of_paths(corridor: Corridor, centre: Points) -> Singles:
    """(3, paths): the product with (x, y, 1) from the centre is positive left of a path."""
    normal = np.stack([-corridor.outward[:, 1], corridor.outward[:, 0]], axis=1)
    offset = np.einsum("ki,ki->k", corridor.landward - centre, normal)
    return np.vstack([normal.T, -offset]).astype(np.float32)


def _strips_of(corridor: Corridor, sides: Singles) -> _Strips:
    paths = len(corridor.depth_m)
    strips = [slice(one, min(one + STRIP_PATHS, paths)) for one in range(0, paths, STRIP_PATHS)]
    lower = [_bound(corridor, sides, strip.start - 1, strip) for strip in strips]
    upper = [_bound(corridor, sides, strip.stop, strip) for strip in strips]
    return _Strips(tuple(strips), np.stack(lower, axis=1), np.stack(upper, axis=1))


def _bound(corridor: Corridor, sides: Singles, path: int, strip: slice) -> Singles:
    """The side of `path` on which the whole strip lies; everywhere, where it lies on both."""
    if 0 <= path < len(corridor.depth_m):
        away_m = _away(corridor, path, strip)
        for sign in (1.0, -1.0):
            if (sign * away_m > LEAST_ROOM_M).all():
                return np.float32(sign) * sides[:, path]
    return np.array([0.0, 0.0, 1.0], dtype=np.float32)


def _away(corridor: Corridor, path: int, strip: slice) -> Curve:
    """How far both ends of the strip's paths lie left of `path`, metres."""
    start = corridor.landward[strip] - corridor.landward[path]
    end = start + corridor.outward[strip] * corridor.depth_m[strip, None]
    x, y = corridor.outward[path]
    return np.concatenate([x * each[:, 1] - y * each[:, 0] for each in (start, end)])


def _crossed(
    points: Singles, joined: Mask, sides: Singles, strips: _Strips
) -> Iterator[tuple[Indices, Indices]]:
    """The first vertex and the path of each crossing, strip by strip."""
    reaches = _reaches(points @ strips.lower > 0) & _reaches(points @ strips.upper > 0)
    reaches &= joined[:, None]
    for strip in np.flatnonzero(reaches.any(axis=0)):
        steps = np.flatnonzero(reaches[:, strip])
        paths = sides[:, strips.paths[strip]]
        changes = (points[steps] @ paths > 0) ^ (points[steps + 1] @ paths > 0)
        step, path = np.nonzero(changes)
        yield steps[step], path + strips.paths[strip].start


def _reaches(is_inside: Mask) -> Mask:
    """Whether a step has an end inside: between its ends it lies nowhere else."""
    return np.asarray(is_inside[:-1] | is_inside[1:])


def _travelled(
    vertices: Points, first: Indices, path: Indices, corridor: Corridor, centre: Points
) -> Curve:
    """How far along its path the line from each first vertex to the next crosses it, metres.

    By components, which is several times as fast as by pairs of coordinates.
    """
    x, y = np.ascontiguousarray((vertices - centre).T)
    start_x, start_y = (corridor.landward - centre).T
    out_x, out_y = np.ascontiguousarray(corridor.outward.T)
    aside, along = out_x * start_y - out_y * start_x, out_x * start_x + out_y * start_y
    x0, y0, x1, y1 = x[first], y[first], x[first + 1], y[first + 1]
    out_x, out_y, aside = out_x[path], out_y[path], aside[path]
    one, other = out_x * y0 - out_y * x0 - aside, out_x * y1 - out_y * x1 - aside
    # A vertex within rounding of a path may lie on the other side of it than was thought.
    share = np.clip(one / np.where(one == other, 1.0, one - other), 0.0, 1.0)
    crossing_x, crossing_y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
    return np.asarray(out_x * crossing_x + out_y * crossing_y - along[path])
