"""A model on record: which weights, trained on what, how good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What has to be known of a model to trust and repeat its work.

    `scores` are measured on data that training did not see; their names carry the unit.
    """

    id: str
    architecture: str
    parameters: int
    input_channels: tuple[str, ...]
    weights_sha256: str
    weights_size_bytes: int
    weights_href: str
    training_data: str
    training_seed: int
    trained_on: date
    scores: Mapping[str, float]
    limits: str
    framework: str
    framework_version: str
