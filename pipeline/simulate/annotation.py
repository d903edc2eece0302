"""The annotation of a simulated acquisition: everything a product says of its geometry.

It follows from the pass, not from the other fields: line times, slant ranges, polynomials and the
geolocation grid are each computed from the satellite's path, so a reader that gets one of them
wrong finds them in disagreement.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from pipeline.geometry.range_doppler import SPEED_OF_LIGHT_M_S, ecef_of
from pipeline.safe.annotation import Annotation, GeolocationGrid, GroundRangeConversion
from pipeline.simulate.ground_range_fit import fitted_conversion, near_range_m
from pipeline.simulate.line_of_sight import Sight, look
from pipeline.simulate.orbit_pass import (
    DESCENDING,
    REVOLUTION_S,
    OrbitPass,
    Target,
    pass_over,
)
from pipeline.simulate.swath import Swath, swath_of

Floats = npt.NDArray[np.float64]
Surface = Callable[[Floats, Floats], Floats]  # longitude, latitude (degrees) -> ellipsoidal height

CONVERSION_EVERY_S = 1.0
CONVERSION_LEAD_S = 0.6414  # by which the first polynomial precedes the first line
GRID_EVERY_S = 3.0
GRID_COLUMNS = 21
LEAST_GRID_ROWS = 4
SURFACE_STEPS = 4  # heights change slowly against the shift they cause
FIRST_ORBITS = {
    "S1A": datetime(2014, 4, 3, tzinfo=UTC),
    "S1B": datetime(2016, 4, 25, tzinfo=UTC),
    "S1C": datetime(2024, 12, 5, tzinfo=UTC),
    "S1D": datetime(2025, 11, 4, tzinfo=UTC),
}


@dataclass(frozen=True, slots=True)
class Acquisition:
    """An image to be taken of `target`, which is seen at `moment` (UTC).

    `incidence_deg` is the angle at the target; without it, a full swath begins where the mode's
    does, and a cut-out lies in the middle of it. The target appears at `target_line` and
    `target_pixel` (by default the middle); a line beyond the image makes the next or the previous
    slice of the same pass. `height_m` is the height that the processor assumes.
    """

    target: Target
    moment: datetime
    mode: str = "EW"
    direction: str = DESCENDING
    lines: int | None = None
    pixels: int | None = None
    incidence_deg: float | None = None
    target_line: float | None = None
    target_pixel: float | None = None
    height_m: float = 0.0
    platform: str = "S1A"

    @property
    def swath(self) -> Swath:
        return swath_of(self.mode)

    @property
    def shape(self) -> tuple[int, int]:
        return self.lines or self.swath.full_lines, self.pixels or self.swath.full_pixels

    @property
    def target_position(self) -> tuple[float, float]:
        """Line and pixel of the target."""
        middle_line, middle_pixel = ((side - 1) / 2 for side in self.shape)
        line = middle_line if self.target_line is None else self.target_line
        return line, middle_pixel if self.target_pixel is None else self.target_pixel

    @property
    def target_incidence_deg(self) -> float:
        if self.incidence_deg is not None:
            return self.incidence_deg
        if self.pixels is None:
            offset_m = self.target_position[1] * self.swath.spacing_m
            return incidence_after_deg(self.swath.near_incidence_deg, offset_m)
        return self.swath.mid_incidence_deg

    def orbit_pass(self) -> OrbitPass:
        """The pass that takes the image; raises SceneError where there is none."""
        return pass_over(self.target, self.moment, self.direction, self.target_incidence_deg)


def simulated_annotation(
    acquisition: Acquisition, polarisation: str, surface: Surface | None = None
) -> Annotation:
    """What the product of an acquisition says of its geometry in one polarisation.

    `surface` gives the heights of the geolocation grid; without it they are the height that the
    processor assumes. Times in the result are whole microseconds, as files keep them.
    """
    orbit_pass = acquisition.orbit_pass()
    image = _Image.of(acquisition, orbit_pass)
    conversion = _conversion(image)
    (lines, pixels), spacing = acquisition.shape, acquisition.swath.spacing_m
    stop = float(_micro(np.array((lines - 1) * image.interval_s)))
    orbit_number = absolute_orbit(orbit_pass, acquisition.platform)
    grid = _geolocation(image, conversion, surface)
    return Annotation(
        platform=acquisition.platform,
        mode=acquisition.swath.mode,
        product_type="GRD",
        polarisation=polarisation,
        pass_direction=acquisition.direction,
        absolute_orbit=orbit_number,
        datatake=datatake(orbit_number),
        epoch=image.epoch,
        start_s=0.0,
        stop_s=stop,
        lines=lines,
        pixels=pixels,
        first_line_s=0.0,
        line_interval_s=image.interval_s,
        last_line_s=stop,
        pixel_spacing_m=spacing,
        line_spacing_m=spacing,
        slant_range_time_s=2 * image.near_m / SPEED_OF_LIGHT_M_S,
        incidence_mid_swath_deg=_mid_incidence_deg(image, conversion),
        orbit=orbit_pass.state_vectors(image.epoch, stop),
        ground_range=conversion,
        geolocation=grid,
        terrain_height_m=acquisition.height_m,
    )


def absolute_orbit(orbit_pass: OrbitPass, platform: str) -> int:
    """Revolutions since the platform's launch: about what real products count."""
    flown_s = (orbit_pass.node_time - FIRST_ORBITS[platform]).total_seconds()
    return max(1, 1 + int(flown_s // REVOLUTION_S))


def datatake(orbit_number: int) -> int:
    """A number of the size that real products carry; one a revolution."""
    return orbit_number * 8


def incidence_after_deg(near_deg: float, ground_m: float) -> float:
    """Incidence `ground_m` beyond the place where it is `near_deg`, over a round earth."""
    earth_m, orbit_m = 6_360_000.0, 7_070_000.0
    near = math.radians(near_deg)
    centre = near - math.asin(math.sin(near) * earth_m / orbit_m) + ground_m / earth_m
    across, along = orbit_m * math.sin(centre), orbit_m * math.cos(centre) - earth_m
    return math.degrees(math.atan2(across, along))


@dataclass(frozen=True, slots=True)
class _Image:
    """Where an acquisition's image lies in time and range."""

    acquisition: Acquisition
    orbit_pass: OrbitPass
    epoch: datetime  # of the first line
    interval_s: float
    near_m: float

    @property
    def node_to_epoch_s(self) -> float:
        return self.orbit_pass.seconds_at(self.epoch)

    @classmethod
    def of(cls, acquisition: Acquisition, orbit_pass: OrbitPass) -> _Image:
        at_target_s = orbit_pass.seconds_at(acquisition.moment)
        distance_m = _distance_m(orbit_pass, at_target_s, acquisition.target)
        height_m, spacing_m = acquisition.height_m, acquisition.swath.spacing_m
        interval_s = spacing_m / _ground_speed_m_s(orbit_pass, at_target_s, distance_m, height_m)
        line, pixel = acquisition.target_position
        near_m = near_range_m(orbit_pass, at_target_s, distance_m, pixel * spacing_m, height_m)
        epoch = acquisition.moment - timedelta(seconds=line * interval_s)
        return cls(acquisition, orbit_pass, epoch, interval_s, near_m)

    def sight(self, lines: Floats, slant_range_m: Floats, height_m: Floats | float) -> Sight:
        times = self.node_to_epoch_s + lines * self.interval_s
        return look(self.orbit_pass, times, slant_range_m, height_m)


def _distance_m(orbit_pass: OrbitPass, after_node_s: float, target: Target) -> float:
    lonlat = np.array([[target.longitude_deg, target.latitude_deg]])
    satellite = orbit_pass.states(np.array([after_node_s]))[0]
    return float(np.linalg.norm(ecef_of(lonlat, np.array([target.height_m])) - satellite))


def _ground_speed_m_s(
    orbit_pass: OrbitPass, after_node_s: float, distance_m: float, height_m: float
) -> float:
    """How fast the seen point moves over the ground: slower than the satellite."""
    times, distances = after_node_s + np.array([-0.5, 0.5]), np.full(2, distance_m)
    first, last = look(orbit_pass, times, distances, height_m).points_m
    return float(np.linalg.norm(last - first))


def _conversion(image: _Image) -> GroundRangeConversion:
    lines, pixels = image.acquisition.shape
    duration_s, spacing_m = (lines - 1) * image.interval_s, image.acquisition.swath.spacing_m
    steps = math.ceil((duration_s + CONVERSION_LEAD_S) / CONVERSION_EVERY_S) + 1
    times = _micro(np.arange(steps, dtype=np.float64) * CONVERSION_EVERY_S - CONVERSION_LEAD_S)
    return fitted_conversion(
        image.orbit_pass,
        image.node_to_epoch_s,
        times,
        image.near_m,
        (pixels - 1) * spacing_m,
        image.acquisition.height_m,
    )


def _slant_range_m(image: _Image, conversion: GroundRangeConversion, at: Floats) -> Floats:
    """Slant range at (line, pixel) rows, by the ground-to-slant polynomial of the nearest time.

    ESA's processor does the same: its geolocation grid follows to a nanometre.
    """
    times = at[:, 0] * image.interval_s
    nearest = np.abs(times[:, None] - conversion.times_s).argmin(axis=1)
    ground = at[:, 1] * image.acquisition.swath.spacing_m
    powers = ground[:, None] ** np.arange(conversion.grsr.shape[1])
    return np.asarray((powers * conversion.grsr[nearest]).sum(axis=1))


def _mid_incidence_deg(image: _Image, conversion: GroundRangeConversion) -> float:
    lines, pixels = image.acquisition.shape
    middle = np.array([[(lines - 1) / 2, (pixels - 1) / 2]])
    slant = _slant_range_m(image, conversion, middle)
    return float(image.sight(middle[:, 0], slant, image.acquisition.height_m).incidence_deg()[0])


def _geolocation(
    image: _Image, conversion: GroundRangeConversion, surface: Surface | None
) -> GeolocationGrid:
    lines, pixels = (grid.ravel() for grid in np.meshgrid(*_grid_positions(image), indexing="ij"))
    slant = _slant_range_m(image, conversion, np.column_stack((lines, pixels)).astype(float))
    sight, height = _on_surface(image, lines.astype(float), slant, surface)
    longitude, latitude, _ = sight.lonlat_height().T
    shape = tuple(len(axis) for axis in _grid_positions(image))
    return GeolocationGrid(
        lines=lines.reshape(shape),
        pixels=pixels.reshape(shape),
        azimuth_times_s=_micro(lines.astype(float) * image.interval_s).reshape(shape),
        slant_range_times_s=(2 * slant / SPEED_OF_LIGHT_M_S).reshape(shape),
        latitudes_deg=latitude.reshape(shape),
        longitudes_deg=longitude.reshape(shape),
        heights_m=height.reshape(shape),
        incidence_deg=sight.incidence_deg().reshape(shape),
        elevation_deg=sight.elevation_deg().reshape(shape),
    )


def _on_surface(
    image: _Image, lines: Floats, slant: Floats, surface: Surface | None
) -> tuple[Sight, Floats]:
    """Where lines of sight meet the surface, by repeated look-up of the height there."""
    height = np.full(len(lines), image.acquisition.height_m)
    sight = image.sight(lines, slant, height)
    if surface is None:
        return sight, height
    for _ in range(SURFACE_STEPS):
        height = np.asarray(surface(*sight.lonlat_height()[:, :2].T), dtype=np.float64)
        sight = image.sight(lines, slant, height)
    return sight, height


def _grid_positions(image: _Image) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows every three seconds and 21 columns, the last line and pixel always among them."""
    lines, pixels = image.acquisition.shape
    row_step = min(GRID_EVERY_S / image.interval_s, (lines - 1) / (LEAST_GRID_ROWS - 1))
    return _stepped(lines, row_step), _stepped(pixels, (pixels - 1) / (GRID_COLUMNS - 1))


def _stepped(count: int, step: float) -> npt.NDArray[np.int64]:
    every = max(1, math.ceil(step))
    return np.unique(np.append(np.arange(0, count - 1, every), count - 1)).astype(np.int64)


def _micro(seconds: Floats) -> Floats:
    return np.asarray(np.round(seconds * 1e6) / 1e6)
