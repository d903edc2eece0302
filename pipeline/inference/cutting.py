"""Tiles cut from a few rows that roll down the scene, so that no scene has to fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.inference.choices import Tiling
from pipeline.inference.rows import Bands, RowSource
from pipeline.inference.tiling import Core, TilePlan, core_of

Mask = npt.NDArray[np.bool_]
READ_ROWS = 64


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the scene, (C, tile_height, tile_width), in dB with NaN for no data."""

    column: int
    core: Core
    sigma0_db: Bands


@dataclass(frozen=True, slots=True)
class RowsDone:
    """After the tiles of a row: no later tile counts for the scene's rows from `first` on.

    `known` (rows, W) is true where these rows have data in all bands.
    """

    first: int
    known: Mask


class Wish(Protocol):
    """Which pixels somebody wants to know; tiles that hold none of them are left out."""

    def __call__(self, rows: slice, columns: slice) -> Mask | bool:
        """True where wanted, shape (rows, columns), or for all of them."""


def everywhere(rows: slice, columns: slice) -> bool:  # noqa: ARG001 (a Wish)
    return True


def where(needed: Mask) -> Wish:
    """The pixels that are true in a mask of the scene."""

    def wanted(rows: slice, columns: slice) -> Mask:
        return needed[rows, columns]

    return wanted


class RollingRows:
    """As many rows as a tile is high, moving down the scene.

    Beyond the lower and the right border the last pixels are repeated, as the network does beyond
    the borders of a tile.
    """

    def __init__(self, source: RowSource, plan: TilePlan) -> None:
        self._source = source
        bands, self._height, self._width = source.shape
        reach = plan.columns[-1] + plan.tile_width  # at least to the scene's last column
        self._rows = np.full((bands, plan.tile_height, reach), np.nan, dtype=np.float32)
        self._first, self._filled = 0, 0  # the scene's rows in the window: first to before filled

    def move_to(self, first: int) -> Bands:
        """The window (C, tile_height, reach) that begins at row `first`; never moves up."""
        moved = first - self._first
        kept = max(self._filled - first, 0)
        self._rows[:, :kept] = self._rows[:, moved : moved + kept]
        self._first, self._filled = first, first + kept
        last = min(first + self._rows.shape[1], self._height)
        for begin in range(self._filled, last, READ_ROWS):
            end = min(begin + READ_ROWS, last)
            part = self._rows[:, begin - first : end - first]
            part[:, :, : self._width] = self._source.rows(begin, end)
            part[:, :, self._width :] = part[:, :, self._width - 1 : self._width]
        self._filled = last
        self._rows[:, last - first :] = self._rows[:, last - first - 1 : last - first]
        return self._rows


def cut_tiles(
    source: RowSource, plan: TilePlan, tiling: Tiling, wanted: Wish = everywhere
) -> Iterator[Tile | RowsDone]:
    """The tiles of a scene that are wanted, row by row, and when rows are done.

    A tile is wanted where it counts (not in its guard) for a pixel that is wanted and has data in
    all bands. Whether one is run therefore never changes what is said of a wanted pixel.
    """
    window = RollingRows(source, plan)
    for row, following in pairwise([*plan.rows, plan.height]):
        rows = window.move_to(row)
        known: Mask = np.asarray(np.isfinite(rows).all(axis=0))
        for column in plan.columns:
            core = core_of(plan, tiling, row, column)
            if _is_wanted(known, row, column, core, wanted):
                yield Tile(column, core, rows[:, :, column : column + plan.tile_width].copy())
        yield RowsDone(row, known[: following - row, : plan.width].copy())


def _is_wanted(known: Mask, row: int, column: int, core: Core, wanted: Wish) -> bool:
    rows = slice(row + core.top, row + core.bottom)
    columns = slice(column + core.left, column + core.right)
    asked = wanted(rows, columns)
    return bool(np.any(asked) and np.any(known[core.rows, columns] & asked))
