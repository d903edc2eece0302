"""Randomness with a name: the same seed and labels give the same numbers, in any order."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compiled

Field = npt.NDArray[np.float32]  # shape (H, W)
Curve = npt.NDArray[np.float64]  # shape (n,)

# Variance of white noise after cubic B-spline interpolation, averaged over positions.
SPLINE_VARIANCE = 151.0 / 315.0
TAPS = 4


def rng_of(seed: int, *labels: object) -> np.random.Generator:
    """An own stream of random numbers for everything that has another name."""
    text = "/".join(str(label) for label in (seed, *labels))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16]))


@dataclass(frozen=True, slots=True, eq=False)
class SmoothField:
    """Gaussian noise of unit variance whose features measure about `scale_px` pixels.

    All that is random is drawn once, as `nodes`; rows are worked out when they are asked for, so
    that an image may be painted in blocks that fit together.
    """

    nodes: Field
    shape: tuple[int, int]
    scale_px: float

    @classmethod
    def draw(cls, shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> SmoothField:
        last_row, last_column = (int((side - 1) / scale_px) for side in shape)
        nodes = rng.standard_normal((last_row + TAPS, last_column + TAPS), dtype=np.float32)
        return cls(nodes, shape, scale_px)

    def rows(self, rows: slice) -> Field:
        """The field of these rows, full width."""
        base, row_weights = _taps(np.arange(self.shape[0])[rows], self.scale_px)
        columns, column_weights = _taps(np.arange(self.shape[1]), self.scale_px)
        field = np.empty((len(base), self.shape[1]), dtype=np.float32)
        _weave(self.nodes, base, row_weights, columns, column_weights, field)
        return field


def smooth_field(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """A whole `SmoothField`, shape (H, W)."""
    return SmoothField.draw(shape, scale_px, rng).rows(slice(None))


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


def _taps(
    pixels: npt.NDArray[np.int64], scale_px: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The first of the four nodes that count for each pixel, (n,), and their weights (4, n)."""
    position = pixels / scale_px
    base = np.floor(position).astype(np.int64)
    return base, np.stack(_spline_weights(position - base)).astype(np.float32)


@compiled
def _weave(
    nodes: Field,
    base: npt.NDArray[np.int64],
    row_weights: npt.NDArray[np.float32],
    columns: npt.NDArray[np.int64],
    column_weights: npt.NDArray[np.float32],
    field: Field,
) -> None:
    """Fill `field`. Terms are added in this order: the bytes must not depend on the machine."""
    tall = np.empty(nodes.shape[1], dtype=np.float32)
    variance = np.float32(SPLINE_VARIANCE)
    for row in range(field.shape[0]):
        first = base[row]
        for node in range(nodes.shape[1]):
            value = row_weights[0, row] * nodes[first, node]
            for tap in range(1, TAPS):
                value += row_weights[tap, row] * nodes[first + tap, node]
            tall[node] = value
        for column in range(field.shape[1]):
            left = columns[column]
            value = tall[left] * column_weights[0, column]
            for tap in range(1, TAPS):
                value += tall[left + tap] * column_weights[tap, column]
            field[row, column] = value / variance


def _spline_weights(t: Curve) -> tuple[Curve, Curve, Curve, Curve]:
    """The four weights of a uniform cubic B-spline at the fractions `t` between nodes."""
    return (
        (1 - t) ** 3 / 6,
        (3 * t**3 - 6 * t**2 + 4) / 6,
        (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
        t**3 / 6,
    )
