"""From a probability field to lines on the ground, with how sure they are.

A line is the contour of probability one half, interpolated between pixel centres (marching
squares), so it lies finer than the pixels. Where there is no data there is no contour: edges of
scenes, tiles and regions never become lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import contourpy
import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import map_coordinates
from shapely import LineString, MultiLineString, Polygon
from shapely.ops import substring

from pipeline.grid import Grid
from pipeline.simple_line import without_loops

Field = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]  # shape (n, 2), metres

LEVEL = 0.5
LINE_GRID_M = 10.0
SIMPLIFY_TOLERANCE_M = 10.0  # Douglas-Peucker; the grid adds 7 m at most
SAMPLE_SPACING_M = 100.0
MOST_UNTANGLINGS = 10  # a crossing that is put on the lattice may make another
LEAST_PIECE_M = 1e-3  # between two crossings that are one
MARGIN_REACH_PX = 3.0  # probabilities are compared this far on either side of the line
QUARTER = 0.25  # from 0.5 to 0.25 or 0.75
LARGEST_HALF_WIDTH_M = 1000.0
# 1 sigma; thin-plate geocoding has p95 50 m against range-Doppler (see geocoding).
GEOCODING_SIGMA_M = 25.0


@dataclass(frozen=True, slots=True)
class Sureness:
    """How far a line can be trusted.

    `confidence`, 0 to 1, is the mean difference in ice probability across the line, from 120 m on
    its ice side to 120 m on its water side. `vertex_uncertainty_m` (1 sigma, whole metres, one per
    vertex) adds in quadrature: half the distance between the contours of 0.25 and 0.75, by the
    gradient at the vertex, and the pixel (size / sqrt 12), both by the model's `position_scale`;
    the geocoding. `uncertainty_m` is its mean along the line.
    """

    confidence: float
    uncertainty_m: float
    vertex_uncertainty_m: tuple[float, ...]


def contour(field: Field, grid: Grid) -> MultiLineString:
    """The contour of LEVEL in `field` (NaN: no data), with the higher values on its left."""
    generator = contourpy.contour_generator(
        grid.column_x,
        grid.row_y[::-1],
        np.ma.masked_invalid(field[::-1]),
        line_type=contourpy.LineType.Separate,
        corner_mask=False,
    )
    return MultiLineString([line for line in generator.lines(LEVEL) if len(line) > 1])


def generalise(line: MultiLineString, shortest_m: float = 0.0) -> MultiLineString:
    """Simplify to SIMPLIFY_TOLERANCE_M and put every vertex on the LINE_GRID_M lattice.

    The order and the direction of the parts stay; those shorter than `shortest_m` are left out.
    """
    long = (part for part in line.geoms if part.length >= shortest_m)
    return put_on_lattice(MultiLineString([part.simplify(SIMPLIFY_TOLERANCE_M) for part in long]))


def put_on_lattice(line: MultiLineString) -> MultiLineString:
    """Every vertex on the LINE_GRID_M lattice; the order and the direction of the parts stay.

    Bights that close on the lattice are left out, so that no part crosses or touches itself.
    """
    parts = (_on_lattice(shapely.get_coordinates(part)) for part in line.geoms)
    return MultiLineString([_simple(LineString(part)) for part in parts if len(part) > 1])


def judge(
    line: MultiLineString, probability: Field, grid: Grid, position_scale: float = 1.0
) -> Sureness:
    """How sure `line` is, from the probabilities around it.

    `position_scale` is the model's factor from the width of the transition to one sigma, fitted
    where the truth is known (its card's calibration).
    """
    samples = shapely.get_coordinates(shapely.segmentize(line, SAMPLE_SPACING_M))
    along = _uncertainty(samples, probability, grid, position_scale)
    vertices = shapely.get_coordinates(line)
    at_vertices = _uncertainty(vertices, probability, grid, position_scale)
    return Sureness(
        confidence=round(_margin(samples, probability, grid), 3),
        uncertainty_m=round(float(along.mean()), 1),
        vertex_uncertainty_m=tuple(float(value) for value in np.rint(at_vertices)),
    )


def clip(line: MultiLineString, region: Polygon) -> MultiLineString:
    """What of `line` lies in `region`, in the same order and direction.

    Cut at the region's border only: an overlay would also cut where a line touches itself.
    """
    return MultiLineString([piece for part in line.geoms for piece in _inside(part, region)])


def _inside(part: LineString, region: Polygon) -> list[LineString]:
    crossings = shapely.points(shapely.get_coordinates(part.intersection(region.exterior)))
    at = {0.0, *map(float, shapely.line_locate_point(part, crossings)), float(part.length)}
    return [
        substring(part, begin, end)
        for begin, end in pairwise(sorted(at))
        if end - begin > LEAST_PIECE_M and region.covers(part.interpolate((begin + end) / 2))
    ]


def _simple(part: LineString) -> LineString:
    """The same without loops; every vertex on the lattice. Closed lines stay as they are."""
    for _ in range(MOST_UNTANGLINGS):
        if part.is_simple or part.is_closed:
            break
        untangled = _on_lattice(shapely.get_coordinates(without_loops(part)))
        part = LineString(untangled) if len(untangled) > 1 else part
    return part


def _on_lattice(points: Points) -> Points:
    snapped = np.rint(points / LINE_GRID_M) * LINE_GRID_M + 0.0  # + 0.0: no negative zero
    moved = np.any(np.diff(snapped, axis=0) != 0, axis=1)
    return np.asarray(snapped[np.concatenate([[True], moved])])


def _uncertainty(points: Points, probability: Field, grid: Grid, position_scale: float) -> Points:
    slope = np.hypot(*_gradient(points, probability, grid))
    with np.errstate(divide="ignore"):
        half_width = np.minimum(QUARTER / slope, LARGEST_HALF_WIDTH_M)
    # Beside missing data nothing is known of the slope.
    half_width = np.nan_to_num(half_width, nan=LARGEST_HALF_WIDTH_M)
    pixel_m = grid.pixel_size_m / np.sqrt(12.0)
    seen_m = position_scale * np.hypot(half_width, pixel_m)
    spread: Points = np.hypot(seen_m, GEOCODING_SIGMA_M)
    return spread


def _margin(points: Points, probability: Field, grid: Grid) -> float:
    gradient = _gradient(points, probability, grid)
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = (gradient / np.hypot(*gradient)).T * (MARGIN_REACH_PX * grid.pixel_size_m)
    inside = _sample(probability, points + normal, grid)
    outside = _sample(probability, points - normal, grid)
    margin = np.nan_to_num(inside - outside, nan=0.0)
    return float(np.clip(margin, 0.0, 1.0).mean())


def _gradient(points: Points, probability: Field, grid: Grid) -> Points:
    """Central difference over two pixels, per metre, shape (2, n)."""
    step = grid.pixel_size_m
    offsets = np.array([[step, 0.0], [0.0, step]])
    return np.stack(
        [
            (_sample(probability, points + o, grid) - _sample(probability, points - o, grid))
            / (2 * step)
            for o in offsets
        ]
    )


def _sample(probability: Field, points: Points, grid: Grid) -> Points:
    columns = (points[:, 0] - grid.west) / grid.pixel_size_m - 0.5
    rows = (grid.north - points[:, 1]) / grid.pixel_size_m - 0.5
    known = np.nan_to_num((rows, columns), nan=-1.0)
    values: Points = map_coordinates(
        probability, known, output=np.float64, order=1, mode="constant", cval=np.nan
    )
    return values
