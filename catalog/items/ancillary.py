"""An elevation model, geoid or mask as a STAC item, and back."""

from __future__ import annotations

from datetime import UTC, datetime, time

from shapely.geometry import MultiPolygon, shape

from catalog import extensions
from catalog.ancillary import Ancillary, AncillaryKind, VerticalDatum
from catalog.geometry import lonlat_bbox
from catalog.items.envelope import (
    Asset,
    Item,
    build_item,
    format_time,
    multipolygon_geometry,
    parse_time,
)

COLLECTION = "ancillary"


def ancillary_to_item(ancillary: Ancillary) -> Item:
    """The canonical item, with the file as the asset `raster`."""
    asset = Asset(
        "raster", ancillary.href, ancillary.media_type, ancillary.title, ("data",),
        ancillary.sha256, ancillary.size_bytes,
    )  # fmt: skip
    return build_item(
        item_id=ancillary.id,
        collection=COLLECTION,
        geometry=multipolygon_geometry(ancillary.footprint),
        bbox=lonlat_bbox(ancillary.footprint),
        properties={
            "datetime": format_time(datetime.combine(ancillary.represents, time(), UTC)),
            "title": ancillary.title,
            "license": ancillary.licence,
            "proj:code": ancillary.crs,
            "proj:shape": list(ancillary.shape_px),
            "sci:citation": ancillary.citation,
            "sci:doi": ancillary.doi,
            "icelines:kind": str(ancillary.kind),
            "icelines:vertical": str(ancillary.vertical) if ancillary.vertical else None,
            "icelines:layer": ancillary.layer,
        },
        extensions=_extensions(ancillary),
        assets=[asset],
    )


def item_to_ancillary(item: Item) -> Ancillary:
    """The value that `ancillary_to_item` was given."""
    properties, asset = item["properties"], item["assets"]["raster"]
    vertical = properties.get("icelines:vertical")
    rows, columns = properties["proj:shape"]
    return Ancillary(
        id=item["id"],
        kind=AncillaryKind(properties["icelines:kind"]),
        title=properties["title"],
        licence=properties["license"],
        represents=parse_time(properties["datetime"]).date(),
        footprint=MultiPolygon(shape(item["geometry"])),
        shape_px=(rows, columns),
        crs=properties.get("proj:code"),
        sha256=asset["file:checksum"][4:],
        size_bytes=asset["file:size"],
        href=asset["href"],
        media_type=asset["type"],
        vertical=VerticalDatum(vertical) if vertical else None,
        layer=properties.get("icelines:layer"),
        citation=properties.get("sci:citation"),
        doi=properties.get("sci:doi"),
    )


def _extensions(ancillary: Ancillary) -> list[str]:
    always = [extensions.ICELINES, extensions.FILE, extensions.PROJECTION]
    is_cited = ancillary.citation is not None or ancillary.doi is not None
    return always + ([extensions.SCIENTIFIC] if is_cited else [])
