"""A simulated product whose truth is known: bright points on even tiles of known backscatter.

A tile holds one point in its middle, on ground without speckle, so that the point can be found in
a map to a fraction of a metre; the rest of the tile is even ground with speckle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from pipeline.geometry.geoid import geoid_height_m
from pipeline.safe.annotation import Annotation
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.digital_numbers import DigitalNumbers, SyntheticDn
from pipeline.simulate.line_of_sight import look
from pipeline.simulate.orbit_pass import OrbitPass, Target
from pipeline.simulate.safe_product import SimulatedChannel, write_safe
from pipeline.simulate.subswaths import incidence_deg
from pipeline.simulate.tables import calibration_table, noise_table

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]

CRS = "EPSG:3031"
MAP_PIXEL_M = 40.0
MOMENT = datetime(2026, 9, 4, 20, 13, 5, tzinfo=UTC)
PLACE = Target(71.0, -68.5, 40.0)  # off the Amery ice shelf
FREEBOARD_M = 40.0  # all of the ground lies so far above the geoid
POLARISATIONS = ("HH", "HV")
LEVELS_DB = (-8.0, -14.0, -18.0, -22.0)
CROSS_POLARISED_DB = -3.0
POINT_POWER = 10.0
POINT_SIGMA_M = 60.0
JUMP_MARGIN_M = 300.0
CLEAR_M = 1_500.0  # around a point no speckle
BLOCK_ROWS = 512
LOOKS = {"EW": 10.7, "IW": 4.4}  # of GRDM and GRDH (ESA's product definition)
SEED = 2026
HEIGHT_STEPS = 4

_TO_MAP = Transformer.from_crs(4326, CRS, always_xy=True)


@dataclass(frozen=True, slots=True, eq=False)
class TargetScene:
    """An acquisition cut into `tiles` (along lines, along pixels) tiles."""

    acquisition: Acquisition
    annotation: Annotation
    orbit_pass: OrbitPass
    tiles: tuple[int, int]

    @classmethod
    def of(cls, mode: str, shape: tuple[int, int] | None, tiles: tuple[int, int]) -> TargetScene:
        """A cut of `shape` (lines, pixels), or the mode's full scene where it is None."""
        lines, pixels = shape or (None, None)
        height_m = PLACE.height_m
        acquisition = Acquisition(
            PLACE, MOMENT, mode, lines=lines, pixels=pixels, height_m=height_m
        )
        annotation = simulated_annotation(acquisition, POLARISATIONS[0], _surface_m)
        return cls(acquisition, annotation, acquisition.orbit_pass(), tiles)

    @property
    def points(self) -> Floats:
        """Line and pixel of the bright points, (n, 2), tile by tile along the lines; no wholes.

        Off the lines where one ground-range polynomial takes over from the next: there the image
        jumps against the ground, by metres, and what is round in it is not round on the map.
        """
        lines, pixels = self._tile_edges()
        middle = [0.5 * (edges[1:] + edges[:-1]) for edges in (lines, pixels)]
        grid = np.stack(np.meshgrid(*middle, indexing="ij"), axis=-1).reshape(-1, 2)
        points = grid + np.random.default_rng(SEED).uniform(-0.5, 0.5, grid.shape)
        points[:, 0] = self._off_the_jumps(points[:, 0])
        return np.asarray(points)

    def _off_the_jumps(self, lines: Floats) -> Floats:
        times, interval_s = self.annotation.ground_range.times_s, self.annotation.line_interval_s
        jumps = 0.5 * (times[1:] + times[:-1]) / interval_s
        nearest = jumps[np.abs(lines[:, None] - jumps).argmin(axis=1)]
        margin = JUMP_MARGIN_M / self.annotation.line_spacing_m
        away = nearest + np.copysign(margin, lines - nearest)
        return np.where(np.abs(lines - nearest) < margin, away, lines)

    def level(self, tile: int, polarisation: str) -> float:
        """Sigma0 of a tile's ground, linear."""
        return float(self._levels(polarisation).ravel()[tile])

    def tile_box(self, tile: int) -> tuple[int, int, int, int]:
        """First and last (excluded) line, first and last (excluded) pixel."""
        row, column = divmod(tile, self.tiles[1])
        lines, pixels = (edges.astype(int) for edges in self._tile_edges())
        return lines[row], lines[row + 1], pixels[column], pixels[column + 1]

    def brightness_to_sigma0(self, tile: int) -> float:
        """Radar brightness over sigma0, the mean over a tile: one by the sine of the incidence."""
        first, last, near, far = self.tile_box(tile)
        middle = np.array([(first + last) / 2.0])
        angle = incidence_deg(self.annotation, middle, np.arange(near, far, dtype=np.float64))
        return float((1.0 / np.sin(np.radians(angle))).mean())

    def ground(self, image: Floats) -> Floats:
        """Where (line, pixel) lie in EPSG:3031, (n, 2): from the satellite's path, every point.

        Not by the code that is measured: the simulator's circle and its lines of sight.
        """
        line, pixel = image.T
        times = line * self.annotation.line_interval_s
        slant = self._slant_range_m(np.rint(line) * self.annotation.line_interval_s, pixel)
        after_node = times + self.orbit_pass.seconds_at(self.annotation.epoch)
        height = np.full(len(image), PLACE.height_m)
        for _ in range(HEIGHT_STEPS):
            lonlat = look(self.orbit_pass, after_node, slant, height).lonlat_height()[:, :2]
            height = _surface_m(*lonlat.T)
        return np.column_stack(_TO_MAP.transform(*lonlat.T))

    def write(self, folder: Path) -> Path:
        """The product as a `.SAFE` folder; returns its path."""
        texture = _Speckle.draw(LOOKS[self.acquisition.mode], self.annotation.pixels)
        channels = [self._channel(name, texture) for name in POLARISATIONS]
        return write_safe(folder, channels).path

    def _slant_range_m(self, line_times: Floats, pixels: Floats) -> Floats:
        """By the ground-to-slant polynomial of the nearest time, as products define it."""
        conversion = self.annotation.ground_range
        nearest = np.abs(line_times[:, None] - conversion.times_s).argmin(axis=1)
        ground = pixels * self.annotation.pixel_spacing_m - conversion.gr0_m[nearest]
        powers = ground[:, None] ** np.arange(conversion.grsr.shape[1])
        return np.asarray((powers * conversion.grsr[nearest]).sum(axis=1))

    def _tile_edges(self) -> tuple[Floats, Floats]:
        lines, pixels = self.annotation.lines, self.annotation.pixels
        rows, columns = self.tiles
        return np.rint(np.linspace(0, lines, rows + 1)), np.rint(
            np.linspace(0, pixels, columns + 1)
        )

    def _levels(self, polarisation: str) -> Floats:
        """Sigma0 of every tile, linear, (rows, columns): neighbours differ."""
        row, column = np.indices(self.tiles)
        decibels = np.array(LEVELS_DB)[(row + 2 * column) % len(LEVELS_DB)]
        cross = CROSS_POLARISED_DB if polarisation == POLARISATIONS[1] else 0.0
        return np.asarray(10.0 ** ((decibels + cross) / 10.0))

    def _channel(self, polarisation: str, texture: _Speckle) -> SimulatedChannel:
        annotation = simulated_annotation(self.acquisition, polarisation, _surface_m)
        calibration, noise = calibration_table(annotation), noise_table(annotation)
        numbers = SyntheticDn(calibration, noise, annotation.pixels)
        blocks = self._blocks(polarisation, numbers, texture)
        return SimulatedChannel(annotation, calibration, noise, blocks)

    def _blocks(
        self, polarisation: str, numbers: SyntheticDn, texture: _Speckle
    ) -> Iterator[DigitalNumbers]:
        rng = np.random.default_rng([SEED, POLARISATIONS.index(polarisation)])
        for first in range(0, self.annotation.lines, BLOCK_ROWS):
            rows = min(BLOCK_ROWS, self.annotation.lines - first)
            sigma0, speckle = self._even_ground(polarisation, first, rows), texture.rows(rows, rng)
            for line, pixel in self.points - [first, 0.0]:
                self._place(sigma0, speckle, line, pixel)
            yield numbers.block(first, sigma0, speckle)

    def _even_ground(self, polarisation: str, first: int, rows: int) -> Image:
        lines, pixels = self._tile_edges()
        row = np.searchsorted(lines, np.arange(first, first + rows), side="right") - 1
        column = np.searchsorted(pixels, np.arange(self.annotation.pixels), side="right") - 1
        return self._levels(polarisation).astype(np.float32)[row][:, column]

    def _place(self, sigma0: Image, speckle: Image, line: float, pixel: float) -> None:
        """Add a point at (line, pixel) of these rows, as far as it reaches into them."""
        reach = math.ceil(CLEAR_M / self.annotation.pixel_spacing_m)
        top, bottom = max(int(line) - reach, 0), min(int(line) + reach + 1, len(sigma0))
        if top >= bottom:
            return
        left, right = max(int(pixel) - reach, 0), int(pixel) + reach + 1
        window = np.s_[top:bottom, left:right]
        down = (np.arange(top, bottom) - line)[:, None]
        across = np.arange(left, min(right, sigma0.shape[1])) - pixel
        distance_m = np.hypot(down, across) * self.annotation.pixel_spacing_m
        sigma0[window] += POINT_POWER * np.exp(-0.5 * (distance_m / POINT_SIGMA_M) ** 2)
        speckle[window][distance_m < CLEAR_M] = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Speckle:
    """Drawn once, and shifted from block to block: what counts here are its moments."""

    drawn: Image

    @classmethod
    def draw(cls, looks: float, pixels: int) -> _Speckle:
        rng = np.random.default_rng(SEED)
        shape = (2 * BLOCK_ROWS, pixels)
        return cls(rng.standard_gamma(looks, shape, dtype=np.float32) / np.float32(looks))

    def rows(self, count: int, rng: np.random.Generator) -> Image:
        first = int(rng.integers(BLOCK_ROWS))
        return np.roll(self.drawn[first : first + count], int(rng.integers(2**20)), axis=1)


def _surface_m(longitude: Floats, latitude: Floats) -> Floats:
    return geoid_height_m(np.column_stack((longitude, latitude))) + FREEBOARD_M
