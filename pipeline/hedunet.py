"""HED-UNet: segmentation and edge in one network, merged over six scales by attention.

Heidler, Mou, Baumhoer, Dietz and Zhu 2021, doi:10.1109/TGRS.2021.3064606. With 16 base channels
and two input channels it has 8,130,568 parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.errors import TileSizeError

DEPTH = 5  # halvings; levels are DEPTH + 1
TILE_MULTIPLE = 2**DEPTH
ICE, EDGE = 0, 1  # output channels
TASKS = 2


@dataclass(frozen=True, slots=True)
class DeepOutput:
    """What training needs.

    `merged` are the final logits (N, 2, H, W); `sides` the logits of the six levels, finest first,
    (N, 2, H / 2**level, W / 2**level).
    """

    merged: Tensor
    sides: tuple[Tensor, ...]


class HedUnet(nn.Module):
    """Logits for ice (channel 0) and edge (channel 1) from (N, C, H, W) network input.

    H and W must be multiples of 32; else TileSizeError.
    """

    def __init__(self, in_channels: int, base_channels: int = 16) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.base_channels = base_channels
        widths = [base_channels * 2**level for level in range(DEPTH + 1)]
        self.init = nn.Conv2d(in_channels, base_channels, 1)
        self.down = nn.ModuleList(DownBlock(fine, coarse) for fine, coarse in pairwise(widths))
        self.up = nn.ModuleList(UpBlock(coarse, fine) for fine, coarse in pairwise(widths))
        # Predictor and query of a level are both 1x1 convolutions of the same features, so they
        # are one convolution here: first the two predictions, then the two queries.
        self.heads = nn.ModuleList(nn.Conv2d(width, 2 * TASKS, 1) for width in widths)

    def forward(self, tiles: Tensor) -> Tensor:
        """Merged logits (N, 2, H, W)."""
        return merge_levels(self._heads_by_level(tiles), tiles.shape[-2:])

    def with_side_outputs(self, tiles: Tensor) -> DeepOutput:
        """Merged logits and the six side outputs that deep supervision trains."""
        heads = self._heads_by_level(tiles)
        sides = tuple(head[:, :TASKS] for head in heads)
        return DeepOutput(merge_levels(heads, tiles.shape[-2:]), sides)

    def _heads_by_level(self, tiles: Tensor) -> list[Tensor]:
        check_tile_size(tiles.shape[-2], tiles.shape[-1])
        features = self._features_by_level(tiles)
        return [head(level) for head, level in zip(self.heads, features, strict=True)]

    def _features_by_level(self, tiles: Tensor) -> list[Tensor]:
        skips = [self.init(tiles)]
        for down in self.down:
            skips.append(down(skips[-1]))
        levels = [skips.pop()]
        for up in reversed(self.up):
            levels.append(up(levels[-1], skips.pop()))
        return levels[::-1]


class DownBlock(nn.Module):
    """Half the sides and twice the channels."""

    def __init__(self, fine: int, coarse: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(fine, fine, 2, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(fine)
        self.convolve = double_convolution(fine, coarse)

    def forward(self, features: Tensor) -> Tensor:
        halved = functional.relu(self.norm(self.reduce(features)))
        convolved: Tensor = self.convolve(halved)
        return convolved


class UpBlock(nn.Module):
    """Twice the sides and half the channels, joined with what the way down knew."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.expand = nn.ConvTranspose2d(coarse, fine, 2, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(fine)
        self.convolve = double_convolution(coarse, fine)

    def forward(self, features: Tensor, skip: Tensor) -> Tensor:
        doubled = functional.relu(self.norm(self.expand(features)))
        convolved: Tensor = self.convolve(torch.cat([doubled, skip], dim=1))
        return convolved


def double_convolution(incoming: int, outgoing: int) -> nn.Sequential:
    return nn.Sequential(*_convolution(incoming, outgoing), *_convolution(outgoing, outgoing))


def _convolution(incoming: int, outgoing: int) -> tuple[nn.Module, ...]:
    # No bias: batch normalisation subtracts it again.
    convolution = nn.Conv2d(incoming, outgoing, 3, padding=1, padding_mode="replicate", bias=False)
    return convolution, nn.BatchNorm2d(outgoing), nn.ReLU(inplace=True)


def merge_levels(heads: list[Tensor], size: torch.Size) -> Tensor:
    """Attention-weighted sum over levels, for each pixel and task.

    `heads` are (N, 4, h, w): two predictions, two queries; returns logits (N, 2, *size).
    """
    full = [enlarged(head, size) for head in heads]
    # The softmax over levels, level by level: stacking them costs twice the time.
    loudest = reduce(torch.maximum, (head[:, TASKS:] for head in full)).detach()
    weights = [torch.exp(head[:, TASKS:] - loudest) for head in full]
    weighted = (head[:, :TASKS] * weight for head, weight in zip(full, weights, strict=True))
    return reduce(torch.add, weighted) / reduce(torch.add, weights)


def enlarged(head: Tensor, size: torch.Size) -> Tensor:
    """Bilinear upsampling with aligned corners; nothing to do at the finest level."""
    if head.shape[-2:] == size:
        return head
    return functional.interpolate(head, size=list(size), mode="bilinear", align_corners=True)


def check_tile_size(height: int, width: int) -> None:
    """Raise TileSizeError unless both sides are positive multiples of 32."""
    if height <= 0 or width <= 0 or height % TILE_MULTIPLE or width % TILE_MULTIPLE:
        raise TileSizeError(
            f"a tile of {height} x {width} pixels cannot be halved {DEPTH} times.",
            remedy=f"Use sides that are multiples of {TILE_MULTIPLE}.",
        )


def count_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
