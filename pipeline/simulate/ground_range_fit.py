"""Slant range against ground range of a simulated pass, as curve and as polynomials.

Ground range is the length along the ground, at the height that the processor assumes, from the
first pixel; it is measured along the line of points that one moment sees.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from pipeline.errors import SceneError
from pipeline.safe.annotation import GroundRangeConversion
from pipeline.simulate.line_of_sight import look
from pipeline.simulate.orbit_pass import OrbitPass

Floats = npt.NDArray[np.float64]

DEGREE = 8  # as in ESA's products
SAMPLES = 600  # chords of 700 m over a full swath are 0.2 mm shorter than the arc
BEYOND_M = 2_000.0  # the fit goes on beyond the last pixel
CLOSEST_M = 730_000.0  # just off the nadir over the pole


def ground_arc_m(
    orbit_pass: OrbitPass, after_node_s: float, slant_range_m: Floats, height_m: float
) -> Floats:
    """Length along the ground from the first of growing slant ranges to each, (n,)."""
    times = np.full(len(slant_range_m), after_node_s)
    points = look(orbit_pass, times, slant_range_m, height_m).points_m
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate(([0.0], np.cumsum(steps)))


def near_range_m(
    orbit_pass: OrbitPass, after_node_s: float, far_range_m: float, width_m: float, height_m: float
) -> float:
    """The slant range that lies `width_m` of ground nearer than `far_range_m`.

    A negative width goes farther. Raises SceneError where the swath would begin below the
    satellite or end beyond the horizon.
    """
    if width_m == 0.0:
        return far_range_m

    def excess(near: float) -> float:
        between = np.linspace(min(near, far_range_m), max(near, far_range_m), SAMPLES)
        arc = ground_arc_m(orbit_pass, after_node_s, between, height_m)[-1]
        return float(np.copysign(arc, far_range_m - near) - width_m)

    try:
        limit = CLOSEST_M if width_m > 0 else far_range_m + abs(width_m)
        return float(brentq(excess, limit, far_range_m, xtol=1e-7))
    except ValueError as error:
        raise SceneError(
            f"a swath whose target lies {width_m / 1000:.0f} km from its near edge would begin "
            "below the satellite.",
            remedy="Choose a larger incidence at the target, or a narrower image.",
        ) from error


def fitted_conversion(
    orbit_pass: OrbitPass,
    node_to_epoch_s: float,
    times_s: Floats,
    near_m: float,
    width_m: float,
    height_m: float,
) -> GroundRangeConversion:
    """Polynomials of degree 8 both ways at each of `times_s`, from `near_m` over `width_m`."""
    far = near_range_m(orbit_pass, node_to_epoch_s, near_m, -(width_m + BEYOND_M), height_m)
    slant = near_m + (far - near_m) * _chebyshev_nodes(SAMPLES)
    rows = [
        _fits(slant - near_m, ground_arc_m(orbit_pass, node_to_epoch_s + time, slant, height_m))
        for time in times_s
    ]
    srgr, offsets = (np.array(column) for column in zip(*rows, strict=True))
    offsets[:, 0] += near_m
    near = np.full(len(times_s), near_m)
    return GroundRangeConversion(times_s, near, srgr, np.zeros(len(times_s)), offsets)


def _chebyshev_nodes(count: int) -> Floats:
    """Growing from 0 to 1, dense at both ends, where a fitted polynomial errs most."""
    return np.asarray((1 - np.cos(np.linspace(0.0, np.pi, count))) / 2)


def _fits(slant_m: Floats, ground_m: Floats) -> tuple[Floats, Floats]:
    return _fit(slant_m, ground_m), _fit(ground_m, slant_m)


def _fit(argument: Floats, value: Floats) -> Floats:
    """Coefficients of growing powers; the fit itself is made on Chebyshev polynomials."""
    series = np.polynomial.Chebyshev.fit(argument, value, DEGREE)
    power = series.convert(kind=np.polynomial.Polynomial, domain=[-1, 1], window=[-1, 1])
    coefficients = np.zeros(DEGREE + 1)
    coefficients[: len(power.coef)] = power.coef
    return coefficients
