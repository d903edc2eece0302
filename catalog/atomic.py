"""Files that are either whole or absent.

Everything is written under a temporary name in the same folder, flushed to the disk and
renamed, so that a killed run leaves at most a hidden `.partial-*` beside the result.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from catalog.errors import StorageError

PARTIAL_PREFIX = ".partial-"


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all; raises StorageError."""
    with staged_file(path) as partial:
        partial.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    write_bytes(path, content.encode("utf-8"))


@contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` (same suffix, for GDAL) that becomes `path` on success."""
    partial = _partial_name(path)
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            _flush(partial)
            partial.replace(path)
            _flush(path.parent)
        finally:
            partial.unlink(missing_ok=True)


def move_file(source: Path, path: Path) -> None:
    """`source`, on the same disk, becomes `path` once its bytes are safe; raises StorageError."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _flush(source)
        source.replace(path)
        _flush(path.parent)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that becomes `path` on success; `path` must be absent."""
    partial = _partial_name(path)
    with storage_errors(path):
        partial.mkdir(parents=True)
        try:
            yield partial
            for inner in sorted(partial.rglob("*")):
                _flush(inner)
            partial.rename(path)
            _flush(path.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def remove_partials(folder: Path, older_than: datetime | None = None) -> int:
    """Delete what killed runs left below `folder`; returns how many.

    Where other runs may be at work, `older_than` spares what they are writing.
    """
    limit = older_than.timestamp() if older_than else math.inf
    leftovers = [p for p in folder.rglob(f"{PARTIAL_PREFIX}*") if p.lstat().st_mtime < limit]
    for path in leftovers:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return len(leftovers)


def _partial_name(path: Path) -> Path:
    return path.with_name(f"{PARTIAL_PREFIX}{uuid.uuid4().hex[:12]}-{path.name}")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


REMEDIES = {
    errno.ENOSPC: "The disk is full: free some space and run the same command again.",
    errno.EROFS: "The file system is read-only: choose another folder with --workspace.",
    errno.EACCES: "Permission is missing: make the folder writable or choose another one.",
    errno.EPERM: "Permission is missing: make the folder writable or choose another one.",
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """An OSError inside becomes a StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        remedy = REMEDIES.get(error.errno or 0, "Nothing was left half-written.")
        fault = f"cannot be written ({error.strerror or error})."
        raise StorageError(fault, where=path, remedy=remedy) from error
