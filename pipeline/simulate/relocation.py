"""Move the annotation of a real product to the other end of the earth.

A half turn about an axis in the equator maps the ellipsoid onto itself, north to south, and keeps
right right: distances, velocities and zero Doppler stay as they are, so times, ranges, polynomials
and tables of the product hold unchanged, and the same pixels see the moved places. (Mirroring at
the equator would do so too, but would make the radar look to the left.) The orbit then goes round
the other way, which nothing in the imaging depends on.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.safe.annotation import Annotation, GeolocationGrid, OrbitStates
from pipeline.simulate.orbit_pass import ASCENDING, DESCENDING

Floats = npt.NDArray[np.float64]


def moved_annotation(annotation: Annotation, turn_deg: float = 0.0) -> Annotation:
    """The annotation with longitude and latitude negated, and then turned `turn_deg` eastward."""
    ascending = annotation.pass_direction.upper() == ASCENDING
    return replace(
        annotation,
        pass_direction=DESCENDING if ascending else ASCENDING,
        orbit=_moved_orbit(annotation.orbit, turn_deg),
        geolocation=_moved_grid(annotation.geolocation, turn_deg),
    )


def moved_lonlat(lonlat_deg: Floats, turn_deg: float = 0.0) -> Floats:
    """Where places (n, 2) go, longitudes in [-180, 180)."""
    longitude = (turn_deg - lonlat_deg[:, 0] + 180.0) % 360.0 - 180.0
    return np.column_stack((longitude, -lonlat_deg[:, 1]))


def _moved_orbit(orbit: OrbitStates, turn_deg: float) -> OrbitStates:
    return OrbitStates(
        orbit.times_s,
        _half_turned(orbit.positions_m, turn_deg),
        _half_turned(orbit.velocities_m_s, turn_deg),
    )


def _half_turned(vectors: Floats, turn_deg: float) -> Floats:
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    x, y, z = vectors[:, 0], -vectors[:, 1], -vectors[:, 2]
    return np.column_stack((cos * x - sin * y, sin * x + cos * y, z))


def _moved_grid(grid: GeolocationGrid, turn_deg: float) -> GeolocationGrid:
    lonlat = np.column_stack((grid.longitudes_deg.ravel(), grid.latitudes_deg.ravel()))
    longitude, latitude = moved_lonlat(lonlat, turn_deg).T
    shape = grid.lines.shape
    return replace(
        grid, longitudes_deg=longitude.reshape(shape), latitudes_deg=latitude.reshape(shape)
    )
