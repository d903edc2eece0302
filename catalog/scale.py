"""True lengths in EPSG:3031, whose plane has its true scale at 71 S only.

The projection is conformal: at a point every direction is stretched by the same factor k, which
depends on the distance from the pole alone (Snyder 1987, USGS Professional Paper 1395, eqs 21-32
to 21-35). It is 0.973 at the pole and 1.021 at 65 S, so a front there is 2 % shorter than the
plane says.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Numbers = npt.NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0  # WGS 84
FLATTENING = 1 / 298.257223563
TRUE_SCALE_DEG = 71.0  # latitude (south) at which k is 1
NODES_DEG = np.arange(89.99, 29.99, -0.01)  # of the table; EPSG:3031 is meant for south of 60 S
M_PER_KM = 1000.0


def scale_factor(points: Numbers) -> Numbers:
    """How many metres of the plane one metre on the ellipsoid takes, at points (n, 2)."""
    from_pole, factor = _table()
    return np.interp(np.hypot(points[..., 0], points[..., 1]), from_pole, factor)


def true_length_km(line: BaseGeometry) -> float:
    """Length on the ellipsoid (km) of a line of EPSG:3031, its edges straight in the plane."""
    points, piece = shapely.get_coordinates(
        np.asarray(shapely.get_parts(line), dtype=object), return_index=True
    )
    begin, end = points[:-1], points[1:]
    # Simpson's rule over each edge: 1/k is nearly quadratic along it.
    inverse = [1 / scale_factor(at) for at in (begin, (begin + end) / 2, end)]
    mean = (inverse[0] + 4 * inverse[1] + inverse[2]) / 6
    lengths = np.hypot(*(end - begin).T) * mean
    return float(lengths[piece[1:] == piece[:-1]].sum()) / M_PER_KM


@cache
def _table() -> tuple[Numbers, Numbers]:
    """Distances from the pole in the plane, rising, and the scale factor there."""
    latitude = np.radians(NODES_DEG)
    radius = _radius_share(np.radians(TRUE_SCALE_DEG))
    from_pole = SEMI_MAJOR_M * radius * _conformal(latitude)
    factor = from_pole / (SEMI_MAJOR_M * _parallel(latitude))
    return np.concatenate([[0.0], from_pole]), np.concatenate([factor[:1], factor])


def _radius_share(latitude: float) -> float:
    at = np.asarray([latitude])
    return float((_parallel(at) / _conformal(at))[0])


def _parallel(latitude: Numbers) -> Numbers:
    """Radius of the circle of latitude, of the semi-major axis (Snyder's m)."""
    return np.asarray(np.cos(latitude) / np.sqrt(1 - (_eccentricity() * np.sin(latitude)) ** 2))


def _conformal(latitude: Numbers) -> Numbers:
    """Snyder's t."""
    e = _eccentricity()
    squeezed = ((1 - e * np.sin(latitude)) / (1 + e * np.sin(latitude))) ** (e / 2)
    return np.asarray(np.tan(np.pi / 4 - latitude / 2) / squeezed)


def _eccentricity() -> float:
    return float(np.sqrt(FLATTENING * (2 - FLATTENING)))
