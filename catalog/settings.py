"""Where things are kept: one folder by default, more when a team grows.

Settings are read once, at the edge (`ICELINES_*` variables and command-line options), and
passed down; nothing below reads the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that holds everything on the embedded default."""

    root: Path

    @property
    def catalog_file(self) -> Path:
        return self.root / "catalog.sqlite"

    @property
    def store(self) -> Path:
        """Scenes, rasters and lines, by content."""
        return self.root / "store"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def archive(self) -> Path:
        """The OCFL storage root."""
        return self.root / "archive"

    @property
    def site(self) -> Path:
        return self.root / "site"

    @property
    def truth(self) -> Path:
        """True fronts of simulated scenes: for evaluation, never read by the pipeline."""
        return self.root / "truth"

    @property
    def publisher_file(self) -> Path:
        return self.root / "publisher.toml"


class Settings(BaseSettings):
    """`ICELINES_WORKSPACE`, `ICELINES_CATALOG_URL`, `ICELINES_PUBLISHER`, `ICELINES_PUBLIC_URL`,
    `ICELINES_REVIEWER` (the name under which decisions are recorded and published)."""

    model_config = SettingsConfigDict(env_prefix="ICELINES_", frozen=True, extra="ignore")

    workspace_folder: Path = Field(default=Path("workspace"), validation_alias="ICELINES_WORKSPACE")
    catalog_url: str | None = None
    publisher: Path | None = None
    public_url: str | None = None
    reviewer: str | None = None

    @field_validator("public_url")
    @classmethod
    def _without_trailing_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else None

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.workspace_folder)

    @property
    def database_url(self) -> str:
        return self.catalog_url or f"sqlite:///{self.workspace.catalog_file}"

    @property
    def publisher_file(self) -> Path:
        return self.publisher or self.workspace.publisher_file


def load_settings(workspace: Path | None = None) -> Settings:
    """Settings from the environment; `workspace` (a command-line option) goes first."""
    try:
        settings = Settings()
    except ValueError as error:
        raise SettingsError(f"The ICELINES_* variables cannot be used: {error}") from error
    return settings.model_copy(update={"workspace_folder": workspace}) if workspace else settings
