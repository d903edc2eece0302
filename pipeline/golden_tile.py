"""The golden tile: one radar image that is the same, bit for bit, on every machine.

What a model draws on it is recorded when it is trained, so that a later difference is one of the
machine: its driver, libraries or processor. Simulated tiles would not do: they are computed in
single precision, whose last bits depend on the processor. Here everything is computed in double
precision from raw integers of PCG64 (whose stream is fixed, as those of numpy's distributions are
not) and rounded to hundredths of a dB, far coarser than what machines disagree on.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalog.canonical import sha256_hex
from pipeline.grid import Grid

SIDE_PX = 256
PIXEL_SIZE_M = 40.0
GRID = Grid("EPSG:3031", 0.0, SIDE_PX * PIXEL_SIZE_M, PIXEL_SIZE_M, SIDE_PX, SIDE_PX)
SEED = 20_260_901
LOOKS = 9
STEPS_PER_DB = 100
DOUBLE_BITS = 53
# Mean backscatter in dB: cold shelf ice scatters from its volume, calm water mirrors away.
ICE_DB = {"HH": -7.0, "HV": -14.0}
WATER_DB = {"HH": -18.0, "HV": -26.0}
SHELF_HEIGHT_M = 40.0
HEIGHT_STEPS_PER_M = 10
# (pixels per turn along x and y, amplitude): the waves of the front, then of the texture.
FRONT_WAVES = ((190.0, 14.0), (71.0, 6.0), (31.0, 2.5))
TEXTURE_WAVES = ((83.0, 57.0, 0.7), (29.0, -41.0, 0.5), (-13.0, 17.0, 0.3))

Doubles = npt.NDArray[np.float64]
Bands = dict[str, npt.NDArray[np.float32]]


def golden_bands() -> Bands:
    """`HH` and `HV` in dB and `DEM` in metres, each (256, 256) float32, without gaps."""
    steps = _steps()
    scales = {"HH": STEPS_PER_DB, "HV": STEPS_PER_DB, "DEM": HEIGHT_STEPS_PER_M}
    return {
        name: (band.astype(np.float64) / scales[name]).astype(np.float32)
        for name, band in steps.items()
    }


def golden_digest() -> str:
    """SHA-256 of the bands as whole steps: the same wherever the tile is."""
    return sha256_hex(b"".join(band.tobytes() for band in _steps().values()))


def true_ice() -> npt.NDArray[np.bool_]:
    """Where the tile shows shelf ice, shape (256, 256)."""
    return np.asarray(_seaward_px() < 0)


def _steps() -> dict[str, npt.NDArray[np.int16]]:
    generator = np.random.PCG64(SEED)
    ice, texture = true_ice(), _texture_db()
    bands = {
        name: np.where(ice, ICE_DB[name], WATER_DB[name]) + texture + _speckle_db(generator)
        for name in ("HH", "HV")
    }
    heights = np.clip(-_seaward_px(), 0.0, 1.0) * SHELF_HEIGHT_M
    scaled = {name: band * STEPS_PER_DB for name, band in bands.items()}
    scaled["DEM"] = heights * HEIGHT_STEPS_PER_M
    return {name: np.rint(band).astype("<i2") for name, band in scaled.items()}


def _seaward_px() -> Doubles:
    """Pixels beyond the front, negative on the ice: a line bent by three waves."""
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX].astype(np.float64)
    bends = [height * np.sin(2 * np.pi * x / length) for length, height in FRONT_WAVES]
    return np.asarray(0.5 * SIDE_PX - y + 0.25 * (x - 0.5 * SIDE_PX) + sum(bends))


def _texture_db() -> Doubles:
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX].astype(np.float64)
    waves = [a * np.sin(2 * np.pi * (x / along + y / up)) for along, up, a in TEXTURE_WAVES]
    return np.asarray(sum(waves))


def _speckle_db(generator: np.random.PCG64) -> Doubles:
    """The mean of LOOKS exponential intensities, in dB."""
    raw = np.asarray(generator.random_raw(LOOKS * SIDE_PX * SIDE_PX))
    uniform = ((raw >> np.uint64(64 - DOUBLE_BITS)).astype(np.float64) + 0.5) / 2**DOUBLE_BITS
    looks = -np.log(uniform).reshape(LOOKS, SIDE_PX, SIDE_PX)
    return np.asarray(10.0 * np.log10(looks.sum(axis=0) / LOOKS))
