"""Under which keys processing finds its work in the ledger: digests of everything that goes in."""

from __future__ import annotations

from typing import Any

from catalog.canonical import canonical_json, sha256_hex
from catalog.model_card import ModelCard
from catalog.scene import Scene
from catalog.shelf import Part
from pipeline.ground import Ground
from pipeline.provenance import PRODUCT_CODE, SEGMENT_CODE, TRACE_CODE, code_digest
from pipeline.recording import region_digest
from pipeline.settings import ProcessingSettings

SEGMENT, TRACE = "segment", "trace"

Parts = tuple[Part, ...]


def segment_key(
    scene: Scene, model: ModelCard, parts: Parts, settings: ProcessingSettings, ground: Ground
) -> str:
    """Of the probabilities around these parts."""
    return _key(
        SEGMENT,
        scene=scene.sha256,
        model=model.weights_sha256,
        regions={part.name: region_digest(part) for part in parts},
        parameters=settings.segment_parameters,
        ground=[[given.name, given.sha256] for given in ground.inputs],
        code=code_digest(SEGMENT_CODE),
    )


def trace_key(
    scene: Scene, model: ModelCard, parts: Parts, settings: ProcessingSettings, ground: Ground
) -> str:
    """Of the fronts of these parts."""
    return _key(
        TRACE,
        scene_id=scene.id,
        segment=segment_key(scene, model, parts, settings, ground),
        parameters=settings.trace_parameters,
        position_scale=model.position_scale,
        code=code_digest((*TRACE_CODE, *PRODUCT_CODE)),
    )


def key_without_model(scene: Scene) -> str:
    """Of a scene that no model works on."""
    return _key(TRACE, scene_id=scene.id, scene=scene.sha256, model=None)


def _key(stage: str, **what_goes_in: Any) -> str:
    return f"{stage}:{sha256_hex(canonical_json(what_goes_in))}"
