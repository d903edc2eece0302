"""One file, whole and checked, on the disk: asked for again where the line breaks.

What has come stays in the file between attempts and between runs. Beside it a receipt says where
from and in which version, so that bytes of two versions are never joined.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from catalog.atomic import storage_errors
from catalog.canonical import sha256_hex
from pipeline.discovery.candidate import RemoteFile
from pipeline.discovery.signatures import without_secrets
from pipeline.fetching.checksum import has_checksum
from pipeline.fetching.errors import ArchiveFault, FetchError, SourceBroken
from pipeline.fetching.href import scheme_of, shown
from pipeline.fetching.patience import Clock, Patience
from pipeline.fetching.transport import Answer, Transport

# A source that breaks off again and again is still asked, as long as this much comes each time.
PROGRESS_BYTES = 2**20


class Stopped(Exception):
    """The run was interrupted; what has come is kept for the next one."""

    def __init__(self) -> None:
        super().__init__("interrupted; the same command goes on from there.")


@dataclass(frozen=True, slots=True)
class Carrier:
    """What every download of a run shares. `transports` go by scheme."""

    transports: Mapping[str, Transport]
    patience: Patience
    clock: Clock
    stop: threading.Event
    largest_bytes: int
    most_files: int

    def transport(self, href: str) -> Transport:
        """How this href is asked; raises FetchError for a scheme that we do not know."""
        found = self.transports.get(scheme_of(href))
        if found is None:
            raise FetchError(
                f"{scheme_of(href)}: is no scheme that can be fetched.",
                where=shown(href),
                remedy=f"Known: paths, {', '.join(sorted(filter(None, self.transports)))}.",
            )
        return found


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a partial file is a part of. `source` is a digest: a URL may hold a secret."""

    source: str
    version: str | None
    total: int | None


def download(file: RemoteFile, to: Path, carrier: Carrier) -> None:
    """Bring `file` to the path `to`, going on from what lies there.

    Raises FetchError (final), StorageError (disk) or Stopped.
    """
    failures = 0
    while True:
        before = _size(to)
        try:
            return _attempt(file, to, carrier)
        except SourceBroken as broken:
            if broken.is_useless:
                _forget(to)
            has_come_on = _size(to) - before >= PROGRESS_BYTES
            failures = 1 if has_come_on else failures + 1
            _wait(broken, failures, file, carrier)


def _attempt(file: RemoteFile, to: Path, carrier: Carrier) -> None:
    kept = _receipt(to, file)
    may_resume = kept is not None and (kept.version is not None or file.checksum is not None)
    start = _size(to) if may_resume else 0
    is_whole = kept is not None and start > 0 and start == kept.total
    if not is_whole:
        version = kept.version if kept else None
        with carrier.transport(file.href).open(file.href, start, version) as answer:
            _refuse_other_file(answer, start, kept)
            _write(answer, file, to, carrier)
    _check(file, to, is_joined=start > 0)


def _refuse_other_file(answer: Answer, start: int, kept: Receipt | None) -> None:
    if answer.start == 0 or kept is None:
        return
    is_other = (
        answer.start != start
        or _differ(answer.total, kept.total)
        or _differ(answer.version, kept.version)
    )
    if is_other:
        raise SourceBroken("the file changed at the archive on the way", is_useless=True)


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _write(answer: Answer, file: RemoteFile, to: Path, carrier: Carrier) -> None:
    _refuse_large(answer.total or 0, file, carrier)
    if answer.start == 0:
        _forget(to)
        _write_receipt(to, Receipt(_source(file), answer.version, answer.total))
    with storage_errors(to):
        stream = to.open("ab", buffering=0)
    with stream:
        for chunk in answer.chunks:
            with storage_errors(to):
                stream.write(chunk)
            _refuse_large(stream.tell(), file, carrier)
            if carrier.stop.is_set():
                raise Stopped
    _refuse_part(to, answer.total)


def _refuse_part(to: Path, total: int | None) -> None:
    size = _size(to)
    if total is not None and size != total:
        raise SourceBroken(
            f"the transfer ended after {size:,} of {total:,} bytes", is_useless=size > total
        )


def _refuse_large(size: int, file: RemoteFile, carrier: Carrier) -> None:
    if size > carrier.largest_bytes:
        raise FetchError(
            f"is larger than the limit of {carrier.largest_bytes:,} bytes.",
            where=shown(file.href),
            remedy="If it is meant to be, raise ICELINES_FETCH_LARGEST_BYTES.",
        )


def _check(file: RemoteFile, to: Path, *, is_joined: bool) -> None:
    fault = _mismatch(file, to)
    if fault is None:
        return
    _forget(to)
    if is_joined:  # once more in one piece, before the archive is blamed
        raise SourceBroken(fault)
    raise FetchError(
        f"{fault}.",
        where=shown(file.href),
        remedy="It is tried again by the next run; if it stays, tell the archive.",
    )


def _mismatch(file: RemoteFile, to: Path) -> str | None:
    """How the file differs from what is known of it; a checksum says more than a size."""
    if file.checksum is not None:
        is_right = has_checksum(to, file.checksum)
        return None if is_right else "the checksum is not the one that the archive gives"
    if file.size_bytes is None or file.size_bytes == _size(to):
        return None
    return f"{_size(to):,} bytes came, the archive's record says {file.size_bytes:,}"


def _wait(broken: SourceBroken, failures: int, file: RemoteFile, carrier: Carrier) -> None:
    if carrier.stop.is_set():
        raise Stopped
    if failures >= carrier.patience.attempts:
        raise ArchiveFault(
            f"{broken.fault}; asked {failures} times.",
            where=shown(file.href),
            remedy="What has come is kept: run the same command again later.",
        ) from broken
    clock = carrier.clock
    clock.wait(carrier.patience.wait_s(failures, broken.wait_s, clock.chance()))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)
    _receipt_path(path).unlink(missing_ok=True)


def _receipt_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.receipt")


def _source(file: RemoteFile) -> str:
    # Without the signature, which is another one each time.
    return sha256_hex(f"{without_secrets(file.href)} {file.checksum}".encode())


def _receipt(path: Path, file: RemoteFile) -> Receipt | None:
    with suppress(OSError, ValueError, TypeError):
        kept = Receipt(**orjson.loads(_receipt_path(path).read_bytes()))
        return kept if kept.source == _source(file) else None
    return None


def _write_receipt(path: Path, receipt: Receipt) -> None:
    with storage_errors(path):
        _receipt_path(path).write_bytes(orjson.dumps(asdict(receipt)))
