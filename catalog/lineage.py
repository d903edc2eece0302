"""What made a record: every input with its checksum, the model, the configuration, the code, and
what people decided.

Run times and host names are left out on purpose: the same inputs and the same code must give
the same record, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from catalog.review import Action, DecisionReason


class InputKind(StrEnum):
    SCENE = "scene"  # an item of the collection `scenes`
    MODEL = "model"  # an item of the collection `models`
    ANCILLARY = "ancillary"  # a DEM or mask, an item of the collection `ancillary`
    FRONT = "front"  # a front that an average or an event is made of
    FILE = "file"  # a file of somebody else's, for imports


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a record was made from.

    `name` is an item id, or a file name (never a path: paths differ between machines). `sha256`
    is that of the file (product, weights, raster); of a front, whose verdict and error count as
    much as its line, it is the digest of the revision, which a release pins.
    """

    kind: InputKind
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided, as far as the record of a front tells it: all but note and line.

    `revision_sha256` is the digest of the revision that was judged.
    """

    number: int
    action: Action
    reason: DecisionReason
    reviewer: str
    decided_at: datetime
    revision_sha256: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """Everything that has to be the same for the same result.

    `judgements` are all decisions about the record in their order, those taken back included.
    """

    inputs: tuple[Input, ...] = ()
    code_version: str = ""
    configuration_sha256: str = ""
    software: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    parameters: Mapping[str, str | int | float | bool] = field(
        default_factory=lambda: MappingProxyType({})
    )
    judgements: tuple[Judgement, ...] = ()

    @property
    def model_sha256(self) -> str | None:
        """The digest of the weights, where a model took part."""
        return next((i.sha256 for i in self.inputs if i.kind is InputKind.MODEL), None)

    def inputs_of(self, kind: InputKind) -> tuple[Input, ...]:
        return tuple(item for item in self.inputs if item.kind is kind)
