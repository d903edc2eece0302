"""From points in space to the pixels of a radar image, and back, by the range-Doppler equations.

A point is imaged on the line whose time puts it square to the satellite's velocity (zero Doppler),
in the pixel that its distance then gives. Curlander and McDonough 1991, Synthetic Aperture Radar,
section 8.2.

Two things that ESA's processor does are read off its own geolocation grid, which they explain to
2e-5 pixels and 4e-4 lines on a real EW product (without them: 0.8 pixels, 0.065 lines):

- a line is laid out in ground range by the ground-to-slant polynomial of the nearest time, neither
  blended between times nor by the slant-to-ground polynomial, which is another and worse fit;
- the time of an echo runs ahead of its line's by half of what its range exceeds the middle of the
  swath (the bistatic shift, corrected in bulk only).

Image positions are (line, pixel) and count from 0 at the centre of the first pixel.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from pipeline.errors import SceneError
from pipeline.geometry.orbit import Orbit
from pipeline.safe.annotation import Annotation, GeolocationGrid

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

CHUNK = 8192  # points whose temporaries stay in the processor's cache
TIME_TOLERANCE_S = 1e-9  # a millionth of a line
HEIGHT_TOLERANCE_M = 1e-6
RANGE_TOLERANCE_M = 1e-6
MOST_STEPS = 25  # Newton needs four or five
SCALE_M = 100_000.0  # brings the polynomials' arguments to order one
SPEED_OF_LIGHT_M_S = 299_792_458.0
LEAST_GRID_COLUMNS = 3


class GroundRange:
    """Ground range to slant range and back on any line of one annotation.

    Outside of the image's ranges the polynomials go on straight: of degree eight, they would turn
    back into the image. Raises SceneError where they are missing, or do not grow.
    """

    def __init__(self, annotation: Annotation) -> None:
        conversion = annotation.ground_range
        self._times, self._origins = conversion.times_s, conversion.gr0_m
        self._first_line_s = annotation.first_line_s
        self._line_interval_s = annotation.line_interval_s
        _check_sets(self._times)
        powers = np.arange(conversion.grsr.shape[1])
        self._grsr = conversion.grsr * SCALE_M**powers
        self._slopes = self._grsr[:, 1:] * powers[1:] / SCALE_M
        self.width_m = (annotation.pixels - 1) * annotation.pixel_spacing_m
        _check_growth(self)

    @property
    def sets(self) -> int:
        return len(self._times)

    def of_line(self, lines: Floats) -> Indices:
        """The polynomial of each line, (n,). Between lines that of the nearer one holds."""
        times = self._first_line_s + np.rint(lines) * self._line_interval_s
        return np.searchsorted(0.5 * (self._times[1:] + self._times[:-1]), times)

    def slant_range_m(self, ground_range_m: Floats, chosen: Indices) -> Floats:
        return self._with_slope(ground_range_m, chosen)[0]

    def ground_range_m(self, slant_range_m: Floats, chosen: Indices) -> Floats:
        """The inverse, by Newton iteration."""
        ground = np.full_like(slant_range_m, self.width_m)
        for _ in range(MOST_STEPS):
            found, slope = self._with_slope(ground, chosen)
            step = (slant_range_m - found) / slope
            ground += step
            if np.abs(step).max(initial=0.0) < RANGE_TOLERANCE_M:
                break
        return ground

    def _with_slope(self, ground_range_m: Floats, chosen: Indices) -> tuple[Floats, Floats]:
        inside = np.clip(ground_range_m, 0.0, self.width_m)
        argument = (inside - self._origins[chosen]) / SCALE_M
        slope = _horner(self._slopes, argument, chosen)
        value = _horner(self._grsr, argument, chosen)
        return value + slope * (ground_range_m - inside), slope


class BistaticShift:
    """How far the time of an echo runs ahead of its line's, linear in the slant range time.

    Fitted to the grid's own times: nothing is assumed of processors that correct it in full.
    """

    def __init__(self, annotation: Annotation) -> None:
        grid = annotation.geolocation
        self._constant_s, self._slope = 0.0, 0.0
        if grid.lines.ndim == 2 and grid.lines.shape[1] >= LEAST_GRID_COLUMNS:
            self._fit(grid, annotation)

    def __call__(self, slant_range_m: Floats) -> Floats:
        """Seconds, (n,)."""
        return self._constant_s + self._slope * (2.0 / SPEED_OF_LIGHT_M_S) * slant_range_m

    def _fit(self, grid: GeolocationGrid, annotation: Annotation) -> None:
        line_times = annotation.first_line_s + grid.lines * annotation.line_interval_s
        ahead = grid.azimuth_times_s - line_times
        within = np.abs(ahead) < annotation.line_interval_s
        range_times = grid.slant_range_times_s
        if not within.all() or np.ptp(range_times) == 0:
            return  # these are not the times of those lines
        slope, constant = np.polyfit(range_times.ravel(), ahead.ravel(), 1)
        self._constant_s, self._slope = float(constant), float(slope)


class RadarGeometry:
    """The imaging geometry of one annotation; raises SceneError where it is not whole."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.orbit = Orbit(annotation.orbit)
        if not (annotation.line_interval_s > 0 and annotation.pixel_spacing_m > 0):
            raise SceneError("its line interval or pixel spacing is not positive.")
        self.ground_range = GroundRange(annotation)
        self.bistatic_shift = BistaticShift(annotation)
        first_s, last_s = self.line_times_s(np.array([0.0, annotation.lines - 1.0]))
        if not self.orbit.first_s <= first_s <= last_s <= self.orbit.last_s:
            raise SceneError(
                "its orbit state vectors do not span its lines.", remedy="Fetch the product again."
            )
        self._middle_s = 0.5 * (first_s + last_s)
        self._side = self._look_side()

    def line_times_s(self, lines: Floats) -> Floats:
        """Seconds since the epoch of lines, which need not be whole."""
        return self.annotation.first_line_s + lines * self.annotation.line_interval_s

    def to_image(self, ecef_m: Floats) -> Floats:
        """(line, pixel), shape (n, 2), of points in space (n, 3).

        Every point gets a finite position. What the radar does not see lies outside of the image:
        points on the other side of the track have pixels below `-annotation.pixels`.
        """
        return _in_chunks(self._to_image, ecef_m, 2)

    def lonlat_to_image(self, lonlat_deg: Floats, heights_m: Floats) -> Floats:
        """(line, pixel), (n, 2), of geodetic positions (n, 2) at heights (n,) over WGS84."""
        return self.to_image(ecef_of(lonlat_deg, heights_m))

    def to_line_and_range(self, ecef_m: Floats) -> Floats:
        """(line, slant range in metres), shape (n, 2), of points in space (n, 3).

        Smooth over the ground, as pixels are not: these jump by up to a pixel where one polynomial
        takes over from another. Points on the other side of the track have negative slant ranges.
        """
        return _in_chunks(self._to_line_and_range, ecef_m, 2)

    def zero_doppler(self, ecef_m: Floats) -> tuple[Floats, Floats]:
        """Time of closest approach in seconds of the epoch, and slant range in metres; (n,)."""
        time, distance = _in_chunks(self._zero_doppler, ecef_m, 2).T
        return time, distance

    def to_ground(self, image: Floats, heights_m: Floats | float = 0.0) -> Floats:
        """Points in space (n, 3) seen at (line, pixel), shape (n, 2), at heights over WGS84.

        Raises SceneError where a line of sight never comes down to its height.
        """
        heights = np.broadcast_to(np.asarray(heights_m, dtype=np.float64), (len(image),))
        return _in_chunks(self._to_ground, np.column_stack((image, heights)), 3)

    def to_lonlat(self, image: Floats, heights_m: Floats | float = 0.0) -> Floats:
        """Longitude and latitude in degrees, (n, 2), as `to_ground`."""
        return lonlat_of(self.to_ground(image, heights_m))[:, :2]

    def _to_image(self, ecef: Floats) -> Floats:
        line, distance = self._to_line_and_range(ecef).T
        chosen = self.ground_range.of_line(line)
        ground_range = self.ground_range.ground_range_m(np.abs(distance), chosen)
        pixel = ground_range / self.annotation.pixel_spacing_m
        hidden = -np.abs(pixel) - self.annotation.pixels - 1
        return np.column_stack((line, np.where(distance > 0, pixel, hidden)))

    def _to_line_and_range(self, ecef: Floats) -> Floats:
        time, distance = self._zero_doppler(ecef).T
        seen = self._to_the_right(ecef, time) * self._side > 0
        line_time = time - self.bistatic_shift(distance)
        line = (line_time - self.annotation.first_line_s) / self.annotation.line_interval_s
        return np.column_stack((line, np.where(seen, distance, -distance)))

    def _zero_doppler(self, ecef: Floats) -> Floats:
        time = np.full(len(ecef), self._middle_s)
        for _ in range(MOST_STEPS):
            position, velocity, acceleration = self.orbit.states(time)
            sight = ecef - position
            slope = _dot(acceleration, sight) - _dot(velocity, velocity)
            step = _dot(velocity, sight) / slope
            time -= step
            if np.abs(step).max(initial=0.0) < TIME_TOLERANCE_S:
                break
        sight = ecef - self.orbit.positions(time)
        return np.column_stack((time, np.sqrt(_dot(sight, sight))))

    def _to_ground(self, image_and_height: Floats) -> Floats:
        line, pixel, height = image_and_height.T
        chosen = self.ground_range.of_line(line)
        ground_range = pixel * self.annotation.pixel_spacing_m
        distance = self.ground_range.slant_range_m(ground_range, chosen)
        time = self.line_times_s(line) + self.bistatic_shift(distance)
        position, velocity, _ = self.orbit.states(time)
        down, right = _across_track(position, velocity)
        return _down_to(height, position, distance, down, self._side * right)

    def _look_side(self) -> float:
        """1 to the right of the track, as Sentinel-1 looks; -1 to the left.

        The geolocation grid tells: where latitudes and orbit were negated to move a scene to the
        other pole, the radar has come to look left.
        """
        grid = self.annotation.geolocation
        lonlat = np.column_stack((grid.longitudes_deg.ravel(), grid.latitudes_deg.ravel()))
        if not len(lonlat):
            return 1.0
        ecef = ecef_of(lonlat, grid.heights_m.ravel())
        time, _ = self.zero_doppler(ecef)
        return -1.0 if np.median(self._to_the_right(ecef, time)) < 0 else 1.0

    def _to_the_right(self, ecef: Floats, times_s: Floats) -> Floats:
        """Positive to the right of the track."""
        position, velocity, _ = self.orbit.states(times_s)
        return _dot(np.cross(velocity, position), ecef)


def ecef_of(lonlat_deg: Floats, heights_m: Floats) -> Floats:
    """Points in space (n, 3) in metres of geodetic positions (n, 2) at heights (n,) over WGS84."""
    return np.column_stack(_CARTESIAN.transform(lonlat_deg[:, 0], lonlat_deg[:, 1], heights_m))


def lonlat_of(ecef_m: Floats) -> Floats:
    """Longitude and latitude in degrees and height in metres over WGS84, (n, 3)."""
    x, y, z = ecef_m.T
    return np.column_stack(_CARTESIAN.transform(x, y, z, direction="INVERSE"))


_CARTESIAN = Transformer.from_pipeline(
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84"
)


def _down_to(
    height: Floats, position: Floats, distance: Floats, down: Floats, across: Floats
) -> Floats:
    """Points at `distance` whose height over WGS84 is `height`.

    Newton iteration on the angle between straight down and the line of sight: range and Doppler
    equations hold at every step.
    """
    angle = _first_angle(position, distance, height)[:, None]
    reach = distance[:, None]
    for _ in range(MOST_STEPS):
        point = position + reach * (np.cos(angle) * down + np.sin(angle) * across)
        lonlat_height = lonlat_of(point)
        turned = reach * (np.cos(angle) * across - np.sin(angle) * down)
        slope = _dot(turned, _upward(lonlat_height[:, :2]))
        excess = lonlat_height[:, 2] - height
        if np.abs(excess).max(initial=0.0) < HEIGHT_TOLERANCE_M:
            return point
        angle = angle - (excess / slope)[:, None]
    raise SceneError(
        "a line of sight does not meet the ground: its ranges and its orbit do not fit.",
        remedy="Fetch the product again.",
    )


def _first_angle(position: Floats, distance: Floats, height: Floats) -> Floats:
    """By the law of cosines over a sphere as wide as the earth below the satellite."""
    orbit_radius = np.sqrt(_dot(position, position))
    radius = orbit_radius - lonlat_of(position)[:, 2] + height
    cosine = (orbit_radius**2 + distance**2 - radius**2) / (2.0 * orbit_radius * distance)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


def _across_track(position: Floats, velocity: Floats) -> tuple[Floats, Floats]:
    """Unit vectors square to the velocity: towards the earth's centre, and to the right."""
    right = np.cross(velocity, position)
    right /= np.sqrt(_dot(right, right))[:, None]
    down = np.cross(right, velocity)
    down /= np.sqrt(_dot(down, down))[:, None]
    return np.where(_dot(down, position)[:, None] < 0, down, -down), right


def _upward(lonlat_deg: Floats) -> Floats:
    longitude, latitude = np.radians(lonlat_deg).T
    across = np.cos(latitude)
    components = (across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude))
    return np.column_stack(components)


def _dot(first: Floats, second: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", first, second))


def _horner(rows: Floats, argument: Floats, chosen: Indices) -> Floats:
    """The polynomials `rows` (lowest power first) that are chosen, each at its argument."""
    value = np.zeros_like(argument)
    for column in rows.T[::-1]:
        value = value * argument + column[chosen]
    return value


def _in_chunks(function: Callable[[Floats], Floats], points: Floats, width: int) -> Floats:
    found = np.empty((len(points), width))
    for first in range(0, len(points), CHUNK):
        part = slice(first, first + CHUNK)
        found[part] = function(points[part])
    return found


def _check_sets(times_s: Floats) -> None:
    if not len(times_s) or not (np.diff(times_s) > 0).all():
        raise SceneError(
            "its ground-to-slant-range polynomials are missing or not in order of time.",
            remedy="Fetch the product again.",
        )


def _check_growth(ground_range: GroundRange) -> None:
    across = np.linspace(0.0, ground_range.width_m, 50)
    for chosen in range(ground_range.sets):
        slant = ground_range.slant_range_m(across, np.full(len(across), chosen))
        if not (np.diff(slant) > 0).all():  # not-a-number too
            raise SceneError(
                f"its ground-to-slant-range polynomial {chosen + 1} does not grow with range.",
                remedy="Fetch the product again.",
            )
