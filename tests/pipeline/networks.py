"""A HED-UNet whose weights are set by hand: bright is ice, dark is water."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import torch

from catalog.model_card import ModelCard
from pipeline.network.architecture import Architecture
from pipeline.network.card_files import write_cards
from pipeline.network.channels import DB_TO_LOG, NODATA_INPUT
from pipeline.network.hedunet import DEPTH, ICE, TASKS, HedUnet, count_parameters
from pipeline.network.weights import save_model

BASE_CHANNELS = 2
LOUD = 50.0
LOGITS_PER_LOG = 6.0
THRESHOLD_DB = -11.5
TRAINED_ON = date(2026, 1, 1)


def threshold_network(channels: int = 1, threshold_db: float = THRESHOLD_DB) -> HedUnet:
    """The logit of ice grows with the first channel, averaged over 5 x 5 pixels."""
    return _threshold_network(("HH", "HV")[:channels], threshold_db)


def _threshold_network(channels: tuple[str, ...], threshold_db: float) -> HedUnet:
    network = HedUnet(Architecture(channels, BASE_CHANNELS)).eval()
    threshold = threshold_db * DB_TO_LOG - NODATA_INPUT
    state = {
        name: torch.zeros_like(value) if _is_kernel_or_bias(name) else value
        for name, value in network.state_dict().items()
    }
    state["init.weight"][0, 0] = 1.0
    state["init.bias"][0] = -NODATA_INPUT  # positive, for the ReLUs
    state["up.0.convolve.0.weight"][0, BASE_CHANNELS] = 1 / 9  # the skip connection, smoothed
    state["up.0.convolve.3.weight"][0, 0] = 1 / 9
    for level in range(DEPTH + 1):
        state[f"heads.{level}.bias"][TASKS:] = LOUD if level == 0 else -LOUD
    state["heads.0.weight"][ICE, 0] = LOGITS_PER_LOG
    state["heads.0.bias"][ICE] = -LOGITS_PER_LOG * threshold
    network.load_state_dict(state)
    return network


def _is_kernel_or_bias(name: str) -> bool:
    norms = ("norm.", ".convolve.1.", ".convolve.4.")
    return not any(norm in name for norm in norms)


def store_threshold_model(
    folder: Path, channels: tuple[str, ...] = ("HH",), threshold_db: float = THRESHOLD_DB
) -> Path:
    """The network as weights and card; returns the path of the weights."""
    network = _threshold_network(channels, threshold_db)
    name = f"threshold-{'-'.join(channels).lower()}"
    path = folder / f"{name}.safetensors"
    sha256, size_bytes = save_model(network, path, half_precision=False)
    card = ModelCard(
        id=name,
        architecture=f"HED-UNet, base {BASE_CHANNELS}",
        parameters=count_parameters(network),
        input_channels=channels,
        weights_sha256=sha256,
        weights_size_bytes=size_bytes,
        weights_href=path.name,
        training_data="none: set by hand",
        training_seed=0,
        trained_on=TRAINED_ON,
        scores={},
        limits="for tests only",
        framework="torch",
        framework_version=torch.__version__,
        architecture_document=network.architecture.document(),
        licence="CC0-1.0",
    )
    write_cards(card, path)
    return path
