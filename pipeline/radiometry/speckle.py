"""Speckle: Lee's filter of local statistics (Lee 1980), over pixels with data.

Each pixel moves towards the mean of its window, the more the less the window varies beyond what
speckle of the given number of looks explains: x' = m + w (x - m), w = 1 - (1 / looks) / (v / m^2).
It blurs fronts where they are faint, so it is off unless asked for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compiled

Image = npt.NDArray[np.float32]


def lee_filter(image: Image, looks: float, window: int) -> Image:
    """Filter linear power (rows, columns) in place and return it; NaN stays NaN.

    `window` is odd, in pixels a side; `looks` is the equivalent number of looks of the image.
    """
    if window < 3 or window % 2 == 0:
        raise ValueError(f"the window of the Lee filter is odd and at least 3, not {window}")
    _lee(image, 1.0 / looks, window)
    return image


@compiled
def _lee(image: Image, speckle: float, window: int) -> None:
    rows, columns = image.shape
    half = window // 2
    # Rows as they were: the image is overwritten behind the filter.
    before = np.full((window, columns), np.nan, dtype=np.float32)
    for row in range(min(half, rows)):
        before[row % window] = image[row]
    for row in range(rows):
        if row + half < rows:
            before[(row + half) % window] = image[row + half]
        else:
            before[(row + half) % window] = np.nan
        count, total, squares = _column_sums(before)
        for column in range(columns):
            value = before[row % window, column]
            if np.isnan(value):
                continue
            left, right = max(column - half, 0), min(column + half + 1, columns)
            n, s, q = 0.0, 0.0, 0.0
            for near in range(left, right):
                n += count[near]
                s += total[near]
                q += squares[near]
            mean = s / n
            variance = max(q / n - mean * mean, 0.0)
            weight = 0.0
            if variance > speckle * mean * mean:
                weight = 1.0 - speckle * mean * mean / variance
            image[row, column] = mean + weight * (value - mean)


@compiled
def _column_sums(
    rows: Image,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Count, sum and sum of squares of the known values of each column."""
    count = np.zeros(rows.shape[1])
    total, squares = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for row in range(rows.shape[0]):
        for column in range(rows.shape[1]):
            value = float(rows[row, column])
            if not np.isnan(value):
                count[column] += 1.0
                total[column] += value
                squares[column] += value * value
    return count, total, squares
