"""Who publishes: the contents of `publisher.toml`, checked once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from catalog.errors import InvalidName, SettingsError
from catalog.release import DOI_PREFIX_PATTERN

PLACEHOLDER = "CHANGE-ME"
PLACEHOLDER_PREFIX = "10.99999"


@dataclass(frozen=True, slots=True)
class Creator:
    """An author of the data set; `orcid` and `affiliation_ror` are full URLs."""

    family_name: str
    given_name: str
    orcid: str
    affiliation: str
    affiliation_ror: str

    @property
    def name(self) -> str:
        return f"{self.family_name}, {self.given_name}"


@dataclass(frozen=True, slots=True)
class Publisher:
    """What citations, metadata and pages say of the people behind a release.

    `placeholders` are the names of the values that nobody has filled in yet.
    """

    title: str
    public_url: str
    contact: str
    licence: str
    attribution: str
    name: str
    ror: str
    doi_prefix: str
    creators: tuple[Creator, ...]
    placeholders: tuple[str, ...]

    def attribution_for(self, years: str) -> str:
        """The Copernicus notice with its years: `2014-2026`."""
        return self.attribution.replace("{years}", years)


def load_publisher(path: Path) -> Publisher:
    """The publisher of `path`, or of the shipped template where there is no such file."""
    content = path.read_text(encoding="utf-8") if path.exists() else template_text()
    try:
        return _publisher_from(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"is no TOML ({error}).", where=path) from error
    except KeyError as error:
        raise SettingsError(
            f"lacks the value {error}.", where=path, remedy="Compare it with publisher_template."
        ) from error
    except InvalidName as error:
        raise SettingsError(error.fault, where=path, remedy=error.remedy) from error


def template_text() -> str:
    """A `publisher.toml` to fill in."""
    return resources.files("catalog").joinpath("publisher_template.toml").read_text("utf-8")


def _publisher_from(document: dict[str, Any]) -> Publisher:
    prefix = document["doi"]["prefix"]
    if not DOI_PREFIX_PATTERN.fullmatch(prefix):
        raise InvalidName(f"{prefix!r} is no DOI prefix.", remedy="It looks like 10.12345.")
    return Publisher(
        title=document["title"],
        public_url=document["public_url"].rstrip("/"),
        contact=document["contact"],
        licence=document["licence"],
        attribution=document["attribution"],
        name=document["publisher"]["name"],
        ror=document["publisher"]["ror"],
        doi_prefix=prefix,
        creators=tuple(Creator(**creator) for creator in document["creators"]),
        placeholders=tuple(_placeholders(document, "")),
    )


def _placeholders(value: Any, name: str) -> list[str]:
    if isinstance(value, dict):
        return [p for key, inner in value.items() for p in _placeholders(inner, f"{name}.{key}")]
    if isinstance(value, list):
        return [p for i, inner in enumerate(value) for p in _placeholders(inner, f"{name}[{i}]")]
    is_placeholder = PLACEHOLDER in str(value) or value == PLACEHOLDER_PREFIX
    return [name.lstrip(".")] if is_placeholder else []
