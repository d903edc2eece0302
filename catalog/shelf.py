"""The 36 ice shelves and their 51 parts: names, aliases, regions, reference lines.

The list of parts is that of the IceLines download folders (Baumhoer et al. 2023). Where a
numbered part ends is published nowhere, so ours are approximate and say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely import LineString, Polygon


@dataclass(frozen=True, slots=True)
class Part:
    """One mapped part of a shelf: `Getz1`, or the whole shelf where there is only one.

    `region` (EPSG:3031) is a simple polygon around every position the front may take.
    `reference` is the landward side of the region's boundary: area is counted from there to the
    front. `is_approximate` where the split between numbered parts is ours.
    """

    name: str
    shelf: str
    region: Polygon
    reference: LineString
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """An ice shelf: short `name` (`PineIsland`), `title` for people, other names, parts."""

    name: str
    title: str
    aliases: tuple[str, ...]
    parts: tuple[Part, ...]
