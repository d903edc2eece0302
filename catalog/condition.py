"""A condition on items as a value: what a CQL2 filter becomes before it becomes SQL.

A field that an item does not have makes a comparison neither true nor false, as in SQL and in
CQL2 (OGC 21-065r2, section 6.3): the item is left out, also under `Not`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.errors import InputError

# Columns of an item's row, by what may be compared with them.
TEXT_FIELDS = {
    "item_id": "id",
    "collection": "collection",
    "unit": "icelines:unit",
    "shelf": "icelines:shelf",
    "interval": "icelines:interval",
    "origin": "icelines:origin",
    "source": "icelines:source",
    "status": "icelines:status",
}
MOMENT_FIELDS = {"start": "start_datetime", "end": "end_datetime"}
# Read from the document, because few searches ask for them.
NUMBER_FIELDS = {
    "length_km": "icelines:length_km",
    "area_km2": "icelines:area_km2",
    "area_change_km2": "icelines:area_change_km2",
    "confidence": "icelines:confidence",
    "uncertainty_m": "icelines:uncertainty_m",
    "observations": "icelines:observations",
    "area_uncertainty_km2": "icelines:area_uncertainty_km2",
    "outflow_km2": "icelines:outflow_km2",
    "calved_km2": "icelines:calved_km2",
    "width_km": "icelines:width_km",
}
# Text that is read from the document, for the same reason.
DOCUMENT_TEXT_FIELDS = {
    "event": "icelines:event",
    "front_before": "icelines:front_before",
    "front_after": "icelines:front_after",
}

Literal = str | float | datetime


class Comparator(StrEnum):
    EQUAL = "="
    DIFFERENT = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field comparator value`; the value is of the field's kind (text, number, UTC moment)."""

    field: str
    comparator: Comparator
    value: Literal


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field has one of the values (at least one has to be given)."""

    field: str
    values: tuple[Literal, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise InputError("A list of values is empty.", where=self.field)


@dataclass(frozen=True, slots=True)
class Like:
    """A text field fits a pattern: `%` any characters, `_` one, a backslash takes both literally.

    Capitals count.
    """

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class IsMissing:
    """The item has no such field."""

    field: str


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts; true without parts."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts; false without parts."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Comparison | OneOf | Like | IsMissing | And | Or | Not
EVERYTHING = And(())
NOTHING = Or(())
