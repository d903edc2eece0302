"""HED-UNet for inference: the same numbers with less work.

Batch normalisation is folded into the convolutions before it, and of a tile's guard, which counts
nothing, only what the rest needs is computed: the way down sees the whole tile, the way up and the
merging at full resolution little more than its core. Differs from `HedUnet` by rounding alone.
"""

from __future__ import annotations

from copy import deepcopy
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pipeline.inference.tiling import Core
from pipeline.network.architecture import Alignment, Merging
from pipeline.network.hedunet import DownBlock, HedUnet, UpBlock, check_tile_size
from pipeline.network.merging import enlarged, merge_levels

CONVOLUTIONS_REACH_PX = 2  # two of 3 x 3


class FoldedHedUnet(nn.Module):
    """Logits of the core, (N, 2, core height, core width) in fp32, from (N, C, H, W) input.

    Made from a network in evaluation mode, which is left as it is. H and W must be multiples of
    32; else TileSizeError.
    """

    def __init__(self, network: HedUnet) -> None:
        super().__init__()
        self.architecture = network.architecture
        self.init = deepcopy(network.init)
        self.down = nn.ModuleList(_Down(cast(DownBlock, block)) for block in network.down)
        self.up = nn.ModuleList(_Up(cast(UpBlock, block)) for block in network.up)
        self.heads, self.learned = deepcopy(network.heads), deepcopy(network.learned)
        # Corner-aligned levels are stretched over the whole tile, and squeeze-excitation takes
        # means of it: neither can do with a part.
        self.cuts = (
            network.architecture.alignment is Alignment.CENTRES
            and not network.architecture.squeeze_excitation
        )

    def forward(self, tiles: Tensor, core: Core) -> Tensor:
        height, width = tiles.shape[-2:]
        check_tile_size(height, width)
        whole = Core(0, height, 0, width)
        asked = core if self.cuts else whole
        heads = self._heads(tiles, _regions(asked, whole, len(self.up)))
        with torch.autocast(tiles.device.type, enabled=False):
            size = torch.Size((asked.bottom - asked.top, asked.right - asked.left))
            merged = merge_levels(
                [self._enlarged(*head, level, asked) for level, head in enumerate(heads)],
                size,
                self.architecture,
                self.learned,
            )
        return merged if self.cuts else merged[:, :, core.rows, core.columns]

    def _heads(self, tiles: Tensor, regions: list[Core]) -> list[tuple[Tensor, Core]]:
        """The heads of each level, finest first, and what part of the level they cover."""
        skips = [self.init(tiles)]
        for down in self.down:
            skips.append(down(skips[-1]))
        levels = [skips.pop()]
        for level in reversed(range(len(self.up))):
            coarse, fine = regions[level + 1], regions[level]
            levels.append(self.up[level](levels[-1], skips.pop(), coarse, fine))
        if self.architecture.merging is Merging.NONE:
            return [(self.heads[0](levels[-1]), regions[0])]
        return [
            (head(features), region)
            for head, features, region in zip(self.heads, levels[::-1], regions, strict=True)
        ]

    def _enlarged(self, head: Tensor, region: Core, level: int, core: Core) -> Tensor:
        """A head at full resolution over the core."""
        head = head.float()
        if level == 0:
            return head
        if not self.cuts:
            size = torch.Size((core.bottom, core.right))
            return enlarged(head, size, self.architecture.alignment)
        needed = _within(_grown(_coarser(core, level), 1), region)
        part = _cut(head, needed, region)
        size = torch.Size((part.shape[-2] << level, part.shape[-1] << level))
        full = enlarged(part, size, self.architecture.alignment)
        return _cut(full, core, Core(*(edge << level for edge in needed)))


class _Down(nn.Module):
    def __init__(self, block: DownBlock) -> None:
        super().__init__()
        self.reduce = fuse_conv_bn_eval(block.reduce, block.norm)
        self.convolve, self.excite = _folded(block.convolve), deepcopy(block.excite)

    def forward(self, features: Tensor) -> Tensor:
        halved = functional.relu_(self.reduce(features))
        convolved: Tensor = self.excite(self.convolve(halved))
        return convolved


class _Up(nn.Module):
    def __init__(self, block: UpBlock) -> None:
        super().__init__()
        self.expand = fuse_conv_bn_eval(block.expand, block.norm, transpose=True)
        self.convolve, self.excite = _folded(block.convolve), deepcopy(block.excite)

    def forward(self, features: Tensor, skip: Tensor, coarse: Core, fine: Core) -> Tensor:
        """Features of the region `fine` from those of the region `coarse` a level below.

        Where a region ends inside the tile, the convolutions are wrong by their reach: they run
        on that much more, which is cut off again.
        """
        whole = Core(0, skip.shape[-2], 0, skip.shape[-1])
        reached = _within(_grown(fine, CONVOLUTIONS_REACH_PX), whole)
        doubled = functional.relu_(self.expand(features))
        doubled = _cut(doubled, reached, Core(*(edge << 1 for edge in coarse)))
        joined = torch.cat([doubled, _cut(skip, reached, whole)], dim=1)
        return _cut(self.excite(self.convolve(joined)), fine, reached)


def _folded(double: nn.Sequential) -> nn.Sequential:
    first, first_norm, _, second, second_norm, _ = double
    return nn.Sequential(
        fuse_conv_bn_eval(cast(nn.Conv2d, first), cast(nn.BatchNorm2d, first_norm)),
        nn.ReLU(inplace=True),
        fuse_conv_bn_eval(cast(nn.Conv2d, second), cast(nn.BatchNorm2d, second_norm)),
        nn.ReLU(inplace=True),
    )


def _regions(core: Core, whole: Core, levels: int) -> list[Core]:
    """What part of each level is needed for the core, in the pixels of that level, finest first.

    The coarsest level is there as a whole, as nothing is saved by cutting it.
    """
    regions = [core]
    for level in range(1, levels):
        reached = _coarser(_grown(regions[-1], CONVOLUTIONS_REACH_PX), 1)
        for_heads = _grown(_coarser(core, level), 1)  # the enlarging looks at one pixel more
        regions.append(_within(_around(reached, for_heads), _coarser(whole, level)))
    return [*regions, _coarser(whole, levels)]


def _coarser(part: Core, levels: int) -> Core:
    """The pixels that cover `part`, `levels` halvings below."""
    top, bottom, left, right = part
    return Core(top >> levels, -(-bottom >> levels), left >> levels, -(-right >> levels))


def _grown(part: Core, by_px: int) -> Core:
    top, bottom, left, right = part
    return Core(top - by_px, bottom + by_px, left - by_px, right + by_px)


def _around(first: Core, second: Core) -> Core:
    return Core(
        min(first.top, second.top), max(first.bottom, second.bottom),
        min(first.left, second.left), max(first.right, second.right),
    )  # fmt: skip


def _within(part: Core, whole: Core) -> Core:
    return Core(
        max(part.top, whole.top), min(part.bottom, whole.bottom),
        max(part.left, whole.left), min(part.right, whole.right),
    )  # fmt: skip


def _cut(values: Tensor, part: Core, of: Core) -> Tensor:
    """`part` of values (N, C, H, W) that cover the region `of`."""
    return values[
        ..., part.top - of.top : part.bottom - of.top, part.left - of.left : part.right - of.left
    ]
