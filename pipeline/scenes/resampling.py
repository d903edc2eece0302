"""From the image of a scene to map pixels: bilinear in linear power, over pixels with data only.

Power is interpolated, not decibels: their mean would be biased.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compiled
from pipeline.radiometry.floor import SIGMA0_FLOOR

Image = npt.NDArray[np.float32]
Positions = npt.NDArray[np.float64]

LEAST_VALID_SHARE = 0.5  # of the bilinear weight that has to fall on pixels with data
# A scene lies turned in the map: in tiles, few of its cache lines are in use.
TILE_ROWS, TILE_COLUMNS = 64, 128


def resample(image: Image, positions: Positions, first_row: int = 0) -> Image:
    """Bilinear value at `positions` (column, row; shape (2, rows, columns) or (2, n)).

    Positions count from the outer edge of the scene's first pixel; `image` (rows, columns) is the
    scene from row `first_row` on, NaN where there is no data. NaN where less than half of the
    weight falls on pixels with data.
    """
    columns, rows = (np.atleast_2d(axis) for axis in positions)
    result = np.empty(columns.shape, dtype=np.float32)
    _resample(np.ascontiguousarray(image), first_row, columns, rows, result)
    return result.reshape(positions.shape[1:])


def decibels(power: Image) -> Image:
    """dB, never below the floor of `channels`; NaN stays. Overwrites `power` and returns it."""
    np.maximum(power, np.float32(SIGMA0_FLOOR), out=power)
    np.log10(power, out=power)
    power *= np.float32(10.0)
    return power


@compiled
def _resample(
    image: Image,
    first_row: int,
    columns: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    result: Image,
) -> None:
    flat, width = image.ravel(), image.shape[1]
    inner = (image.shape[1] - 1.0, image.shape[0] - 1.0)
    for top in range(0, result.shape[0], TILE_ROWS):
        for left in range(0, result.shape[1], TILE_COLUMNS):
            right = min(left + TILE_COLUMNS, result.shape[1])
            for down in range(top, min(top + TILE_ROWS, result.shape[0])):
                across = columns[down, left:right]
                along, run = rows[down, left:right], result[down, left:right]
                # An image of a single row or column has no inside.
                run[:] = np.nan
                if min(inner) <= 0.0 or _resample_run(
                    flat, width, inner, first_row, across, along, run
                ):
                    _mend_run(image, first_row, across, along, run)


@compiled
def _resample_run(
    flat: npt.NDArray[np.float32],
    width: int,
    inner: tuple[float, float],
    first_row: int,
    columns: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    run: npt.NDArray[np.float32],
) -> bool:
    """Positions with four known pixels around them; True where some others are left as NaN."""
    left_out = 0
    for index in range(run.size):
        # Positions count from the outer edge of the first pixel, array indices from its centre.
        column, row = columns[index] - 0.5, rows[index] - 0.5 - first_row
        if not (0.0 <= column < inner[0] and 0.0 <= row < inner[1]):
            run[index] = np.nan
            left_out += 1
            continue
        c, r = np.int64(column), np.int64(row)
        x, y = np.float32(column - c), np.float32(row - r)
        # Unsigned, or every access would first be tested for counting from the end.
        upper, lower = np.uint64(r * width + c), np.uint64((r + 1) * width + c)
        above = flat[upper] + x * (flat[upper + np.uint64(1)] - flat[upper])
        below = flat[lower] + x * (flat[lower + np.uint64(1)] - flat[lower])
        run[index] = above + y * (below - above)
        if np.isnan(run[index]):
            left_out += 1
    return left_out > 0


@compiled
def _mend_run(
    image: Image,
    first_row: int,
    columns: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    run: npt.NDArray[np.float32],
) -> None:
    for index in range(run.size):
        if np.isnan(run[index]):
            column, row = columns[index] - 0.5, rows[index] - 0.5 - first_row
            run[index] = _over_valid(image, column, row)


@compiled
def _over_valid(image: Image, column: float, row: float) -> np.float32:
    """Bilinear at indices that count from pixel centres; missing pixels have no weight."""
    height, width = image.shape
    nothing = np.float32(np.nan)
    if not (-1.0 < column < width and -1.0 < row < height):
        return nothing
    left, top = math.floor(column), math.floor(row)
    x, y = np.float32(column - left), np.float32(row - top)
    power, weight = np.float32(0.0), np.float32(0.0)
    for down in range(2):
        for across in range(2):
            r, c = int(top) + down, int(left) + across
            if 0 <= r < height and 0 <= c < width and not np.isnan(image[r, c]):
                share = (y if down else 1 - y) * (x if across else 1 - x)
                power += share * image[r, c]
                weight += share
    return np.float32(power / weight) if weight >= LEAST_VALID_SHARE else nothing
