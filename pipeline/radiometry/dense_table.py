"""A product's look-up vectors, spread over every pixel of the image and read between lines.

Along a vector values are linear between its points and held beyond its ends; between two vectors
they are linear in the line, before the first and after the last they are held. Points that are not
finite are left out, so that their neighbours stand in for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.errors import SceneError

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Vector = tuple[int, npt.NDArray[np.int64], Floats]  # line, pixels (p,), values (p,)
FETCH_AGAIN = "Fetch the product again, or leave the scene out."


@dataclass(frozen=True, slots=True, eq=False)
class DenseTable:
    """`values` (k, pixels) on the lines `lines` (k,), which grow."""

    lines: Floats
    values: Floats

    def between(self, first_line: int, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """For `count` lines from `first_line`: the vector before each, and the share of the next.

        Where there is no next vector the share is 0.
        """
        lines = np.clip(first_line + np.arange(count), self.lines[0], self.lines[-1])
        before = np.maximum(np.searchsorted(self.lines, lines, side="right") - 1, 0)
        after = np.minimum(before + 1, len(self.lines) - 1)
        step = np.where(after > before, self.lines[after] - self.lines[before], 1.0)
        return before, (lines - self.lines[before]) / step

    def rows(self, first_line: int, count: int) -> Floats:
        """Values on whole lines, shape (count, pixels)."""
        before, share = self.between(first_line, count)
        after = np.minimum(before + 1, len(self.lines) - 1)
        low, high = self.values[before], self.values[after]
        return np.asarray(low + share[:, None] * (high - low))


def spread(vectors: Sequence[Vector], pixels: int, *, what: str) -> DenseTable:
    """The table of positive values on an image `pixels` wide; raises SceneError.

    Values that are not positive and finite are left out, and vectors without any other.
    """
    usable = [v for v in map(_positive, _by_line(vectors, what)) if len(v[1])]
    if not usable:
        raise SceneError(f"its table of {what} holds no usable value.", remedy=FETCH_AGAIN)
    lines = np.array([line for line, _, _ in usable], dtype=np.float64)
    across = np.arange(pixels)
    return DenseTable(lines, np.stack([np.interp(across, at, values) for _, at, values in usable]))


def spread_with_gaps(vectors: Sequence[Vector], pixels: int, *, what: str) -> DenseTable:
    """As `spread`, for a table in which 0 means that nothing was imaged there at that line.

    At a slice's start the sub-swaths begin one after another, and vectors are 0 where the next one
    has not begun. Interpolating towards that 0 would thin the values of the first lines that were
    imaged; so a zero stretch takes the values of the vector nearest in line that has any.
    """
    ordered = _by_line(vectors, what)
    table = spread(ordered, pixels, what=what)
    kept = {int(line): values for line, values in zip(table.lines, table.values, strict=True)}
    empty = np.zeros(pixels)
    values = np.stack([kept.get(line, empty) for line, _, _ in ordered])
    gaps = np.stack([_gaps(at, known, pixels) for _, at, known in ordered])
    lines = np.array([line for line, _, _ in ordered], dtype=np.float64)
    return DenseTable(lines, _filled(lines, values, gaps))


def _by_line(vectors: Sequence[Vector], what: str) -> list[Vector]:
    ordered = sorted({line: (line, at, values) for line, at, values in vectors}.values(), key=_line)
    if any(len(at) != len(values) or (np.diff(at) <= 0).any() for _, at, values in ordered):
        raise SceneError(f"the points of its table of {what} do not grow.", remedy=FETCH_AGAIN)
    return ordered


def _line(vector: Vector) -> int:
    return vector[0]


def _positive(vector: Vector) -> Vector:
    line, at, values = vector
    known = np.isfinite(values) & (values > 0)
    return line, at[known], values[known]


def _gaps(at: npt.NDArray[np.int64], values: Floats, pixels: int) -> Masks:
    """True where both points around a pixel are unknown; shape (pixels,)."""
    if not len(at):
        return np.ones(pixels, dtype=np.bool_)
    unknown = ~(np.isfinite(values) & (values > 0))
    return np.asarray(np.interp(np.arange(pixels), at, unknown.astype(np.float64)) == 1.0)


def _filled(lines: Floats, values: Floats, gaps: Masks) -> Floats:
    """Gaps take the value of the nearest line without one; what has none stays as it is."""
    order = np.arange(len(lines))[:, None]
    before = np.maximum.accumulate(np.where(gaps, -1, order), axis=0)
    after = np.minimum.accumulate(np.where(gaps, len(lines), order)[::-1], axis=0)[::-1]
    to_before = np.where(before >= 0, lines[order] - lines[before], np.inf)
    to_after = np.where(
        after < len(lines), lines[np.minimum(after, len(lines) - 1)] - lines[order], np.inf
    )
    nearest = np.where(to_before <= to_after, before, after)
    has_any = np.isfinite(np.minimum(to_before, to_after))
    source = np.where(has_any, nearest, order)
    return np.asarray(np.take_along_axis(values, source, axis=0))
