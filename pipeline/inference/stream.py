"""A scene through the network at constant memory: rows in, tiles, logits, rows of 8 bits out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from pipeline.errors import ModelError
from pipeline.inference.batching import BackOff, Batch, in_batches
from pipeline.inference.choices import Tiling
from pipeline.inference.cutting import RowsDone, Wish, cut_tiles, everywhere
from pipeline.inference.engine import Engine
from pipeline.inference.prefetch import Upload, one_ahead, prefetched
from pipeline.inference.rows import Bands, RowSource
from pipeline.inference.sinks import Sink, Steps
from pipeline.inference.tiling import StripAccumulator, plan_tiles
from pipeline.network.channels import needed_bands, stacked_input
from pipeline.network.hedunet import ICE, TASKS
from pipeline.probability import PROBABILITY_NODATA, to_steps

AHEAD = 2  # batches that are ready while one is at work
STEP_ROWS = 64  # turned into 8 bits at once

# Rows of the scene -> 8 bits of shape (2, rows, W), or one number for all.
Otherwise = Callable[[slice], Steps | int]


def unknown(rows: slice) -> int:  # noqa: ARG001 (as Otherwise)
    return PROBABILITY_NODATA


@dataclass(frozen=True, slots=True)
class Stream:
    """How a scene passes: the engine, how it is cut, how many tiles go at once."""

    engine: Engine
    channels: tuple[str, ...]
    tiling: Tiling
    largest_batch: int = 1

    def run(
        self,
        source: RowSource,
        sink: Sink,
        wanted: Wish = everywhere,
        otherwise: Otherwise = unknown,
    ) -> Iterator[float]:
        """Put every row of the scene into `sink`; yields the share that is done.

        Pixels without data in any band are no data; what no tile counts for is as `otherwise`
        says. Raises ModelError where the bands are not those of the network, and MemoryShortage.
        """
        bands, height, width = source.shape
        to_input = _network_input(self.channels, bands)
        plan = plan_tiles(height, width, self.tiling)
        strip = StripAccumulator(plan, self.tiling, TASKS)
        pieces = cut_tiles(source, plan, self.tiling, wanted)
        is_cuda = self.engine.device.type == "cuda"
        batches = in_batches(pieces, to_input, self.largest_batch, pinned=is_cuda)
        run = BackOff(self.engine)
        for piece, tiles in _on_device(prefetched(batches, AHEAD), self.engine):
            if isinstance(piece, Batch):
                for column, values in zip(piece.columns, run(tiles, piece.core), strict=True):
                    strip.add(column, piece.core, values)
            else:
                _put(sink, piece, strip.finish(len(piece.known)), otherwise)
                yield (piece.first + len(piece.known)) / height


def _network_input(channels: tuple[str, ...], bands: int) -> Callable[[Bands], Bands]:
    names = needed_bands(channels)
    if len(names) != bands:
        raise ModelError(
            f"works on {len(names)} bands ({', '.join(names)}), the scene has {bands}.",
            remedy="Name weights that fit with --weights.",
        )
    return lambda tile: stacked_input(dict(zip(names, tile, strict=True)), channels)


def _on_device(
    pieces: Iterator[Batch | RowsDone], engine: Engine
) -> Iterator[tuple[Batch | RowsDone, Tensor]]:
    """Each piece with its tiles on the device (an empty tensor for rows that are done)."""
    upload = Upload(engine.device) if engine.device.type == "cuda" else None

    def begin(piece: Batch | RowsDone) -> Callable[[], tuple[Batch | RowsDone, Tensor]]:
        tiles = piece.tiles if isinstance(piece, Batch) else Tensor()
        if upload is None:
            return lambda: (piece, tiles)
        arrived = upload(tiles)
        return lambda: (piece, arrived())

    return one_ahead(pieces, begin)


def _put(sink: Sink, done: RowsDone, logits: Bands, otherwise: Otherwise) -> None:
    for begin in range(0, logits.shape[1], STEP_ROWS):
        rows = slice(begin, min(begin + STEP_ROWS, logits.shape[1]))
        steps, known = to_steps(logits[:, rows]), done.known[rows]
        left_out = known & (steps[ICE] == PROBABILITY_NODATA)
        if left_out.any():
            said = otherwise(slice(done.first + rows.start, done.first + rows.stop))
            steps = np.where(left_out, said, steps)
        steps[:, ~known] = PROBABILITY_NODATA
        sink.put(done.first + begin, steps)
