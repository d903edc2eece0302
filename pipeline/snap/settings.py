"""How SNAP is run: `ICELINES_SNAP_<NAME>` in the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.errors import SettingsError


class SnapSettings(BaseSettings):
    """Where `gpt` is and what it may use; only the last two change what is computed.

    `keep_negative_power` asks ThermalNoiseRemoval not to clip; versions that do not know the
    parameter refuse the graph, so it is off. `border_px` is how far from the image's edge border
    noise is looked for.
    """

    model_config = SettingsConfigDict(env_prefix="ICELINES_SNAP_", frozen=True, extra="ignore")

    gpt: Path | None = None  # None: what PATH holds
    memory_gb: int = Field(default=8, ge=1)
    cache_gb: int = Field(default=4, ge=1)
    threads: int = Field(default=2, ge=1)
    time_limit_s: float = Field(default=3_600.0, gt=0)
    border_px: int = Field(default=500, ge=0)
    keep_negative_power: bool = False


def load_snap_settings() -> SnapSettings:
    """Settings from the environment; raises SettingsError."""
    try:
        return SnapSettings()
    except ValueError as error:
        raise SettingsError(f"The ICELINES_SNAP_* variables cannot be used: {error}") from error
