"""One value, one sequence of bytes, one digest.

Canonical JSON here: UTF-8, keys sorted, no spaces, shortest round-trip numbers (as orjson
writes them), no NaN and no infinity. Its SHA-256 is what revisions and releases pin.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import orjson

from catalog.errors import RecordError

SHA256_MULTIHASH_PREFIX = "1220"  # sha2-256 (0x12), 32 bytes (0x20): multiformats.io/multihash
CHUNK_BYTES = 1 << 20


def canonical_json(value: Any) -> bytes:
    """The bytes of `value`; raises RecordError where a number is not finite."""
    _refuse_non_finite(value, path="")
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def multihash(sha256: str) -> str:
    """`file:checksum` of the STAC file extension, from a hexadecimal SHA-256."""
    return SHA256_MULTIHASH_PREFIX + sha256


def _refuse_non_finite(value: Any, path: str) -> None:
    # orjson writes NaN as null without a word, which would change the meaning of a record.
    if isinstance(value, float):
        if not math.isfinite(value):
            raise RecordError(f"{path or 'value'} is {value}, which JSON cannot hold.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_non_finite(inner, f"{path}/{key}")
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            _refuse_non_finite(inner, f"{path}/{position}")
