"""The archives that scenes are looked for in: three known ones, or any STAC API.

Addresses and collections are those the archives publish. Settings come from `ICELINES_ARCHIVE_*`;
a token is sent to the archive that it was set for and to no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from catalog.errors import SettingsError
from pipeline.discovery.signatures import without_secrets

COLLECTION = "sentinel-1-grd"
SET_ENDPOINT = (
    "Set ICELINES_ARCHIVE_ENDPOINT or give --endpoint: copernicus, earth-search, "
    "planetary-computer, or the address of a STAC API."
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A STAC API and the collection of it that holds Sentinel-1 GRD."""

    name: str
    title: str
    url: str
    collection: str = COLLECTION
    token: SecretStr | None = None

    @property
    def address(self) -> str:
        """The URL without secrets: what is recorded and shown."""
        return without_secrets(self.url)

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, and so may point at files of this machine."""
        return (urlsplit(self.url).hostname or "") in ("localhost", "127.0.0.1", "::1")


ARCHIVES = {
    archive.name: archive
    for archive in (
        Archive(
            "copernicus",
            "Copernicus Data Space Ecosystem",
            "https://stac.dataspace.copernicus.eu/v1/",
        ),
        Archive("earth-search", "Earth Search on AWS", "https://earth-search.aws.element84.com/v1"),
        Archive(
            "planetary-computer",
            "Microsoft Planetary Computer",
            "https://planetarycomputer.microsoft.com/api/stac/v1",
        ),
    )
}


def _split(text: object) -> object:
    return tuple(filter(None, text.replace(",", " ").split())) if isinstance(text, str) else text


class ArchiveSettings(BaseSettings):
    """`ICELINES_ARCHIVE_ENDPOINT`, `_COLLECTION`, `_TOKEN`, `_MODES`, and limits of a search.

    `endpoint` is the name of a known archive or a URL. Limits hold for one region and month.
    """

    model_config = SettingsConfigDict(env_prefix="ICELINES_ARCHIVE_", frozen=True, extra="ignore")

    endpoint: str | None = None
    collection: str | None = None
    token: SecretStr | None = None
    modes: Annotated[tuple[str, ...], NoDecode] = ("EW", "IW")
    product_types: Annotated[tuple[str, ...], NoDecode] = ("GRDM", "GRDH")

    timeout_s: float = Field(default=60.0, gt=0)
    retries: int = Field(default=5, ge=0, le=20)
    backoff_s: float = Field(default=1.0, ge=0)
    longest_wait_s: float = Field(default=120.0, ge=0)  # that an archive may ask for
    page_size: int = Field(default=100, ge=1, le=1_000)
    most_pages: int = Field(default=200, ge=1)
    most_items: int = Field(default=10_000, ge=1)

    _split_modes = field_validator("modes", "product_types", mode="before")(_split)


def load_archive_settings() -> ArchiveSettings:
    """Settings from the environment; raises SettingsError."""
    try:
        return ArchiveSettings()
    except ValueError as error:
        raise SettingsError(f"The ICELINES_ARCHIVE_* variables cannot be used: {error}") from None


def chosen_archive(
    settings: ArchiveSettings, endpoint: str | None = None, collection: str | None = None
) -> Archive | None:
    """The archive that a command or the settings name; None where neither does.

    Raises SettingsError for what is neither a known name nor an http address.
    """
    configured = settings.endpoint or None
    wanted = endpoint or configured
    if wanted is None:
        return None
    known = _archive_named(wanted)
    is_configured = configured is not None and _archive_named(configured).url == known.url
    return Archive(
        known.name,
        known.title,
        known.url,
        collection or (settings.collection if is_configured else None) or known.collection,
        settings.token if is_configured else None,
    )


def _archive_named(text: str) -> Archive:
    if text.lower() in ARCHIVES:
        return ARCHIVES[text.lower()]
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SettingsError(
            f"{without_secrets(text)!r} is neither a known archive nor an http address.",
            remedy=SET_ENDPOINT,
        )
    return Archive(address.hostname, address.hostname, text)
