"""Which part of an image each beam has seen.

Beams are joined along range where the next one begins. As in real products the seam moves by a few
pixels some time after the start, so every beam has two blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from pipeline.safe.annotation import Annotation
from pipeline.simulate.swath import SubSwath, swath_of

Floats = npt.NDArray[np.float64]

SEAM_MOVES_AFTER_S = 1.5
SEAM_MOVES_PX = 6
NARROWEST_PX = 16  # a beam that shows fewer pixels is left to its neighbour


@dataclass(frozen=True, slots=True)
class BeamBlock:
    """A rectangle of one beam, limits inclusive."""

    beam: SubSwath
    first_line: int
    last_line: int
    first_pixel: int
    last_pixel: int


def incidence_deg(annotation: Annotation, lines: Floats, pixels: Floats) -> Floats:
    """Incidence at every line (n,) and pixel (m,), shape (n, m), between the geolocation grid.

    Splines along range, straight along azimuth; the ends hold beyond the grid's lines.
    """
    grid = annotation.geolocation
    along_range = CubicSpline(grid.pixels[0], grid.incidence_deg, axis=1)(pixels)
    row = np.interp(lines, grid.lines[:, 0], np.arange(len(grid.lines), dtype=np.float64))
    before = np.minimum(row.astype(np.int64), len(grid.lines) - 2)
    share = (row - before)[:, None]
    return np.asarray(along_range[before] * (1 - share) + along_range[before + 1] * share)


def beam_blocks(annotation: Annotation) -> tuple[BeamBlock, ...]:
    """The blocks of all beams in sight: first those before the seams move, from near to far."""
    split = min(round(SEAM_MOVES_AFTER_S / annotation.line_interval_s), annotation.lines // 2)
    early = _row(annotation, 0, split - 1, SEAM_MOVES_PX)
    return early + _row(annotation, split, annotation.lines - 1, 0)


def _row(
    annotation: Annotation, first_line: int, last_line: int, shift_px: int
) -> tuple[BeamBlock, ...]:
    beams, firsts = _seams(annotation)
    starts = [first + shift_px if first else 0 for first in firsts]
    ends = [start - 1 for start in starts[1:]] + [annotation.pixels - 1]
    return tuple(
        BeamBlock(beam, first_line, last_line, start, end)
        for beam, start, end in zip(beams, starts, ends, strict=True)
    )


def _seams(annotation: Annotation) -> tuple[list[SubSwath], list[int]]:
    """Beams in sight and the first pixel of each."""
    pixels = np.arange(annotation.pixels, dtype=np.float64)
    angle = incidence_deg(annotation, np.array([(annotation.lines - 1) / 2]), pixels)[0]
    beams = swath_of(annotation.mode).subswaths
    firsts = [int(np.searchsorted(angle, beam.near_incidence_deg)) for beam in beams]
    ends = [*firsts[1:], annotation.pixels]
    shown = [
        (beam, first)
        for beam, first, end in zip(beams, firsts, ends, strict=True)
        if min(end, annotation.pixels) - first >= NARROWEST_PX + SEAM_MOVES_PX
    ]
    chosen = shown or [(beams[0], 0)]
    return [beam for beam, _ in chosen], [0, *(first for _, first in chosen[1:])]
