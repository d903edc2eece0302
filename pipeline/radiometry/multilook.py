"""Fewer and calmer pixels: the mean of power over square boxes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compiled

Power = npt.NDArray[np.float32]


def looks_for(pixel_size_m: float, spacing_m: float) -> int:
    """How many pixels of a scene, a side, make one of the map's: at least 1."""
    return max(round(pixel_size_m / spacing_m), 1)


def multilook(power: Power, looks: int) -> Power:
    """Mean over `looks` x `looks` pixels with data; NaN where fewer than half of them have any.

    Rows and columns at the end that fill no box are left out.
    """
    if looks == 1:
        return power
    rows, columns = power.shape[0] // looks, power.shape[1] // looks
    result = np.empty((rows, columns), dtype=np.float32)
    _box_means(power, looks, result)
    return result


@compiled
def _box_means(power: Power, looks: int, result: Power) -> None:
    least = (looks * looks + 1) // 2
    for row in range(result.shape[0]):
        for column in range(result.shape[1]):
            total, count = 0.0, 0
            for down in range(row * looks, (row + 1) * looks):
                for across in range(column * looks, (column + 1) * looks):
                    value = power[down, across]
                    if not np.isnan(value):
                        total += value
                        count += 1
            result[row, column] = total / count if count >= least else np.nan
