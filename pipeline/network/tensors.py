"""Named tensors in a safetensors file, and what cannot be weights of a network.

The format: 8 bytes with the length of a JSON header, the header, the values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import safetensors
import safetensors.torch
import torch

from pipeline.errors import ModelError
from pipeline.network.architecture import RETRAIN, Architecture

ARCHITECTURE = "architecture"  # the key in the metadata of the file
HEADER_LENGTH_BYTES = 8
WIDTHS = (torch.float16, torch.bfloat16, torch.float32)
COUNTER = "num_batches_tracked"  # of batch normalisation, the one whole number among the state
VARIANCE = "running_var"
# What safetensors raises besides its own error: unknown types, odd sizes.
UNREADABLE = (
    safetensors.SafetensorError, ValueError, KeyError, AssertionError, RuntimeError, OverflowError,
)  # fmt: skip

Tensors = dict[str, torch.Tensor]


def tensors_bytes(state: Tensors, metadata: dict[str, str], *, half_precision: bool) -> bytes:
    """The state of a network as safetensors."""
    kept = {name: _kept(tensor, half_precision) for name, tensor in state.items()}
    content: bytes = safetensors.torch.save(kept, metadata)
    return content


def read_tensors(content: bytes, where: Path) -> Tensors:
    """All tensors, floats widened to fp32, as copies; raises ModelError.

    Refused: other widths than those that networks are kept in, NaN and infinity, variances below
    zero (whose root is NaN).
    """
    try:
        tensors: Tensors = safetensors.torch.load(content)
    except UNREADABLE as error:
        fault = "is no safetensors file." if content else "is no safetensors file: it is empty."
        raise ModelError(fault, where=where, remedy=RETRAIN) from error
    for name, tensor in tensors.items():
        _check(name, tensor, where)
    return {
        name: tensor.to(torch.float32 if tensor.is_floating_point() else tensor.dtype, copy=True)
        for name, tensor in tensors.items()
    }


def architecture_in(content: bytes, where: Path) -> Architecture | None:
    """What the header of the file says of the network; None where it says nothing."""
    length = int.from_bytes(content[:HEADER_LENGTH_BYTES], "little")
    try:
        header: dict[str, Any] = orjson.loads(content[HEADER_LENGTH_BYTES:][:length])
        said = (header.get("__metadata__") or {}).get(ARCHITECTURE)
        return None if said is None else Architecture.of(orjson.loads(said))
    except orjson.JSONDecodeError as error:
        raise ModelError("its architecture is no JSON.", where=where, remedy=RETRAIN) from error
    except ModelError as error:
        raise ModelError(error.fault, where=where, remedy=error.remedy) from error


def _kept(tensor: torch.Tensor, half_precision: bool) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    if not half_precision or not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    # A value beyond 65,504 would become infinite: such a tensor keeps its width.
    return half if bool(torch.isfinite(half).all()) else tensor


def _check(name: str, tensor: torch.Tensor, where: Path) -> None:
    allowed = (torch.int64,) if name.endswith(COUNTER) else WIDTHS
    if tensor.dtype not in allowed:
        kind = str(tensor.dtype).removeprefix("torch.")
        raise ModelError(f"{name} is of type {kind}.", where=where, remedy=RETRAIN)
    if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
        raise ModelError(f"{name} holds NaN or infinity.", where=where, remedy=RETRAIN)
    if name.endswith(VARIANCE) and bool((tensor < 0).any()):
        raise ModelError(f"{name} holds a variance below zero.", where=where, remedy=RETRAIN)
