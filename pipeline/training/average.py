"""The running average of weights over steps: smoother than the last step's, and free."""

from __future__ import annotations

import torch
from torch import nn

SOONEST = 10.0  # early on the average is over fewer steps, so that it forgets where it began


def begun_average(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


@torch.no_grad()
def update_average(
    average: dict[str, torch.Tensor], network: nn.Module, step: int, averaging: float
) -> None:
    """Mix in the weights after `step` steps (from 1); counters are taken over."""
    kept = min(averaging, step / (step + SOONEST))
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            average[name].mul_(kept).add_(value.detach(), alpha=1.0 - kept)
        else:
            average[name].copy_(value)
