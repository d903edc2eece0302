"""Where one product is put together: a folder that a killed run leaves and the next one goes on in.

Its name begins as those of all unfinished files do, so that it is swept when it is a day old.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.atomic import PARTIAL_PREFIX, storage_errors
from pipeline.fetching.errors import BeingFetched

LOCK = "lock"


@contextmanager
def own_room(parent: Path, key: str) -> Iterator[Path]:
    """The folder of `key` below `parent`, for us alone; it goes when the block ends without error.

    Raises BeingFetched where another run has it. The lock ends with the process, however it ends.
    """
    room = parent / f"{PARTIAL_PREFIX}fetch-{key}"
    descriptor = _locked(room)
    try:
        os.utime(room)  # young again: nobody sweeps it while we are at it
        yield room
        shutil.rmtree(room, ignore_errors=True)
    finally:
        os.close(descriptor)


def empty(room: Path) -> None:
    """Throw away what has come; the lock stays."""
    for path in room.iterdir():
        if path.name != LOCK:
            path.unlink()


def _locked(room: Path) -> int:
    while True:
        with storage_errors(room):
            room.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(room / LOCK, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise BeingFetched(
                "another run is fetching this product.",
                where=room,
                remedy="Let it finish; nothing has to be done again.",
            ) from error
        if _is_still_there(descriptor, room / LOCK):
            return descriptor
        os.close(descriptor)  # its last owner removed the folder between opening and locking


def _is_still_there(descriptor: int, path: Path) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
