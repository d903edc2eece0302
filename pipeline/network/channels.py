"""What the network sees: the logarithm of backscatter, one channel for each polarisation.

As in the Antarctic loader of HED-UNet (Heidler et al. 2021): natural logarithm of linear sigma0
clamped at 1e-4 (-40 dB), no standardisation. Two channels may come beside them, as in the group's
later benchmark: the ratio HH/HV, and heights of an elevation model. Three more say what other dates
of the same place add: how far its texture stays (`pipeline.labelled.persistence`).
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
# Persistence runs from 0 (ocean) to 1 (rock); so it is about as spread as backscatter.
PERSISTENCE_CENTRE, PERSISTENCE_GAIN = 0.3, 6.0

Bands = npt.NDArray[np.float32]  # shape (C, H, W)


class Channel(StrEnum):
    """The channels that a network may take, by the names in its card."""

    HH = "HH"
    HV = "HV"
    RATIO = "HH/HV"
    DEM = "DEM"
    PERSISTENCE = "PERSISTENCE"
    NEAR_PERSISTENCE = "NEAR-PERSISTENCE"
    AGREEMENT = "AGREEMENT"


POLARISATIONS = (Channel.HH, Channel.HV)
OF_OTHER_DATES = (Channel.PERSISTENCE, Channel.NEAR_PERSISTENCE, Channel.AGREEMENT)


def needed_bands(channels: tuple[str, ...]) -> tuple[str, ...]:
    """What has to be read for these channels: polarisations, then `DEM` where it is one.

    What other dates add comes last, and always whole.
    """
    asked = set(channels)
    if Channel.RATIO in asked:
        asked |= set(POLARISATIONS)
    if asked & set(OF_OTHER_DATES):
        asked |= set(OF_OTHER_DATES)
    known = (*POLARISATIONS, Channel.DEM, *OF_OTHER_DATES)
    return tuple(str(name) for name in known if name in asked)


def sees_other_dates(channels: tuple[str, ...]) -> bool:
    """Whether any channel is made from other dates of the same place."""
    return bool(set(OF_OTHER_DATES) & set(channels))


def measured_bands(channels: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the needed bands that the radar measures in the scene itself."""
    return tuple(name for name in needed_bands(channels) if name in POLARISATIONS)


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
    if names == channels == measured_bands(channels):
        return network_input(bands)
    return stacked_input(dict(zip(names, bands, strict=True)), channels)


def stacked_input(bands: dict[str, npt.NDArray[np.float32]], channels: tuple[str, ...]) -> Bands:
    """Channels (C, H, W) from bands (H, W) by name: dB for polarisations, metres for `DEM`.

    The ratio is the difference of the logarithms of HH and HV, zero where either is missing; a
    missing height is sea level. What other dates add is zero where it is not known or not given.
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
    if channel in OF_OTHER_DATES:
        return _centred(bands.get(channel), like=next(iter(bands.values())))
    return network_input(bands[channel])


def _centred(persistence: npt.NDArray[np.float32] | None, like: npt.NDArray[np.float32]) -> Bands:
    if persistence is None:
        return np.zeros_like(like)
    centred = (persistence - np.float32(PERSISTENCE_CENTRE)) * np.float32(PERSISTENCE_GAIN)
    return np.asarray(np.nan_to_num(centred, nan=0.0), dtype=np.float32)
