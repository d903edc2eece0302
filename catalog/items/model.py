"""A model as a STAC item of the Machine Learning Model extension, and back."""

from __future__ import annotations

from dataclasses import asdict
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
from catalog.model_card import NO_LICENCE_STATED, DataSource, ModelCard

COLLECTION = "models"
SAFETENSORS = "application/octet-stream; application=safetensors"
TILE_PX = 768
ANY_SIZE = -1
PREPARATION = "pipeline.network.channels:stacked_input"
ACCELERATOR = "None is needed; a CUDA device is used where there is one."
BACKSCATTER = "Sigma0 as natural logarithm, clamped at 1e-4 (-40 dB)"


def model_to_item(card: ModelCard) -> Item:
    """The canonical item of a model, with its weights as the asset `weights`."""
    trained = datetime.combine(card.trained_on, time(), UTC)
    weights = Asset(
        "weights", card.weights_href, SAFETENSORS, "Weights (safetensors)",
        ("mlm:model", "mlm:weights"), card.weights_sha256, card.weights_size_bytes,
        {"mlm:artifact_type": "safetensors.torch.save_file"},
    )  # fmt: skip
    item = build_item(
        item_id=card.id,
        collection=COLLECTION,
        geometry=ANTARCTIC_POLYGON,
        bbox=ANTARCTIC_BBOX,
        properties={
            "datetime": format_time(trained),
            "title": f"{card.architecture} for {' and '.join(card.input_channels)}",
            "description": card.limits,
            "license": card.licence,
            **_mlm(card),
            **_own(card),
        },
        extensions=[extensions.ICELINES, extensions.MLM, extensions.FILE],
        assets=[weights],
    )
    # MLM wants the null said where a model was trained from scratch.
    item["properties"]["mlm:pretrained_source"] = card.pretrained_on
    return item


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
        architecture_document=properties.get("icelines:architecture", {}),
        licence=properties.get("license", NO_LICENCE_STATED),
        sources=tuple(DataSource(**source) for source in properties.get("icelines:sources", ())),
        recipe=properties.get("mlm:hyperparameters", {}),
        pixel_sizes_m=tuple(properties.get("icelines:pixel_sizes_m", ())),
        calibration=properties.get("icelines:calibration", {}),
        golden=properties.get("icelines:golden", {}),
        pretrained_on=properties.get("mlm:pretrained_source"),
    )


def _own(card: ModelCard) -> dict[str, Any]:
    """What the extension has no word for; left out where the card says nothing."""
    return {
        "icelines:input_channels": list(card.input_channels),
        "icelines:training_data": card.training_data,
        "icelines:training_seed": card.training_seed,
        "icelines:scores": dict(card.scores),
        "icelines:architecture": dict(card.architecture_document) or None,
        "icelines:sources": [asdict(source) for source in card.sources] or None,
        "icelines:recipe_sha256": card.recipe_sha256,
        "icelines:pixel_sizes_m": list(card.pixel_sizes_m) or None,
        "icelines:calibration": dict(card.calibration) or None,
        "icelines:golden": dict(card.golden) or None,
    }


def _mlm(card: ModelCard) -> dict[str, Any]:
    return {
        "mlm:name": card.id,
        "mlm:architecture": card.architecture,
        "mlm:framework": card.framework,
        "mlm:framework_version": card.framework_version,
        "mlm:total_parameters": card.parameters,
        "mlm:pretrained": card.pretrained_on is not None,
        "mlm:accelerator_constrained": False,
        "mlm:accelerator_summary": ACCELERATOR,
        "mlm:hyperparameters": dict(card.recipe) or None,
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:input": [_input(card.input_channels)],
        "mlm:output": [
            {
                "name": "ice and edge logits",
                "tasks": ["semantic-segmentation"],
                "result": _structure(2),
            }
        ],
    }


def _input(channels: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": "logarithm of backscatter",
        # Not as `bands`: MLM 1.5.2 then wants a band list in the item's properties, which
        # STAC 1.1 forbids there.
        "description": f"Channels: {', '.join(channels)}. {BACKSCATTER}.",
        "input": _structure(len(channels)),
        "value_scaling": None,  # nothing beyond the preparation
        "resize_type": "pad",
        "pre_processing_function": {"format": "python", "expression": PREPARATION},
    }


def _structure(channels: int) -> dict[str, Any]:
    return {
        "shape": [ANY_SIZE, channels, TILE_PX, TILE_PX],
        "dim_order": ["batch", "channel", "height", "width"],
        "data_type": "float32",
    }
