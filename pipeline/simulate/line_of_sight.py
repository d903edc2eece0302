"""The point on the ground that a pass sees at a time and a slant range, and the angles there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.errors import SceneError
from pipeline.geometry.range_doppler import lonlat_of
from pipeline.simulate.orbit_pass import OrbitPass

Floats = npt.NDArray[np.float64]

HEIGHT_TOLERANCE_M = 1e-5
MOST_STEPS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Lines of sight: satellite positions and points on the ground, both (n, 3) in metres."""

    satellites_m: Floats
    points_m: Floats

    def lonlat_height(self) -> Floats:
        """Degrees and metres above WGS84, (n, 3)."""
        return lonlat_of(self.points_m)

    def incidence_deg(self) -> Floats:
        """Between the line of sight and the ellipsoid's normal, (n,)."""
        longitude, latitude = np.radians(self.lonlat_height()[:, :2]).T
        across = np.cos(latitude)
        up = np.column_stack(
            (across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude))
        )
        return _angle_deg(self.satellites_m - self.points_m, up)

    def elevation_deg(self) -> Floats:
        """Between the line of sight and the direction to the earth's centre, (n,)."""
        return _angle_deg(self.points_m - self.satellites_m, -self.satellites_m)


def look(
    orbit_pass: OrbitPass, after_node_s: Floats, slant_range_m: Floats, height_m: Floats | float
) -> Sight:
    """What is seen to the right, square to the velocity, at distances (n,) and heights (n,).

    Secant iteration on the angle between down and the line of sight. Raises SceneError where a
    distance does not reach down to its height, or beyond the horizon.
    """
    position, velocity = orbit_pass.states(np.asarray(after_node_s, dtype=np.float64))
    down, right = _across(position, velocity)
    distance = np.asarray(slant_range_m, dtype=np.float64)[:, None]
    angle, previous = _spherical_angle(position, distance, 6_371_000.0), None
    for _ in range(MOST_STEPS):
        point = position + distance * (np.cos(angle) * down + np.sin(angle) * right)
        excess = lonlat_of(point)[:, 2:] - np.reshape(height_m, (-1, 1))
        if np.abs(excess).max(initial=0.0) < HEIGHT_TOLERANCE_M:
            return Sight(position, point)
        angle, previous = _next(angle, excess, previous), (angle, excess)
    raise SceneError(
        "a line of sight does not meet the ground.",
        remedy="Choose an incidence between 15 and 50 degrees.",
    )


def _next(angle: Floats, excess: Floats, previous: tuple[Floats, Floats] | None) -> Floats:
    if previous is None:
        return angle - np.sign(excess) * 1e-4
    change = excess - previous[1]
    slope = np.where(change == 0, np.inf, change) / np.where(
        angle == previous[0], 1.0, angle - previous[0]
    )
    return np.asarray(angle - excess / slope)


def _spherical_angle(position: Floats, distance: Floats, radius_m: float) -> Floats:
    """By the law of cosines over a round earth; clipped where it does not meet it."""
    orbit = np.linalg.norm(position, axis=1, keepdims=True)
    cosine = (orbit**2 + distance**2 - radius_m**2) / (2 * orbit * distance)
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 0.99999)))


def _across(position: Floats, velocity: Floats) -> tuple[Floats, Floats]:
    """Unit vectors (n, 3) square to the velocity: downward, and to the right."""
    right = np.cross(velocity, position)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    down = np.cross(velocity, right)
    down /= np.linalg.norm(down, axis=1, keepdims=True)
    inward = np.einsum("ij,ij->i", down, position) < 0
    return np.where(inward[:, None], down, -down), right


def _angle_deg(first: Floats, second: Floats) -> Floats:
    cross = np.linalg.norm(np.cross(first, second), axis=1)
    return np.asarray(np.degrees(np.arctan2(cross, np.einsum("ij,ij->i", first, second))))
