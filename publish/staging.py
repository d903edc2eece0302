"""Where releases and archive versions are put together, unseen, before they take their place."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from catalog.atomic import PARTIAL_PREFIX, storage_errors
from catalog.errors import StorageError
from catalog.settings import Workspace

LOCK_FILE = ".publish.lock"


@contextmanager
def exclusive(workspace: Workspace) -> Iterator[None]:
    """Only one build or publication at a time in a workspace; a killed one frees its place."""
    path = workspace.root / LOCK_FILE
    with storage_errors(path):
        workspace.root.mkdir(parents=True, exist_ok=True)
        stream = path.open("a")
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageError(
                "Another release is being built or published here.",
                where=workspace.root,
                remedy="Wait until it is done.",
            ) from error
        yield


@contextmanager
def staging_folder(parent: Path, name: str) -> Iterator[Path]:
    """An unseen folder in `parent` that is gone afterwards.

    What a killed run left there under the same `name` goes first: callers are `exclusive`.
    """
    prefix = f"{PARTIAL_PREFIX}{name}"
    with storage_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        for leftover in parent.glob(f"{prefix}*"):
            shutil.rmtree(leftover)
        with TemporaryDirectory(dir=parent, prefix=prefix) as folder:
            yield Path(folder)


@contextmanager
def put_in_place(made: Path, place: Path, aside: Path) -> Iterator[None]:
    """Rename `made` to `place`; what stood there is moved `aside`.

    All is as before where the work inside (the record of it) fails.
    """
    with storage_errors(place):
        if place.exists():
            place.rename(aside)
        made.rename(place)
    try:
        yield
    except BaseException:
        place.rename(made)
        if aside.exists():
            aside.rename(place)
        raise
