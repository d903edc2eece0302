"""What the network sees: the logarithm of backscatter, one channel for each polarisation.

As in the Antarctic loader of HED-UNet (Heidler et al. 2021): natural logarithm of linear sigma0
clamped at 1e-4 (-40 dB), no standardisation.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

SIGMA0_FLOOR = 1e-4  # linear; -40 dB, well below the noise floor of EW GRD
NODATA_INPUT = math.log(SIGMA0_FLOOR)  # what DN 0 becomes: no data looks like no echo at all
DB_TO_LOG = math.log(10.0) / 10.0


def network_input(sigma0_db: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Backscatter in dB, shape (C, H, W) with NaN for no data, as the network wants it.

    Returns float32 of the same shape: ln(max(sigma0, 1e-4)), NODATA_INPUT where there was none.
    """
    logarithm = sigma0_db.astype(np.float32, copy=False) * np.float32(DB_TO_LOG)
    filled = np.where(np.isnan(logarithm), np.float32(NODATA_INPUT), logarithm)
    return np.maximum(filled, np.float32(NODATA_INPUT))
