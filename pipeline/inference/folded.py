"""HED-UNet for inference: the same numbers with less work.

Differs from `HedUnet` by rounding alone. What is saved, on a CPU whose convolutions run near its
peak: batch normalisation is folded into the convolutions before it; so is the first 1x1
convolution, as nothing but convolutions follow it; features from below and from the side are
convolved by themselves and added, not copied together; and of a tile's guard, which counts
nothing, only what the core needs is computed: the way down sees the whole tile, the way up and
the merging little more than the core.
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
from pipeline.network.hedunet import TASKS, DownBlock, HedUnet, UpBlock, check_tile_size
from pipeline.network.merging import enlarged, merge_levels

CONVOLUTIONS_REACH_PX = 2  # two of 3 x 3
MERGED_ROWS = 32  # at once: what is between the levels and their sum stays in the cache


class FoldedHedUnet(nn.Module):
    """Logits of the core, (N, 2, core height, core width) in fp32, from (N, C, H, W) input.

    Made from a network in evaluation mode, which is left as it is. H and W must be multiples of
    32; else TileSizeError.
    """

    def __init__(self, network: HedUnet, merged_rows: int | None = MERGED_ROWS) -> None:
        super().__init__()
        self.architecture, self._merged_rows = network.architecture, merged_rows
        self.down = nn.ModuleList(_Down(cast(DownBlock, block)) for block in network.down)
        self.up = nn.ModuleList(_Up(cast(UpBlock, block)) for block in network.up)
        first_down, last_up = cast(_Down, self.down[0]), cast(_Up, self.up[0])
        first_down.reduce = _after(network.init, first_down.reduce)
        last_up.from_side = _after(network.init, last_up.from_side)
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
            full = [self._enlarged(*head, level, asked) for level, head in enumerate(heads)]
            merged = self._merged(full)
        return merged if self.cuts else merged[:, :, core.rows, core.columns]

    def _heads(self, tiles: Tensor, regions: list[Core]) -> list[tuple[Tensor, Core]]:
        """The heads of each level, finest first, and what part of the level they cover."""
        skips = [tiles]
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
        """A head at full resolution over the core, one channel after the other in memory."""
        head = head.float().contiguous(memory_format=torch.contiguous_format)
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

    def _merged(self, full: list[Tensor]) -> Tensor:
        finest = full[0]
        count, _, height, width = finest.shape
        rows = self._merged_rows or height
        merged = finest.new_empty((count, TASKS, height, width))
        for first in range(0, height, rows):
            some = [head[:, :, first : first + rows] for head in full]
            size = some[0].shape[-2:]
            merged[:, :, first : first + rows] = merge_levels(
                some, size, self.architecture, self.learned
            )
        return merged


class _Down(nn.Module):
    def __init__(self, block: DownBlock) -> None:
        super().__init__()
        self.reduce: nn.Conv2d = fuse_conv_bn_eval(block.reduce, block.norm)
        self.convolve, self.excite = _folded(block.convolve), deepcopy(block.excite)

    def forward(self, features: Tensor) -> Tensor:
        halved = functional.relu_(self.reduce(features))
        convolved: Tensor = self.excite(self.convolve(halved))
        return convolved


class _Up(nn.Module):
    def __init__(self, block: UpBlock) -> None:
        super().__init__()
        self.expand = fuse_conv_bn_eval(block.expand, block.norm, transpose=True)
        double = _folded(block.convolve)
        first, self.second = cast(nn.Conv2d, double[0]), cast(nn.Conv2d, double[2])
        below = block.expand.out_channels
        self.from_below = _of_inputs(first, slice(0, below), keeps_bias=True)
        self.from_side = _of_inputs(first, slice(below, None), keeps_bias=False)
        self.excite = deepcopy(block.excite)

    def forward(self, features: Tensor, side: Tensor, coarse: Core, fine: Core) -> Tensor:
        """Features of the region `fine` from those of the region `coarse` a level below.

        Beyond the tile's border pixels are repeated; where a region ends inside the tile, the
        convolutions get real ones.
        """
        whole = Core(0, side.shape[-2], 0, side.shape[-1])
        reached = _within(_grown(fine, CONVOLUTIONS_REACH_PX), whole)
        at_border = Core(*(int(one == other) for one, other in zip(reached, whole, strict=True)))
        below = functional.relu_(self.expand(features))
        below = _cut(below, reached, Core(*(edge << 1 for edge in coarse)))
        joined = _convolved(self.from_below, below, at_border)
        joined += _convolved(self.from_side, _cut(side, reached, whole), at_border)
        found = functional.relu_(_convolved(self.second, functional.relu_(joined), at_border))
        inside = _grown(reached, -CONVOLUTIONS_REACH_PX)
        left = Core(*(whole[n] if at_border[n] else inside[n] for n in range(4)))
        return _cut(self.excite(found), fine, left)


def _convolved(convolution: nn.Conv2d, features: Tensor, at_border: Core) -> Tensor:
    """With pixels repeated at the sides that are the tile's border, and losing one elsewhere."""
    top, bottom, left, right = at_border
    padded = functional.pad(features, (left, right, top, bottom), mode="replicate")
    return functional.conv2d(padded, convolution.weight, convolution.bias)


def _folded(double: nn.Sequential) -> nn.Sequential:
    first, first_norm, _, second, second_norm, _ = double
    return nn.Sequential(
        fuse_conv_bn_eval(cast(nn.Conv2d, first), cast(nn.BatchNorm2d, first_norm)),
        nn.ReLU(inplace=True),
        fuse_conv_bn_eval(cast(nn.Conv2d, second), cast(nn.BatchNorm2d, second_norm)),
        nn.ReLU(inplace=True),
    )


def _of_inputs(convolution: nn.Conv2d, inputs: slice, *, keeps_bias: bool) -> nn.Conv2d:
    """What a convolution does with some of its inputs."""
    weight = convolution.weight[:, inputs].detach()
    bias = convolution.bias if keeps_bias else None
    return _convolution(convolution, weight, bias)


def _after(first: nn.Conv2d, then: nn.Conv2d) -> nn.Conv2d:
    """One convolution for a 1x1 convolution with bias and another after it."""
    weight, inner = then.weight.detach().double(), first.weight.detach().double()[:, :, 0, 0]
    composed = torch.einsum("omhw,mi->oihw", weight, inner)
    assert first.bias is not None  # noqa: S101 (as HedUnet makes it)
    bias = torch.einsum("omhw,m->o", weight, first.bias.detach().double())
    if then.bias is not None:
        bias = bias + then.bias.detach().double()
    return _convolution(then, composed.float(), bias.float())


def _convolution(like: nn.Conv2d, weight: Tensor, bias: Tensor | None) -> nn.Conv2d:
    (high, wide), (down, right) = like.kernel_size, like.stride
    made = nn.Conv2d(
        weight.shape[1], weight.shape[0], (high, wide), (down, right), bias=bias is not None
    )
    made.weight = nn.Parameter(weight.clone(), requires_grad=False)
    if bias is not None:
        made.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)
    return made


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
