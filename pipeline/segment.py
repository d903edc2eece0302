"""Segment: backscatter becomes, for each pixel, the probability of ice and of an edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch

from pipeline.channels import network_input
from pipeline.hedunet import EDGE, ICE, TASKS, TILE_MULTIPLE, HedUnet
from pipeline.probability import PROBABILITY_NODATA, Probabilities, to_steps
from pipeline.tiling import TilePlan, blend_tiles, blend_weights, cut_tile, plan_tiles


def segment_scene(
    sigma0_db: npt.NDArray[np.float32],
    network: HedUnet,
    *,
    largest_tile_px: int,
    overlap_px: int,
    threads: int,
) -> Probabilities:
    """Run the network over a scene, shape (C, height, width) in dB with NaN for no data.

    The same input, weights, threads and processor features give the same bytes. A pixel without
    data in any channel has no probability.
    """
    height, width = sigma0_db.shape[1:]
    plan = plan_tiles(height, width, largest_tile_px, overlap_px, TILE_MULTIPLE)
    found = np.full((TASKS, height, width), PROBABILITY_NODATA, dtype=np.uint8)
    with _inference(threads):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        tiles = _logits_of_tiles(sigma0_db, network, plan)
        for first, logits in blend_tiles(tiles, plan, blend_weights(plan, overlap_px)):
            found[:, first : first + logits.shape[1]] = to_steps(logits)
    found[:, np.isnan(sigma0_db).any(axis=0)] = PROBABILITY_NODATA
    return Probabilities(ice=found[ICE], edge=found[EDGE])


def _logits_of_tiles(
    sigma0_db: npt.NDArray[np.float32], network: HedUnet, plan: TilePlan
) -> Iterator[tuple[int, int, npt.NDArray[np.float32]]]:
    for row in plan.rows:
        for column in plan.columns:
            tile = cut_tile(sigma0_db, plan, row, column)
            if not np.isnan(tile).any(axis=0).all():
                yield row, column, _logits(tile, network)


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
