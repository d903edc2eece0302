"""Files on this machine: paths and `file:` URLs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.errors import FetchError
from pipeline.fetching.href import scheme_of
from pipeline.fetching.transport import Answer

CHUNK_BYTES = 4 * 2**20


def local_path(href: str) -> Path:
    """The path that a `file:` URL or a plain path means."""
    return Path(unquote(urlsplit(href).path)) if scheme_of(href) == "file" else Path(href)


class LocalFiles:
    """Copies what lies here already, so that the original stays where it is."""

    @contextmanager
    def open(self, href: str, start: int, version: str | None) -> Iterator[Answer]:
        path = local_path(href)
        try:
            with path.open("rb") as stream:
                found = path.stat()
                now = f"{found.st_mtime_ns}-{found.st_size}"
                begin = start if version == now else 0
                stream.seek(begin)
                yield Answer(begin, found.st_size, now, _chunks(stream))
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise FetchError(
                f"cannot be read ({error.strerror}).", where=href, remedy="Check the path."
            ) from error

    def files_below(self, href: str) -> tuple[RemoteFile, ...] | None:
        folder = local_path(href)
        if not folder.is_dir():
            return None
        return tuple(_file(path, folder) for path in sorted(folder.rglob("*")) if _counts(path))


def _counts(path: Path) -> bool:
    # A link may lead anywhere, and what it leads to would go into the store.
    if path.is_symlink():
        raise FetchError(
            "is a link; a product is made of plain files.",
            where=path,
            remedy="Replace the link by the file it leads to.",
        )
    return path.is_file()


def _file(path: Path, folder: Path) -> RemoteFile:
    name = path.relative_to(folder).as_posix()
    return RemoteFile(name, str(path), size_bytes=path.stat().st_size)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk
