from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, box

from pipeline.contour import GEOCODING_SIGMA_M, Field, clip, contour, generalise, judge
from pipeline.grid import Grid

GRID = Grid("EPSG:3031", 0.0, 4_000.0, 40.0, 100, 100)


def ramp(front_y: float, slope_m: float = 60.0) -> Field:
    """Ice in the south, water in the north; the front is straight."""
    share = 1 / (1 + np.exp((GRID.row_y - front_y) / slope_m))
    return np.repeat(share[:, None], GRID.width, axis=1).astype(np.float32)


@given(front_y=st.floats(500.0, 3_500.0))
def test_a_straight_front_is_found_to_a_few_metres(front_y: float) -> None:
    line = contour(ramp(front_y), GRID)
    assert len(line.geoms) == 1
    assert np.abs(shapely.get_coordinates(line)[:, 1] - front_y).max() < 3.0


def test_ice_lies_on_the_left() -> None:
    coordinates = shapely.get_coordinates(contour(ramp(2_000.0), GRID))
    assert coordinates[0, 0] > coordinates[-1, 0]  # westward, with the ice in the south


def test_missing_data_never_makes_a_line() -> None:
    field = np.ones((100, 100), dtype=np.float32)
    field[40:60, 20:80] = np.nan
    assert contour(field, GRID).is_empty


def test_a_line_ends_where_data_are_missing() -> None:
    field = ramp(2_000.0)
    field[:, 40:60] = np.nan
    line = contour(field, GRID)
    assert len(line.geoms) == 2
    gap = box(GRID.column_x[40], 0, GRID.column_x[59], 4_000)
    assert line.intersection(gap).length == 0


def test_vertices_lie_on_the_ten_metre_grid_and_near_the_contour() -> None:
    x = np.linspace(0, 4_000, 500)
    curve = MultiLineString([np.column_stack([x, 2_000 + 300 * np.sin(x / 200)])])
    line = generalise(curve)
    vertices = shapely.get_coordinates(line)
    assert np.all(vertices % 10.0 == 0)
    assert len(vertices) < 250
    assert shapely.hausdorff_distance(curve, line, densify=0.1) < 10.0 + 7.1


def test_pieces_that_are_too_short_are_left_out() -> None:
    lines = MultiLineString([[(0, 0), (100, 0)], [(0, 50), (3_000, 50)]])
    assert generalise(lines, 2_000.0) == MultiLineString([[(0, 50), (3_000, 50)]])


def test_a_line_that_shrinks_to_a_point_is_left_out() -> None:
    assert generalise(MultiLineString([[(0, 0), (2, 1), (3, 3)]])).is_empty


def test_no_coordinate_is_a_negative_zero() -> None:
    line = generalise(MultiLineString([[(-1.0, -2.0), (-100.0, -2.0)]]))
    assert "-0.0" not in str(shapely.get_coordinates(line).tolist())


def test_clipping_keeps_what_lies_inside_with_its_direction() -> None:
    line = MultiLineString([[(200, 50), (0, 50)], [(300, 300), (400, 300)]])
    assert clip(line, box(50, 0, 100, 100)) == MultiLineString([[(100, 50), (50, 50)]])


def test_clipping_does_not_cut_where_a_line_touches_itself() -> None:
    knot = LineString([(0, 50), (60, 50), (60, 80), (40, 80), (40, 50), (40, 20), (90, 20)])
    clipped = clip(MultiLineString([knot]), box(-10, 0, 80, 100))
    assert len(clipped.geoms) == 1
    assert clipped.geoms[0].coords[0] == (0, 50)
    assert clipped.geoms[0].coords[-1] == (80, 20)


def test_a_line_that_leaves_and_comes_back_becomes_two() -> None:
    line = MultiLineString([[(10, 10), (10, 200), (20, 200), (20, 10)]])
    assert len(clip(line, box(0, 0, 100, 100)).geoms) == 2


def test_a_sharp_front_is_sure_and_a_blurred_one_is_not() -> None:
    sharp, blurred = (
        judge(generalise(contour(ramp(2_000.0, slope), GRID)), ramp(2_000.0, slope), GRID)
        for slope in (10.0, 400.0)
    )
    assert sharp.confidence > 0.95
    assert blurred.confidence < 0.2
    assert sharp.uncertainty_m < blurred.uncertainty_m


def test_uncertainty_is_half_the_way_from_a_quarter_to_three_quarters() -> None:
    slope_m = 200.0
    field = ramp(2_000.0, slope_m)
    line = clip(generalise(contour(field, GRID)), box(500, 0, 3_500, 4_000))
    sureness = judge(line, field, GRID)
    # A logistic curve of scale s rises by 1 / (4 s) a metre in its middle: 0.25 takes s metres.
    expected = np.sqrt(slope_m**2 + (40 / np.sqrt(12)) ** 2 + 25.0**2)
    assert sureness.uncertainty_m == pytest.approx(expected, rel=0.05)


def test_every_vertex_has_its_uncertainty() -> None:
    field = ramp(2_000.0)
    field[:, 50:] = ramp(2_000.0, 500.0)[:, 50:]
    line = generalise(MultiLineString([[(3_900.0, 2_000.0), (100.0, 2_000.0)]]))
    sureness = judge(line, field, GRID)
    assert len(sureness.vertex_uncertainty_m) == 2
    assert sureness.vertex_uncertainty_m[0] > 3 * sureness.vertex_uncertainty_m[1]


def test_beside_missing_data_nothing_is_sure() -> None:
    field = np.full((100, 100), np.nan, dtype=np.float32)
    sureness = judge(MultiLineString([[(1_000, 2_000), (2_000, 2_000)]]), field, GRID)
    assert sureness.confidence == 0.0
    assert sureness.uncertainty_m > 1_000.0


def test_the_scale_of_the_model_widens_what_the_picture_says_and_not_the_geocoding() -> None:
    field = ramp(2_000.0)
    line = contour(field, GRID)
    once, twice = (
        np.array(judge(line, field, GRID, scale).vertex_uncertainty_m) for scale in (1.0, 2.0)
    )
    seen_m = np.sqrt(once**2 - GEOCODING_SIGMA_M**2)
    assert twice == pytest.approx(np.hypot(2 * seen_m, GEOCODING_SIGMA_M), abs=2.0)
