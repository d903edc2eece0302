"""How a source is asked for bytes, whatever its scheme."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from pipeline.discovery.candidate import RemoteFile


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source sends. `chunks` begin at byte `start` of a file of `total` bytes.

    `total` is None where the source does not say. `version` names the state of the file (an
    ETag, a date): two answers of the same version may be joined. None: the source cannot tell.
    """

    start: int
    total: int | None
    version: str | None
    chunks: Iterator[bytes]


class Transport(Protocol):
    """One scheme. Raises FetchError for what is final and SourceBroken for what may pass."""

    def open(self, href: str, start: int, version: str | None) -> AbstractContextManager[Answer]:
        """The bytes of `href` from `start`, if it is still of `version`; else from its beginning.

        Only the answer says which of the two it is.
        """

    def files_below(self, href: str) -> tuple[RemoteFile, ...] | None:
        """The files of a folder by their place in it, or None where `href` is one file."""
