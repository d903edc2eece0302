"""Calibration and noise tables of a simulated product, in the shape of real ones.

Values are rounded to the seven digits that the files keep, so that what is simulated is what is
written.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.safe.annotation import Annotation
from pipeline.safe.tables import (
    CalibrationTable,
    CalibrationVector,
    NoiseBlock,
    NoiseTable,
    NoiseVector,
)
from pipeline.simulate.subswaths import BeamBlock, beam_blocks, incidence_deg
from pipeline.simulate.swath import swath_of

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.int64]

VECTOR_EVERY_S = 1.0
PIXEL_STEP = 40
LINE_STEP = 10
EDGE_RISE_DB = 4.0  # of the noise, from the middle of a beam to its edges
CROSS_POLARISED_DB = -1.0  # noise of HV and VH against HH and VV
SCALLOPING_DB = 1.0  # from the middle of a burst to its ends
DIGITS = 7


def calibration_table(annotation: Annotation) -> CalibrationTable:
    """A constant radar brightness, turned into sigma0 and gamma0 by the incidence.

    Vectors every second, from one second before the first line to beyond the last: real ones
    surround a slice too.
    """
    pixels = _every(annotation.pixels, PIXEL_STEP)
    lines = _vector_lines(annotation, first_s=-VECTOR_EVERY_S)
    angles = np.radians(incidence_deg(annotation, lines.astype(float), pixels.astype(float)))
    beta = swath_of(annotation.mode).beta_nought
    vectors = tuple(
        CalibrationVector(
            int(line),
            pixels,
            rounded(beta / np.sqrt(np.sin(angle))),
            rounded(beta / np.sqrt(np.tan(angle))),
        )
        for line, angle in zip(lines, angles, strict=True)
    )
    return CalibrationTable(annotation.polarisation, vectors)


def noise_table(annotation: Annotation, *, with_azimuth: bool = True) -> NoiseTable:
    """Thermal noise: lowest in the middle of each beam, and of each burst.

    `with_azimuth=False` is how products before IPF 2.9, and some later ones, are. EW vectors differ
    in length, those of other modes do not; stripmap has no bursts and no azimuth part.
    """
    blocks = beam_blocks(annotation)
    lines = np.clip(_vector_lines(annotation, first_s=0.0), 0, annotation.lines - 1)
    vectors = tuple(
        _noise_vector(annotation, blocks, int(line), number)
        for number, line in enumerate(np.unique(lines))
    )
    bursts = with_azimuth and swath_of(annotation.mode).burst_s > 0
    azimuth = tuple(_noise_block(annotation, block) for block in blocks) if bursts else ()
    return NoiseTable(annotation.polarisation, vectors, azimuth)


def rounded(values: Floats) -> Floats:
    """To seven significant digits."""
    magnitude = np.floor(np.log10(np.where(values > 0, values, 1.0)))
    scale = 10.0 ** (DIGITS - 1 - magnitude)
    return np.asarray(np.round(values * scale) / scale)


def _vector_lines(annotation: Annotation, first_s: float) -> Pixels:
    last_s = annotation.lines * annotation.line_interval_s + VECTOR_EVERY_S
    times = np.arange(first_s, last_s, VECTOR_EVERY_S)
    return np.round(times / annotation.line_interval_s).astype(np.int64)


def _every(count: int, step: int) -> Pixels:
    return np.unique(np.append(np.arange(0, count, step), count - 1)).astype(np.int64)


def _noise_vector(
    annotation: Annotation, blocks: tuple[BeamBlock, ...], line: int, number: int
) -> NoiseVector:
    here = [block for block in blocks if block.first_line <= line <= block.last_line]
    pieces = [_beam_pixels(block) for block in here]
    if annotation.mode == "EW" and number % 3 == 0:
        pieces[0] = np.unique(np.append(pieces[0], PIXEL_STEP // 2))
    seen = np.concatenate(pieces)
    angle = incidence_deg(annotation, np.array([float(line)]), seen.astype(float))[0]
    beams = np.repeat(np.arange(len(here)), [len(piece) for piece in pieces])
    power = _digital_power(annotation, angle, _noise_db(here, beams, angle))
    if annotation.mode == "EW":
        return NoiseVector(line, seen, rounded(power))
    # One set of pixels for all vectors, although the seams move between them.
    pixels = _every(annotation.pixels, PIXEL_STEP)
    return NoiseVector(line, pixels, rounded(np.interp(pixels, seen, power)))


def _noise_db(blocks: list[BeamBlock], beams: Pixels, angle: Floats) -> Floats:
    """Noise-equivalent sigma0 of the beam at each angle: a parabola between the beam's edges."""
    near, far, middle = np.array(
        [
            (block.beam.near_incidence_deg, block.beam.far_incidence_deg, block.beam.noise_db)
            for block in blocks
        ]
    )[beams].T
    across = np.clip(2.0 * (angle - near) / (far - near) - 1.0, -1.0, 1.0)
    return np.asarray(middle + EDGE_RISE_DB * across**2)


def _digital_power(annotation: Annotation, angle: Floats, noise_db: Floats) -> Floats:
    """Noise-equivalent sigma0 as power of the digital numbers."""
    if annotation.polarisation in ("HV", "VH"):
        noise_db = noise_db + CROSS_POLARISED_DB
    squared = swath_of(annotation.mode).beta_nought ** 2 / np.sin(np.radians(angle))
    return np.asarray(10 ** (noise_db / 10) * squared)


def _beam_pixels(block: BeamBlock) -> Pixels:
    inner = np.arange(block.first_pixel, block.last_pixel, PIXEL_STEP)
    return np.append(inner, block.last_pixel).astype(np.int64)


def _noise_block(annotation: Annotation, block: BeamBlock) -> NoiseBlock:
    lines = _block_lines(annotation, block)
    return NoiseBlock(
        swath=block.beam.name,
        first_line=block.first_line,
        last_line=block.last_line,
        first_pixel=block.first_pixel,
        last_pixel=block.last_pixel,
        lines=lines,
        factors=rounded(10 ** (SCALLOPING_DB * _in_burst(annotation, block, lines) ** 2 / 10)),
    )


def _block_lines(annotation: Annotation, block: BeamBlock) -> Pixels:
    """Every tenth line, and both sides of the jump between two bursts."""
    everywhere = np.arange(block.first_line, block.last_line + 1)
    jumps = np.flatnonzero(np.diff(_in_burst(annotation, block, everywhere)) < 0)
    regular = np.append(everywhere[::LINE_STEP], block.last_line)
    return np.unique(np.concatenate((regular, everywhere[jumps], everywhere[jumps + 1])))


def _in_burst(annotation: Annotation, block: BeamBlock, lines: Pixels) -> Floats:
    """Place of each line within its burst: -1 to 1. Bursts of the beams follow each other."""
    swath = swath_of(annotation.mode)
    lag = swath.subswaths.index(block.beam) / len(swath.subswaths)
    bursts = lines * annotation.line_interval_s / swath.burst_s + lag
    return np.asarray(2.0 * (bursts - np.floor(bursts)) - 1.0)
