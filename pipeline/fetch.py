"""Fetch one product: from wherever it lies to one zip file of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog.canonical import sha256_hex
from catalog.errors import InvalidName
from catalog.scene import parse_product_name
from pipeline.discovery.candidate import RemoteFile
from pipeline.discovery.signatures import without_secrets
from pipeline.fetching.download import Carrier, download
from pipeline.fetching.errors import FetchError
from pipeline.fetching.href import shown
from pipeline.fetching.packing import pack, refuse_bad_names

UNNAMED = "product"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product to be fetched: its files, and its name where it is known beforehand."""

    files: tuple[RemoteFile, ...]
    name: str | None = None

    @property
    def key(self) -> str:
        """The same for the same product of the same archive, whatever signs its URLs today."""
        sources = "\n".join(sorted(f"{f.name} {without_secrets(f.href)}" for f in self.files))
        return sha256_hex(f"{self.name}\n{sources}".encode())[:24]

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or shown(self.files[0].href)


def wanted_of(source: str) -> Wanted:
    """A path or URL given by hand; its name is taken from its last part where that is one."""
    last = PurePosixPath(shown(source).rstrip("/")).name
    try:
        name = parse_product_name(last).text
    except InvalidName:
        name = None
    return Wanted((RemoteFile(last or source, source),), name)


def fetch_product(wanted: Wanted, carrier: Carrier, room: Path) -> Path:
    """The product as one zip file in `room`, which may hold what an earlier run left.

    A zip file is kept as delivered; a folder or files apart are packed in the canonical way.
    Raises FetchError, StorageError or Stopped.
    """
    path = room / f"{wanted.name or UNNAMED}.zip"
    apart = _files_apart(wanted, carrier)
    if apart is None:
        download(wanted.files[0], path, carrier)
    else:
        _refuse_many(apart, wanted, carrier)
        product = _product_name(wanted)  # before anything is carried
        pack(_download_all(apart, carrier, room), product, path)
    return path


def _files_apart(wanted: Wanted, carrier: Carrier) -> tuple[RemoteFile, ...] | None:
    """The files of the product one by one; None where one zip file holds them."""
    only, *others = wanted.files
    if others or "/" in only.name.rstrip("/"):
        return tuple(dict.fromkeys(wanted.files))  # catalogues name a file under several keys
    return carrier.transport(only.href).files_below(only.href)


def _refuse_many(files: Sequence[RemoteFile], wanted: Wanted, carrier: Carrier) -> None:
    refuse_bad_names([file.name for file in files], wanted.title)
    total = sum(file.size_bytes or 0 for file in files)
    if len(files) > carrier.most_files or total > carrier.largest_bytes:
        raise FetchError(
            f"has {len(files):,} files of {total:,} bytes: no single product.",
            where=wanted.title,
            remedy="ICELINES_FETCH_MOST_FILES and ICELINES_FETCH_LARGEST_BYTES set the limits.",
        )


def _product_name(wanted: Wanted) -> str:
    if wanted.name is None:
        raise FetchError(
            "the folder is not named as a Sentinel-1 product is.",
            where=wanted.title,
            remedy="Name it S1A_EW_GRDM_1SDH_<start>_<stop>_<orbit>_<datatake>_<crc>.SAFE.",
        )
    return wanted.name


def _download_all(files: Sequence[RemoteFile], carrier: Carrier, room: Path) -> dict[str, Path]:
    # Numbered: names from strangers are no names for files of ours.
    places = {file.name: room / f"file-{n:04}" for n, file in enumerate(files)}
    for file in files:
        download(file, places[file.name], carrier)
    return places
