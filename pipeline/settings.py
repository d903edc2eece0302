"""How scenes are processed and fronts are checked: every number that a result depends on.

Each has an environment variable, `ICELINES_PROCESS_<NAME>`; all of them enter the configuration
digest of what they influence.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.errors import SettingsError
from catalog.model_card import ModelCard
from pipeline.average_rules import AveragingRules, JoinRules
from pipeline.calving_rules import DEFAULT_RULES as USUAL_CALVING
from pipeline.calving_rules import CalvingRules
from pipeline.checking.rules import CheckRules
from pipeline.geometry.heights import Vertical
from pipeline.geometry.surface_choice import SHELF_FREEBOARD_M
from pipeline.high_ground import GROUNDED_FROM_M
from pipeline.inference.choices import (
    Device,
    EngineChoice,
    Kind,
    Mode,
    Precision,
    Segmentation,
    Tiling,
)
from pipeline.trace import TraceRules

ANTARCTIC_CRS = "EPSG:3031"
USUAL = CheckRules()


class ProcessingSettings(BaseSettings):
    """Defaults fit Sentinel-1 EW GRDM over Antarctica. Lengths in the unit of their names."""

    model_config = SettingsConfigDict(env_prefix="ICELINES_PROCESS_", frozen=True, extra="ignore")

    pixel_size_m: float = Field(default=40.0, gt=0)
    margin_m: float = Field(default=5_000.0, ge=0)  # around a region, so that tiles see context
    largest_tile_px: int = Field(default=1024, ge=64, multiple_of=32)
    overlap_px: int = Field(default=Tiling().overlap_px, ge=0, multiple_of=32)
    mode: Mode = Mode.EXACT
    engine: Kind = Kind.FOLDED
    device: Device = Device.AUTO
    precision: Precision = Precision.FP32
    largest_batch: int = Field(default=1, ge=1)  # tiles at once
    threads: int = Field(default=2, ge=1)

    dem: str | None = None  # id of an item of the collection `ancillary`, or a file
    dem_vertical: Vertical = "ellipsoid"  # for a file; an item knows its own
    freeboard_m: float = Field(default=SHELF_FREEBOARD_M, ge=0)  # above the sea, without a DEM

    unsure_px: int = Field(default=4, ge=0)
    least_body_km2: float = Field(default=4.0, ge=0)
    shortest_piece_m: float = Field(default=2_000.0, ge=0)
    least_known_share: float = Field(default=0.9, ge=0, le=1)
    least_seen_share: float = Field(default=0.5, ge=0, le=1)
    longest_bridge_m: float = Field(default=1_000.0, ge=0)
    grounded_from_m: float = Field(default=GROUNDED_FROM_M, gt=0)  # no shelf stands so high

    fastest_advance_m_per_day: float = Field(default=USUAL.fastest_advance_m_per_day, gt=0)
    tolerance_m: float = Field(default=USUAL.tolerance_m, ge=0)
    local_tolerance_m: float = Field(default=USUAL.local_tolerance_m, ge=0)
    local_share: float = Field(default=USUAL.local_share, gt=0, le=1)
    least_confidence: float = Field(default=USUAL.least_confidence, ge=0, le=1)
    least_coverage: float = Field(default=USUAL.least_coverage, ge=0, le=1)
    length_ratio: float = Field(default=USUAL.length_ratio, gt=1)
    winding_ratio: float = Field(default=USUAL.winding_ratio, gt=1)
    brief_fronts: int = Field(default=USUAL.brief_fronts, ge=0)
    brief_days: float = Field(default=USUAL.brief_days, ge=0)
    melt_months: frozenset[Annotated[int, Field(ge=1, le=12)]] = USUAL.melt_months
    velocity: Path | None = None  # a raster of ice velocity: how fast shelves flow

    calving_area_km2: float = Field(default=USUAL_CALVING.least_area_km2, ge=0)  # the least
    calving_width_m: float = Field(default=USUAL_CALVING.least_width_m, ge=0)
    regain_days: float = Field(default=USUAL_CALVING.regain_days, ge=0)
    wide_window_days: float = Field(default=USUAL_CALVING.wide_window_days, gt=0)
    disintegration_share: float = Field(default=USUAL_CALVING.disintegration_share, gt=0, le=1)

    join_days: float = Field(default=JoinRules().longest_gap_days, ge=0)  # between parts

    @property
    def segmentation(self) -> Segmentation:
        """Raises SettingsError where tiles and their overlap do not fit."""
        return Segmentation(
            Tiling(self.largest_tile_px, self.overlap_px),
            self.mode,
            EngineChoice(self.engine, self.device, self.precision),
            self.threads,
            self.largest_batch,
        )

    def trace_rules_of(self, model: ModelCard) -> TraceRules:
        """The rules for probabilities of this model."""
        return replace(self.trace_rules, position_scale=model.position_scale)

    @property
    def trace_rules(self) -> TraceRules:
        return TraceRules(
            unsure_px=self.unsure_px,
            least_body_km2=self.least_body_km2,
            shortest_piece_m=self.shortest_piece_m,
            least_known_share=self.least_known_share,
            least_seen_share=self.least_seen_share,
            longest_bridge_m=self.longest_bridge_m,
            grounded_from_m=self.grounded_from_m,
        )

    @property
    def check_rules(self) -> CheckRules:
        return CheckRules(
            fastest_advance_m_per_day=self.fastest_advance_m_per_day,
            tolerance_m=self.tolerance_m,
            local_tolerance_m=self.local_tolerance_m,
            local_share=self.local_share,
            least_confidence=self.least_confidence,
            least_coverage=self.least_coverage,
            length_ratio=self.length_ratio,
            winding_ratio=self.winding_ratio,
            brief_fronts=self.brief_fronts,
            brief_days=self.brief_days,
            melt_months=self.melt_months,
        )

    @property
    def averaging_rules(self) -> AveragingRules:
        return AveragingRules(self.shortest_piece_m, calving=self.calving_rules)

    @property
    def calving_rules(self) -> CalvingRules:
        return CalvingRules(
            least_area_km2=self.calving_area_km2,
            least_width_m=self.calving_width_m,
            regain_days=self.regain_days,
            wide_window_days=self.wide_window_days,
            disintegration_share=self.disintegration_share,
        )

    @property
    def join_rules(self) -> JoinRules:
        return JoinRules(self.join_days)

    @property
    def segment_parameters(self) -> dict[str, Any]:
        """What the probabilities of a scene depend on."""
        names = (
            "pixel_size_m", "margin_m", "largest_tile_px", "overlap_px", "threads",
            "mode", "engine", "device", "precision", "largest_batch",
            "dem_vertical", "freeboard_m",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    @property
    def trace_parameters(self) -> dict[str, Any]:
        """What a line depends on, beyond the probabilities."""
        names = (
            "unsure_px", "least_body_km2", "shortest_piece_m", "least_known_share",
            "least_seen_share", "longest_bridge_m", "grounded_from_m",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def load_processing_settings() -> ProcessingSettings:
    """Settings from the environment; raises SettingsError."""
    try:
        return ProcessingSettings()
    except ValueError as error:
        raise SettingsError(f"The ICELINES_PROCESS_* variables cannot be used: {error}") from error
