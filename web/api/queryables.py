"""What a filter may ask for: names of STAC properties and the fields of the catalogue behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from catalog.front import Interval, Origin, Status


class Kind(Enum):
    TEXT = auto()
    MOMENT = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property by its STAC name; `record_field` is that of `catalog.condition`."""

    name: str
    record_field: str
    kind: Kind
    description: str
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the values."""
        return {**SCHEMAS[self.kind], "description": self.description, **self.more}


SCHEMAS: Mapping[Kind, Mapping[str, str]] = {
    Kind.TEXT: {"type": "string"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.NUMBER: {"type": "number"},
}
INSTANT = "Moment of the item; the first one where it spans an interval"


def _choice(values: type[Enum]) -> Mapping[str, Any]:
    return {"enum": [member.value for member in values]}


QUERYABLES = {
    queryable.name: queryable
    for queryable in (
        Queryable("id", "item_id", Kind.TEXT, "Item id"),
        Queryable("collection", "collection", Kind.TEXT, "Collection id"),
        Queryable("datetime", "start", Kind.MOMENT, INSTANT),
        Queryable("start_datetime", "start", Kind.MOMENT, "First moment"),
        Queryable("end_datetime", "end", Kind.MOMENT, "Last moment"),
        Queryable("icelines:unit", "unit", Kind.TEXT, "Shelf, or part of a shelf"),
        Queryable("icelines:shelf", "shelf", Kind.TEXT, "Ice shelf"),
        Queryable("icelines:interval", "interval", Kind.TEXT, "Time span", _choice(Interval)),
        Queryable("icelines:origin", "origin", Kind.TEXT, "Where it is from", _choice(Origin)),
        Queryable("icelines:source", "source", Kind.TEXT, "Short name of the data set"),
        Queryable("icelines:status", "status", Kind.TEXT, "Result of checks", _choice(Status)),
        Queryable("icelines:length_km", "length_km", Kind.NUMBER, "Length of the line in km"),
        Queryable("icelines:area_km2", "area_km2", Kind.NUMBER, "Area behind the line in km2"),
        Queryable("icelines:area_change_km2", "area_change_km2", Kind.NUMBER, "Its change in km2"),
        Queryable("icelines:confidence", "confidence", Kind.NUMBER, "Confidence from 0 to 1"),
        Queryable("icelines:uncertainty_m", "uncertainty_m", Kind.NUMBER, "Uncertainty in m"),
        Queryable("icelines:observations", "observations", Kind.NUMBER, "Lines in an average"),
    )
}
PREFIX = "icelines:"
FRONT_ONLY = {name for name in QUERYABLES if name.startswith(PREFIX)}


def queryables_document(address: str, collection: str | None) -> dict[str, Any]:
    """The JSON Schema of what may be queried, for all collections or for one of them."""
    is_of_fronts = collection is None or collection.startswith("fronts-")
    names = [name for name in QUERYABLES if is_of_fronts or name not in FRONT_ONLY]
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": address,
        "type": "object",
        "title": f"Queryables of {collection or 'all collections'}",
        "properties": {name: QUERYABLES[name].schema for name in names},
        "additionalProperties": False,
    }
