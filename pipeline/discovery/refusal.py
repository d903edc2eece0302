"""An item of an archive that cannot be used, and text from strangers made fit to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An item that was passed over, and why."""

    item_id: str
    fault: str


class Unusable(Exception):
    """What is wrong with an item; becomes a `RefusedItem`."""


def plain(text: Any) -> str:
    """`text` on one line, without control characters, and not endless."""
    words = "".join(c if c.isprintable() else " " for c in str(text)[: 2 * LONGEST_TEXT]).split()
    short = " ".join(words)
    return short if len(short) <= LONGEST_TEXT else f"{short[:LONGEST_TEXT]}…"
