"""What runs the network: as trained, folded, or compiled; on which device, how exactly."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from catalog.errors import SettingsError
from pipeline.inference.choices import Device, EngineChoice, Kind, Precision
from pipeline.inference.folded import FoldedHedUnet
from pipeline.inference.tiling import Core
from pipeline.network.hedunet import HedUnet

Array = npt.NDArray[np.float32]
COMPILERS = ("c++", "g++", "clang++")
MOST_SHAPES = 32  # a plan of tiles has up to 9 cores


@dataclass(frozen=True, slots=True)
class Engine:
    """Logits of a batch of tiles; `choice` is what is done, `remarks` how it differs from asked."""

    choice: EngineChoice
    device: torch.device
    remarks: tuple[str, ...]
    module: Any  # (tiles, core) -> logits

    @torch.inference_mode()
    def __call__(self, tiles: Tensor, core: Core) -> Array:
        """Logits (N, 2, core height, core width) of network input (N, C, H, W) on the device."""
        is_bf16 = self.choice.precision is Precision.BF16
        with torch.autocast(self.device.type, torch.bfloat16, enabled=is_bf16):
            logits = self.module(tiles, core)
        found: Array = logits.float().cpu().numpy()
        return found


def make_engine(network: HedUnet, asked: EngineChoice) -> Engine:
    """An engine for a network in evaluation mode; raises SettingsError where CUDA is missing."""
    device = chosen_device(asked.device)
    placed = network.to(device)
    if asked.kind is Kind.EAGER:
        return Engine(_with(asked, asked.kind, device), device, (), _Eager(placed))
    folded = FoldedHedUnet(placed).to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if asked.kind is Kind.FOLDED:
        return Engine(_with(asked, asked.kind, device), device, (), folded)
    if not has_compiler():
        remark = "No C++ compiler is here: the network runs folded, not compiled."
        return Engine(_with(asked, Kind.FOLDED, device), device, (remark,), folded)
    whole = FoldedHedUnet(placed, merged_rows=None)  # the compiler fuses the merging by itself
    whole.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Engine(_with(asked, asked.kind, device), device, (), _compiled(whole))


def chosen_device(asked: Device) -> torch.device:
    """Raises SettingsError where CUDA is asked for and missing."""
    has_cuda = torch.cuda.is_available()
    if asked is Device.CUDA and not has_cuda:
        raise SettingsError(
            "This machine has no CUDA device: set ICELINES_PROCESS_DEVICE to auto or cpu."
        )
    return torch.device("cuda" if has_cuda and asked is not Device.CPU else "cpu")


def has_compiler() -> bool:
    return any(shutil.which(name) for name in COMPILERS)


@contextmanager
def threads_for_inference(threads: int) -> Iterator[None]:
    """So many threads of torch within; they decide how sums are ordered, hence the last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@dataclass(frozen=True, slots=True)
class _Eager:
    network: HedUnet

    def __call__(self, tiles: Tensor, core: Core) -> Tensor:
        merged: Tensor = self.network(tiles.contiguous())
        return merged[:, :, core.rows, core.columns]


def _with(asked: EngineChoice, kind: Kind, device: torch.device) -> EngineChoice:
    return EngineChoice(kind, Device(device.type), asked.precision)


def _compiled(folded: FoldedHedUnet) -> Any:
    from torch._dynamo import config

    # Each shape of a core is compiled by itself; beyond the limit torch would run eagerly.
    config.recompile_limit = max(config.recompile_limit, MOST_SHAPES)
    return torch.compile(folded, dynamic=False)
