"""What a product's annotation says of one polarisation: times, orbit, ranges, position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OrbitStates:
    """State vectors in the rotating frame (ITRF): times (n,), position and velocity (n, 3)."""

    times_s: Floats
    positions_m: Floats
    velocities_m_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class GroundRangeConversion:
    """Slant range to ground range and back, a polynomial for each time (`coordinateConversion`).

    `srgr` (k, degree + 1): ground range = sum of srgr[j] (slant range - sr0)^j; `grsr`: slant
    range = sum of grsr[j] (ground range - gr0)^j. Metres throughout; one row for each of `times_s`.
    """

    times_s: Floats
    sr0_m: Floats
    srgr: Floats
    gr0_m: Floats
    grsr: Floats


@dataclass(frozen=True, slots=True, eq=False)
class GeolocationGrid:
    """ESA's own grid of positions; every array has shape (rows, columns).

    `height_m` is above the ellipsoid; `slant_range_time_s` is two-way.
    """

    lines: npt.NDArray[np.int64]
    pixels: npt.NDArray[np.int64]
    azimuth_times_s: Floats
    slant_range_times_s: Floats
    latitudes_deg: Floats
    longitudes_deg: Floats
    heights_m: Floats
    incidence_deg: Floats
    elevation_deg: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """One polarisation of a GRD product.

    Line `i` was seen at zero-Doppler time `first_line_s + i * line_interval_s`; pixel `j` lies at
    ground range `j * pixel_spacing_m`.
    """

    platform: str  # "S1A"
    mode: str  # "EW"
    product_type: str  # "GRD"
    polarisation: str  # "HH"
    pass_direction: str  # "ASCENDING" or "DESCENDING"
    absolute_orbit: int
    datatake: int
    epoch: datetime  # UTC; every time counts from here
    start_s: float
    stop_s: float
    lines: int
    pixels: int
    first_line_s: float
    line_interval_s: float
    last_line_s: float
    pixel_spacing_m: float
    line_spacing_m: float
    slant_range_time_s: float  # two-way, to the first sample
    incidence_mid_swath_deg: float
    orbit: OrbitStates
    ground_range: GroundRangeConversion
    geolocation: GeolocationGrid
    terrain_height_m: float  # mean of the heights that the processor assumed, ellipsoidal
