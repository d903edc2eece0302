"""Models on disk: weights as safetensors, beside them the card that says what they are.

Only safetensors is read, never pickle: a weights file must not be able to run code.
`NAME.safetensors` goes with `NAME.json`, and the card pins the digest of the weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import safetensors
import safetensors.torch
import torch

from catalog.atomic import write_bytes
from catalog.canonical import canonical_json, sha256_hex
from catalog.model_card import ModelCard
from pipeline.errors import ModelError
from pipeline.network.architecture import RETRAIN, Architecture
from pipeline.network.channels import POLARISATIONS
from pipeline.network.hedunet import HedUnet, count_parameters

MODEL_FOLDER = Path(__file__).parents[1] / "model_files"
SUFFIX = ".safetensors"
ARCHITECTURE = "architecture"  # the key in the metadata of the file
HEADER_LENGTH_BYTES = 8


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
    card = read_card(path.with_suffix(".json"))
    content = _read(path)
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
    """The network of a `.safetensors` file without a card; raises ModelError."""
    return network_from_bytes(_read(path), path)


def save_model(network: HedUnet, path: Path, *, half_precision: bool = True) -> tuple[str, int]:
    """Write the weights atomically; returns their SHA-256 and size in bytes for the card."""
    content = weights_bytes(network, half_precision=half_precision)
    write_bytes(path, content)
    return sha256_hex(content), len(content)


def weights_bytes(network: HedUnet, *, half_precision: bool = True) -> bytes:
    """The state of the network as safetensors; half precision is widened again when loaded."""
    tensors = {
        name: (tensor.half() if half_precision and tensor.is_floating_point() else tensor)
        .contiguous()
        .cpu()
        for name, tensor in network.state_dict().items()
    }
    described = {ARCHITECTURE: canonical_json(network.architecture.document()).decode()}
    content: bytes = safetensors.torch.save(tensors, described)
    return content


def network_from_bytes(content: bytes, where: Path) -> HedUnet:
    """The network of a safetensors file, in fp32 and evaluation mode; raises ModelError."""
    tensors = _tensors(content, where)
    first = tensors.get("init.weight")
    if first is None or first.dim() != 4:
        raise ModelError("these are no HED-UNet weights.", where=where, remedy=RETRAIN)
    network = HedUnet(_described(content, where) or _published(first, where))
    widened = {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}
    try:
        network.load_state_dict(widened)
    except RuntimeError as error:
        raise ModelError("these are no HED-UNet weights.", where=where, remedy=RETRAIN) from error
    return network.eval()


def _described(content: bytes, where: Path) -> Architecture | None:
    """What the header of the file says of the network; None where it says nothing."""
    length = int.from_bytes(content[:HEADER_LENGTH_BYTES], "little")
    header = orjson.loads(content[HEADER_LENGTH_BYTES : HEADER_LENGTH_BYTES + length])
    said = header.get("__metadata__", {}).get(ARCHITECTURE)
    if said is None:
        return None
    try:
        return Architecture.of(orjson.loads(said))
    except orjson.JSONDecodeError as error:
        raise ModelError("its architecture is no JSON.", where=where, remedy=RETRAIN) from error
    except ModelError as error:
        raise ModelError(error.fault, where=where, remedy=error.remedy) from error


def _published(first: torch.Tensor, where: Path) -> Architecture:
    """The published network with as many channels as the first layer takes."""
    base_channels, channels = first.shape[:2]
    if channels > len(POLARISATIONS):
        raise ModelError(
            f"takes {channels} channels and does not say which.", where=where, remedy=RETRAIN
        )
    return Architecture(tuple(map(str, POLARISATIONS[:channels])), base_channels)


def write_card(card: ModelCard, path: Path) -> None:
    write_bytes(path, orjson.dumps(asdict(card), option=orjson.OPT_INDENT_2) + b"\n")


def read_card(path: Path) -> ModelCard:
    """The card in a JSON file; raises ModelError."""
    try:
        values: dict[str, Any] = orjson.loads(_read(path))
        values["input_channels"] = tuple(values["input_channels"])
        values["trained_on"] = date.fromisoformat(values["trained_on"])
        unknown = set(values) - {field.name for field in fields(ModelCard)}
        if unknown:
            raise ValueError(f"unknown fields {sorted(unknown)}")
        return ModelCard(**values)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"is no model card ({error}).", where=path, remedy=RETRAIN) from error


def known_models(folder: Path = MODEL_FOLDER) -> tuple[ModelCard, ...]:
    """The cards of the models that come with IceLines, by id."""
    cards = (read_card(path) for path in sorted(folder.glob("*.json")))
    return tuple(sorted(cards, key=lambda card: card.id))


def default_model_path(polarisations: Iterable[str], folder: Path = MODEL_FOLDER) -> Path:
    """The model that makes the most of these polarisations (`("HH", "HV")`).

    A model fits when the scene has every channel it wants. Raises ModelError when none does.
    """
    offered = tuple(polarisations)
    fitting = [card for card in known_models(folder) if set(card.input_channels) <= set(offered)]
    if not fitting:
        raise ModelError(
            f"no model works on {'+'.join(offered) or 'no polarisation'}.",
            where=folder,
            remedy="Name the polarisation with --polarisation, or train a model for it.",
        )
    best = max(fitting, key=lambda card: (len(card.input_channels), card.id))
    return folder / best.weights_href


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot be read ({error.strerror}).", where=path, remedy=RETRAIN
        ) from error


def _tensors(content: bytes, where: Path) -> dict[str, torch.Tensor]:
    try:
        tensors: dict[str, torch.Tensor] = safetensors.torch.load(content)
    except (safetensors.SafetensorError, ValueError) as error:
        raise ModelError("is no safetensors file.", where=where, remedy=RETRAIN) from error
    return tensors


def _check_card(card: ModelCard, network: HedUnet, where: Path) -> None:
    if len(card.input_channels) != network.in_channels:
        raise ModelError(
            f"takes {network.in_channels} channels, its card says {len(card.input_channels)}.",
            where=where,
            remedy=RETRAIN,
        )
    if card.parameters != count_parameters(network):
        raise ModelError(
            f"has {count_parameters(network)} parameters, its card says {card.parameters}.",
            where=where,
            remedy=RETRAIN,
        )
