"""Search as a value: what is asked of the catalogue, apart from how it is answered."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry

from catalog.errors import InputError
from catalog.filtering.expression import EVERYTHING, Condition
from catalog.front import Interval, Origin, Status
from catalog.release import Version

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 10_000
LARGEST_TOKEN = 1_000
MOMENT_PATTERN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class BadToken(InputError):
    """A page token that this catalogue did not hand out."""


@dataclass(frozen=True, slots=True)
class WorkingState:
    """Everything as it is now: provisional and in review included."""


@dataclass(frozen=True, slots=True)
class Released:
    """Exactly what the release `version` pins."""

    version: Version


@dataclass(frozen=True, slots=True)
class NothingPublished:
    """What the public sees before the first release: no item."""


View = WorkingState | Released | NothingPublished


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page ended: pages run from the newest item to the oldest, then by name."""

    start: str
    collection: str
    item_id: str

    def to_token(self) -> str:
        text = json.dumps([self.start, self.collection, self.item_id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> PageKey:
        """The inverse of `to_token`; raises BadToken for anything that it did not write."""
        try:
            start, collection, item_id = _strings_in(token)
        except (binascii.Error, ValueError, TypeError) as error:
            shown = f"{token[:40]!r} is no page token."
            raise BadToken(shown, remedy="Start from page one.") from error
        return cls(start, collection, item_id)


def _strings_in(token: str) -> tuple[str, str, str]:
    if len(token) > LARGEST_TOKEN:  # which also bounds the nesting that json has to follow
        raise ValueError("too long")
    padded = token + "=" * (-len(token) % 4)
    start, collection, item_id = json.loads(base64.urlsafe_b64decode(padded))
    if not (MOMENT_PATTERN.fullmatch(start) and "".join((collection, item_id)).isprintable()):
        raise ValueError("not ours")
    return start, collection, item_id


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; an empty tuple or None leaves that side open.

    `bbox` (west, south, east, north in degrees; west > east crosses the antimeridian) and
    `intersects` (EPSG:4326) are tested exactly on the item's geometry. `start` and `end` are
    inclusive. `equal` maps a column of `SEARCHABLE` to the values that are wanted; `where` is
    any condition beyond that.
    """

    collections: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None
    intersects: BaseGeometry | None = None
    start: datetime | None = None
    end: datetime | None = None
    equal: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    where: Condition = EVERYTHING
    limit: int = DEFAULT_LIMIT
    after: PageKey | None = None

    @property
    def is_spatial(self) -> bool:
        return self.bbox is not None or self.intersects is not None


# Columns that `Search.equal` may name, with the item property each is taken from.
SEARCHABLE = {
    "unit": "icelines:unit",
    "shelf": "icelines:shelf",
    "interval": "icelines:interval",
    "origin": "icelines:origin",
    "source": "icelines:source",
    "status": "icelines:status",
}


@dataclass(frozen=True, slots=True)
class FrontFilter:
    """Which fronts to read as values, oldest first."""

    units: tuple[str, ...] = ()
    shelves: tuple[str, ...] = ()
    intervals: tuple[Interval, ...] = ()
    origins: tuple[Origin, ...] = ()
    sources: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()

    @property
    def equal(self) -> dict[str, tuple[str, ...]]:
        """The same as column conditions."""
        columns = {
            "unit": self.units,
            "shelf": self.shelves,
            "interval": self.intervals,
            "origin": self.origins,
            "source": self.sources,
            "status": self.statuses,
        }
        return {name: tuple(map(str, values)) for name, values in columns.items() if values}
