"""Items as bytes, ready to be sent: built once for each revision, then kept."""

from __future__ import annotations

from functools import lru_cache

import orjson

from catalog.served import served_form
from catalog.stored import StoredItem

ITEMS_KEPT = 1024  # at most about 60 MB; a long front has 60 kB


class ServedItems:
    """The served form of stored items at one public URL."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self.content = lru_cache(maxsize=ITEMS_KEPT)(self._content)

    def _content(self, stored: StoredItem) -> bytes:
        form = served_form(stored.item, self._public_url, stored.revision, stored.digest)
        return orjson.dumps(form)
