from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from pipeline.advection import DAYS_PER_YEAR, advect, carry
from pipeline.errors import VelocityError
from pipeline.velocity import FARTHEST_CARRIED_M, VelocityField, carried_on
from tests.pipeline.velocities import field_of, steady

WEST, SOUTH, SIZE_M = 0.0, 2_000_000.0, 60_000.0
FRONT = MultiLineString([[(20_000, SOUTH + 20_000), (28_000, SOUTH + 22_000)],
                         [(30_000, SOUTH + 22_000), (40_000, SOUTH + 20_000)]])  # fmt: skip


def field(vx: float, vy: float) -> VelocityField:
    return field_of(steady(vx, vy), WEST, SOUTH, SIZE_M)


def turning(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A full turn about the middle of the field in a hundred years."""
    rate = 2 * np.pi / 100.0
    middle = WEST + SIZE_M / 2, SOUTH + SIZE_M / 2
    return -rate * (y - middle[1]), rate * (x - middle[0])


@given(
    vx=st.floats(-2_000, 2_000), vy=st.floats(-2_000, 2_000), days=st.floats(-1_500, 1_500)
)  # fmt: skip
def test_steady_ice_carries_a_front_as_it_is(vx: float, vy: float, days: float) -> None:
    years = days / DAYS_PER_YEAR
    expected = shapely.transform(FRONT, lambda xy: xy + np.array([vx, vy]) * years)
    moved = advect(FRONT, field(vx, vy), days)
    assert moved.hausdorff_distance(expected) < 0.1
    assert len(moved.geoms) == len(FRONT.geoms)


def test_no_time_is_no_movement() -> None:
    assert advect(FRONT, field(500, 500), 0.0) == FRONT


@given(days=st.floats(1, 3_000))
def test_ice_that_went_forth_comes_back(days: float) -> None:
    there = field_of(turning, WEST, SOUTH, SIZE_M)
    again = advect(advect(FRONT, there, days), there, -days)
    assert again.hausdorff_distance(FRONT) < 3.0


def test_a_quarter_of_a_turn_is_one() -> None:
    there = field_of(turning, WEST, SOUTH, SIZE_M)
    middle = np.array([WEST + SIZE_M / 2, SOUTH + SIZE_M / 2])
    start = middle + np.array([[10_000.0, 0.0], [0.0, 5_000.0]])
    end = carry(start, there, 25 * DAYS_PER_YEAR)
    assert np.abs(end - middle - [[0.0, 10_000.0], [-5_000.0, 0.0]]).max() < 1.0


def test_a_straight_edge_bends_with_the_flow() -> None:
    faster_in_the_middle = field_of(
        lambda x, y: (0 * x, 1_000 * np.exp(-(((x - 30_000) / 5_000) ** 2))), WEST, SOUTH, SIZE_M
    )
    straight = MultiLineString([[(10_000, SOUTH + 20_000), (50_000, SOUTH + 20_000)]])
    moved = advect(straight, faster_in_the_middle, DAYS_PER_YEAR)
    assert moved.bounds[3] == pytest.approx(SOUTH + 21_000, abs=30)
    assert moved.bounds[1] == pytest.approx(SOUTH + 20_000, abs=1)


def test_direction_and_order_stay() -> None:
    moved = advect(FRONT, field(0, 365.25), 10)
    for before, after in zip(FRONT.geoms, moved.geoms, strict=True):
        assert Point(after.coords[0]).distance(Point(before.coords[0])) == pytest.approx(10, abs=1)


def test_the_ice_is_asked_where_it_comes_and_not_where_it_was() -> None:
    accelerating = field_of(lambda x, y: (0 * x, 0.2 * (y - SOUTH)), WEST, SOUTH, SIZE_M)
    (end,) = carry(np.array([[30_000.0, SOUTH + 10_000]]), accelerating, 5 * DAYS_PER_YEAR)
    assert end[1] - SOUTH == pytest.approx(10_000 * np.exp(1.0), abs=5)


def test_velocity_is_carried_on_beyond_the_old_front_and_not_for_ever() -> None:
    whole = field(0, 800)
    sea = np.arange(whole.vx.shape[0]) < 60  # the northern half has no ice
    vx, vy = (np.where(sea[:, None], np.float32(np.nan), band) for band in (whole.vx, whole.vy))
    vx, vy = carried_on(vx, vy, whole.cell_m)
    ended = VelocityField(vx, vy, whole.west, whole.north, whole.cell_m)
    coast = SOUTH + SIZE_M / 2
    near, far = np.array([[30_000, coast + 5_000]]), np.array([[30_000, coast + 25_000]])
    assert ended.at(near)[0, 1] == pytest.approx(800)
    assert np.isnan(ended.at(far)).all()
    assert far[0, 1] - coast > FARTHEST_CARRIED_M


def test_a_front_outside_of_the_raster_is_refused_by_name() -> None:
    far = shapely.transform(FRONT, lambda xy: xy + 1e6)
    with pytest.raises(VelocityError, match=r"velocity: has no velocity for a front near x 10"):
        advect(far, field(0, 100), 30)


def test_days_must_be_a_number() -> None:
    with pytest.raises(ValueError, match="nan is no number of days"):
        advect(FRONT, field(0, 100), float("nan"))


def test_chords_that_cross_where_the_flow_bends_are_no_knot() -> None:
    rippled = field_of(lambda x, y: (0 * x, 300 * np.sin(x / 500)), WEST, SOUTH, SIZE_M)
    y = SOUTH + 20_000
    hairpin = [(20_000, y), (30_000, y), (30_150, y + 15), (20_000, y + 30), (20_000, y + 5_000)]
    moved = advect(MultiLineString([hairpin]), rippled, 4 * DAYS_PER_YEAR)
    (part,) = moved.geoms
    assert part.is_simple
    assert Point(part.coords[0]).distance(Point(hairpin[0])) < 1_200
    assert Point(part.coords[-1]).distance(Point(hairpin[-1])) < 1_200


def test_a_line_that_crossed_itself_before_is_left_to_others() -> None:
    knot = LineString([(20_000, SOUTH + 20_000), (30_000, SOUTH + 30_000),
                       (30_000, SOUTH + 20_000), (20_000, SOUTH + 30_000)])  # fmt: skip
    moved = advect(MultiLineString([knot]), field(0, 365.25), 100)
    expected = shapely.transform(knot, lambda xy: xy + np.array([0.0, 100.0]))
    assert moved.hausdorff_distance(expected) < 1.0


def test_a_front_of_two_points_is_a_front() -> None:
    short = MultiLineString([[(30_000, SOUTH + 20_000), (30_010, SOUTH + 20_000)]])
    moved = advect(short, field(365.25, 0), 50)
    assert shapely.get_coordinates(moved)[:, 0] == pytest.approx([30_050, 30_060])
