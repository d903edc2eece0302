"""The look-up tables of a product: calibration and thermal noise of one polarisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationVector:
    """Amplitudes at one line: sigma0 = DN^2 / sigma_nought^2; arrays (p,) at `pixels`.

    `line` may be negative or beyond the image: vectors surround a slice.
    """

    line: int
    pixels: Pixels
    sigma_nought: Floats
    gamma: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationTable:
    """Vectors by growing line; they may differ in length."""

    polarisation: str
    vectors: tuple[CalibrationVector, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NoiseVector:
    """Noise power in DN^2 along range at one line; arrays (p,). EW vectors differ in length."""

    line: int
    pixels: Pixels
    power: Floats


@dataclass(frozen=True, slots=True, eq=False)
class NoiseBlock:
    """Azimuth factor of the noise within one block of the image, limits inclusive."""

    swath: str
    first_line: int
    last_line: int
    first_pixel: int
    last_pixel: int
    lines: Pixels
    factors: Floats


@dataclass(frozen=True, slots=True, eq=False)
class NoiseTable:
    """Range vectors by growing line; no `azimuth` blocks before IPF 2.9 and in some products.

    Noise power at (line, pixel) = range vector, bilinear, times the factor of the block there
    (1 outside of all blocks); to be subtracted from DN^2 before calibrating.
    """

    polarisation: str
    range_vectors: tuple[NoiseVector, ...]
    azimuth: tuple[NoiseBlock, ...] = ()
