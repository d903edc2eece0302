"""Training of HED-UNet: balanced losses on all six levels, on tiles from any numbered supply.

Two faults of the published recipe are mended (Heidler et al. 2021 and its public code): a tile
that is all ice or all ocean had no loss at all, and edges of coarse levels were widened by
averaging. The same seed, tiles and thread count give the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.network.architecture import Architecture
from pipeline.network.channels import network_input
from pipeline.network.hedunet import EDGE, ICE, DeepOutput, HedUnet

Mask = npt.NDArray[np.bool_]

# Bounds of the share b of positive pixels in the weights (1 - b) and b. Without them a tile of one
# class has no loss; and rare edges would be drawn several pixels wide.
SMALLEST_SHARE = {ICE: 0.1, EDGE: 0.03}
WARM_UP_SHARE = 0.05
SYMMETRIES = 8


class TrainingTile(Protocol):
    """`sigma0_db` (C, H, W) with NaN for no data; `ice` (H, W)."""

    @property
    def sigma0_db(self) -> npt.NDArray[np.float32]: ...

    @property
    def ice(self) -> Mask: ...


TileSupply = Callable[[int], TrainingTile]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out of training, besides the tiles."""

    steps: int
    seed: int
    base_channels: int = 8
    batch_size: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    polarisations: tuple[str, ...] = ("HH",)

    @property
    def architecture(self) -> Architecture:
        return Architecture(self.polarisations, self.base_channels)


@dataclass(frozen=True, slots=True)
class Progress:
    """After `step` steps (from 1) the last batch had this loss."""

    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Network input (N, C, H, W), ice (N, 1, H, W) as 0 or 1, and where there is data."""

    tiles: Tensor
    ice: Tensor
    valid: Tensor


def train(
    recipe: Recipe, supply: TileSupply, report: Callable[[Progress], None] = lambda _: None
) -> HedUnet:
    """A network trained from scratch, in evaluation mode; tiles are taken in order from 0."""
    torch.manual_seed(recipe.seed)
    network = HedUnet(recipe.architecture)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.steps, pct_start=WARM_UP_SHARE
    )
    network.train()
    for step, batch in enumerate(batches(recipe, supply), start=1):
        optimiser.zero_grad(set_to_none=True)
        loss = deep_loss(network.with_side_outputs(batch.tiles), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        report(Progress(step, loss.item()))
    return network.eval()


def batches(recipe: Recipe, supply: TileSupply) -> Iterator[Batch]:
    """`recipe.steps` batches; tile n is shown once, in one of its eight orientations."""
    rng = np.random.default_rng(recipe.seed)
    for step in range(recipe.steps):
        numbers = range(step * recipe.batch_size, (step + 1) * recipe.batch_size)
        tiles = [supply(number) for number in numbers]
        yield batch_of([oriented(tile, int(rng.integers(SYMMETRIES))) for tile in tiles])


def oriented(tile: TrainingTile, symmetry: int) -> tuple[npt.NDArray[np.float32], Mask]:
    """Backscatter and ice of a tile in one of the eight orientations of a square (0: as it is)."""
    image, ice = tile.sigma0_db, tile.ice
    if symmetry >= SYMMETRIES // 2:
        image, ice = image[..., ::-1], ice[..., ::-1]
    turns = symmetry % (SYMMETRIES // 2)
    return np.rot90(image, turns, axes=(-2, -1)), np.rot90(ice, turns, axes=(-2, -1))


def batch_of(tiles: list[tuple[npt.NDArray[np.float32], Mask]]) -> Batch:
    images = np.stack([network_input(image) for image, _ in tiles])
    ice = np.stack([mask[None] for _, mask in tiles]).astype(np.float32)
    valid = np.stack([~np.isnan(image).any(axis=0, keepdims=True) for image, _ in tiles])
    return Batch(
        torch.from_numpy(images).contiguous(memory_format=torch.channels_last),
        torch.from_numpy(ice),
        torch.from_numpy(valid.astype(np.float32)),
    )


def deep_loss(output: DeepOutput, batch: Batch) -> Tensor:
    """Loss of the merged output plus that of each of the six sides."""
    total = task_loss(output.merged, batch.ice, batch.valid)
    for level, side in enumerate(output.sides):
        ice = functional.avg_pool2d(batch.ice, 2**level)
        valid = functional.avg_pool2d(batch.valid, 2**level)
        total = total + task_loss(side, ice, valid)
    return total


def task_loss(logits: Tensor, ice: Tensor, valid: Tensor) -> Tensor:
    """Balanced loss of both tasks at one level; `ice` and `valid` are shares from 0 to 1."""
    ice_loss = balanced_loss(logits[:, ICE : ICE + 1], ice, valid, SMALLEST_SHARE[ICE])
    edge = edge_target(ice)
    # Where data ends no edge can be seen: its neighbourhood does not count either.
    seen = valid * (edge_target(valid) == 0)
    edge_loss = balanced_loss(logits[:, EDGE : EDGE + 1], edge, seen, SMALLEST_SHARE[EDGE])
    return ice_loss + edge_loss


def balanced_loss(logits: Tensor, target: Tensor, valid: Tensor, smallest_share: float) -> Tensor:
    """Class-balanced binary cross-entropy, mean over samples; logits and target (N, 1, H, W).

    With b the share of positives of a sample, positives weigh 1 - b and negatives b, where b is
    kept within `smallest_share` and its complement: a sample of one class still teaches.
    """
    seen = valid.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1e-6)
    share = (target * valid).sum(dim=(1, 2, 3), keepdim=True) / seen
    share = share.clamp(smallest_share, 1.0 - smallest_share)
    weight = (target * (1.0 - share) + (1.0 - target) * share) * valid
    entropy = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return ((weight * entropy).sum(dim=(1, 2, 3), keepdim=True) / seen).mean()


def edge_target(ice: Tensor) -> Tensor:
    """1 where a pixel's 3 x 3 neighbourhood holds both ice and ocean (a non-zero Sobel response).

    Shares are rounded to ice or ocean first, so that coarse levels have edges no wider in their
    pixels than the finest.
    """
    solid = (ice >= 0.5).float()
    framed = functional.pad(solid, (1, 1, 1, 1), mode="replicate")
    highest = functional.max_pool2d(framed, 3, stride=1)
    lowest = -functional.max_pool2d(-framed, 3, stride=1)
    return highest - lowest
