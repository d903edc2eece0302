"""A release: fronts and files frozen under one version and one DOI."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import total_ordering

from catalog.errors import InvalidName

VERSION_PATTERN = re.compile(r"(\d{4})\.(0[1-9]|1[0-2])(?:\.([1-9]\d*))?")
MONTH_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
DOI_PREFIX_PATTERN = re.compile(r"10\.\d{4,9}")
DOI_PATTERN = re.compile(r"10\.\d{4,9}/[A-Za-z0-9._;()/:-]+")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """`YYYY.MM`, or `YYYY.MM.N` for the N-th correction. The month is that of publication."""

    year: int
    month: int
    correction: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        match = VERSION_PATTERN.fullmatch(text)
        if match is None:
            raise InvalidName(
                f"{text!r} is no release version.", remedy="Use YYYY.MM or YYYY.MM.N."
            )
        return cls(int(match[1]), int(match[2]), int(match[3] or 0))

    def __str__(self) -> str:
        tail = f".{self.correction}" if self.correction else ""
        return f"{self.year:04d}.{self.month:02d}{tail}"

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key

    @property
    def _key(self) -> tuple[int, int, int]:
        return (self.year, self.month, self.correction)


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A month of data, written `YYYY-MM`."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        match = MONTH_PATTERN.fullmatch(text)
        if match is None:
            raise InvalidName(f"{text!r} is no month.", remedy="Use YYYY-MM.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __lt__(self, other: Month) -> bool:
        return (self.year, self.month) < (other.year, other.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def following(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)


@dataclass(frozen=True, slots=True)
class Doi:
    """A DOI without resolver. Ours are deterministic, so frozen files can name them."""

    text: str

    def __post_init__(self) -> None:
        if not DOI_PATTERN.fullmatch(self.text):
            raise InvalidName(f"{self.text!r} is no DOI.", remedy="Use 10.<registrant>/<suffix>.")

    @classmethod
    def of_concept(cls, prefix: str) -> Doi:
        return cls(f"{prefix}/icelines")

    @classmethod
    def of_version(cls, prefix: str, version: Version) -> Doi:
        return cls(f"{prefix}/icelines.{version}")

    def __str__(self) -> str:
        return self.text

    @property
    def url(self) -> str:
        return f"https://doi.org/{self.text}"


class ReleaseState(StrEnum):
    BUILDING = "building"
    FROZEN = "frozen"
    DRAFTED = "drafted"
    ARCHIVED = "archived"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Pin:
    """One item revision that a release names."""

    collection: str
    item_id: str
    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release; `path` is relative to the release folder, with `/`."""

    path: str
    size_bytes: int
    sha256: str
    title: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Release:
    """What the catalogue knows of a release.

    `cut_off` is the last day of data in it (the month of publication stands in the version).
    `dry_run` tells that its DOI was never registered.
    """

    version: Version
    state: ReleaseState
    cut_off: date
    doi: Doi
    concept_doi: Doi
    manifest_sha256: str
    predecessor: Version | None
    files: tuple[ReleaseFile, ...]
    included_sources: tuple[str, ...]
    has_simulated: bool
    dry_run: bool
    published_on: date | None = None
