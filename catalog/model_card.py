"""A model on record: which weights, trained on what, how good, under which terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.canonical import canonical_json, sha256_hex

POSITION_SCALE = "position_scale"  # in a calibration
NO_LICENCE_STATED = "other"  # the word of STAC 1.1 for a licence that SPDX does not name


@dataclass(frozen=True, slots=True)
class DataSource:
    """A set of images that a model learned from, and under which terms they came.

    `licence` is an SPDX expression or `other`; `sha256` the digest of the data set's index, None
    for generated data; `images` how many of them were learned from.
    """

    name: str
    licence: str
    citation: str
    images: int
    sha256: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What has to be known of a model to trust, repeat and pass on its work.

    `architecture` is for people, `architecture_document` the same as plain JSON that builds the
    network again. `scores` are measured on data that training did not see; their names carry the
    unit. `recipe`, `calibration` and `golden` are plain JSON too: how it was trained, what turns
    its probabilities into stated uncertainties, and the line it draws on the golden tile (empty
    where not known). `licence` is the SPDX id of the weights, `other` where none is stated;
    `pretrained_on` names what the weights came from before this training, None from scratch.
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
    architecture_document: Mapping[str, Any] = field(default_factory=dict)
    licence: str = NO_LICENCE_STATED
    sources: tuple[DataSource, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)
    pixel_sizes_m: tuple[float, ...] = ()
    calibration: Mapping[str, float] = field(default_factory=dict)
    golden: Mapping[str, Any] = field(default_factory=dict)
    pretrained_on: str | None = None

    @property
    def position_scale(self) -> float:
        """From the width of the probability's transition to one sigma; 1 where none was fitted."""
        return float(self.calibration.get(POSITION_SCALE, 1.0))

    @property
    def recipe_sha256(self) -> str | None:
        """The digest of the recipe's canonical JSON; None without a recipe."""
        return sha256_hex(canonical_json(self.recipe)) if self.recipe else None
