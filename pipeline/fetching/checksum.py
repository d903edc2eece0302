"""Checksums of archives: `md5:<hex>`, `sha256:<hex>`, `sha3-256:<hex>`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.fetching.errors import FetchError

ALGORITHMS = {
    "md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "sha3-256": "sha3_256",
}  # fmt: skip


def has_checksum(path: Path, checksum: str) -> bool:
    """Whether the file's bytes have this checksum; raises FetchError for a kind we do not know."""
    algorithm, _, digest = checksum.partition(":")
    name = ALGORITHMS.get(algorithm.lower())
    if name is None:
        raise FetchError(
            f"the archive gives a checksum of a kind that is not known ({algorithm[:20]!r}).",
            where=path.name,
            remedy=f"Known: {', '.join(ALGORITHMS)}.",
        )
    with path.open("rb") as stream:
        # Not for safety: it is what the archive offers, against damage on the way.
        found = hashlib.file_digest(stream, lambda: hashlib.new(name, usedforsecurity=False))
    return found.hexdigest() == digest.lower()
