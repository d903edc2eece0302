"""Tiles in batches: as many at once as memory holds, the next ones made ready meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
import torch
from torch import Tensor

from catalog.errors import InputError
from pipeline.inference.cutting import RowsDone, Tile
from pipeline.inference.tiling import Array, Core

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class MemoryShortage(InputError):
    """Not even one tile fits the memory."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Network input (N, C, H, W) of tiles with one core, and where they lie."""

    columns: tuple[int, ...]
    core: Core
    tiles: Tensor


def in_batches(
    pieces: Iterable[Tile | RowsDone],
    network_input: Callable[[Array], Array],
    largest: int,
    *,
    pinned: bool = False,
) -> Iterator[Batch | RowsDone]:
    """Neighbouring tiles of one row with the same core together, `largest` at most.

    Tensors are channels_last; `pinned` lets a GPU fetch them while it works.
    """
    for core, group in groupby(pieces, lambda piece: getattr(piece, "core", None)):
        if core is None:
            yield from (piece for piece in group if isinstance(piece, RowsDone))
            continue
        tiles_of_row = (piece for piece in group if isinstance(piece, Tile))
        while some := list(islice(tiles_of_row, largest)):
            inputs = np.stack([network_input(tile.sigma0_db) for tile in some])
            tiles = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
            columns = tuple(tile.column for tile in some)
            yield Batch(columns, core, tiles.pin_memory() if pinned else tiles)


class BackOff:
    """Runs batches whole, or in halves and quarters once memory has been short."""

    def __init__(self, run: Callable[[Tensor, Core], Array]) -> None:
        self._run = run
        self.largest: int | None = None  # None: memory has never been short

    def __call__(self, tiles: Tensor, core: Core) -> Array:
        """As `run` does; raises MemoryShortage where one tile alone is too much."""
        while True:
            size = min(self.largest or len(tiles), len(tiles))
            try:
                return np.concatenate([self._run(part, core) for part in torch.split(tiles, size)])
            except (MemoryError, RuntimeError) as error:  # torch's own is a RuntimeError
                if not _is_shortage(error):
                    raise
                shape = tuple(tiles.shape[-2:])
            if size == 1:
                raise _too_large(shape)
            self.largest = size // 2
            if torch.cuda.is_available():
                torch.cuda.empty_cache()


def _is_shortage(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error).lower() for words in OUT_OF_MEMORY)


def _too_large(shape: tuple[int, ...]) -> MemoryShortage:
    return MemoryShortage(
        f"one tile of {' x '.join(map(str, shape))} pixels does not fit the memory.",
        remedy="Make tiles smaller with ICELINES_PROCESS_LARGEST_TILE_PX.",
    )
