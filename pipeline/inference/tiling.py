"""Cutting a scene into overlapping tiles, and blending what the network says of each.

All tiles of a scene have the same size, so that the network keeps one shape. Where tiles overlap,
each counts with a weight that falls to its edges, because the network sees less context there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TilePlan:
    """Where tiles of `tile_height` x `tile_width` pixels lie: their first rows and columns.

    A tile may reach over the border of a scene that is smaller than it.
    """

    height: int
    width: int
    tile_height: int
    tile_width: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def plan_tiles(
    height: int, width: int, largest_px: int, overlap_px: int, multiple: int
) -> TilePlan:
    """The fewest equal tiles up to `largest_px` that cover the scene and share `overlap_px`.

    Sides are multiples of `multiple`; a scene that fits one tile gets one.
    """
    tile_height, rows = _plan_side(height, largest_px, overlap_px, multiple)
    tile_width, columns = _plan_side(width, largest_px, overlap_px, multiple)
    return TilePlan(height, width, tile_height, tile_width, rows, columns)


def blend_weights(plan: TilePlan, overlap_px: int) -> Array:
    """How much each pixel of a tile counts, shape (tile_height, tile_width), from above 0 to 1."""
    sides = (_ramp(plan.tile_height, overlap_px), _ramp(plan.tile_width, overlap_px))
    return np.outer(*sides).astype(np.float32)


def cut_tile(image: Array, plan: TilePlan, row: int, column: int) -> Array:
    """The tile of `image` (C, height, width) at `row`, `column`; NaN beyond the border."""
    part = image[:, row : row + plan.tile_height, column : column + plan.tile_width]
    missing = (plan.tile_height - part.shape[1], plan.tile_width - part.shape[2])
    if missing == (0, 0):
        return part
    edges = ((0, 0), (0, missing[0]), (0, missing[1]))
    return np.pad(part, edges, constant_values=np.nan)


def blend_tiles(
    tiles: Iterable[tuple[int, int, Array]], plan: TilePlan, weights: Array
) -> Iterator[tuple[int, Array]]:
    """Blend tiles into finished strips from top to bottom.

    `tiles` are (row, column, values (C, tile_height, tile_width)), ordered by row; pixels that no
    tile covers come out as NaN. Yields (first row, values (C, rows, width)): only one row of
    tiles is held at a time, never the whole scene.
    """
    waiting = list(plan.rows)
    strip: _Strip | None = None
    for row, column, values in tiles:
        if strip is None:
            strip = _Strip(plan, values.shape[0])
        while waiting[0] < row:
            following = waiting[1]
            yield waiting.pop(0), strip.finish(following - strip.first_row)
        strip.add(column, values, weights)
    while strip is not None and waiting:
        first = waiting.pop(0)
        end = waiting[0] if waiting else plan.height
        yield first, strip.finish(end - first)


class _Strip:
    """Weighted sums of one row of tiles; what overlaps the next row is kept."""

    def __init__(self, plan: TilePlan, channels: int) -> None:
        reach = max(plan.width, plan.columns[-1] + plan.tile_width)
        self.first_row = plan.rows[0]
        self._width = plan.width
        self._sums = np.zeros((channels, plan.tile_height, reach), dtype=np.float32)
        self._weights = np.zeros((plan.tile_height, reach), dtype=np.float32)

    def add(self, column: int, values: Array, weights: Array) -> None:
        columns = slice(column, column + values.shape[2])
        self._sums[:, :, columns] += values * weights
        self._weights[:, columns] += weights

    def finish(self, rows: int) -> Array:
        with np.errstate(invalid="ignore"):
            done = self._sums[:, :rows, : self._width] / self._weights[:rows, : self._width]
        self._sums, self._weights = _shift(self._sums, rows), _shift(self._weights, rows)
        self.first_row += rows
        return done


def _shift(array: Array, rows: int) -> Array:
    moved = np.zeros_like(array)
    kept = array.shape[-2] - rows
    if kept > 0:
        moved[..., :kept, :] = array[..., rows:, :]
    return moved


def _plan_side(
    size_px: int, largest_px: int, overlap_px: int, multiple: int
) -> tuple[int, tuple[int, ...]]:
    count = max(1, math.ceil((size_px - overlap_px) / (largest_px - overlap_px)))
    length = _round_up((size_px + (count - 1) * overlap_px) / count, multiple)
    if count == 1:
        return length, (0,)
    last = size_px - length
    return length, tuple(round(last * position / (count - 1)) for position in range(count))


def _round_up(size_px: float, multiple: int) -> int:
    return math.ceil(size_px / multiple) * multiple


def _ramp(length: int, overlap_px: int) -> npt.NDArray[np.float64]:
    # The first pixel counts a little too, or a tile at the border of the scene would count nothing.
    distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1.0
    return np.minimum(distance / (overlap_px + 1), 1.0)
