from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.geometry.range_doppler import ecef_of
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.line_of_sight import look
from pipeline.simulate.orbit_pass import (
    ASCENDING,
    DESCENDING,
    INCLINATION_RAD,
    Target,
    ascending_node_s,
    heading_deg,
    pass_over,
)

MOMENT = datetime(2026, 9, 4, 20, 13, 5, tzinfo=UTC)
DIRECTIONS = st.sampled_from([ASCENDING, DESCENDING])


@given(st.floats(-180, 180), st.floats(-77, -60), st.floats(0, 80), DIRECTIONS, st.floats(19.5, 35))
def test_a_pass_sees_its_target_square_to_its_velocity_on_its_right_at_the_wanted_angle(
    longitude: float, latitude: float, height: float, direction: str, incidence: float
) -> None:
    target = Target(longitude, latitude, height)
    orbit_pass = pass_over(target, MOMENT, direction, incidence)

    at = np.array([orbit_pass.seconds_at(MOMENT)])
    position, velocity = orbit_pass.states(at)
    point = ecef_of(np.array([[longitude, latitude]]), np.array([height]))
    sight = point - position
    distance = np.linalg.norm(sight, axis=1)
    assert abs((velocity * sight).sum()) / 7600 < 0.02  # metres along the track: a microsecond
    assert (np.cross(velocity, position) * sight).sum() > 0
    assert (velocity[0, 2] > 0) == (direction == ASCENDING)
    seen = look(orbit_pass, at, distance, height)
    assert np.linalg.norm(seen.points_m - point) < 0.05
    assert seen.incidence_deg()[0] == pytest.approx(incidence, abs=1e-5)


def test_velocity_is_the_change_of_position_in_the_turning_frame() -> None:
    orbit_pass = pass_over(Target(70, -70), MOMENT, DESCENDING, 30.0)
    times = np.array([100.0, 3000.0, 5000.0])

    before, after = (orbit_pass.states(times + step)[0] for step in (-0.05, 0.05))

    np.testing.assert_allclose((after - before) / 0.1, orbit_pass.states(times)[1], atol=1e-3)


def test_the_orbit_has_the_inclination_and_the_height_of_sentinel_1() -> None:
    orbit_pass = pass_over(Target(70, -70), MOMENT, DESCENDING, 30.0)
    position, _ = orbit_pass.states(np.arange(0.0, 6000.0, 1.0))

    southernmost = np.degrees(np.arcsin(position[:, 2].min() / np.linalg.norm(position[0])))

    assert southernmost == pytest.approx(np.degrees(INCLINATION_RAD) - 180.0, abs=0.01)


@pytest.mark.parametrize(("direction", "heading"), [(DESCENDING, 180.0), (ASCENDING, 0.0)])
def test_node_and_heading_are_found_again_from_the_state_vectors(
    direction: str, heading: float
) -> None:
    acquisition = Acquisition(Target(70, -60), MOMENT, lines=40, pixels=50, direction=direction)
    annotation = simulated_annotation(acquisition, "HH")

    node = annotation.epoch + timedelta(seconds=ascending_node_s(annotation))

    assert abs((node - acquisition.orbit_pass().node_time).total_seconds()) < 1e-3
    assert abs((heading_deg(annotation) - heading + 180) % 360 - 180) < 30
    # Published: descending passes fly to the south-west, ascending ones to the north-west.
    assert -170 < heading_deg(annotation) < -10


@pytest.mark.parametrize("latitude", [-80.5, -85.0, -90.0])
def test_a_place_that_no_pass_sees_is_refused_with_what_to_do(latitude: float) -> None:
    with pytest.raises(SceneError, match=r"no ascending pass .* place north of 78 S"):
        pass_over(Target(0, latitude), MOMENT, ASCENDING, 30.0)


def test_the_edge_of_view_lies_farther_south_for_steeper_views() -> None:
    pass_over(Target(0, -79.5), MOMENT, DESCENDING, 19.0)
    with pytest.raises(SceneError):
        pass_over(Target(0, -79.5), MOMENT, DESCENDING, 45.0)
