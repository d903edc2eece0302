from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from pipeline.geometry.footprint import footprint
from pipeline.simulate.acquisition import Imaging, acquisition_of
from pipeline.simulate.annotation import simulated_annotation
from pipeline.simulate.radar_frame import RadarFrame
from tests.pipeline.simulate.sample import NOON, SEED, make_part


def make_frame(pass_number: int = 0, mode: str = "EW", **part: float) -> RadarFrame:
    acquisition = acquisition_of(make_part(**part), NOON, pass_number, SEED, Imaging(mode))  # type: ignore[arg-type]
    return RadarFrame.of(simulated_annotation(acquisition, "HH"), acquisition.height_m)


@pytest.fixture(scope="module")
def frame() -> RadarFrame:
    return make_frame()


@settings(deadline=None)
@given(shares=st.lists(st.tuples(st.floats(-0.1, 1.1), st.floats(-0.1, 1.1)), min_size=1))
def test_positions_in_the_image_and_on_the_ground_are_each_others_inverse(
    frame: RadarFrame, shares: list[tuple[float, float]]
) -> None:
    row, column = np.array(shares).T * np.array(frame.shape)[:, None]
    assert np.allclose(frame.position(*frame.ground(row, column)), (row, column), atol=1e-3)


def test_positions_count_from_the_outer_corner_of_the_first_pixel(frame: RadarFrame) -> None:
    first = frame.geometry.to_ground(np.zeros((1, 2)), frame.height_m)
    own = frame.geometry.to_image(first)
    x, y = frame.ground(np.array([0.5]), np.array([0.5]))
    assert np.allclose(own, 0.0, atol=1e-6)
    assert np.allclose(np.array(frame.position(x, y)).ravel(), 0.5, atol=1e-6)


def test_a_pixel_measures_what_the_annotation_says(frame: RadarFrame) -> None:
    middle = np.array([frame.rows / 2]), np.array([frame.columns / 2])
    x, y = frame.ground(middle[0] + [0, 10, 0], middle[1] + [0, 0, 10])
    along, across = np.hypot(np.diff(x)[0], np.diff(y)[0]), np.hypot(x[2] - x[0], y[2] - y[0])
    assert along == pytest.approx(400.0, rel=0.03)  # true to scale at 71 S only
    assert across == pytest.approx(400.0, rel=0.03)


def test_a_disc_is_burnt_where_it_lies_and_as_large_as_it_is(frame: RadarFrame) -> None:
    middle = frame.outline().centroid
    burnt = frame.burn([middle.buffer(3_000.0)])
    row, column = (axis.mean() + 0.5 for axis in np.nonzero(burnt))
    assert np.hypot(*np.array(frame.ground(row[None], column[None])).ravel() - middle.coords[0]) < 2
    pixel_m2 = frame.outline().area / (frame.rows * frame.columns)
    assert burnt.sum() * pixel_m2 == pytest.approx(np.pi * 3_000.0**2, rel=0.01)


def test_shapes_that_reach_far_beyond_the_swath_are_cut(frame: RadarFrame) -> None:
    x, y = frame.outline().centroid.coords[0]
    assert frame.burn([box(x - 3e6, y - 3e6, x + 3e6, y + 3e6)]).all()
    assert not frame.burn([box(x + 1e6, y, x + 2e6, y + 1e6)]).any()
    assert not frame.burn([]).any()


def test_incidence_grows_across_the_swath_as_the_geolocation_grid_has_it(frame: RadarFrame) -> None:
    incidence = frame.incidence_deg()
    assert incidence.shape == (1, frame.columns)
    assert (np.diff(incidence) > 0).all()
    assert np.allclose(
        incidence[0, -1], frame.annotation.geolocation.incidence_deg[:, -1], atol=0.05
    )


def test_a_footprint_over_the_antimeridian_has_two_halves() -> None:
    frame = make_frame(centre=(1_000.0, -1_300_000.0), turn_deg=0.0)  # type: ignore[arg-type]
    halves = footprint(frame.outline())
    assert sorted(half.bounds[0] > 0 for half in halves.geoms) == [False, True]
    assert max(half.bounds[2] for half in halves.geoms) == 180.0
    assert min(half.bounds[0] for half in halves.geoms) == -180.0


@pytest.mark.parametrize("pass_number", [0, 1])
def test_a_footprint_elsewhere_is_one_polygon_around_the_part(pass_number: int) -> None:
    (whole,) = footprint(make_frame(pass_number).outline()).geoms
    assert whole.exterior.is_ccw
    assert whole.contains(Point(-100.97, -75.0).buffer(0.01))


def test_an_outline_is_closed_round_the_corners_of_the_image(frame: RadarFrame) -> None:
    rows, columns = np.array([0.0, 0, 1, 1]) * frame.rows, np.array([0.0, 1, 1, 0]) * frame.columns
    corners = shapely.points(np.column_stack(frame.ground(rows, columns)))
    assert shapely.distance(corners, frame.outline().exterior).max() < 0.01
