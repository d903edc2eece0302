"""The content-addressed store: a file's name is the SHA-256 of its bytes.

Writing the same bytes twice is writing them once; nothing is ever changed in place.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from catalog import atomic
from catalog.canonical import sha256_hex, sha256_of_file
from catalog.errors import NotRecorded

HREF_PREFIX = "objects"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A file in the store. `href` is relative to the public root: `objects/ab/<sha256>.tif`."""

    href: str
    sha256: str
    size_bytes: int


class ObjectStore:
    """Files below one folder, by content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put_bytes(self, content: bytes, suffix: str) -> StoredObject:
        """Keep `content`; `suffix` is the file ending with its dot (`.geojson`)."""
        stored = _describe(sha256_hex(content), len(content), suffix)
        path = self.path(stored.href)
        if not path.exists():
            atomic.write_bytes(path, content)
        return stored

    def put_file(self, source: Path) -> StoredObject:
        """Keep a copy of the file `source` under its content's name."""
        stored = _describe(sha256_of_file(source), source.stat().st_size, source.suffix)
        path = self.path(stored.href)
        if not path.exists():
            with atomic.staged_file(path) as partial:
                shutil.copyfile(source, partial)
        return stored

    def take_file(self, source: Path) -> StoredObject:
        """As `put_file`, but the file itself moves into the store; it must lie on the same disk."""
        stored = _describe(sha256_of_file(source), source.stat().st_size, source.suffix)
        path = self.path(stored.href)
        if path.exists():
            source.unlink()
        else:
            atomic.move_file(source, path)
        return stored

    def path(self, href: str) -> Path:
        """Where an `objects/...` href lies on this disk (whether or not it exists)."""
        return self.root / href.removeprefix(f"{HREF_PREFIX}/")

    def existing_path(self, href: str) -> Path:
        """As `path`; raises NotRecorded where the object is missing."""
        path = self.path(href)
        if not path.is_file():
            raise NotRecorded(
                "is named by a record but is not in the store.",
                where=path,
                remedy="Process the scene again, or restore the store from a backup.",
            )
        return path


def _describe(sha256: str, size_bytes: int, suffix: str) -> StoredObject:
    href = f"{HREF_PREFIX}/{sha256[:2]}/{sha256}{suffix.lower()}"
    return StoredObject(href, sha256, size_bytes)
