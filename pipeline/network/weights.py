"""Models on disk: weights as safetensors, beside them the card that says what they are.

Only safetensors is read, never pickle: a weights file must not be able to run code.
`NAME.safetensors` goes with `NAME.json`, and the card pins the digest of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from catalog.atomic import write_bytes
from catalog.canonical import canonical_json, sha256_hex
from catalog.model_card import ModelCard
from pipeline.errors import ModelError
from pipeline.network.architecture import RETRAIN, Architecture
from pipeline.network.card_files import read_card
from pipeline.network.channels import POLARISATIONS
from pipeline.network.hedunet import HedUnet, count_parameters
from pipeline.network.tensors import (
    ARCHITECTURE,
    architecture_in,
    read_tensors,
    tensors_bytes,
)

SUFFIX = ".safetensors"
LARGEST_BYTES = 1 << 30  # the published network has 33 MB in fp32
NO_HED_UNET = "these are no HED-UNet weights."


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A network in evaluation mode and its card."""

    network: HedUnet
    card: ModelCard


def load_model(path: Path) -> LoadedModel:
    """The model of a `.safetensors` file and the card beside it; raises ModelError."""
    if path.suffix != SUFFIX:
        raise ModelError(
            "only safetensors weights are read.",
            where=path,
            remedy=f"Convert the weights to {SUFFIX} (pickle files could run code).",
        )
    content = _read(path)
    card = read_card(path.with_suffix(".json"))
    if sha256_hex(content) != card.weights_sha256:
        raise ModelError(
            "the weights are not those of the model card (SHA-256 differs).",
            where=path,
            remedy="Restore the file, or train the model again.",
        )
    network = network_from_bytes(content, path)
    _check_card(card, network, path)
    return LoadedModel(network, card)


def network_from_file(path: Path) -> HedUnet:
    """The network alone, without a card to check it by; raises ModelError."""
    return network_from_bytes(_read(path), path)


def save_model(network: HedUnet, path: Path, *, half_precision: bool = True) -> tuple[str, int]:
    """Write the weights atomically; returns their SHA-256 and size in bytes for the card."""
    content = weights_bytes(network, half_precision=half_precision)
    write_bytes(path, content)
    return sha256_hex(content), len(content)


def weights_bytes(network: HedUnet, *, half_precision: bool = True) -> bytes:
    """The state of the network as safetensors; half precision is widened again when loaded."""
    described = {ARCHITECTURE: canonical_json(network.architecture.document()).decode()}
    return tensors_bytes(network.state_dict(), described, half_precision=half_precision)


def network_from_bytes(content: bytes, where: Path) -> HedUnet:
    """The network of a safetensors file, in fp32 and evaluation mode; raises ModelError."""
    tensors = read_tensors(content, where)
    first = tensors.get("init.weight")
    if first is None or first.dim() != 4:
        raise ModelError(NO_HED_UNET, where=where, remedy=RETRAIN)
    architecture = architecture_in(content, where) or _published(first, where)
    network = _without_memory(architecture, first, where)
    wanted = {name: tensor.shape for name, tensor in network.state_dict().items()}
    if wanted != {name: tensor.shape for name, tensor in tensors.items()}:
        raise ModelError(NO_HED_UNET, where=where, remedy=RETRAIN)
    network.load_state_dict(tensors, assign=True)
    return network.eval()


def _without_memory(architecture: Architecture, first: torch.Tensor, where: Path) -> HedUnet:
    """The network as shapes alone: what the file says is not believed before it is compared."""
    if (architecture.base_channels, len(architecture.channels)) != tuple(first.shape[:2]):
        raise ModelError(
            f"says it is a {architecture.title} of {len(architecture.channels)} channels and has "
            "other weights.",
            where=where,
            remedy=RETRAIN,
        )
    try:
        with torch.device("meta"):
            return HedUnet(architecture)
    except (RuntimeError, OverflowError) as error:  # sizes beyond 64 bits
        raise ModelError(NO_HED_UNET, where=where, remedy=RETRAIN) from error


def _published(first: torch.Tensor, where: Path) -> Architecture:
    """The published network with as many channels as the first layer takes."""
    base_channels, channels = first.shape[:2]
    if not base_channels or not 0 < channels <= len(POLARISATIONS):
        raise ModelError(
            f"takes {channels} channels and does not say which.", where=where, remedy=RETRAIN
        )
    return Architecture(tuple(map(str, POLARISATIONS[:channels])), base_channels)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ModelError(
                f"has {path.stat().st_size:,} bytes, far more than a HED-UNet.",
                where=path,
                remedy=RETRAIN,
            )
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot be read ({error.strerror}).", where=path, remedy=RETRAIN
        ) from error


def _check_card(card: ModelCard, network: HedUnet, where: Path) -> None:
    has, says = network.architecture, card.input_channels
    faults = (
        (len(says) != network.in_channels, f"takes {network.in_channels} channels", len(says)),
        (says != has.channels, f"takes {', '.join(has.channels)}", ", ".join(says)),
        (
            card.parameters != count_parameters(network),
            f"has {count_parameters(network)} parameters",
            card.parameters,
        ),
        (
            card.architecture_document not in ({}, has.document()),
            f"is a {has.title}",
            f"{dict(card.architecture_document)}",
        ),
    )
    for is_wrong, found, said in faults:
        if is_wrong:
            fault = f"{found}, its card says {said}."
            raise ModelError(fault, where=where, remedy=RETRAIN)
