"""What comes out of the catalogue: revisions, pages, outcomes, work done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from catalog.items.envelope import Item
from catalog.query import PageKey
from catalog.release import Pin


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """How many records were new, revised, or there already."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0

    def __add__(self, other: RecordOutcome) -> RecordOutcome:
        return RecordOutcome(
            self.new + other.new, self.revised + other.revised, self.unchanged + other.unchanged
        )


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A revision of an item. `document` is the canonical JSON, byte for byte."""

    collection: str
    item_id: str
    revision: int
    digest: str
    document: bytes
    recorded_at: str

    @property
    def item(self) -> Item:
        parsed: Item = orjson.loads(self.document)
        return parsed

    @property
    def pin(self) -> Pin:
        return Pin(self.collection, self.item_id, self.revision, self.digest)


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one page, newest first, and where the next page starts."""

    items: tuple[StoredItem, ...]
    following: PageKey | None


@dataclass(frozen=True, slots=True)
class Work:
    """What the ledger knows of one stage of one subject. `outcome` is JSON-ready."""

    key: str
    stage: str
    subject: str
    is_done: bool
    attempts: int
    outcome: Any
