"""The collections: what they hold, in words for people, with the extent of what is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.items.envelope import STAC_VERSION

KEYWORDS = ["Antarctica", "ice shelf", "calving front", "Sentinel-1", "SAR"]
# SPDX has no expression for "as each item says"; STAC asks for "other" in that case.
SEE_ITEM = "other"


@dataclass(frozen=True, slots=True)
class CollectionText:
    """What a collection is, apart from what happens to be in it."""

    id: str
    title: str
    description: str


COLLECTIONS = {
    text.id: text
    for text in (
        CollectionText(
            "fronts-daily",
            "Daily fronts",
            "One ice-shelf front for each part and satellite pass.",
        ),
        CollectionText(
            "fronts-monthly",
            "Monthly fronts",
            "One ice-shelf front for each part and month, averaged from its daily fronts.",
        ),
        CollectionText(
            "fronts-quarterly",
            "Quarterly fronts",
            "One ice-shelf front for each part and quarter.",
        ),
        CollectionText(
            "fronts-annual",
            "Annual fronts",
            "One ice-shelf front for each part and year, with those of other authors.",
        ),
        CollectionText(
            "calving-events",
            "Calving events",
            "Ice that a part lost between two of its fronts and did not get back: polygon, area, "
            "time window, fronts and scenes before and after.",
        ),
        CollectionText(
            "scenes",
            "Scenes",
            "Sentinel-1 scenes that fronts were drawn from; simulated ones say so.",
        ),
        CollectionText("models", "Models", "Networks that found ice and ocean in the scenes."),
        CollectionText(
            "ancillary",
            "Elevation models and masks",
            "Rasters that scenes were prepared with: elevation models, geoids and masks.",
        ),
    )
}
FRONT_COLLECTIONS = tuple(name for name in COLLECTIONS if name.startswith("fronts-"))


@dataclass(frozen=True, slots=True)
class Extent:
    """West, south, east, north; first and last moment (RFC 3339, None: open)."""

    bbox: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, -60.0)
    start: str | None = None
    end: str | None = None


def build_collection(text: CollectionText, extent: Extent) -> dict[str, Any]:
    """A STAC 1.1 collection without links; whoever serves it adds them."""
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "stac_extensions": [],
        "id": text.id,
        "title": text.title,
        "description": text.description,
        "keywords": KEYWORDS,
        "license": SEE_ITEM,
        "extent": {
            "spatial": {"bbox": [list(extent.bbox)]},
            "temporal": {"interval": [[extent.start, extent.end]]},
        },
        "links": [],
    }
