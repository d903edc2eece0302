"""Border noise: what older processors left along the edges of an image, where no echo is.

Products of IPF before 2.9 have small values instead of 0 beside and above the image (ESA's
MPC-0243; Ali et al. 2018 compare ways to mask them). The test here is our own: every true pixel
holds at least the thermal noise, so that a mean far below the annotated noise is no echo, however
calm the water. From both ends of a line what is darker is set to 0 (no data), chunk by chunk and
then pixel by pixel; a line that is dark all along is dropped whole. Nothing inside of the first
true chunk is touched, and products that are clean stay as they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compiled
from pipeline.radiometry.dense_table import DenseTable

DARK_SHARE = 0.25  # of the noise: 18 looks, a chunk in IW GRDH, fall below it once in a million
CHUNK_PX = 8
DEEPEST_PX = 500  # should the annotated noise be far too high, no more than this is lost a side


def drop_border(numbers: npt.NDArray[np.uint16], noise: DenseTable, first_line: int) -> int:
    """Set border noise in full rows (rows, pixels) from `first_line` on to 0; returns how many.

    `noise` is the power along range in DN^2; changes `numbers` in place.
    """
    before, share = noise.between(first_line, len(numbers))
    return int(_drop_border(numbers, before, share, noise.values))


@compiled
def _drop_border(
    numbers: npt.NDArray[np.uint16],
    before: npt.NDArray[np.int64],
    share: npt.NDArray[np.float64],
    noises: npt.NDArray[np.float64],
) -> np.int64:
    dropped = np.int64(0)
    for row in range(numbers.shape[0]):
        line = numbers[row]
        low = noises[before[row]]
        high = noises[min(before[row] + 1, len(noises) - 1)]
        left, right = _first_echo(line, low, high, share[row]), len(line)
        if left < right:
            right -= _first_echo(line[::-1], low[::-1], high[::-1], share[row])
        dropped += np.count_nonzero(line[:left]) + np.count_nonzero(line[right:])
        line[:left] = 0
        line[right:] = 0
    return dropped


@compiled
def _first_echo(
    line: npt.NDArray[np.uint16],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    share: float,
) -> int:
    """Index of the first pixel that holds an echo; the line's length where none does."""
    first = 0
    while first < line.size and line[first] == 0:
        first += 1
    at = first
    while at < line.size and _is_dark(line, low, high, share, at, min(at + CHUNK_PX, line.size)):
        at += CHUNK_PX
    if at >= line.size:
        return line.size
    at = min(at, first + DEEPEST_PX)
    while at < line.size and _is_dark(line, low, high, share, at, at + 1):
        at += 1
    return at


@compiled
def _is_dark(
    line: npt.NDArray[np.uint16],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    share: float,
    start: int,
    stop: int,
) -> bool:
    power, noise = 0.0, 0.0
    for pixel in range(start, stop):
        power += float(line[pixel]) ** 2
        noise += low[pixel] + share * (high[pixel] - low[pixel])
    return power < DARK_SHARE * noise
