"""Grey levels without calibration, placed where calibrated backscatter would lie.

Images of the CaFFe set come from seven sensors as 8-bit grey without a scale. Each is placed by its
own median and spread, so that a network sees all of them at one level; differences between images
that remain (what the surfaces look like) are what it has to learn anyway.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

MEDIAN_DB = -11.0  # between shelf ice (-6) and open water (-17)
SPREAD_DB = 4.0  # half the distance between the 16th and the 84th percentile
LOWEST_DB, HIGHEST_DB = -30.0, 3.0
OFFSET = 8.0  # grey levels; keeps the logarithm of the darkest from falling apart
LEAST_SPREAD = 0.5
VOID_PX = 3  # black areas wider than twice this are no data, narrower ones shadow or calm water


def nominal_sigma0_db(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Grey levels (H, W) as decibels (H, W) float32 with NaN for no data; all NaN where void."""
    void = black_areas(grey)
    if void.all():
        return np.full(grey.shape, np.nan, dtype=np.float32)
    logarithm = 4.0 * np.log(grey.astype(np.float32) + np.float32(OFFSET))
    low, median, high = np.percentile(logarithm[~void], (16, 50, 84))
    spread = max((high - low) / 2, LEAST_SPREAD)
    level = MEDIAN_DB + SPREAD_DB * (logarithm - median) / spread
    level = np.clip(level, LOWEST_DB, HIGHEST_DB).astype(np.float32)
    level[void] = np.nan
    return np.asarray(level)


def black_areas(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Where there are no data, (H, W): broad areas of level 0."""
    black = grey == 0
    core = ndimage.binary_opening(black, iterations=VOID_PX)
    return np.asarray(ndimage.binary_dilation(core, iterations=VOID_PX) & black)
