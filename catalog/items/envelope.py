"""What every canonical item has: identity, geometry, assets, digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from shapely.geometry import MultiPolygon, mapping

from catalog.canonical import canonical_json, multihash, sha256_hex
from catalog.objects import StoredObject

STAC_VERSION = "1.1.0"
Item = dict[str, Any]
GEOJSON = "application/geo+json"
JSON = "application/json"
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
PNG = "image/png"
ANTARCTIC_BBOX = [-180.0, -90.0, 180.0, -60.0]
ANTARCTIC_POLYGON = {
    "type": "Polygon",
    "coordinates": [
        [[-180.0, -90.0], [180.0, -90.0], [180.0, -60.0], [-180.0, -60.0], [-180.0, -90.0]]
    ],
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that belongs to an item; `extra` holds fields of extensions (`proj:code`)."""

    key: str
    href: str
    media_type: str
    title: str
    roles: tuple[str, ...]
    sha256: str
    size_bytes: int
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of_object(
        cls,
        key: str,
        stored: StoredObject,
        media_type: str,
        title: str,
        roles: tuple[str, ...],
        extra: Mapping[str, Any] | None = None,
    ) -> Asset:
        """The asset for a file in the object store."""
        return cls(
            key,
            stored.href,
            media_type,
            title,
            roles,
            stored.sha256,
            stored.size_bytes,
            MappingProxyType(dict(extra or {})),
        )


def build_item(
    *,
    item_id: str,
    collection: str,
    geometry: Mapping[str, Any],
    bbox: Iterable[float],
    properties: Mapping[str, Any],
    extensions: Iterable[str],
    assets: Iterable[Asset],
    links: Iterable[Mapping[str, str]] = (),
) -> Item:
    """A canonical STAC 1.1 item; properties that are None are left out, except `datetime`."""
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": sorted(extensions),
        "id": item_id,
        "collection": collection,
        "geometry": dict(geometry),
        "bbox": list(bbox),
        "properties": {k: v for k, v in properties.items() if v is not None or k == "datetime"},
        # STAC asks for this link wherever `collection` is set; served, it gets its host.
        "links": [collection_link(collection), *(dict(link) for link in links)],
        "assets": {asset.key: _asset_to_stac(asset) for asset in assets},
    }


def assets_of(item: Item) -> tuple[Asset, ...]:
    """The assets of an item, as they were given to `build_item`."""
    return tuple(_asset_from_stac(key, body) for key, body in item["assets"].items())


def multipolygon_geometry(footprint: MultiPolygon) -> dict[str, Any]:
    """GeoJSON of lists only: tuples would make two forms of the same record."""
    parts = mapping(footprint)["coordinates"]
    rings = [[[list(point) for point in ring] for ring in part] for part in parts]
    return {"type": "MultiPolygon", "coordinates": rings}


def revision_digest(item: Item) -> str:
    """SHA-256 of the canonical bytes: what a release pins."""
    return sha256_hex(canonical_json(item))


def times(start: datetime, end: datetime) -> dict[str, str | None]:
    """The time properties of an item: an instant, or null with both ends."""
    if start == end:
        return {"datetime": format_time(start)}
    return {
        "datetime": None,
        "start_datetime": format_time(start),
        "end_datetime": format_time(end),
    }


def start_and_end(item: Item) -> tuple[datetime, datetime]:
    """The inverse of `times`."""
    properties = item["properties"]
    start = properties.get("start_datetime") or properties["datetime"]
    end = properties.get("end_datetime") or properties["datetime"]
    return parse_time(start), parse_time(end)


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC; microseconds only where there are some, so that text sorts as time does."""
    pattern = "%Y-%m-%dT%H:%M:%S.%fZ" if moment.microsecond else "%Y-%m-%dT%H:%M:%SZ"
    return moment.astimezone(UTC).strftime(pattern)


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def item_href(collection: str, item_id: str) -> str:
    """Where an item lies below the API's root; hosts are put in front when it is served."""
    return f"stac/collections/{collection}/items/{item_id}"


def collection_link(collection: str) -> dict[str, str]:
    """The link to the collection that an item belongs to."""
    return {"rel": "collection", "href": f"stac/collections/{collection}", "type": JSON}


def derived_from(collection: str, item_id: str) -> dict[str, str]:
    """A link to something that the item was made from."""
    return {"rel": "derived_from", "href": item_href(collection, item_id), "type": GEOJSON}


def derivations(item: Item) -> tuple[tuple[str, str], ...]:
    """Collection and id of everything that a canonical item is derived from, in its order."""
    hrefs = (link["href"] for link in item["links"] if link["rel"] == "derived_from")
    return tuple((parts[2], parts[4]) for parts in (href.split("/", 4) for href in hrefs))


def _asset_to_stac(asset: Asset) -> dict[str, Any]:
    return {
        "href": asset.href,
        "type": asset.media_type,
        "title": asset.title,
        "roles": list(asset.roles),
        "file:size": asset.size_bytes,
        "file:checksum": multihash(asset.sha256),
        **asset.extra,
    }


def _asset_from_stac(key: str, body: Mapping[str, Any]) -> Asset:
    known = {"href", "type", "title", "roles", "file:size", "file:checksum"}
    return Asset(
        key=key,
        href=body["href"],
        media_type=body["type"],
        title=body["title"],
        roles=tuple(body["roles"]),
        sha256=body["file:checksum"][len(multihash("")) :],
        size_bytes=body["file:size"],
        extra=MappingProxyType({k: v for k, v in body.items() if k not in known}),
    )
