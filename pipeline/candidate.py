"""A scene that an archive offers: found, not fetched yet."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import MultiPolygon

from catalog.scene import ProductName


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a product where it lies: `https:`, `s3:` or `file:` URL, or a path.

    `name` is its place inside the product (`annotation/s1a-....xml`, `manifest.safe`), or the
    name of the whole product where one href holds it all (a zip file, a `.SAFE` folder).
    `checksum` is written `md5:<hex>`, `sha256:<hex>` or `sha3-256:<hex>`.
    """

    name: str
    href: str
    checksum: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a product before it is fetched. `footprint` is in EPSG:4326.

    `endpoint` and `item_id` say where it was found; `files` is one zip file or folder, or all
    files of the product apart.
    """

    product: ProductName
    footprint: MultiPolygon
    files: tuple[RemoteFile, ...]
    endpoint: str
    item_id: str
    timeliness: str | None = None
    notes: tuple[str, ...] = ()
