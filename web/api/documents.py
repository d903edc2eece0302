"""The documents around the items: landing page, collections, pages of items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from catalog.collection import COLLECTIONS, CollectionText, Extent, build_collection
from catalog.items.envelope import GEOJSON, JSON, STAC_VERSION, format_time, parse_time
from catalog.query import NothingPublished, Released, View
from catalog.release import Release

Link = dict[str, Any]
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
TITLE = "IceLines: Antarctic ice-shelf fronts"
ABOUT = "Where Antarctica's ice shelves end, from Sentinel-1 scenes and from other authors."


def landing_page(
    root: str, view: View, release: Release | None, conformance: list[str]
) -> dict[str, Any]:
    """The catalogue's own document."""
    return {
        "type": "Catalog",
        "stac_version": STAC_VERSION,
        "id": "icelines",
        "title": TITLE,
        "description": f"{ABOUT} {_what_is_seen(view)}",
        "conformsTo": conformance,
        "links": [
            link("self", root, JSON, "This document"),
            link("root", root, JSON, "This document"),
            link("data", f"{root}/collections", JSON, "Collections"),
            link("conformance", f"{root}/conformance", JSON, "Conformance classes"),
            {**link("search", f"{root}/search", GEOJSON, "Search (GET)"), "method": "GET"},
            {**link("search", f"{root}/search", GEOJSON, "Search (POST)"), "method": "POST"},
            link(QUERYABLES_REL, f"{root}/queryables", SCHEMA, "What a filter may ask for"),
            link("service-desc", f"{root}/api", OPENAPI, "OpenAPI description"),
            *(link("child", collection_address(root, t.id), JSON, t.title) for t in _texts()),
            *_citation(release),
        ],
    }


def collection(root: str, text: CollectionText, span: tuple[str, str] | None) -> dict[str, Any]:
    """A collection as it is served; `span` is its first and last moment, if it has items."""
    own = collection_address(root, text.id)
    start, end = map(_plain_time, span) if span else (None, None)
    return {
        **build_collection(text, Extent(start=start, end=end)),
        "links": [
            link("self", own, JSON, text.title),
            link("root", root, JSON, TITLE),
            link("parent", root, JSON, TITLE),
            link("items", f"{own}/items", GEOJSON, "Items"),
            link(QUERYABLES_REL, f"{own}/queryables", SCHEMA, "What a filter may ask for"),
        ],
    }


def collections(root: str, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "collections": documents,
        "links": [
            link("self", f"{root}/collections", JSON, "Collections"),
            link("root", root, JSON, TITLE),
        ],
        "numberMatched": len(documents),
        "numberReturned": len(documents),
    }


def item_collection(items: Sequence[bytes], matched: int, links: Iterable[Link]) -> bytes:
    """A page of items that are bytes already."""
    counts = b'"numberMatched":%d,"numberReturned":%d' % (matched, len(items))
    return b'{"type":"FeatureCollection",%s,"links":%s,"features":[%s]}' % (
        counts,
        orjson.dumps(list(links)),
        b",".join(items),
    )


def collection_address(root: str, collection_id: str) -> str:
    return f"{root}/collections/{collection_id}"


def link(relation: str, href: str, media_type: str, title: str) -> Link:
    return {"rel": relation, "href": href, "type": media_type, "title": title}


def _texts() -> Iterable[CollectionText]:
    return COLLECTIONS.values()


def _what_is_seen(view: View) -> str:
    match view:
        case Released(version):
            return f"Release {version}; an earlier one with the parameter `release`."
        case NothingPublished():
            return "Nothing has been published yet, so the collections are empty."
    return "The working state: unpublished, with fronts that are provisional or in review."


def _citation(release: Release | None) -> Iterable[Link]:
    if release is not None and not release.dry_run:
        yield {"rel": "cite-as", "href": release.doi.url}


def _plain_time(text: str) -> str:
    return format_time(parse_time(text))
