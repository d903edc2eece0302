"""An item of any STAC API as a candidate: version 1.0 or 1.1, whatever its properties are called.

Platform, mode, type, polarisations and times are those of the product's name, which every archive
keeps and nobody translates. Names of properties differ: `s1:polarization`, `sar:polarizations`,
`product:type`, `sar:product_type`; of them only timeliness and time of processing are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urljoin

from shapely import MultiPolygon

from catalog.errors import InvalidName
from catalog.geometry import polygon_to_lonlat
from catalog.scene import ProductName, parse_product_name
from pipeline.discovery.archives import Archive
from pipeline.discovery.candidate import Candidate
from pipeline.discovery.files import offered_files
from pipeline.discovery.footprint import footprint_of
from pipeline.discovery.preference import is_same_acquisition
from pipeline.discovery.refusal import Unusable, plain

OTHER_PRODUCT = re.compile(r"S1[A-D]_(EW|IW|WV|S[1-6]|EN|N[1-6]|RF)_(SLC|OCN|RAW|ETA)")
NAMED_BY = ("s1:product_identifier", "product:identifier", "title", "s1:product_name")
TIMELY_BY = (
    "s1:product_timeliness", "product:timeliness_category", "s1:timeliness", "product:timeliness",
    "timeliness",
)  # fmt: skip
PROCESSED_BY = ("s1:processing_datetime", "processing:datetime", "s1:processing_date")
DURATIONS = {"PT10M": "NRT-10m", "PT1H": "NRT-1h", "PT3H": "NRT-3h", "PT24H": "Fast-24h"}


@dataclass(frozen=True, slots=True)
class ReadItem:
    """A candidate with its outline in the plane of EPSG:3031."""

    candidate: Candidate
    outline: MultiPolygon


def read_item(item: Any, archive: Archive) -> ReadItem | None:
    """The candidate that an item offers, or None for another product and for the north.

    Raises Unusable with the reason for what cannot be used.
    """
    if not isinstance(item, Mapping) or not isinstance(item.get("properties"), Mapping):
        raise Unusable("it is no STAC item")
    product = _product_of(item)
    outline = footprint_of(item) if product is not None else None
    if product is None or outline is None:
        return None
    base = _base_of(item, archive)
    offered = offered_files(item, product, base, local_allowed=archive.is_local)
    properties = item["properties"]
    candidate = Candidate(
        product=product,
        footprint=polygon_to_lonlat(outline),
        files=offered.files,
        endpoint=archive.address,
        item_id=plain(item["id"]),
        timeliness=_timeliness(properties),
        notes=offered.notes,
        processed=_processed(properties),
    )
    return ReadItem(candidate, outline)


def item_name(item: Any) -> str:
    """What to call an item in a report, whatever it is."""
    name = item.get("id") if isinstance(item, Mapping) else None
    return plain(name) if isinstance(name, str) and name.strip() else "an item without id"


def _product_of(item: Mapping[str, Any]) -> ProductName | None:
    """The product's name in its longest form; None for products that are not ground-range."""
    if not isinstance(item.get("id"), str):
        raise Unusable("it has no id")
    stated, on_paths = list(_stated(item)), list(_on_paths(item))
    names = _names(stated) or _names(on_paths)
    if not names:
        if any(OTHER_PRODUCT.match(text) for text in (*stated, *on_paths)):
            return None
        raise Unusable("nothing in it is the name of a Sentinel-1 GRD product")
    other = next((name for name in names if not _agree(name, names[0])), None)
    if other is not None:
        raise Unusable(f"it names two products, {names[0].text} and {other.text}")
    # Ids are cut short in some archives; the paths of the files have the whole name.
    more = (name for name in _names(on_paths) if _agree(name, names[0]))
    return max((*names, *more), key=lambda name: len(name.text))


def _stated(item: Mapping[str, Any]) -> Iterator[str]:
    properties = item["properties"]
    values = (item["id"], *(properties.get(key) for key in NAMED_BY))
    return (value.strip() for value in values if isinstance(value, str))


def _on_paths(item: Mapping[str, Any]) -> Iterator[str]:
    assets = item.get("assets")
    bodies = assets.values() if isinstance(assets, Mapping) else ()
    hrefs = (body.get("href") for body in bodies if isinstance(body, Mapping))
    return (s for href in hrefs if isinstance(href, str) for s in unquote(href).split("/"))


def _names(texts: Iterable[str]) -> list[ProductName]:
    return [name for text in texts if (name := _parsed(text)) is not None]


def _parsed(text: str) -> ProductName | None:
    try:
        return parse_product_name(text)
    except InvalidName:
        return None


def _agree(one: ProductName, other: ProductName) -> bool:
    return is_same_acquisition(one, other) and one.polarisations == other.polarisations


def _base_of(item: Mapping[str, Any], archive: Archive) -> str:
    """The address of the item itself, by its link or as the API standard has it."""
    root = archive.url if archive.url.endswith("/") else f"{archive.url}/"
    links = item.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("rel") == "self":
            href = link.get("href")
            if isinstance(href, str):
                return _joined(root, href)
    return _joined(root, f"collections/{quote(archive.collection)}/items/{quote(item['id'])}")


def _joined(root: str, href: str) -> str:
    try:
        return urljoin(root, href)
    except ValueError:
        return root


def _timeliness(properties: Mapping[str, Any]) -> str | None:
    for key in TIMELY_BY:
        value = properties.get(key)
        if isinstance(value, str) and value.strip():
            text = plain(value)
            return DURATIONS.get(text.upper(), text)
    return None


def _processed(properties: Mapping[str, Any]) -> datetime | None:
    for key in PROCESSED_BY:
        value = properties.get(key)
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                continue
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
