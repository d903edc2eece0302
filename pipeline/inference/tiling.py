"""Cutting a scene into overlapping tiles, and blending what the network says of each.

All tiles of a scene have the same size, so that the network keeps one shape, and begin at whole
multiples of 32 pixels, the network's stride: moved by less, it answers a little differently.
Where tiles meet, the outermost `guard_px` of each count nothing, because the network saw too
little around them; then weights ramp up. So the result does not depend on how a scene is cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.inference.choices import STRIDE_PX, Tiling

Array = npt.NDArray[np.float32]


class Core(NamedTuple):
    """The part of a tile that counts, in its own pixels: first and behind the last."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def sides(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self.top, self.bottom), (self.left, self.right)

    @property
    def rows(self) -> slice:
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.right)


@dataclass(frozen=True, slots=True)
class TilePlan:
    """Where tiles of `tile_height` x `tile_width` pixels lie: their first rows and columns.

    A tile may reach over the lower and the right border of a scene, by less than 32 pixels or
    as much as the scene is smaller than it.
    """

    height: int
    width: int
    tile_height: int
    tile_width: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def plan_tiles(height: int, width: int, tiling: Tiling) -> TilePlan:
    """The fewest equal tiles up to `largest_px` that cover the scene and share the overlap.

    A scene that fits one tile gets one.
    """
    tile_height, rows = _plan_side(height, tiling)
    tile_width, columns = _plan_side(width, tiling)
    return TilePlan(height, width, tile_height, tile_width, rows, columns)


def core_of(plan: TilePlan, tiling: Tiling, row: int, column: int) -> Core:
    """The pixels of the tile at `row`, `column` that count; at the scene's border, all of them."""
    rows = _counted_side(row, plan.rows, plan.tile_height, plan.height, tiling.guard_px)
    columns = _counted_side(column, plan.columns, plan.tile_width, plan.width, tiling.guard_px)
    return Core(*rows, *columns)


def core_weights(tiling: Tiling, core: Core) -> Array:
    """How much each pixel of a tile's core counts, above 0 to 1: (core height, core width)."""
    rows, columns = (_ramp(last - first, tiling.ramp_px) for first, last in core.sides)
    return np.outer(rows, columns).astype(np.float32)


class StripAccumulator:
    """Weighted sums of one row of tiles; what overlaps the next row is kept.

    Only this is held of what the network says, never the whole scene.
    """

    def __init__(self, plan: TilePlan, tiling: Tiling, channels: int) -> None:
        self._tiling = tiling
        self._sums = np.zeros((channels, plan.tile_height, plan.width), dtype=np.float32)
        self._weights = np.zeros((plan.tile_height, plan.width), dtype=np.float32)

    def add(self, column: int, core: Core, values: Array) -> None:
        """Values (channels, core height, core width) of a tile of the present row."""
        weights = core_weights(self._tiling, core)
        rows, columns = core.rows, slice(column + core.left, column + core.right)
        for channel, value in enumerate(values):  # one at a time: less memory
            self._sums[channel, rows, columns] += value * weights
        self._weights[rows, columns] += weights

    def finish(self, rows: int) -> Array:
        """The uppermost rows, (channels, rows, width), NaN where no tile counted; then move on."""
        with np.errstate(invalid="ignore"):
            done = self._sums[:, :rows] / self._weights[:rows]
        _move_up(self._sums, rows)
        _move_up(self._weights, rows)
        return done


def _move_up(array: Array, rows: int) -> None:
    kept = max(array.shape[-2] - rows, 0)
    array[..., :kept, :] = array[..., rows : rows + kept, :]
    array[..., kept:, :] = 0.0


def _counted_side(
    start: int, starts: tuple[int, ...], length: int, size: int, guard: int
) -> tuple[int, int]:
    first = 0 if start == starts[0] else guard
    return first, size - start if start == starts[-1] else length - guard


def _ramp(length: int, ramp_px: int) -> npt.NDArray[np.float64]:
    # The first pixel counts a little too, or the border of the scene would count nothing.
    distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1.0
    return np.minimum(distance / (ramp_px + 1), 1.0)


def _plan_side(size_px: int, tiling: Tiling) -> tuple[int, tuple[int, ...]]:
    """Length and starts of the tiles along one side; counted in strides of the network."""
    size, largest, overlap = (
        math.ceil(px / STRIDE_PX) for px in (size_px, tiling.largest_px, tiling.overlap_px)
    )
    count = max(1, math.ceil((size - overlap) / (largest - overlap)))
    length = math.ceil((size + (count - 1) * overlap) / count)
    last = size - length
    starts = (last * position // max(count - 1, 1) for position in range(count))
    return length * STRIDE_PX, tuple(start * STRIDE_PX for start in starts)
