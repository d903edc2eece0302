"""Probabilities as they are kept: eight bits, because 0.4 % is finer than the network is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PROBABILITY_STEPS = 254
PROBABILITY_NODATA = 255


@dataclass(frozen=True, slots=True)
class Probabilities:
    """`ice` and `edge`, uint8 of shape (height, width): 0 to 254 is 0 to 1, 255 is no data."""

    ice: npt.NDArray[np.uint8]
    edge: npt.NDArray[np.uint8]


def to_steps(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Logits as probabilities in 8 bits; NaN becomes PROBABILITY_NODATA."""
    with np.errstate(over="ignore"):
        probability = 1.0 / (1.0 + np.exp(-logits))
    steps = np.rint(probability * PROBABILITY_STEPS)
    return np.where(np.isnan(logits), PROBABILITY_NODATA, steps).astype(np.uint8)


def as_fraction(steps: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """8-bit probabilities as 0 to 1, NaN for no data."""
    fraction = steps.astype(np.float32) / np.float32(PROBABILITY_STEPS)
    fraction[steps == PROBABILITY_NODATA] = np.nan
    return fraction
