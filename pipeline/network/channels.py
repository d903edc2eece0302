"""What the network sees: the logarithm of backscatter, one channel for each polarisation.

As in the Antarctic loader of HED-UNet (Heidler et al. 2021): natural logarithm of linear sigma0
clamped at 1e-4 (-40 dB), no standardisation. Two channels may come beside them, as in the group's
later benchmark: the ratio HH/HV, and heights of an elevation model.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipeline.radiometry.floor import SIGMA0_FLOOR

NODATA_INPUT = math.log(SIGMA0_FLOOR)  # what DN 0 becomes: no data looks like no echo at all
DB_TO_LOG = math.log(10.0) / 10.0
RATIO_CLAMP = math.log(1e3)  # 30 dB either way
HEIGHT_UNIT_M = 100.0  # heights count in these, so that a shelf is about 0.5

Bands = npt.NDArray[np.float32]  # shape (C, H, W)


class Channel(StrEnum):
    """The channels that a network may take, by the names in its card."""

    HH = "HH"
    HV = "HV"
    RATIO = "HH/HV"
    DEM = "DEM"


POLARISATIONS = (Channel.HH, Channel.HV)


def needed_bands(channels: tuple[str, ...]) -> tuple[str, ...]:
    """What has to be read for these channels: polarisations, then `DEM` where it is one."""
    asked = set(channels)
    if Channel.RATIO in asked:
        asked |= set(POLARISATIONS)
    return tuple(str(name) for name in (*POLARISATIONS, Channel.DEM) if name in asked)


def network_input(sigma0_db: Bands) -> Bands:
    """Backscatter in dB, shape (C, H, W) with NaN for no data, as the network wants it.

    Returns float32 of the same shape: ln(max(sigma0, 1e-4)), NODATA_INPUT where there was none.
    Infinite values are no data where they are positive and the floor where negative.
    """
    logarithm = sigma0_db.astype(np.float32, copy=False) * np.float32(DB_TO_LOG)
    filled = np.where(np.isnan(logarithm) | np.isposinf(logarithm), NODATA_INPUT, logarithm)
    return np.maximum(filled, NODATA_INPUT).astype(np.float32, copy=False)


def input_of(bands: Bands, channels: tuple[str, ...]) -> Bands:
    """Network input (channels, H, W) from the `needed_bands` of these channels, in their order."""
    names = needed_bands(channels)
    if names == channels and Channel.DEM not in names:
        return network_input(bands)
    return stacked_input(dict(zip(names, bands, strict=True)), channels)


def stacked_input(bands: dict[str, npt.NDArray[np.float32]], channels: tuple[str, ...]) -> Bands:
    """Channels (C, H, W) from bands (H, W) by name: dB for polarisations, metres for `DEM`.

    The ratio is the difference of the logarithms of HH and HV, zero where either is missing; a
    missing height is sea level.
    """
    return np.stack([_channel(bands, Channel(name)) for name in channels])


def _channel(bands: dict[str, npt.NDArray[np.float32]], channel: Channel) -> Bands:
    if channel is Channel.RATIO:
        known = np.isfinite(bands["HH"]) & np.isfinite(bands["HV"])
        ratio = network_input(bands["HH"]) - network_input(bands["HV"])
        return np.where(known, np.clip(ratio, -RATIO_CLAMP, RATIO_CLAMP), 0.0).astype(np.float32)
    if channel is Channel.DEM:
        heights = np.nan_to_num(bands["DEM"], nan=0.0, posinf=0.0, neginf=0.0)
        return np.asarray(heights / HEIGHT_UNIT_M, dtype=np.float32)
    return network_input(bands[channel])
