"""Which HED-UNet: the published one and its options, as a value that goes with the weights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipeline.errors import ModelError
from pipeline.network.channels import Channel

PUBLISHED_BASE_CHANNELS = 16
RETRAIN = "Train a model with `icelines model train`, or use the one that comes with IceLines."


class Merging(StrEnum):
    """How the six levels become one prediction."""

    ATTENTION = "attention"  # a softmax over levels, for each pixel and task
    LEARNED = "learned"  # one weight for each level and task, as in HED (Xie and Tu 2015)
    NONE = "none"  # the finest level alone


class Alignment(StrEnum):
    """Where the pixels of a coarse level lie when it is enlarged.

    The published network aligns corners: the corners of coarse and fine pixels coincide at the
    tile's border, so that a coarse pixel shifts by up to half its size (16 pixels) with its place
    in the tile. Aligned centres do not depend on the tile.
    """

    CORNERS = "corners"
    CENTRES = "centres"


@dataclass(frozen=True, slots=True)
class Architecture:
    """Everything that decides the shapes of the weights and what is done with them."""

    channels: tuple[str, ...]
    base_channels: int = PUBLISHED_BASE_CHANNELS
    merging: Merging = Merging.ATTENTION
    squeeze_excitation: bool = False
    alignment: Alignment = Alignment.CORNERS

    def __post_init__(self) -> None:
        known = {str(channel) for channel in Channel}
        if not self.channels or len(set(self.channels)) != len(self.channels):
            raise ModelError("needs at least one channel, and each once.", remedy=RETRAIN)
        if not set(self.channels) <= known:
            strange = ", ".join(sorted(set(self.channels) - known))
            raise ModelError(
                f"has unknown channels ({strange}).",
                remedy=f"Channels are {', '.join(sorted(known))}.",
            )
        if self.base_channels < 1:
            raise ModelError("needs a positive number of base channels.", remedy=RETRAIN)

    @property
    def title(self) -> str:
        """For people: `HED-UNet, 8 base channels`, and what differs from the published one."""
        said = [f"HED-UNet, {self.base_channels} base channels"]
        if self.merging is not Merging.ATTENTION:
            said.append(f"{self.merging} merging")
        if self.squeeze_excitation:
            said.append("squeeze-excitation")
        if self.alignment is not Alignment.CORNERS:
            said.append("aligned centres")
        return ", ".join(said)

    def document(self) -> dict[str, Any]:
        """As it is kept in the weights file and the card."""
        return {
            "family": "HED-UNet",
            "channels": list(self.channels),
            "base_channels": self.base_channels,
            "merging": str(self.merging),
            "squeeze_excitation": self.squeeze_excitation,
            "alignment": str(self.alignment),
        }

    @classmethod
    def of(cls, document: dict[str, Any]) -> Architecture:
        """From `document`; raises ModelError."""
        try:
            if document["family"] != "HED-UNet":
                raise ValueError(f"family {document['family']}")
            return cls(
                tuple(document["channels"]),
                int(document["base_channels"]),
                Merging(document["merging"]),
                bool(document["squeeze_excitation"]),
                Alignment(document["alignment"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"is no known architecture ({error}).", remedy=RETRAIN) from error
