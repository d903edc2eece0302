"""The loss: class-balanced cross-entropy of both tasks, on the merged output and all six levels.

Heidler et al. 2021, with three faults mended (`LossTable`): tiles that are all ice or all ocean
taught nothing, edges of coarse levels grew with the level, and pixels without data counted.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.network.hedunet import EDGE, ICE, DeepOutput
from pipeline.training.recipe import LossTable
from pipeline.training.targets import Batch, Target, target_at

SMALLEST_COUNT = 1e-6


def deep_loss(output: DeepOutput, batch: Batch, table: LossTable) -> Tensor:
    """Loss of the merged output plus that of each of the six sides."""
    total: Tensor | None = None
    for level, side in enumerate(output.sides):
        target = target_at(
            batch, level, sharp=table.sharp_coarse_edges, ignores_nodata=table.ignores_nodata
        )
        found = table.side_weight * task_loss(side, target, table)
        if level == 0:
            found = found + task_loss(output.merged, target, table)
        total = found if total is None else total + found
    assert total is not None  # noqa: S101  # there are six levels
    return total


def task_loss(logits: Tensor, target: Target, table: LossTable) -> Tensor:
    """Balanced loss of ice and edge at one level; `logits` (N, 2, h, w)."""
    ice = balanced_loss(
        logits[:, ICE : ICE + 1], target.ice, target.ice_counts, table.smallest_ice_share
    )
    edge = balanced_loss(
        logits[:, EDGE : EDGE + 1], target.edge, target.edge_counts, table.smallest_edge_share
    )
    return ice + edge


def balanced_loss(logits: Tensor, target: Tensor, counts: Tensor, smallest_share: float) -> Tensor:
    """Class-balanced binary cross-entropy, mean over samples; all (N, 1, H, W).

    With b the share of positives of a sample, positives weigh 1 - b and negatives b, where b is
    kept within `smallest_share` and its complement: a sample of one class still teaches.
    """
    seen = counts.sum(dim=(1, 2, 3), keepdim=True).clamp(min=SMALLEST_COUNT)
    share = (target * counts).sum(dim=(1, 2, 3), keepdim=True) / seen
    share = share.clamp(smallest_share, 1.0 - smallest_share)
    weight = (target * (1.0 - share) + (1.0 - target) * share) * counts
    entropy = functional.binary_cross_entropy_with_logits(
        logits.to(torch.float32), target, reduction="none"
    )
    return ((weight * entropy).sum(dim=(1, 2, 3), keepdim=True) / seen).mean()
