"""Where the satellite is between its state vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.errors import SceneError
from pipeline.safe.annotation import OrbitStates

Floats = npt.NDArray[np.float64]

LEAST_STATES = 2


class Orbit:
    """Position and velocity at any time, by cubic Hermite interpolation between state vectors.

    Both the position and the velocity of the two neighbours are met. The error grows with the
    fourth power of the step: 9 mm over 20 s where every second vector of a real product is held
    out, so half a millimetre over the 10 s between Sentinel-1's.
    Before the first vector and after the last the satellite goes on straight, which is good for no
    more than to tell that a point lies outside of the image.

    Raises SceneError where there are fewer than two vectors, or their times do not grow.
    """

    def __init__(self, states: OrbitStates) -> None:
        _check(states)
        times, positions, velocities = states.times_s, states.positions_m, states.velocities_m_s
        self.first_s, self.last_s = float(times[0]), float(times[-1])
        self._breaks = times
        self._origins = np.concatenate((times[:1], times))
        self._coefficients = np.concatenate(
            (
                _straight(positions[:1], velocities[:1]),
                _hermite(times, positions, velocities),
                _straight(positions[-1:], velocities[-1:]),
            ),
            axis=1,
        )

    def positions(self, times_s: Floats) -> Floats:
        """Metres, ITRF, (n, 3)."""
        return self.states(times_s)[0]

    def velocities(self, times_s: Floats) -> Floats:
        """Metres per second, ITRF, (n, 3)."""
        return self.states(times_s)[1]

    def states(self, times_s: Floats) -> tuple[Floats, Floats, Floats]:
        """Position, velocity and acceleration in the rotating frame, each (n, 3)."""
        interval = np.searchsorted(self._breaks, times_s, side="right")
        tau = (times_s - self._origins[interval])[:, None]
        constant, linear, square, cube = self._coefficients[:, interval]
        position = constant + tau * (linear + tau * (square + tau * cube))
        velocity = linear + tau * (2.0 * square + tau * (3.0 * cube))
        return position, velocity, 2.0 * square + tau * (6.0 * cube)


def _hermite(times: Floats, positions: Floats, velocities: Floats) -> Floats:
    """Coefficients (4, n - 1, 3) of growing powers of the time since an interval's start."""
    step = np.diff(times)[:, None]
    chord = np.diff(positions, axis=0) / step
    first, last = velocities[:-1], velocities[1:]
    square = (3.0 * chord - 2.0 * first - last) / step
    cube = (first + last - 2.0 * chord) / step**2
    return np.stack((positions[:-1], first, square, cube))


def _straight(position: Floats, velocity: Floats) -> Floats:
    still = np.zeros_like(position)
    return np.stack((position, velocity, still, still))


def _check(states: OrbitStates) -> None:
    times = states.times_s
    if len(times) < LEAST_STATES or not (np.diff(times) > 0).all():
        raise SceneError(
            f"its {len(times)} orbit state vectors are too few or not in order of time.",
            remedy="Fetch the product again.",
        )
    if not all(np.isfinite(v).all() for v in (times, states.positions_m, states.velocities_m_s)):
        raise SceneError(
            "its orbit state vectors are not all numbers.", remedy="Fetch the product again."
        )
