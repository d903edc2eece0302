"""Segment: backscatter becomes, for each pixel, the probability of ice and of an edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch

from pipeline.inference.tiling import TilePlan, blend_tiles, blend_weights, cut_tile, plan_tiles
from pipeline.network.channels import network_input
from pipeline.network.hedunet import EDGE, ICE, TASKS, TILE_MULTIPLE, HedUnet
from pipeline.probability import PROBABILITY_NODATA, Probabilities, to_steps

Mask = npt.NDArray[np.bool_]


def segment_scene(
    sigma0_db: npt.NDArray[np.float32],
    network: HedUnet,
    *,
    largest_tile_px: int,
    overlap_px: int,
    threads: int,
    needed: Mask | None = None,
) -> Probabilities:
    """Run the network over a scene, shape (C, height, width) in dB with NaN for no data.

    Tiles without a pixel that is `needed` (shape (height, width); None: all) stay unknown, as do
    those without data; so does every pixel without data in any channel. The same input, weights,
    threads and processor features give the same bytes.
    """
    height, width = sigma0_db.shape[1:]
    plan = plan_tiles(height, width, largest_tile_px, overlap_px, TILE_MULTIPLE)
    known: Mask = np.asarray(np.isfinite(sigma0_db).all(axis=0))
    wanted = known if needed is None else known & needed
    found = np.full((TASKS, height, width), PROBABILITY_NODATA, dtype=np.uint8)
    with _inference(threads):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        tiles = _logits_of_tiles(sigma0_db, wanted, network, plan)
        for first, logits in blend_tiles(tiles, plan, blend_weights(plan, overlap_px)):
            found[:, first : first + logits.shape[1]] = to_steps(logits)
    found[:, ~known] = PROBABILITY_NODATA
    return Probabilities(ice=found[ICE], edge=found[EDGE])


def _logits_of_tiles(
    sigma0_db: npt.NDArray[np.float32],
    wanted: Mask,
    network: HedUnet,
    plan: TilePlan,
) -> Iterator[tuple[int, int, npt.NDArray[np.float32]]]:
    for row in plan.rows:
        for column in plan.columns:
            rows = slice(row, row + plan.tile_height)
            if wanted[rows, column : column + plan.tile_width].any():
                yield row, column, _logits(cut_tile(sigma0_db, plan, row, column), network)


def _logits(tile: npt.NDArray[np.float32], network: HedUnet) -> npt.NDArray[np.float32]:
    batch = torch.from_numpy(network_input(tile)[None])
    logits: npt.NDArray[np.float32] = network(batch.contiguous(memory_format=torch.channels_last))[
        0
    ].numpy()
    return logits


@contextmanager
def _inference(threads: int) -> Iterator[None]:
    # The number of threads decides in which order sums are added, hence the last bits.
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(before)
