"""The served form: a canonical record as the public sees it, with hosts, links and revision."""

from __future__ import annotations

from typing import Any

from catalog.extensions import VERSION, published_uri
from catalog.items.envelope import GEOJSON, JSON, Item, item_href


def served_form(item: Item, public_url: str, revision: int, digest: str) -> Item:
    """`item` for readers at `public_url` (no slash at its end): a new dictionary.

    Every relative reference of the canonical record gets the host; the revision and its digest
    let a reader compare what is served with what a release pins.
    """
    return {
        **item,
        "stac_extensions": [
            published_uri(uri, public_url) for uri in [*item["stac_extensions"], VERSION]
        ],
        "properties": {
            **item["properties"],
            "version": str(revision),
            "icelines:revision": revision,
            "icelines:digest": digest,
        },
        "links": _links(item, public_url),
        "assets": {
            key: {**asset, "href": f"{public_url}/{asset['href']}"}
            for key, asset in item["assets"].items()
        },
    }


def _links(item: Item, public_url: str) -> list[dict[str, Any]]:
    root = f"{public_url}/stac"
    collection = f"{root}/collections/{item['collection']}"
    own = f"{public_url}/{item_href(item['collection'], item['id'])}"
    own_links = [{**link, "href": f"{public_url}/{link['href']}"} for link in item["links"]]
    return [
        {"rel": "self", "href": own, "type": GEOJSON},
        {"rel": "root", "href": root, "type": JSON},
        {"rel": "parent", "href": collection, "type": JSON},
        *own_links,
        *_source_links(item),
    ]


def _source_links(item: Item) -> list[dict[str, Any]]:
    doi = item["properties"].get("icelines:imported_from", {}).get("doi")
    return [{"rel": "cite-as", "href": f"https://doi.org/{doi}"}] if doi else []
