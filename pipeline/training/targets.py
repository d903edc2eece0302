"""What a network should say, at every level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.network.channels import input_of, measured_bands

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One tile as it is shown: `bands` (C, H, W) with NaN for no data, `ice` (H, W).

    Bands are backscatter in dB, then metres of an elevation model and what other dates add, where
    the network wants them.
    `front` (H, W) says where an edge of the ice is a front: everywhere in simulated tiles, not
    along the rocks of labelled ones.
    """

    bands: npt.NDArray[np.float32]
    ice: Mask
    front: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Network input (N, C, H, W); ice, front and data (N, 1, H, W) as 0 or 1."""

    tiles: Tensor
    ice: Tensor
    front: Tensor
    data: Tensor

    def to(self, device: torch.device) -> Batch:
        moved = (part.to(device, non_blocking=True) for part in self._parts)
        return Batch(*moved)

    @property
    def _parts(self) -> tuple[Tensor, ...]:
        return (self.tiles, self.ice, self.front, self.data)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """At one level, all (N, 1, h, w): share of ice, edge as 0 or 1, and how much each counts."""

    ice: Tensor
    edge: Tensor
    ice_counts: Tensor
    edge_counts: Tensor


def batch_of(examples: list[Example], channels: tuple[str, ...] = ("HH",)) -> Batch:
    """Examples whose bands are the `needed_bands` of the channels."""
    images = np.stack([input_of(example.bands, channels) for example in examples])
    measured = len(measured_bands(channels))
    data = np.stack([~np.isnan(e.bands[:measured]).any(axis=0, keepdims=True) for e in examples])
    tiles = torch.from_numpy(images).contiguous(memory_format=torch.channels_last)
    ice, front = (np.stack([getattr(e, name)[None] for e in examples]) for name in ("ice", "front"))
    return Batch(tiles, *(torch.from_numpy(part.astype(np.float32)) for part in (ice, front, data)))


def target_at(batch: Batch, level: int, *, sharp: bool, ignores_nodata: bool) -> Target:
    """The target of level `level` (0: full size).

    `sharp` rounds shares of ice before edges are looked for; the published way looks for any
    difference between shares, which widens edges from level to level.
    """
    step = 2**level
    ice = functional.avg_pool2d(batch.ice, step)
    data = (functional.avg_pool2d(batch.data, step) > 0.5).float()
    if not ignores_nodata:
        data = torch.ones_like(data)
    edge = edge_of((ice >= 0.5).float() if sharp else ice)
    edge = edge * functional.max_pool2d(batch.front, step)
    # Where data ends no edge can be seen: its neighbourhood does not count either.
    return Target(ice, edge, data, data * (edge_of(data) == 0))


def edge_of(share: Tensor) -> Tensor:
    """1 where a pixel's 3 x 3 neighbourhood is not of one value (a non-zero Sobel response)."""
    framed = functional.pad(share, (1, 1, 1, 1), mode="replicate")
    highest = functional.max_pool2d(framed, 3, stride=1)
    lowest = -functional.max_pool2d(-framed, 3, stride=1)
    return (highest > lowest).float()
