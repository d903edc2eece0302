from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from pipeline.grid import Grid, common_bounds

edges = st.floats(-3e6, 3e6)
sizes = st.floats(1.0, 5e5)


@given(west=edges, south=edges, width=sizes, height=sizes)
def test_a_grid_covers_its_bounds_with_less_than_a_pixel_to_spare(
    west: float, south: float, width: float, height: float
) -> None:
    bounds = (west, south, west + width, south + height)
    grid = Grid.around(bounds, "EPSG:3031", 40.0)
    for outer, inner, sign in zip(grid.bounds, bounds, (1, 1, -1, -1), strict=True):
        assert -1e-6 <= sign * (inner - outer) < 40.0 + 1e-6


@given(west=edges, south=edges)
def test_all_grids_lie_pixel_on_pixel(west: float, south: float) -> None:
    grid = Grid.around((west, south, west + 1000, south + 1000), "EPSG:3031", 40.0)
    assert grid.west % 40.0 == 0
    assert grid.north % 40.0 == 0


def test_pixel_centres_lie_half_a_pixel_inside() -> None:
    grid = Grid("EPSG:3031", 400.0, 800.0, 40.0, 3, 2)
    assert grid.column_x.tolist() == [420.0, 460.0, 500.0]
    assert grid.row_y.tolist() == [780.0, 740.0]


def test_a_window_holds_the_pixels_that_the_bounds_touch() -> None:
    grid = Grid("EPSG:3031", 0.0, 400.0, 40.0, 10, 10)
    rows, columns = grid.window((50.0, 100.0, 130.0, 390.0))
    assert (rows, columns) == (slice(0, 8), slice(1, 4))
    assert grid.cut(rows, columns) == Grid("EPSG:3031", 40.0, 400.0, 40.0, 3, 8)


def test_a_window_beside_the_grid_is_empty() -> None:
    grid = Grid("EPSG:3031", 0.0, 400.0, 40.0, 10, 10)
    rows, columns = grid.window((1000.0, 0.0, 1100.0, 50.0))
    assert columns.start == columns.stop == 10
    assert rows == slice(8, 10)


@pytest.mark.parametrize(
    ("other", "common"),
    [((5, 5, 20, 20), (5, 5, 10, 10)), ((10, 0, 20, 10), None), ((30, 30, 40, 40), None)],
)
def test_boxes_share_what_lies_in_both(
    other: tuple[float, float, float, float], common: tuple[float, float, float, float] | None
) -> None:
    assert common_bounds((0, 0, 10, 10), other) == common


def test_a_shape_covers_the_pixels_whose_centre_it_holds() -> None:
    grid = Grid("EPSG:3031", 0.0, 400.0, 40.0, 10, 10)
    covered = grid.covered_by(box(30.0, 300.0, 110.0, 390.0))
    rows, columns = np.nonzero(covered)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 2, 1, 2)
    assert not grid.covered_by(box(0, 0, 0, 0).buffer(0)).any()
    assert grid.cut(slice(0, 0), slice(0, 5)).covered_by(box(0, 0, 100, 100)).shape == (0, 5)
