"""Small models with random weights, stored with their cards."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import torch

from catalog.canonical import sha256_hex
from catalog.model_card import ModelCard
from pipeline.network.architecture import Architecture
from pipeline.network.card_files import write_cards
from pipeline.network.hedunet import HedUnet, count_parameters
from pipeline.network.weights import weights_bytes

SMALL = Architecture(("HH",), 2)


def small_network(architecture: Architecture = SMALL, seed: int = 7) -> HedUnet:
    torch.manual_seed(seed)
    return HedUnet(architecture).eval()


def make_card(name: str, network: HedUnet, content: bytes, **changes: Any) -> ModelCard:
    fields = {
        "id": name,
        "architecture": network.architecture.title,
        "parameters": count_parameters(network),
        "input_channels": network.architecture.channels,
        "weights_sha256": sha256_hex(content),
        "weights_size_bytes": len(content),
        "weights_href": f"{name}.safetensors",
        "training_data": "none: random weights",
        "training_seed": 7,
        "trained_on": date(2026, 1, 1),
        "scores": {},
        "limits": "of no use",
        "framework": "torch",
        "framework_version": torch.__version__,
        "architecture_document": network.architecture.document(),
    }
    return ModelCard(**{**fields, **changes})


def store_model(
    folder: Path,
    name: str = "small-hh",
    network: HedUnet | None = None,
    content: bytes | None = None,
    **changes: Any,
) -> Path:
    """Weights and both cards; `content` in the place of the network's own, under a true digest."""
    network = network or small_network()
    content = weights_bytes(network) if content is None else content
    path = folder / f"{name}.safetensors"
    path.write_bytes(content)
    write_cards(make_card(name, network, content, **changes), path)
    return path
