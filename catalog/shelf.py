"""The 36 ice shelves and their 51 parts: names, aliases, regions, reference lines.

The list of parts is that of the IceLines download folders (Baumhoer et al. 2023). Where a
numbered part ends is published nowhere, so ours are approximate and say so. The table itself is
`shelf_table.json`, kept by hand and measured by `scripts/measure_shelf_regions.py`, which also
says where its positions come from.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from catalog.errors import UnknownUnit

M_PER_KM = 1000.0
LIKENESS = 0.75  # of difflib: "Larsen B" is like Larsen C, and not like Quarisen
# Left out when names are compared: "Getz Ice Shelf", "getz" and "GETZ" are one name.
KIND_OF_ICE = re.compile(r"(ice ?shelf|ice ?tongue|glacier ?tongue|glacier)$")


@dataclass(frozen=True, slots=True)
class Part:
    """One mapped part of a shelf: `Getz1`, or the whole shelf where there is only one.

    `region` (EPSG:3031) is a simple polygon around every position the front may take.
    `reference` is the landward side of the region's boundary: area is counted from there to the
    front. It runs with the sea on its left. `is_approximate` where a limit towards a neighbouring
    part is ours.
    """

    name: str
    shelf: str
    region: Polygon
    reference: LineString
    is_approximate: bool
    title: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """An ice shelf: short `name` (`PineIsland`), `title` for people, other names, parts.

    `sections` are stretches that other authors map as one (`EasternRoss`); they are units, but
    not among the 51 parts.
    """

    name: str
    title: str
    aliases: tuple[str, ...]
    parts: tuple[Part, ...]
    sections: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What a front may be drawn for: a part, a section, or a whole shelf of several parts.

    The region of a shelf is the union of its parts; the two fronts of George VI lie apart, so
    there it is two polygons with two reference lines.
    """

    name: str
    shelf: str
    title: str
    region: Polygon | MultiPolygon
    reference: LineString | MultiLineString
    is_approximate: bool


@cache
def all_shelves() -> tuple[Shelf, ...]:
    """The 36 shelves, by name."""
    text = resources.files("catalog").joinpath("shelf_table.json").read_text(encoding="utf-8")
    return tuple(_shelf(entry) for entry in json.loads(text))


@cache
def all_parts() -> tuple[Part, ...]:
    """The 51 parts, by name."""
    return tuple(part for shelf in all_shelves() for part in shelf.parts)


def find_unit(text: str) -> Unit:
    """The unit that `text` names, however it is written; raises UnknownUnit with near names."""
    known = _units_by_key()
    unit = known.get(name_key(text))
    if unit is None:
        raise _unknown(text)
    return unit


def near_units(text: str) -> tuple[str, ...]:
    """Names of up to three units that are written much like `text`."""
    known = _units_by_key()
    near = get_close_matches(name_key(text), known, n=3, cutoff=LIKENESS)
    return tuple(sorted({known[key].name for key in near}))


def find_shelf(text: str) -> Shelf:
    """The shelf that `text`, the name of a shelf or of one of its parts, belongs to."""
    name = find_unit(text).shelf
    return next(shelf for shelf in all_shelves() if shelf.name == name)


def find_part(text: str) -> Part:
    """The part or section that `text` names; raises UnknownUnit for a shelf of several parts."""
    unit = find_unit(text)
    shelf = find_shelf(text)
    for part in (*shelf.parts, *shelf.sections):
        if part.name == unit.name:
            return part
    names = ", ".join(part.name for part in shelf.parts)
    raise UnknownUnit(
        f"{text!r} is a shelf of several parts.", remedy=f"Name one of them: {names}."
    )


def reference_of(region: Polygon, reference: LineString | MultiLineString) -> LineString:
    """Of the references of a unit that which bounds `region`, one polygon of its region."""
    if isinstance(reference, LineString):
        return reference
    return next(line for line in reference.geoms if region.exterior.covers(line))


def name_key(text: str) -> str:
    """What two spellings of one name have in common: `George_VI`, `george vi ice shelf`.

    A hyphen before a digit counts: `Getz-1` of other authors is a glacier, not our `Getz1`.
    """
    spaced = " ".join(_words(text)).lower()
    return (KIND_OF_ICE.sub("", spaced) or spaced).replace(" ", "")


def unit_slug(text: str) -> str:
    """A unit name for a shelf the table does not know: `Larsen_B` becomes `LarsenB`."""
    slug = "".join(word[0].upper() + word[1:] for word in _words(text))
    return slug if slug[:1].isalpha() else f"Unit{slug}"


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.findall(r"[A-Za-z0-9]+(?:-[0-9]+)*", plain)


@cache
def _units_by_key() -> dict[str, Unit]:
    known: dict[str, Unit] = {}
    for shelf in all_shelves():
        pieces = (*shelf.parts, *shelf.sections)
        units = [(unit_of_part(part), part.aliases) for part in pieces]
        units.append((unit_of_shelf(shelf), shelf.aliases))
        for unit, aliases in units:
            for name in (unit.name, unit.title, *aliases):
                known[name_key(name)] = unit
    return known


def unit_of_part(part: Part) -> Unit:
    return Unit(part.name, part.shelf, part.title, part.region, part.reference, part.is_approximate)


def unit_of_shelf(shelf: Shelf) -> Unit:
    """The shelf as one unit; that is its part where there is only one."""
    if len(shelf.parts) == 1:
        return unit_of_part(shelf.parts[0])
    return Unit(
        shelf.name,
        shelf.name,
        shelf.title,
        shapely.union_all([part.region for part in shelf.parts]),
        _joined(part.reference for part in shelf.parts),
        any(part.is_approximate for part in shelf.parts),
    )


def _joined(lines: Iterable[LineString]) -> LineString | MultiLineString:
    # Numbers run against the walk with the sea on the left, so the last part comes first.
    return shapely.line_merge(MultiLineString(list(lines)[::-1]), directed=True)


def _shelf(entry: dict[str, Any]) -> Shelf:
    single = len(entry["parts"]) == 1
    return Shelf(
        name=entry["name"],
        title=entry["title"],
        aliases=tuple(entry["aliases"]),
        parts=tuple(
            _part(part, entry, entry["title"] if single else _part_title(part, entry))
            for part in entry["parts"]
        ),
        sections=tuple(_part(part, entry, part["title"]) for part in entry["sections"]),
    )


def _part_title(part: dict[str, Any], shelf: dict[str, Any]) -> str:
    number = part["name"].removeprefix(shelf["name"])
    return part["title"] or f"{shelf['title']}, part {number}"


def _part(entry: dict[str, Any], shelf: dict[str, Any], title: str) -> Part:
    reference, seaward = (list(_metres(entry[key])) for key in ("reference_km", "seaward_km"))
    return Part(
        name=entry["name"],
        shelf=shelf["name"],
        region=Polygon([*reference, *reversed(seaward)]),
        reference=LineString(reference),
        is_approximate=entry["is_approximate"],
        title=title,
        aliases=tuple(entry["aliases"]),
    )


def _metres(chain_km: list[list[int]]) -> Iterator[tuple[float, float]]:
    return ((x * M_PER_KM, y * M_PER_KM) for x, y in chain_km)


def _unknown(text: str) -> UnknownUnit:
    names = near_units(text)
    remedy = f"Did you mean {', '.join(names)}?" if names else "Parts are named like Getz1."
    return UnknownUnit(f"{text!r} is no shelf or part of the table.", remedy=remedy)
