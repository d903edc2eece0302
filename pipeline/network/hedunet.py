"""HED-UNet: segmentation and edge in one network, merged over six scales.

Heidler, Mou, Baumhoer, Dietz and Zhu 2021, doi:10.1109/TGRS.2021.3064606. With 16 base channels
and two input channels it has 8,130,568 parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.errors import TileSizeError
from pipeline.network.architecture import Architecture
from pipeline.network.merging import LearnedWeights, merge_levels

DEPTH = 5  # halvings; levels are DEPTH + 1
TILE_MULTIPLE = 2**DEPTH
ICE, EDGE = 0, 1  # output channels
TASKS = 2
SQUEEZE = 8  # squeeze-excitation looks at all channels through this fraction of them


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

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        base, squeeze = architecture.base_channels, architecture.squeeze_excitation
        widths = [base * 2**level for level in range(DEPTH + 1)]
        self.init = nn.Conv2d(self.in_channels, base, 1)
        self.down = nn.ModuleList(DownBlock(f, c, squeeze) for f, c in pairwise(widths))
        self.up = nn.ModuleList(UpBlock(c, f, squeeze) for f, c in pairwise(widths))
        # Predictor and query of a level are both 1x1 convolutions of the same features, so they
        # are one convolution here: first the two predictions, then the two queries (which are
        # there for every kind of merging, so that their weights are one format).
        self.heads = nn.ModuleList(nn.Conv2d(width, 2 * TASKS, 1) for width in widths)
        self.learned = LearnedWeights.for_(architecture.merging, DEPTH + 1, TASKS)

    @property
    def in_channels(self) -> int:
        return len(self.architecture.channels)

    def forward(self, tiles: Tensor) -> Tensor:
        """Merged logits (N, 2, H, W)."""
        return self._merge(self.heads_by_level(tiles), tiles)

    def with_side_outputs(self, tiles: Tensor) -> DeepOutput:
        """Merged logits and the six side outputs that deep supervision trains."""
        heads = self.heads_by_level(tiles)
        sides = tuple(head[:, :TASKS] for head in heads)
        return DeepOutput(self._merge(heads, tiles), sides)

    def heads_by_level(self, tiles: Tensor) -> list[Tensor]:
        """Predictions and queries (N, 4, H / 2**level, W / 2**level), finest first."""
        check_tile_size(tiles.shape[-2], tiles.shape[-1])
        features = self._features_by_level(tiles)
        return [head(level) for head, level in zip(self.heads, features, strict=True)]

    def _merge(self, heads: list[Tensor], tiles: Tensor) -> Tensor:
        return merge_levels(heads, tiles.shape[-2:], self.architecture, self.learned)

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

    def __init__(self, fine: int, coarse: int, squeeze: bool = False) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(fine, fine, 2, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(fine)
        self.convolve = double_convolution(fine, coarse)
        self.excite = SqueezeExcitation(coarse) if squeeze else nn.Identity()

    def forward(self, features: Tensor) -> Tensor:
        halved = functional.relu(self.norm(self.reduce(features)))
        convolved: Tensor = self.excite(self.convolve(halved))
        return convolved


class UpBlock(nn.Module):
    """Twice the sides and half the channels, joined with what the way down knew."""

    def __init__(self, coarse: int, fine: int, squeeze: bool = False) -> None:
        super().__init__()
        self.expand = nn.ConvTranspose2d(coarse, fine, 2, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(fine)
        self.convolve = double_convolution(coarse, fine)
        self.excite = SqueezeExcitation(fine) if squeeze else nn.Identity()

    def forward(self, features: Tensor, skip: Tensor) -> Tensor:
        doubled = functional.relu(self.norm(self.expand(features)))
        convolved: Tensor = self.excite(self.convolve(torch.cat([doubled, skip], dim=1)))
        return convolved


class SqueezeExcitation(nn.Module):
    """Channels weighed by what the whole tile holds of them (Hu et al. 2018).

    Its mean runs over the tile, so results depend on how a scene is cut.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        narrow = max(1, channels // SQUEEZE)
        self.squeeze = nn.Conv2d(channels, narrow, 1)
        self.excite = nn.Conv2d(narrow, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        mean = features.mean(dim=(2, 3), keepdim=True)
        return features * torch.sigmoid(self.excite(functional.relu(self.squeeze(mean))))


def double_convolution(incoming: int, outgoing: int) -> nn.Sequential:
    return nn.Sequential(*_convolution(incoming, outgoing), *_convolution(outgoing, outgoing))


def _convolution(incoming: int, outgoing: int) -> tuple[nn.Module, ...]:
    # No bias: batch normalisation subtracts it again.
    convolution = nn.Conv2d(incoming, outgoing, 3, padding=1, padding_mode="replicate", bias=False)
    return convolution, nn.BatchNorm2d(outgoing), nn.ReLU(inplace=True)


def check_tile_size(height: int, width: int) -> None:
    """Raise TileSizeError unless both sides are positive multiples of 32."""
    if height <= 0 or width <= 0 or height % TILE_MULTIPLE or width % TILE_MULTIPLE:
        raise TileSizeError(
            f"a tile of {height} x {width} pixels cannot be halved {DEPTH} times.",
            remedy=f"Use sides that are multiples of {TILE_MULTIPLE}.",
        )


def count_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
