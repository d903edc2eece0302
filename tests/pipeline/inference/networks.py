"""Small random networks, whose norms are not those of a new one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.network.architecture import Alignment, Architecture, Merging
from pipeline.network.hedunet import HedUnet


def random_network(
    channels: tuple[str, ...] = ("HH",),
    *,
    merging: Merging = Merging.ATTENTION,
    squeeze_excitation: bool = False,
    alignment: Alignment = Alignment.CENTRES,
) -> HedUnet:
    torch.manual_seed(3)
    network = HedUnet(Architecture(channels, 2, merging, squeeze_excitation, alignment)).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)
    with torch.no_grad():
        network(random_tiles(len(channels), 128))
    return network.eval()


def random_tiles(channels: int, side_px: int, count: int = 2) -> Tensor:
    return torch.randn((count, channels, side_px, side_px)) * 1.4 - 2.8
