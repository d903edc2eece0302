"""What scenes are prepared with: elevation models, geoids and masks, as they were put on record.

The files are copied into the content-addressed store, so that a lineage that names one can be
followed for as long as the store is kept. What is too large to copy is cut to the shelves first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely import MultiPolygon

from catalog.errors import InvalidName, RecordError

ID_PATTERN = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LONGEST_ID = 80


class AncillaryKind(StrEnum):
    DEM = "dem"
    GEOID = "geoid"  # heights of the mean sea over the ellipsoid
    MASK = "mask"


class VerticalDatum(StrEnum):
    """What heights count from. No raster format tells it reliably, so a person has to."""

    ELLIPSOID = "ellipsoid"
    GEOID = "geoid"


@dataclass(frozen=True, slots=True)
class Ancillary:
    """A raster on record. `footprint` is in EPSG:4326, `shape_px` is (rows, columns).

    `crs` is the code of its map system (`EPSG:3031`), None where it has none. `layer` names the
    variable of a file that holds several. `represents` is the day that the data stand for, or on
    which they were published. Heights need `vertical`, masks have none.
    """

    id: str
    kind: AncillaryKind
    title: str
    licence: str
    represents: date
    footprint: MultiPolygon
    shape_px: tuple[int, int]
    crs: str | None
    sha256: str
    size_bytes: int
    href: str
    media_type: str
    vertical: VerticalDatum | None = None
    layer: str | None = None
    citation: str | None = None
    doi: str | None = None

    def __post_init__(self) -> None:
        if not ID_PATTERN.fullmatch(self.id) or len(self.id) > LONGEST_ID:
            raise InvalidName(
                f"{self.id!r} is no name of a raster.",
                remedy="Use small letters, digits, full stops and hyphens: rema-1km-v2.",
            )
        if (self.vertical is None) != (self.kind is AncillaryKind.MASK):
            raise RecordError(
                "a raster of heights says what they count from, and a mask does not.",
                where=self.id,
                remedy="Give --vertical ellipsoid or --vertical geoid, for heights only.",
            )
        if self.kind is AncillaryKind.GEOID and self.vertical is not VerticalDatum.ELLIPSOID:
            raise RecordError(
                "heights of the geoid count from the ellipsoid.",
                where=self.id,
                remedy="Give --vertical ellipsoid.",
            )


def ancillary_id(title: str) -> str:
    """A name made of a title: `REMA 1 km, v2` becomes `rema-1-km-v2`; may be empty."""
    words = re.findall(r"[a-z0-9]+(?:\.[0-9]+)*", title.lower())
    return "-".join(words)[:LONGEST_ID].rstrip(".-")
