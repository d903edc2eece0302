"""Where a training stands, on disk: whole or not at all, and refused for another recipe.

Tensors go into one safetensors file (nothing that is read can run code), numbers into its header.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import safetensors
import safetensors.torch
import torch

from catalog.atomic import write_bytes
from catalog.canonical import canonical_json
from pipeline.errors import ModelError

HEADER_LENGTH_BYTES = 8
STANDING = "standing"
NETWORK, AVERAGE, BEST, OPTIMISER = "network", "average", "best", "optimiser"

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Standing:
    """The numbers: steps done, scorings since the best one, and what that one was."""

    recipe_sha256: str
    step: int
    best_score: float | None = None
    best_step: int = 0
    without_better: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights as they are, averaged, and best so far; the optimiser's moments by parameter."""

    standing: Standing
    network: Tensors
    average: Tensors
    best: Tensors
    optimiser: dict[int, dict[str, torch.Tensor]]


def write_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    tensors = {
        **_prefixed(NETWORK, checkpoint.network),
        **_prefixed(AVERAGE, checkpoint.average),
        **_prefixed(BEST, checkpoint.best),
    }
    for number, state in checkpoint.optimiser.items():
        tensors |= _prefixed(f"{OPTIMISER}.{number}", state)
    standing = checkpoint.standing
    numbers = {name: getattr(standing, name) for name in Standing.__slots__}
    write_bytes(path, safetensors.torch.save(tensors, {STANDING: canonical_json(numbers).decode()}))


def read_checkpoint(path: Path, recipe_sha256: str) -> Checkpoint | None:
    """Where the training of this recipe stands, None where it has not begun; raises ModelError."""
    if not path.exists():
        return None
    try:
        content = path.read_bytes()
        tensors: Tensors = safetensors.torch.load(content)
        standing = Standing(**_numbers(content))
    except (OSError, ValueError, KeyError, TypeError, safetensors.SafetensorError) as error:
        raise ModelError(
            f"is no checkpoint ({error}).", where=path, remedy="Remove it to begin anew."
        ) from error
    if standing.recipe_sha256 != recipe_sha256:
        raise ModelError(
            "is the checkpoint of another recipe.",
            where=path,
            remedy="Train into another folder, or remove the checkpoint to begin anew.",
        )
    optimiser: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in _under(OPTIMISER, tensors).items():
        number, key = name.split(".", 1)
        optimiser.setdefault(int(number), {})[key] = tensor
    network, average, best = (_under(prefix, tensors) for prefix in (NETWORK, AVERAGE, BEST))
    return Checkpoint(standing, network, average, best, optimiser)


def _numbers(content: bytes) -> dict[str, Any]:
    length = int.from_bytes(content[:HEADER_LENGTH_BYTES], "little")
    header = orjson.loads(content[HEADER_LENGTH_BYTES : HEADER_LENGTH_BYTES + length])
    numbers: dict[str, Any] = orjson.loads(header["__metadata__"][STANDING])
    return numbers


def _prefixed(prefix: str, tensors: Tensors) -> Tensors:
    return {f"{prefix}.{name}": tensor.cpu().contiguous() for name, tensor in tensors.items()}


def _under(prefix: str, tensors: Tensors) -> Tensors:
    start = f"{prefix}."
    return {name[len(start) :]: t for name, t in tensors.items() if name.startswith(start)}
