"""What the pages work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.store import CatalogStore
from web.review.neighbourhood import FrontMemory
from web.review.passwords import Passwords
from web.review.register import Register


@dataclass(frozen=True, slots=True)
class Desk:
    """The records that are judged, the people who may judge, and what was read already."""

    store: CatalogStore
    register: Register
    passwords: Passwords
    memory: FrontMemory = field(default_factory=FrontMemory)
