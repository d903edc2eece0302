"""A SAFE product as a source of backscatter: denoised, calibrated, multilooked, placed.

It is placed by the range-Doppler equations over a chosen surface. Where its orbit or its ground
range polynomials cannot be used, a spline through ESA's own geolocation grid stands in, whose
heights are those that ESA assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import ControlPoints, bounds_of, pixel_map
from pipeline.geometry.surface_choice import MEAN_SEA, SurfaceChoice, described, uncovered
from pipeline.geometry.terrain_map import RangeDopplerMap
from pipeline.grid import Bounds, common_bounds
from pipeline.radiometry.border_noise import drop_border
from pipeline.radiometry.calibration import Calibrator, Quantity
from pipeline.radiometry.multilook import looks_for, multilook
from pipeline.radiometry.speckle import lee_filter
from pipeline.safe.annotation import Annotation
from pipeline.safe.product import Channel, SafeProduct
from pipeline.scenes.measurement import FETCH_AGAIN, check_measurement, read_numbers
from pipeline.scenes.source import Band, Placed

READ_LINES = 256
MARGIN_M = 20_000.0  # of the surface around what is mapped: relief moves points by less
NOISE_STEP = 16  # lines and pixels between the samples of the noise floor
# Equivalent looks of GRD products before multilooking (ESA, Sentinel-1 product definition).
LOOKS = {"EW": 10.7, "IW": 4.4}


@dataclass(frozen=True, slots=True)
class Radiometry:
    """What is done to the numbers. `speckle_window` in pixels, odd; None: no filter."""

    quantity: Quantity = Quantity.SIGMA0
    denoise: bool = True
    drop_border: bool = True
    speckle_window: int | None = None

    @property
    def account(self) -> dict[str, Any]:
        return {
            "quantity": str(self.quantity),
            "speckle": f"Lee, {self.speckle_window} px" if self.speckle_window else "not filtered",
        }


STANDARD = Radiometry()


@dataclass(frozen=True, slots=True, eq=False)
class SafeScene:
    """A product to be mapped on pixels of one size; raises SceneError."""

    product: SafeProduct
    radiometry: Radiometry
    surface: SurfaceChoice
    looks: int

    @classmethod
    def of(
        cls,
        product: SafeProduct,
        pixel_size_m: float,
        radiometry: Radiometry = STANDARD,
        surface: SurfaceChoice = MEAN_SEA,
    ) -> SafeScene:
        """With looks that bring the product near `pixel_size_m`.

        A polarisation whose image cannot be opened is left out, and that is said; SceneError where
        none is left.
        """
        faults = {channel.polarisation: _fault(channel) for channel in product.channels}
        notes = [f"{name} is left out: {fault}" for name, fault in faults.items() if fault]
        sound = tuple(one for one in product.channels if not faults[one.polarisation])
        if not sound:
            raise SceneError(f"no image can be used: {' '.join(notes)}", remedy=FETCH_AGAIN)
        usable = replace(product, channels=sound, degradations=(*product.degradations, *notes))
        looks = looks_for(pixel_size_m, sound[0].annotation.pixel_spacing_m)
        return cls(usable, radiometry, surface, looks)

    @property
    def polarisations(self) -> tuple[str, ...]:
        return self.product.polarisations

    @property
    def width(self) -> int:
        return self._annotation.pixels // self.looks

    @property
    def height(self) -> int:
        return self._annotation.lines // self.looks

    @property
    def account(self) -> Mapping[str, Any]:
        said = {"product": self.product.name, "ipf": self.product.ipf, "looks": self.looks}
        return said | self.radiometry.account

    @property
    def degradations(self) -> tuple[str, ...]:
        return self.product.degradations

    def place(self, crs: str, within: Bounds | None) -> Placed:
        points = self._control_points()
        spline = pixel_map(points, crs)  # refuses systems that do not fit, before any fitting
        bounds = _around(points, crs, within)
        surface = self.surface.over(crs, bounds, self._annotation.terrain_height_m)
        try:
            looks = (self.looks, self.looks)
            pixels = RangeDopplerMap(self._annotation, crs, surface, looks)
        except SceneError as error:
            said = {"geocoding": "ESA's geolocation grid, thin-plate spline", "surface": "ESA's"}
            return Placed(spline, said, (f"Not placed by range-Doppler: {error.fault}",))
        how = {"geocoding": "range-Doppler", "surface": described(surface)}
        return Placed(pixels, how, uncovered(surface))

    def read(self, polarisation: str, rows: slice) -> Band:
        reading = _Reading.of(self.product.channel(polarisation), self.radiometry)
        image = np.empty((rows.stop - rows.start, self.width), dtype=np.float32)
        reading.fill(image, rows, self.looks)
        window = self.radiometry.speckle_window
        if window is not None:
            looks = LOOKS.get(self._annotation.mode, LOOKS["IW"]) * self.looks**2
            lee_filter(image, looks, window)
        return Band(image, rows.start, reading.account)

    @property
    def _annotation(self) -> Annotation:
        return self.product.channels[0].annotation

    def _control_points(self) -> ControlPoints:
        grid = self._annotation.geolocation
        pixels = np.column_stack((grid.pixels.ravel(), grid.lines.ravel())) + 0.5
        lonlat = np.column_stack((grid.longitudes_deg.ravel(), grid.latitudes_deg.ravel()))
        return ControlPoints(pixels / self.looks, lonlat, "EPSG:4326")


@dataclass(slots=True, eq=False)
class _Reading:
    """One polarisation being read, with what is counted on the way."""

    channel: Channel
    calibrator: Calibrator
    radiometry: Radiometry
    border: Calibrator | None  # its noise tells border noise, also where none is removed
    pixels: int = 0
    valid: int = 0
    low: int = 0
    dropped: int = 0
    noise_floor: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def of(cls, channel: Channel, radiometry: Radiometry) -> _Reading:
        try:
            plain = Calibrator.of(
                channel.calibration,
                channel.noise,
                channel.annotation.pixels,
                radiometry.quantity,
            )
        except SceneError as error:
            fault = f"{channel.polarisation}: {error.fault}"
            raise SceneError(fault, where=error.where, remedy=error.remedy) from error
        used = plain if radiometry.denoise else plain.without_noise()
        return cls(channel, used, radiometry, plain if radiometry.drop_border else None)

    def fill(self, image: npt.NDArray[np.float32], rows: slice, looks: int) -> None:
        """Read the scene's `rows` into `image`, each from `looks` lines of the product."""
        lines = slice(rows.start * looks, rows.stop * looks)
        size = max(READ_LINES // looks, 1) * looks
        for first, numbers in read_numbers(self.channel, lines, size):
            if self.border is not None and self.border.noise is not None:
                self.dropped += drop_border(numbers, self.border.noise, first)
            at = (first - lines.start) // looks
            part = image[at : at + len(numbers) // looks]
            calibrated = self.calibrator.power(numbers, first, part if looks == 1 else None)
            if looks > 1:
                part[:] = multilook(calibrated.power, looks)
            self.pixels += numbers.size
            self.valid += calibrated.valid
            self.low += calibrated.low
            self._sample_noise(first)

    def _sample_noise(self, line: int) -> None:
        if self.calibrator.noise is not None:
            noise = self.calibrator.noise_equivalent(line, 1)[0, ::NOISE_STEP]
            self.noise_floor.append((float(noise.min()), float(noise.max())))

    @property
    def account(self) -> dict[str, Any]:
        """Shares of the pixels read, and the range of the noise removed in dB."""
        said: dict[str, Any] = {
            "noise_removed": self.calibrator.noise is not None,
            "valid_share": _share(self.valid, self.pixels),
            "below_floor_share": _share(self.low, self.valid),
            "border_dropped_share": _share(self.dropped, self.pixels),
        }
        positive = [power for both in self.noise_floor for power in both if power > 0]
        if positive:
            said["noise_db"] = [_decibels(min(positive)), _decibels(max(positive))]
        return said


def _fault(channel: Channel) -> str | None:
    """Why the image cannot be used; files by their names, as paths differ between machines."""
    try:
        check_measurement(channel)
    except SceneError as error:
        return f"{Path(error.where).name}: {error.fault}"
    return None


def _around(points: ControlPoints, crs: str, within: Bounds | None) -> Bounds:
    """What of the map is asked for, with a margin."""
    project = Transformer.from_crs(points.crs, crs, always_xy=True)
    west, south, east, north = bounds_of(np.column_stack(project.transform(*points.positions.T)))
    scene = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    if within is None:
        return scene
    west, south, east, north = within
    wanted = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    return common_bounds(scene, wanted) or scene


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def _decibels(power: float) -> float:
    return round(10.0 * math.log10(power), 2)
