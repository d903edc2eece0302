from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon

from catalog.corridor import Corridor, corridor_of, corridors_of, front_distances
from catalog.shelf import find_unit
from pipeline.average_line import line_of_curve
from pipeline.contour import LINE_GRID_M, SIMPLIFY_TOLERANCE_M

REGION = Polygon([(0, 0), (20_000, 0), (20_000, 50_000), (0, 50_000)])
REFERENCE = LineString([(0, 0), (20_000, 0)])
CORRIDOR = corridor_of(REGION, REFERENCE, 125.0)
TOLERANCE_M = SIMPLIFY_TOLERANCE_M + LINE_GRID_M


def curve_of(line: MultiLineString, corridor: Corridor = CORRIDOR) -> npt.NDArray[np.float64]:
    return np.asarray(front_distances([line], corridor)[0])


@given(st.lists(st.floats(1_000.0, 49_000.0), min_size=2, max_size=12))
def test_a_line_comes_back_from_its_distances_within_the_tolerance(heights: list[float]) -> None:
    x = np.linspace(-10.0, 20_010.0, len(heights))
    line = MultiLineString([np.column_stack([x, heights])])
    back = line_of_curve(curve_of(line), CORRIDOR, 0.0)
    samples = shapely.points(shapely.get_coordinates(shapely.segmentize(back, 10.0)))
    # A corner between two paths is cut; at the paths themselves the line is the same.
    assert shapely.distance(samples, line).max() <= TOLERANCE_M + corner_cut_m(x, heights)


def corner_cut_m(x: npt.NDArray[np.float64], heights: list[float]) -> float:
    slopes = np.abs(np.diff(heights) / np.diff(x))
    return float(slopes.max()) * 125.0 if len(slopes) > 1 else 0.0


def test_the_ice_is_on_the_left() -> None:
    line = line_of_curve(np.full(len(CORRIDOR.depth_m), 30_000.0), CORRIDOR, 0.0)
    (part,) = line.geoms
    first, last = part.coords[0], part.coords[-1]
    assert first[0] > last[0]  # westward, so that the left is south, where the reference is


@pytest.mark.parametrize("name", ["Amery", "Ross1", "PineIsland", "GeorgeNorth"])
def test_on_every_shelf_the_reference_lies_left_of_the_line(name: str) -> None:
    unit = find_unit(name)
    (corridor,) = corridors_of(unit)
    line = line_of_curve(corridor.depth_m * 0.5, corridor, 0.0)
    ring = Polygon([*line.geoms[0].coords, *corridor.landward])
    assert ring.exterior.is_ccw


def test_where_nothing_is_known_the_line_has_a_hole() -> None:
    curve = np.full(len(CORRIDOR.depth_m), 30_000.0)
    curve[60:80] = np.nan
    line = line_of_curve(curve, CORRIDOR, 0.0)
    assert len(line.geoms) == 2
    assert np.isnan(curve_of(line)[60:80]).all()
    first, second = line.geoms
    assert first.coords[0][0] > second.coords[0][0]  # pieces follow each other as vertices do


def test_every_vertex_lies_on_the_grid() -> None:
    curve = 30_000.0 + 900 * np.sin(np.arange(len(CORRIDOR.depth_m)) / 9)
    vertices = shapely.get_coordinates(line_of_curve(curve, CORRIDOR, 0.0))
    assert np.array_equal(vertices % LINE_GRID_M, np.zeros_like(vertices))


def test_short_pieces_and_single_paths_are_left_out() -> None:
    curve = np.full(len(CORRIDOR.depth_m), np.nan)
    curve[10] = 30_000.0
    curve[20:25] = 30_000.0
    assert line_of_curve(curve, CORRIDOR, 2_000.0).is_empty
    assert len(line_of_curve(curve, CORRIDOR, 0.0).geoms) == 1
