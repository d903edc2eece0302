"""What is in a fetched zip file: every byte read once, against CRC and the manifest's MD5."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import SceneError
from pipeline.fetching.errors import FetchError
from pipeline.fetching.manifest import manifest_checksums
from pipeline.safe.container import Container, open_container

READ_BYTES = 4 * 2**20
MARKUP = (b"<!doctype html", b"<html")
AGAIN = "Fetch it again; if it stays, tell the archive."
# NotImplementedError is what zipfile raises for a compression or encryption it does not know.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


def check_contents(path: Path, *, source: str, largest_bytes: int) -> None:
    """Raise FetchError unless `path` is a sound zip file of one product, from `source`."""
    if not zipfile.is_zipfile(path):
        raise _no_zip(path, source)
    try:
        with open_container(path) as product, zipfile.ZipFile(path) as archive:
            _refuse_large(archive, source, largest_bytes)
            _read_all(archive, product.inner, _expected(product), source)
    except FetchError:
        raise
    except SceneError as error:
        fault = f"{error.where}: {error.fault}" if error.where else error.fault
        raise FetchError(fault, where=source, remedy=error.remedy or AGAIN) from error
    except DAMAGED as error:
        fault = f"the zip file is damaged ({error})."
        raise FetchError(fault, where=source, remedy=AGAIN) from error


def _no_zip(path: Path, source: str) -> FetchError:
    with path.open("rb") as stream:
        begin = stream.read(64).lstrip().lower()
    if begin.startswith(MARKUP):
        return FetchError(
            "is a web page, no zip file: the archive probably wants a login.",
            where=source,
            remedy="Set ICELINES_ARCHIVE_HOST and ICELINES_ARCHIVE_TOKEN (or _USER, _PASSWORD).",
        )
    return FetchError("is no zip file, or is cut off.", where=source, remedy=AGAIN)


def _refuse_large(archive: zipfile.ZipFile, source: str, largest_bytes: int) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > largest_bytes:
        raise FetchError(
            f"holds {total:,} bytes when unpacked, over the limit of {largest_bytes:,}.",
            where=source,
            remedy="If it is meant to, raise ICELINES_FETCH_LARGEST_BYTES.",
        )


def _expected(product: Container) -> dict[str, str]:
    start = f"{product.inner}/" if product.inner else ""
    return {f"{start}{name}": md5 for name, md5 in manifest_checksums(product).items()}


def _read_all(
    archive: zipfile.ZipFile, inner: str, expected: Mapping[str, str], source: str
) -> None:
    for entry in archive.infolist():
        found = _md5(archive, entry)
        if expected.get(entry.filename, found) != found:
            raise FetchError(
                f"{entry.filename.removeprefix(f'{inner}/')} is not the file that manifest.safe "
                "lists (MD5 differs).",
                where=source,
                remedy=AGAIN,
            )


def _md5(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    # Read to the end even where no MD5 is known: that is what compares the CRC.
    found = hashlib.md5(usedforsecurity=False)
    with archive.open(entry) as stream:
        while block := stream.read(READ_BYTES):
            found.update(block)
    return found.hexdigest()
