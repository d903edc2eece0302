"""A model as a STAC item of the Machine Learning Model extension, and back."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from catalog import extensions
from catalog.items.envelope import (
    ANTARCTIC_BBOX,
    ANTARCTIC_POLYGON,
    Asset,
    Item,
    build_item,
    format_time,
    parse_time,
)
from catalog.model_card import ModelCard

COLLECTION = "models"
SAFETENSORS = "application/octet-stream; application=safetensors"
TILE_PX = 768
ANY_SIZE = -1


def model_to_item(card: ModelCard) -> Item:
    """The canonical item of a model, with its weights as the asset `weights`."""
    trained = datetime.combine(card.trained_on, time(), UTC)
    weights = Asset(
        "weights", card.weights_href, SAFETENSORS, "Weights (safetensors)",
        ("mlm:model", "mlm:weights"), card.weights_sha256, card.weights_size_bytes,
        {"mlm:artifact_type": "safetensors.torch.save_file"},
    )  # fmt: skip
    return build_item(
        item_id=card.id,
        collection=COLLECTION,
        geometry=ANTARCTIC_POLYGON,
        bbox=ANTARCTIC_BBOX,
        properties={
            "datetime": format_time(trained),
            "title": f"{card.architecture} for {' and '.join(card.input_channels)}",
            "description": card.limits,
            **_mlm(card),
            "icelines:input_channels": list(card.input_channels),
            "icelines:training_data": card.training_data,
            "icelines:training_seed": card.training_seed,
            "icelines:scores": dict(card.scores),
        },
        extensions=[extensions.ICELINES, extensions.MLM, extensions.FILE],
        assets=[weights],
    )


def item_to_model(item: Item) -> ModelCard:
    """The card that `model_to_item` was given."""
    properties, weights = item["properties"], item["assets"]["weights"]
    return ModelCard(
        id=item["id"],
        architecture=properties["mlm:architecture"],
        parameters=properties["mlm:total_parameters"],
        input_channels=tuple(properties["icelines:input_channels"]),
        weights_sha256=weights["file:checksum"][4:],
        weights_size_bytes=weights["file:size"],
        weights_href=weights["href"],
        training_data=properties["icelines:training_data"],
        training_seed=properties["icelines:training_seed"],
        trained_on=parse_time(properties["datetime"]).date(),
        scores=properties["icelines:scores"],
        limits=properties["description"],
        framework=properties["mlm:framework"],
        framework_version=properties["mlm:framework_version"],
    )


def _mlm(card: ModelCard) -> dict[str, Any]:
    channels = card.input_channels
    return {
        "mlm:name": card.id,
        "mlm:architecture": card.architecture,
        "mlm:framework": card.framework,
        "mlm:framework_version": card.framework_version,
        "mlm:total_parameters": card.parameters,
        "mlm:pretrained": False,
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:input": [
            {
                "name": "logarithm of backscatter",
                # Not as `bands`: MLM 1.5.2 then wants a band list in the item's properties,
                # which STAC 1.1 forbids there.
                "description": f"Channels: {', '.join(channels)}",
                "input": _structure(len(channels)),
            }
        ],
        "mlm:output": [
            {
                "name": "ice and edge logits",
                "tasks": ["semantic-segmentation"],
                "result": _structure(2),
            }
        ],
    }


def _structure(channels: int) -> dict[str, Any]:
    return {
        "shape": [ANY_SIZE, channels, TILE_PX, TILE_PX],
        "dim_order": ["batch", "channel", "height", "width"],
        "data_type": "float32",
    }
