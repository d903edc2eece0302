"""What a filter may ask for: names of STAC properties, their kinds, and where they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType

from catalog.calving import COLLECTION as CALVING_EVENTS
from catalog.calving import CalvingKind, EventStatus
from catalog.collection import COLLECTIONS
from catalog.front import Interval, Origin, Status

PREFIX = "icelines:"


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"  # UTC, to the microsecond
    TRUTH = "truth value"
    GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property by its STAC name.

    `column` is the column of `RevisionRow` that holds it; without one it is read from the
    document, because few searches ask for it. `choices` are all values it can have.
    """

    name: str
    kind: Kind
    description: str
    column: str | None = None
    choices: tuple[str, ...] = ()


def _choices(*kinds: type[Enum]) -> tuple[str, ...]:
    return tuple(str(member.value) for kind in kinds for member in kind)


def _own(
    name: str, kind: Kind, description: str, column: str | None = None, *choices: type[Enum]
) -> Queryable:
    return Queryable(f"{PREFIX}{name}", kind, description, column, _choices(*choices))


FIRST = "Moment of the item; the first one where it spans an interval"
GENERAL = (
    Queryable("id", Kind.TEXT, "Item id", "item_id"),
    Queryable("collection", Kind.TEXT, "Collection id", "collection"),
    Queryable("geometry", Kind.GEOMETRY, "Place in longitude and latitude", "document"),
    Queryable("datetime", Kind.MOMENT, f"{FIRST}; all of it in temporal functions", "start"),
    Queryable("start_datetime", Kind.MOMENT, "First moment", "start"),
    Queryable("end_datetime", Kind.MOMENT, "Last moment", "end"),
    Queryable("title", Kind.TEXT, "Title"),
)
OF_BOTH = (
    _own("unit", Kind.TEXT, "Shelf, or part of a shelf", "unit"),
    _own("shelf", Kind.TEXT, "Ice shelf", "shelf"),
    _own("interval", Kind.TEXT, "Time span", "interval", Interval),
    _own("origin", Kind.TEXT, "Where it is from", "origin", Origin),
    _own("source", Kind.TEXT, "Short name of the data set", "source"),
)
OF_FRONTS = (
    *OF_BOTH,
    _own("status", Kind.TEXT, "Result of checks", "status", Status),
    _own("length_km", Kind.NUMBER, "Length of the line in km"),
    _own("area_km2", Kind.NUMBER, "Area behind the line in km2"),
    _own("area_change_km2", Kind.NUMBER, "Its change in km2"),
    _own("confidence", Kind.NUMBER, "Confidence from 0 to 1"),
    _own("uncertainty_m", Kind.NUMBER, "Uncertainty in m"),
    _own("observations", Kind.NUMBER, "Lines in an average"),
    _own("spread_m", Kind.NUMBER, "Spread of the lines in an average in m"),
    _own("grid_m", Kind.NUMBER, "Grid of the vertices in m"),
    _own("baseline", Kind.TEXT, "Model and processing generation"),
)
OF_EVENTS = (
    *OF_BOTH,
    _own("status", Kind.TEXT, "Whether later fronts confirm the calving", "status", EventStatus),
    _own("event", Kind.TEXT, "What happened", None, CalvingKind),
    _own("area_km2", Kind.NUMBER, "Area of the ice that is missing in km2"),
    _own("area_uncertainty_km2", Kind.NUMBER, "One standard error of it in km2"),
    _own("outflow_km2", Kind.NUMBER, "Ice that flowed out and calved too in km2"),
    _own("calved_km2", Kind.NUMBER, "Both together in km2"),
    _own("width_km", Kind.NUMBER, "Width of the front that was lost in km"),
    _own("wide_window", Kind.TRUTH, "Whether the window is too wide to date the event"),
    _own("front_before", Kind.TEXT, "Front that still saw the ice"),
    _own("front_after", Kind.TEXT, "Front that no longer saw it"),
)
NONE: tuple[Queryable, ...] = ()


def queryables_of(collections: Iterable[str] = ()) -> Mapping[str, Queryable]:
    """What items of these collections (all where none is named) have, by name.

    A name that two collections give another meaning has the choices of both.
    """
    found: dict[str, Queryable] = {}
    for collection in tuple(collections) or COLLECTIONS:
        for queryable in (*GENERAL, *_own_of(collection)):
            known = found.setdefault(queryable.name, queryable)
            found[queryable.name] = _both(known, queryable)
    return MappingProxyType(found)


def _own_of(collection: str) -> tuple[Queryable, ...]:
    if collection.startswith("fronts-"):
        return OF_FRONTS
    return OF_EVENTS if collection == CALVING_EVENTS else NONE


def _both(one: Queryable, other: Queryable) -> Queryable:
    if one.choices == other.choices:
        return one
    choices = tuple(dict.fromkeys((*one.choices, *other.choices)))
    return Queryable(one.name, one.kind, one.description, one.column, choices)
