"""Randomness with a name: the same seed and labels give the same numbers, in any order."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]  # shape (H, W)
Curve = npt.NDArray[np.float64]  # shape (n,)

# Variance of white noise after cubic B-spline interpolation, averaged over positions.
SPLINE_VARIANCE = 151.0 / 315.0
TAPS = 4
ROWS_AT_ONCE = 32  # a block that stays in the processor's cache is twice as fast


def rng_of(seed: int, *labels: object) -> np.random.Generator:
    """An own stream of random numbers for everything that has another name."""
    text = "/".join(str(label) for label in (seed, *labels))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16]))


def smooth_field(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Gaussian noise of unit variance whose features measure about `scale_px` pixels."""
    rows, row_weights = _taps(shape[0], scale_px)
    columns, column_weights = _taps(shape[1], scale_px)
    coarse = rng.standard_normal((rows[-1] + TAPS, columns[-1] + TAPS), dtype=np.float32)
    # Sums of four terms instead of a matrix product: the bytes must not depend on the BLAS.
    tall = np.zeros((shape[0], coarse.shape[1]), dtype=np.float32)
    for tap in range(TAPS):
        tall += row_weights[tap][:, None] * coarse[rows + tap]
    field = np.zeros(shape, dtype=np.float32)
    for first in range(0, shape[0], ROWS_AT_ONCE):
        block, source = (whole[first : first + ROWS_AT_ONCE] for whole in (field, tall))
        for tap in range(TAPS):
            block += source[:, columns + tap] * column_weights[tap]
        block /= np.float32(SPLINE_VARIANCE)
    return field


def smooth_curve(positions_m: Curve, scale_m: float, rng: np.random.Generator) -> Curve:
    """Gaussian noise of unit variance along a line, with features of about `scale_m` metres."""
    offset = positions_m - positions_m[0]
    base = np.floor(offset / scale_m).astype(np.int64)
    nodes = rng.standard_normal(int(base[-1]) + TAPS)
    weights = _spline_weights(offset / scale_m - base)
    curve = np.zeros_like(offset)
    for tap, weight in enumerate(weights):
        curve += weight * nodes[base + tap]
    return np.asarray(curve / math.sqrt(SPLINE_VARIANCE))


def rough_curve(
    positions_m: Curve, longest_m: float, shortest_m: float, rng: np.random.Generator
) -> Curve:
    """Noise whose amplitude shrinks with its wavelength, as coast lines have; about unit size."""
    curve = np.zeros_like(positions_m)
    scale_m, amplitude = longest_m, 0.8
    while scale_m >= shortest_m:
        curve += amplitude * smooth_curve(positions_m, scale_m, rng)
        scale_m, amplitude = scale_m / 2, amplitude / 2
    return curve


def _taps(length: int, scale_px: float) -> tuple[npt.NDArray[np.int64], list[Field]]:
    position = np.arange(length) / scale_px
    base = np.floor(position).astype(np.int64)
    return base, [weight.astype(np.float32) for weight in _spline_weights(position - base)]


def _spline_weights(t: Curve) -> tuple[Curve, Curve, Curve, Curve]:
    """The four weights of a uniform cubic B-spline at the fractions `t` between nodes."""
    return (
        (1 - t) ** 3 / 6,
        (3 * t**3 - 6 * t**2 + 4) / 6,
        (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
        t**3 / 6,
    )
