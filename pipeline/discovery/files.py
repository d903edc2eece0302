"""The files of a product among the assets of an item.

Asset keys are not believed: in a published example `schema-product-hh` leads to the interference
annotation. A file's name is its path below the product's folder, taken from its address.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from catalog.errors import InvalidName
from catalog.scene import ProductName, parse_product_name
from pipeline.discovery.candidate import RemoteFile
from pipeline.discovery.preference import is_same_acquisition
from pipeline.discovery.refusal import Unusable
from pipeline.discovery.signatures import without_secrets

USABLE_SCHEMES = ("https", "http", "s3")
PRODUCT_FILE = re.compile(r"\.(xml|tiff?|safe)$", re.IGNORECASE)
FOLDERS = ("annotation", "measurement", "preview", "support")
KINDS = ("measurement", "annotation", "calibration", "noise")
ZIP = ".zip"
WHOLE = ("", ".safe", "_cog", "_cog.safe")  # what follows the product's name on a folder
ZIP_TYPES = ("application/zip", "application/x-zip-compressed")
MOST_ASSETS = 500
SIGNED = "signed addresses were kept without their signatures"
OTHER_PRODUCT = "an address of another product was left out"
# Codes of multiformats.io/multihash with their length: hash name, digits of the digest.
MULTIHASHES = {"d50110": ("md5", 32), "1220": ("sha256", 64), "1620": ("sha3-256", 64)}


@dataclass(frozen=True, slots=True)
class OfferedFiles:
    """What an item offers of its product, and what was odd about it."""

    files: tuple[RemoteFile, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Address:
    """An address of an asset: as it is kept, and its path taken apart."""

    href: str
    segments: tuple[str, ...]
    was_signed: bool


@dataclass(frozen=True, slots=True)
class _Offer:
    """What one asset leads to: a file of the product, all of it, or nothing of use."""

    file: RemoteFile | None = None
    is_whole: bool = False
    note: str = ""


def offered_files(
    item: Mapping[str, Any], product: ProductName, base: str, *, local_allowed: bool
) -> OfferedFiles:
    """The XML, TIFF and manifest files apart, or else the whole product as zip file or folder.

    `base` is what relative addresses are relative to. Files of this machine are taken only from
    an archive on this machine (`local_allowed`). Raises Unusable where nothing is left.
    """
    offers = [
        _offer(asset, address, product)
        for asset in _assets(item)
        if (address := _usable_address(asset, base, local_allowed))
    ]
    apart = _by_name(offer.file for offer in offers if not offer.is_whole)
    whole = _by_name(offer.file for offer in offers if offer.is_whole)
    missing = _missing(apart, product)
    if whole and missing:
        apart, missing = {name: whole[name] for name in list(whole)[:1]}, []
    if not apart:
        raise Unusable("it offers no file of the product")
    notes = [offer.note for offer in offers if offer.note]
    notes += [f"not among the assets: {', '.join(missing)}"] if missing else []
    return OfferedFiles(tuple(apart[name] for name in sorted(apart)), tuple(dict.fromkeys(notes)))


def _assets(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    assets = item.get("assets")
    if not isinstance(assets, Mapping) or len(assets) > MOST_ASSETS:
        raise Unusable("its assets are no list of files")
    return [asset for asset in assets.values() if isinstance(asset, Mapping)]


def _offer(asset: Mapping[str, Any], address: _Address, product: ProductName) -> _Offer:
    """What an asset is, by its address."""
    segments = address.segments
    place = _product_segment(segments)
    if place is not None and not _belongs(segments[place], product):
        return _Offer(note=OTHER_PRODUCT)
    note = SIGNED if address.was_signed else ""
    if _is_whole(asset, segments, place):
        is_named = place == len(segments) - 1
        name = segments[-1] if is_named else f"{product.text}{ZIP}"
        return _Offer(_remote(asset, address, name), is_whole=True, note=note)
    inside = segments[place + 1 :] if place is not None else _from_known_folder(segments)
    if inside and PRODUCT_FILE.search(inside[-1]):
        return _Offer(_remote(asset, address, "/".join(inside)), note=note)
    return _Offer()


def _by_name(files: Iterable[RemoteFile | None]) -> dict[str, RemoteFile]:
    """Files by their names; of two with one name the first."""
    found: dict[str, RemoteFile] = {}
    for file in files:
        if file is not None:
            found.setdefault(file.name, file)
    return found


def _missing(apart: Mapping[str, RemoteFile], product: ProductName) -> list[str]:
    """Kinds of files of which there are fewer than polarisations."""
    kinds = [_kind(name) for name in apart]
    wanted = len(product.polarisations)
    missing = [f"{kind} files" for kind in KINDS if kinds.count(kind) < wanted]
    return missing if "manifest" in kinds else [*missing, "the manifest"]


def _kind(name: str) -> str:
    """What a file is by its place: annotation beside calibration/ and rfi/, and so on."""
    folder, _, base = name.lower().rpartition("/")
    if base == "manifest.safe":
        return "manifest"
    if folder == "measurement" and base.endswith((".tif", ".tiff")):
        return "measurement"
    if folder == "annotation/calibration":
        return base.partition("-")[0]
    return folder


def _usable_address(asset: Mapping[str, Any], base: str, local_allowed: bool) -> _Address | None:
    """The first of an asset's addresses that can be fetched from."""
    schemes = (*USABLE_SCHEMES, *(("file",) if local_allowed else ()))
    for href in _hrefs(asset):
        try:
            given = href if "://" in href else urljoin(base, href)
            absolute = _without_steps_up(given)
            parts = urlsplit(absolute)
        except ValueError:
            continue
        segments = tuple(filter(None, unquote(parts.path).split("/")))
        has_place = bool(parts.netloc) or parts.scheme == "file"
        if parts.scheme in schemes and has_place and _is_safe(segments):
            kept = without_secrets(absolute)
            return _Address(kept, segments, kept != absolute)
    return None


def _without_steps_up(href: str) -> str:
    """An http address as clients send it (RFC 3986, section 5.2.4): some archives join by hand."""
    parts = urlsplit(href)
    if parts.scheme not in ("http", "https") or "/." not in parts.path:
        return href
    return urlunsplit((*parts[:2], posixpath.normpath(parts.path), *parts[3:]))


def _hrefs(asset: Mapping[str, Any]) -> Iterator[str]:
    """The address of an asset, then its alternates (STAC extension `alternate-assets`)."""
    alternate = asset.get("alternate")
    others = list(alternate.values()) if isinstance(alternate, Mapping) else []
    for place in (asset, *others):
        href = place.get("href") if isinstance(place, Mapping) else None
        if isinstance(href, str) and href:
            yield href


def _is_safe(segments: tuple[str, ...]) -> bool:
    """Whether no part of a path leaves its folder: names become files on this machine."""
    return bool(segments) and all(
        s not in (".", "..") and s.isprintable() and "\\" not in s for s in segments
    )


def _product_segment(segments: tuple[str, ...]) -> int | None:
    """Where in a path the product's folder or file is named; the innermost one counts."""
    return next((i for i in reversed(range(len(segments))) if _named(segments[i])), None)


def _named(segment: str) -> ProductName | None:
    try:
        return parse_product_name(segment)
    except InvalidName:
        return None


def _belongs(segment: str, product: ProductName) -> bool:
    named = _named(segment)
    return (
        named is not None
        and is_same_acquisition(named, product)
        and named.polarisations == product.polarisations
    )


def _from_known_folder(segments: tuple[str, ...]) -> tuple[str, ...]:
    """The path inside a product whose folder is not named after it."""
    if segments[-1].lower() == "manifest.safe":
        return segments[-1:]
    start = next((i for i, s in enumerate(segments[:-1]) if s.lower() in FOLDERS), None)
    return segments[start:] if start is not None else ()


def _is_whole(asset: Mapping[str, Any], segments: tuple[str, ...], place: int | None) -> bool:
    last = segments[-1]
    if last.lower().endswith(ZIP) or str(asset.get("type")).lower() in ZIP_TYPES:
        return True
    named = _named(last) if place == len(segments) - 1 else None
    return named is not None and last[len(named.text) :].lower() in WHOLE


def _remote(asset: Mapping[str, Any], address: _Address, name: str) -> RemoteFile:
    size = asset.get("file:size")
    known = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return RemoteFile(name, address.href, _checksum(asset), size if known else None)


def _checksum(asset: Mapping[str, Any]) -> str | None:
    """`file:checksum`, a multihash in hexadecimal, as `md5:<hex>` and so on."""
    text = asset.get("file:checksum", asset.get("checksum:multihash"))
    if not isinstance(text, str):
        return None
    for code, (name, digits) in MULTIHASHES.items():
        digest = text.lower().removeprefix(code)
        if len(digest) == digits and len(text) == digits + len(code):
            return f"{name}:{digest}" if re.fullmatch("[0-9a-f]+", digest) else None
    return None
