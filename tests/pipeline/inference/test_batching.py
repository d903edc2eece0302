from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.inference.batching import BackOff, Batch, MemoryShortage, in_batches
from pipeline.inference.cutting import RowsDone, Tile
from pipeline.inference.tiling import Array, Core

CORE, OTHER = Core(0, 32, 0, 32), Core(0, 32, 8, 32)
DONE = RowsDone(0, np.ones((32, 32), dtype=bool))


class SmallMachine:
    """Holds so many tiles at once, and says of each what stands in it."""

    def __init__(self, room: int, shortage: Callable[[], Exception]) -> None:
        self._room, self._shortage = room, shortage
        self.sizes: list[int] = []

    def __call__(self, tiles: Tensor, core: Core) -> Array:
        self.sizes.append(len(tiles))
        if len(tiles) > self._room:
            raise self._shortage()
        found: Array = tiles[:, :1, core.rows, core.columns].numpy()
        return found


def tiles(count: int) -> Tensor:
    return torch.arange(count, dtype=torch.float32).reshape(count, 1, 1, 1).expand(-1, 1, 32, 32)


def tile(column: int, core: Core = CORE) -> Tile:
    return Tile(column, core, np.full((1, 32, 32), column, dtype=np.float32))


@pytest.mark.parametrize(
    "shortage",
    [
        lambda: torch.OutOfMemoryError("CUDA out of memory."),
        lambda: RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
        lambda: RuntimeError("HIP out of memory"),
        MemoryError,
    ],
)
def test_a_batch_is_halved_until_it_fits(shortage: Callable[[], Exception]) -> None:
    machine = SmallMachine(2, shortage)
    found = BackOff(machine)(tiles(8), CORE)
    assert found[:, 0, 0, 0].tolist() == list(range(8))
    assert machine.sizes == [8, 4, 2, 2, 2, 2]


def test_what_did_not_fit_once_is_not_tried_again() -> None:
    machine = SmallMachine(3, MemoryError)
    run = BackOff(machine)
    run(tiles(4), CORE)
    machine.sizes.clear()
    run(tiles(4), CORE)
    assert machine.sizes == [2, 2]


def test_one_tile_that_does_not_fit_is_an_error_with_a_remedy() -> None:
    with pytest.raises(MemoryShortage, match="32 x 32 pixels") as caught:
        BackOff(SmallMachine(0, MemoryError))(tiles(3), CORE)
    assert "LARGEST_TILE_PX" in caught.value.remedy


def test_another_error_is_nobodys_memory() -> None:
    machine = SmallMachine(0, lambda: RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="mat1"):
        BackOff(machine)(tiles(2), CORE)
    assert machine.sizes == [2]


def test_neighbours_with_one_core_go_together_and_rows_end_a_batch() -> None:
    pieces: list[Tile | RowsDone] = [
        tile(0),
        tile(1, OTHER),
        tile(2, OTHER),
        tile(3, OTHER),
        DONE,
        DONE,
        tile(4),
    ]
    batches = list(in_batches(pieces, lambda array: array + 0.5, largest=2))
    columns = [batch.columns if isinstance(batch, Batch) else None for batch in batches]
    assert columns == [(0,), (1, 2), (3,), None, None, (4,)]
    second = batches[1]
    assert isinstance(second, Batch)
    assert second.core == OTHER
    assert second.tiles[:, 0, 0, 0].tolist() == [1.5, 2.5]
