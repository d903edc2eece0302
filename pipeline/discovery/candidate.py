"""A scene that an archive offers: found, not fetched yet; and its JSON form for the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely import MultiPolygon
from shapely.geometry import mapping, shape

from catalog.items.envelope import format_time, parse_time
from catalog.scene import ProductName, parse_product_name


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
    files of the product apart. `processed` is when the archive's processor made it.
    """

    product: ProductName
    footprint: MultiPolygon
    files: tuple[RemoteFile, ...]
    endpoint: str
    item_id: str
    timeliness: str | None = None
    notes: tuple[str, ...] = ()
    processed: datetime | None = None


def candidate_to_document(candidate: Candidate) -> dict[str, Any]:
    """The candidate as JSON types, for the ledger of work."""
    geometry = mapping(candidate.footprint)
    return {
        "product": candidate.product.text,
        "footprint": [
            [[list(point) for point in ring] for ring in part] for part in geometry["coordinates"]
        ],
        "files": [_file_to_document(file) for file in candidate.files],
        "endpoint": candidate.endpoint,
        "item_id": candidate.item_id,
        "timeliness": candidate.timeliness,
        "notes": list(candidate.notes),
        "processed": format_time(candidate.processed) if candidate.processed else None,
    }


def document_to_candidate(document: Mapping[str, Any]) -> Candidate:
    """The candidate that `candidate_to_document` was given."""
    geometry = {"type": "MultiPolygon", "coordinates": document["footprint"]}
    processed = document["processed"]
    return Candidate(
        product=parse_product_name(document["product"]),
        footprint=shape(geometry),
        files=tuple(RemoteFile(**file) for file in document["files"]),
        endpoint=document["endpoint"],
        item_id=document["item_id"],
        timeliness=document["timeliness"],
        notes=tuple(document["notes"]),
        processed=parse_time(processed) if processed else None,
    )


def _file_to_document(file: RemoteFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "href": file.href,
        "checksum": file.checksum,
        "size_bytes": file.size_bytes,
    }
