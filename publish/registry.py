"""What publishing asks of a DOI registry, whoever keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from catalog.release import Doi

# What is compared after writing; a registry adds fields of its own (prefix, dates, counts).
COMPARED = (
    "titles", "creators", "publisher", "publicationYear", "version", "types", "dates",
    "relatedIdentifiers", "rightsList", "descriptions",
)  # fmt: skip


class DoiState(StrEnum):
    DRAFT = "draft"  # can be deleted; resolves nowhere
    REGISTERED = "registered"  # resolves; not found by searches
    FINDABLE = "findable"


@dataclass(frozen=True, slots=True)
class DoiRecord:
    """A DOI as its registry has it."""

    doi: Doi
    state: DoiState
    url: str
    metadata: Mapping[str, Any]


class DoiRegistry(Protocol):
    """Every method may be called again after a failure: it goes on from what is there."""

    def fetch(self, doi: Doi) -> DoiRecord | None:
        """The DOI, or None where nobody has made it."""

    def save(self, doi: Doi, metadata: Mapping[str, Any], url: str) -> DoiRecord:
        """Make a draft, or replace metadata and URL of what is there; its state stays.

        The answer is what the registry holds afterwards, read back.
        """

    def make_findable(self, doi: Doi) -> DoiRecord:
        """Register for good; the answer's state is FINDABLE."""


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields in which a record is not what was sent."""
    return tuple(n for n in COMPARED if n in wanted and not agrees(wanted[n], found.get(n)))


def agrees(wanted: Any, found: Any) -> bool:
    """Whether `found` says what was sent.

    Registries reshape without changing the meaning: DataCite returns publishers and affiliations
    as strings (until September 2027 by default), the year as a number, and adds fields.
    """
    if isinstance(wanted, Mapping):
        if isinstance(found, Mapping):
            return all(agrees(value, found.get(name)) for name, value in wanted.items())
        return agrees(wanted.get("name"), found)
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(map(agrees, wanted, found))
        )
    return found is not None and str(wanted) == str(found)
