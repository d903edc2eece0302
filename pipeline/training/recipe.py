"""A recipe: everything that decides what comes out of training, as a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.canonical import canonical_json, sha256_hex
from pipeline.errors import ModelError
from pipeline.network.architecture import Alignment, Architecture, Merging
from pipeline.network.channels import Channel, measured_bands, sees_other_dates
from pipeline.network.hedunet import TILE_MULTIPLE

ONE_DETERMINISTIC_THREAD = 1  # sums differ between thread counts
Share = Field(ge=0.0, le=1.0)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkTable(_Table):
    channels: tuple[str, ...] = ("HH",)
    base_channels: int = Field(default=8, ge=1)
    merging: Merging = Merging.ATTENTION
    squeeze_excitation: bool = False
    alignment: Alignment = Alignment.CENTRES


class Stage(_Table):
    """So many steps with batches of tiles of one size; small tiles first teach most an hour."""

    steps: int = Field(ge=1)
    tile_px: int = Field(ge=TILE_MULTIPLE, multiple_of=TILE_MULTIPLE)
    batch_size: int = Field(ge=2)


class LossTable(_Table):
    """The three faults of the published loss, mended; each can be had back for comparison.

    `smallest_ice_share` and `smallest_edge_share` bound the share b of positives in the weights
    (1 - b) and b. At 0 a tile of one class has no loss, as published. `sharp_coarse_edges` takes
    edges of coarse levels from masks that are rounded first. `ignores_nodata` leaves pixels
    without data out.
    """

    smallest_ice_share: float = Field(default=0.1, ge=0.0, le=0.5)
    smallest_edge_share: float = Field(default=0.03, ge=0.0, le=0.5)
    sharp_coarse_edges: bool = True
    ignores_nodata: bool = True
    side_weight: float = Field(default=1.0, ge=0.0)


class SimulatedTable(_Table):
    """Simulated tiles: how many of a batch, and on pixels of what size, by weight.

    `soaked_share` of them show a shelf that is wet through, often with no end in sight.
    """

    share: float = Share
    seed: int = Field(default=2026, ge=0)
    pixel_sizes_m: tuple[float, ...] = (40.0,)
    weights: tuple[float, ...] = (1.0,)
    soaked_share: float = Field(default=0.0, ge=0.0, le=1.0)


class LabelledTable(_Table):
    """Labelled images: how many of a batch, sites left out, and how far views are reduced.

    `smallest_scale` to `largest_scale` are view pixels for each pixel of the image, where the
    tile is as large as the image; on smaller tiles they shrink in proportion, so that a view
    shows as much of the scene. Where the network sees what other dates add, `alone_share` of the
    views go without, so that it does not depend on them.
    """

    share: float = Share
    left_out_sites: tuple[str, ...] = ()
    smallest_scale: float = Field(default=0.85, gt=0)
    largest_scale: float = Field(default=1.2, gt=0)
    alone_share: float = Field(default=0.1, ge=0.0, le=1.0)


class AugmentationTable(_Table):
    """How far views depart from what was measured; 0 leaves that out. Decibels are sigmas."""

    rotation_deg: float = Field(default=15.0, ge=0)  # beside the eight symmetries
    stretch: float = Field(default=0.12, ge=0)
    offset_db: float = Field(default=1.8, ge=0)
    gain: float = Field(default=0.18, ge=0)
    shading_share: float = Share
    shading_db: float = Field(default=2.5, ge=0)
    speckle_share: float = Share
    blur_share: float = Share
    melt_share: float = Share  # of labelled views whose ice gets dark, wet patches
    fast_ice_share: float = Share  # of labelled views whose ocean gets smooth ice on it


class StoppingTable(_Table):
    """Scored every so many steps on tiles that are not trained on; the best weights are kept."""

    every_steps: int = Field(default=100, ge=1)
    tiles: int = Field(default=48, ge=1)
    patience: int = Field(default=6, ge=1)  # scorings without a better one


class Recipe(_Table):
    """Everything that decides the weights, besides code, data, thread count and processor."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    seed: int = Field(default=2026, ge=0)
    threads: int = Field(default=ONE_DETERMINISTIC_THREAD, ge=1)
    network: NetworkTable = NetworkTable()
    stages: tuple[Stage, ...] = Field(min_length=1)
    learning_rate: float = Field(default=3e-3, gt=0)
    weight_decay: float = Field(default=1e-2, ge=0)
    warm_up_share: float = Field(default=0.15, gt=0, lt=1)
    averaging: float = Field(default=0.99, ge=0, lt=1)  # of weights over steps
    precision: Literal["float32", "bfloat16"] = "float32"  # bfloat16 on a GPU only
    loss: LossTable = LossTable()
    simulated: SimulatedTable = SimulatedTable(share=1.0)
    labelled: LabelledTable = LabelledTable(share=0.0)
    augmentation: AugmentationTable = AugmentationTable(
        shading_share=0.3, speckle_share=0.3, blur_share=0.2, melt_share=0.1, fast_ice_share=0.1
    )
    stopping: StoppingTable = StoppingTable()

    @property
    def architecture(self) -> Architecture:
        table = self.network
        return Architecture(
            table.channels,
            table.base_channels,
            table.merging,
            table.squeeze_excitation,
            table.alignment,
        )

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stages)

    @property
    def polarisations(self) -> tuple[str, ...]:
        """What has to be measured or simulated for the channels."""
        return measured_bands(self.network.channels)

    @property
    def has_heights(self) -> bool:
        return Channel.DEM in self.network.channels

    @property
    def sees_other_dates(self) -> bool:
        return sees_other_dates(self.network.channels)

    def stage_at(self, step: int) -> Stage:
        """The stage of step `step`, from 0."""
        for stage in self.stages:
            if step < stage.steps:
                return stage
            step -= stage.steps
        raise IndexError(step)

    def document(self) -> dict[str, Any]:
        """As plain values, for the card."""
        return self.model_dump(mode="json")

    @property
    def sha256(self) -> str:
        return sha256_hex(canonical_json(self.document()))


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file; raises ModelError."""
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ModelError(
            f"cannot be used: {place}: {first['msg']}.", where=path, remedy=SEE_SHIPPED
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot be read ({error}).", where=path, remedy=SEE_SHIPPED) from error


SEE_SHIPPED = "The recipes of the shipped models show the form (pipeline/model_files/*.toml)."
