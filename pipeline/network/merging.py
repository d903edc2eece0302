"""Six levels become one prediction: by attention, by learned weights, or the finest alone."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.network.architecture import Alignment, Architecture, Merging


class LearnedWeights(nn.Module):
    """One weight for each level and task, and a bias for each task; starts as the mean."""

    def __init__(self, levels: int, tasks: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((levels, tasks), 1.0 / levels))
        self.bias = nn.Parameter(torch.zeros(tasks))

    @classmethod
    def for_(cls, merging: Merging, levels: int, tasks: int) -> LearnedWeights | None:
        return cls(levels, tasks) if merging is Merging.LEARNED else None

    def forward(self, predictions: list[Tensor]) -> Tensor:
        merged = self.bias[None, :, None, None].expand_as(predictions[0])
        for prediction, weight in zip(predictions, self.weight, strict=True):
            merged = merged + prediction * weight[None, :, None, None]
        return merged


def merge_levels(
    heads: list[Tensor],
    size: torch.Size,
    architecture: Architecture,
    learned: LearnedWeights | None = None,
) -> Tensor:
    """Logits (N, tasks, *size) from heads (N, 2 tasks, h, w): predictions, then queries."""
    tasks = heads[0].shape[1] // 2
    if architecture.merging is Merging.NONE:
        return enlarged(heads[0][:, :tasks], size, architecture.alignment)
    if learned is not None:
        sides = [enlarged(head[:, :tasks], size, architecture.alignment) for head in heads]
        return learned(sides)  # type: ignore[no-any-return]
    return by_attention([enlarged(head, size, architecture.alignment) for head in heads])


def by_attention(full: list[Tensor]) -> Tensor:
    """The sum of predictions weighed by the softmax of queries, for each pixel and task."""
    tasks = full[0].shape[1] // 2
    # The softmax over levels, level by level: stacking them costs twice the time.
    loudest = reduce(torch.maximum, (head[:, tasks:] for head in full)).detach()
    weights = [torch.exp(head[:, tasks:] - loudest) for head in full]
    weighted = (head[:, :tasks] * weight for head, weight in zip(full, weights, strict=True))
    return reduce(torch.add, weighted) / reduce(torch.add, weights)


def enlarged(head: Tensor, size: torch.Size, alignment: Alignment) -> Tensor:
    """Bilinear upsampling; nothing to do at the finest level."""
    if head.shape[-2:] == size:
        return head
    return functional.interpolate(
        head,
        size=list(size),
        mode="bilinear",
        align_corners=alignment is Alignment.CORNERS,
    )
