"""From sigma0 to the digital numbers of a product: the inverse of calibration and denoising."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.safe.tables import CalibrationTable, NoiseBlock, NoiseTable

Floats = npt.NDArray[np.float64]
Field = npt.NDArray[np.float32]
DigitalNumbers = npt.NDArray[np.uint16]

NO_DATA = 0
LARGEST = 65_535


class SyntheticDn:
    """What the processor would store for a given sigma0, of one channel.

    The tables are read as ESA defines them: straight between vectors and between their pixels,
    whose ends hold beyond; azimuth factors straight between their lines, inside each block.
    """

    def __init__(
        self, calibration: CalibrationTable, noise: NoiseTable | None, pixels: int
    ) -> None:
        self._pixels = pixels
        self._amplitudes = _Rows(
            [(v.line, v.pixels, v.sigma_nought) for v in calibration.vectors], pixels
        )
        self._noise = noise
        self._range_noise = (
            None
            if noise is None
            else _Rows([(v.line, v.pixels, v.power) for v in noise.range_vectors], pixels)
        )

    def block(self, first_line: int, sigma0: Field, speckle: Field | None = None) -> DigitalNumbers:
        """DN of whole rows from `first_line`; `sigma0` is linear, (rows, pixels), NaN: no data.

        Signal and thermal noise add as powers, and both fluctuate: `speckle` (rows, pixels), of
        mean one, multiplies their sum. Pixels with data are at least 1, as 0 says no data.
        """
        lines = first_line + np.arange(len(sigma0))
        power = sigma0 * self._amplitudes.at(lines) ** 2 + self.noise_power(lines)
        if speckle is not None:
            power *= speckle
        amplitude = np.rint(np.sqrt(np.nan_to_num(power)))
        numbers: DigitalNumbers = np.clip(amplitude, 1, LARGEST).astype(np.uint16)
        numbers[np.isnan(sigma0)] = NO_DATA
        return numbers

    def noise_power(self, lines: npt.NDArray[np.int64]) -> Field:
        """Power of the thermal noise in DN^2 on consecutive lines, (rows, pixels)."""
        if self._range_noise is None or self._noise is None:
            return np.zeros((len(lines), self._pixels), dtype=np.float32)
        power = self._range_noise.at(lines)
        for block in self._noise.azimuth:
            _scale(power, lines, block)
        return power


def _scale(power: Field, lines: npt.NDArray[np.int64], block: NoiseBlock) -> None:
    inside = (lines >= block.first_line) & (lines <= block.last_line)
    if inside.any():
        factors = np.interp(lines[inside], block.lines, block.factors).astype(np.float32)
        power[inside, block.first_pixel : block.last_pixel + 1] *= factors[:, None]


class _Rows:
    """Vectors over all pixels, and the rows between them."""

    def __init__(
        self,
        vectors: list[tuple[int, npt.NDArray[np.int64], Floats]],
        pixels: int,
    ) -> None:
        everywhere = np.arange(pixels)
        self._lines = np.array([line for line, _, _ in vectors], dtype=np.float64)
        self._rows = np.array(
            [np.interp(everywhere, places, values) for _, places, values in vectors],
            dtype=np.float32,
        )

    def at(self, lines: npt.NDArray[np.int64]) -> Field:
        """Values on each of the lines, (n, pixels)."""
        where = np.interp(lines, self._lines, np.arange(len(self._lines), dtype=np.float64))
        before = np.minimum(where.astype(np.int64), max(len(self._rows) - 2, 0))
        after = np.minimum(before + 1, len(self._rows) - 1)
        share = (where - before).astype(np.float32)[:, None]
        return np.asarray(self._rows[before] * (1 - share) + self._rows[after] * share)
