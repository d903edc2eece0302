"""A pass of a Sentinel-1 over a place: where the satellite is, so that the place is seen.

The orbit is a circle of Sentinel-1's size, inclination and period: 175 revolutions in 12 days. It
is sun-synchronous, so its plane turns against the earth once in a solar day: position and velocity
in the rotating frame follow from these three numbers, the time of the ascending node and its
longitude. Real orbits differ by some hundred metres, which no image geometry notices.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from pipeline.errors import SceneError
from pipeline.geometry.range_doppler import ecef_of
from pipeline.safe.annotation import Annotation, OrbitStates

Floats = npt.NDArray[np.float64]

RADIUS_M = 7_070_000.0
INCLINATION_RAD = math.radians(98.18)
REVOLUTION_S = 12 * 86_400.0 / 175  # between two ascending nodes
MOTION_RAD_S = 2 * math.pi / REVOLUTION_S
TURN_RAD_S = 2 * math.pi / 86_400.0  # of the earth against a sun-synchronous plane
STATES_EVERY_S = 10.0
STATES_MARGIN_S = 60.0  # before the first and after the last line
SEARCH_STEP_RAD = math.radians(0.05)
ASCENDING, DESCENDING = "ASCENDING", "DESCENDING"


@dataclass(frozen=True, slots=True)
class Target:
    """A place that is seen: degrees, and metres above the WGS84 ellipsoid."""

    longitude_deg: float
    latitude_deg: float
    height_m: float = 0.0


@dataclass(frozen=True, slots=True)
class OrbitPass:
    """One revolution, from its ascending node."""

    node_time: datetime
    node_longitude_rad: float

    def seconds_at(self, moment: datetime) -> float:
        """Seconds between the ascending node and a moment."""
        return (moment - self.node_time).total_seconds()

    def states(self, after_node_s: Floats) -> tuple[Floats, Floats]:
        """Position (n, 3) in metres and velocity (n, 3) in m/s, rotating frame."""
        turn = self.node_longitude_rad - TURN_RAD_S * after_node_s
        position, velocity = _circle(MOTION_RAD_S * after_node_s)
        return _turned(position, turn), _turned(velocity, turn)

    def state_vectors(self, epoch: datetime, duration_s: float) -> OrbitStates:
        """Vectors every 10 s from a minute before `epoch` to a minute after its `duration_s`."""
        steps = math.ceil((duration_s + 2 * STATES_MARGIN_S) / STATES_EVERY_S) + 1
        times = np.arange(steps, dtype=np.float64) * STATES_EVERY_S - STATES_MARGIN_S
        return OrbitStates(times, *self.states(times + self.seconds_at(epoch)))


@lru_cache(maxsize=8)  # a scene asks for its pass several times, a tenth of a second each
def pass_over(target: Target, moment: datetime, direction: str, incidence_deg: float) -> OrbitPass:
    """The pass that sees `target` at `moment` to its right, square to its velocity.

    `incidence_deg` is the angle at the target between the line of sight and the ellipsoid's
    normal. Raises SceneError where no such pass exists: Sentinel-1 looks away from the pole and
    sees nothing beyond about 79 degrees south.
    """
    for branch in (1.0, -1.0):
        for before, after in _brackets(target, direction, incidence_deg, branch):
            angle = brentq(_excess, before, after, (target, incidence_deg, branch), xtol=1e-14)
            return _pass_at(angle % (2 * math.pi), target, moment, branch)
    raise SceneError(
        f"no {direction.lower()} pass of Sentinel-1 sees {target.latitude_deg:.2f} degrees north "
        f"at an incidence of {incidence_deg:.1f} degrees.",
        remedy="Choose another incidence, the other direction, or a place north of 78 S.",
    )


def _brackets(
    target: Target, direction: str, incidence_deg: float, branch: float
) -> Iterator[tuple[float, float]]:
    """Neighbouring angles along the orbit between which the incidence is met."""
    first = -math.pi / 2 if direction == ASCENDING else math.pi / 2
    steps = round(math.pi / SEARCH_STEP_RAD)
    angles = first + np.arange(steps + 1) * SEARCH_STEP_RAD
    excess = np.array([_excess(angle, target, incidence_deg, branch) for angle in angles])
    for index in np.flatnonzero(excess[:-1] * excess[1:] <= 0):  # NaN is never a change of sign
        yield float(angles[index]), float(angles[index + 1])


def _excess(angle: float, target: Target, incidence_deg: float, branch: float) -> float:
    """Incidence at the target less the wanted one, in degrees; NaN where it is not seen."""
    incidence, _ = _sighting(angle, target, branch)
    return incidence - incidence_deg


def _pass_at(angle: float, target: Target, moment: datetime, branch: float) -> OrbitPass:
    _, east_of_node = _sighting(angle, target, branch)
    after_node_s = angle / MOTION_RAD_S
    node_now = math.radians(target.longitude_deg) - east_of_node
    return OrbitPass(
        node_time=moment - timedelta(seconds=after_node_s),
        node_longitude_rad=math.remainder(node_now + TURN_RAD_S * after_node_s, 2 * math.pi),
    )


def _sighting(angle: float, target: Target, branch: float) -> tuple[float, float]:
    """Incidence in degrees, and the target's longitude east of the node, at zero Doppler.

    Points of one latitude lie on a circle, which the plane square to the velocity cuts twice:
    `branch` (1 or -1) tells which cut is meant. NaN where there is none, where it lies to the left
    or beyond the horizon.
    """
    position, velocity = (row[0] for row in _circle(np.array([angle])))
    point = ecef_of(np.array([[0.0, target.latitude_deg]]), np.array([target.height_m]))[0]
    wanted = velocity @ position - velocity[2] * point[2]
    reach = math.hypot(velocity[0], velocity[1]) * point[0]
    if abs(wanted) > reach:
        return math.nan, math.nan
    east = math.atan2(velocity[1], velocity[0]) + branch * math.acos(wanted / reach)
    sight = _turned(point[None], np.array([east]))[0] - position
    if np.cross(velocity, position) @ sight <= 0:
        return math.nan, math.nan
    cosine = -(_upward(east, target.latitude_deg) @ sight) / math.sqrt(sight @ sight)
    return (math.degrees(math.acos(cosine)), east) if cosine > 0 else (math.nan, math.nan)


def _upward(longitude_rad: float, latitude_deg: float) -> Floats:
    latitude = math.radians(latitude_deg)
    across = math.cos(latitude)
    return np.array(
        [across * math.cos(longitude_rad), across * math.sin(longitude_rad), math.sin(latitude)]
    )


def _circle(angle: Floats) -> tuple[Floats, Floats]:
    """Position and velocity (n, 3) at an angle from the node, the node now at longitude 0."""
    cos, sin = np.cos(angle), np.sin(angle)
    tilt_cos, tilt_sin = math.cos(INCLINATION_RAD), math.sin(INCLINATION_RAD)
    position = RADIUS_M * np.column_stack((cos, sin * tilt_cos, sin * tilt_sin))
    speed = RADIUS_M * MOTION_RAD_S
    velocity = speed * np.column_stack((-sin, cos * tilt_cos, cos * tilt_sin))
    velocity[:, 0] += TURN_RAD_S * position[:, 1]
    velocity[:, 1] -= TURN_RAD_S * position[:, 0]
    return position, velocity


def _turned(vectors: Floats, angle: Floats) -> Floats:
    """Vectors (n, 3) turned about the earth's axis by angles (n,)."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y, z = vectors.T
    return np.column_stack((cos * x - sin * y, sin * x + cos * y, z))


def ascending_node_s(annotation: Annotation) -> float:
    """When the orbit of an annotation last crossed the equator northward, seconds of its epoch.

    From the first state vector, as if it went on around a circle.
    """
    angle = _angle_from_node(annotation.orbit.positions_m[0], annotation.orbit.velocities_m_s[0])
    return float(annotation.orbit.times_s[0]) - angle / MOTION_RAD_S


def heading_deg(annotation: Annotation) -> float:
    """Direction of flight over the ground in the middle of the image, clockwise from north."""
    middle = len(annotation.orbit.times_s) // 2
    position, velocity = (
        vectors[middle]
        for vectors in (annotation.orbit.positions_m, annotation.orbit.velocities_m_s)
    )
    east = np.array([-position[1], position[0], 0.0]) / math.hypot(position[0], position[1])
    north = np.cross(position / np.linalg.norm(position), east)
    return math.degrees(math.atan2(float(velocity @ east), float(velocity @ north)))


def _angle_from_node(position: Floats, velocity: Floats) -> float:
    return math.atan2(position[2] * MOTION_RAD_S, velocity[2]) % (2 * math.pi)
