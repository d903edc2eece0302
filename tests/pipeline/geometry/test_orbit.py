from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.geometry.orbit import Orbit
from pipeline.safe.annotation import OrbitStates
from tests.pipeline.annotations import real_annotation

RADIUS_M, TURN_PER_S = 7_071_000.0, 2 * np.pi / 5_926.0


def circle(times: np.ndarray) -> OrbitStates:
    """A circular orbit like Sentinel-1's, over the poles."""
    angle = TURN_PER_S * times
    still = np.zeros_like(times)
    along = np.column_stack((np.cos(angle), still, np.sin(angle)))
    ahead = np.column_stack((-np.sin(angle), still, np.cos(angle)))
    return OrbitStates(times, RADIUS_M * along, RADIUS_M * TURN_PER_S * ahead)


def every(states: OrbitStates, step: slice) -> OrbitStates:
    return OrbitStates(states.times_s[step], states.positions_m[step], states.velocities_m_s[step])


TEN_SECONDS = np.arange(-60.0, 130.0, 10.0)


def test_real_state_vectors_that_were_held_out_are_met_to_a_centimetre(shared_data: Path) -> None:
    states = real_annotation(shared_data).orbit
    held_out = every(states, slice(1, -1, 2))
    orbit = Orbit(every(states, slice(0, None, 2)))  # 20 s apart: 16 times the error of 10 s
    position = orbit.positions(held_out.times_s) - held_out.positions_m
    velocity = orbit.velocities(held_out.times_s) - held_out.velocities_m_s
    assert np.linalg.norm(position, axis=1).max() < 0.01
    assert np.linalg.norm(velocity, axis=1).max() < 1e-4


def test_the_state_vectors_themselves_are_met(shared_data: Path) -> None:
    states = real_annotation(shared_data).orbit
    orbit = Orbit(states)
    assert orbit.positions(states.times_s) == pytest.approx(states.positions_m, abs=1e-6)
    assert orbit.velocities(states.times_s) == pytest.approx(states.velocities_m_s, abs=1e-9)


@given(st.floats(-60.0, 120.0))
def test_a_circular_orbit_is_met_to_a_millimetre_between_vectors(time_s: float) -> None:
    time = np.array([time_s])
    orbit, truth = Orbit(circle(TEN_SECONDS)), circle(time)
    assert np.linalg.norm(orbit.positions(time) - truth.positions_m) < 1e-3
    assert np.linalg.norm(orbit.velocities(time) - truth.velocities_m_s) < 1e-3


@given(st.floats(-200.0, 300.0))
def test_velocity_and_acceleration_are_the_changes_of_position_and_velocity(time_s: float) -> None:
    orbit, step = Orbit(circle(TEN_SECONDS)), 1e-3
    around = np.array([time_s - step, time_s, time_s + step])
    position, velocity, acceleration = orbit.states(around)
    assert (position[2] - position[0]) / (2 * step) == pytest.approx(velocity[1], abs=1e-2)
    # Acceleration steps at the state vectors.
    if np.abs(around[1] - TEN_SECONDS).min() > step:
        assert (velocity[2] - velocity[0]) / (2 * step) == pytest.approx(acceleration[1], abs=1e-3)


def test_beyond_its_vectors_the_orbit_goes_on_straight() -> None:
    states = circle(TEN_SECONDS)
    far = np.array([TEN_SECONDS[0] - 500.0, TEN_SECONDS[-1] + 500.0])
    ends = every(states, slice(None, None, len(TEN_SECONDS) - 1))
    expected = ends.positions_m + ends.velocities_m_s * np.array([[-500.0], [500.0]])
    assert Orbit(states).positions(far) == pytest.approx(expected)


@pytest.mark.parametrize("times", [[0.0], [0.0, 10.0, 10.0], [0.0, 20.0, 10.0], [0.0, np.nan]])
def test_vectors_that_are_too_few_or_out_of_order_are_refused(times: list[float]) -> None:
    with pytest.raises(SceneError, match="too few or not in order"):
        Orbit(circle(np.array(times)))


def test_vectors_that_are_not_numbers_are_refused() -> None:
    states = circle(TEN_SECONDS)
    broken = states.velocities_m_s.copy()
    broken[3, 1] = np.inf
    with pytest.raises(SceneError, match="not all numbers"):
        Orbit(replace(states, velocities_m_s=broken))
