"""Which unit a name means, also where the table of shelves does not know it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.errors import UnknownUnit
from catalog.shelf import Unit, find_unit, near_units, unit_slug

NUMBER = re.compile(r"[-_ ]?\d+$")


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """Unit and shelf of a front, `known` where the table has it. `text` is what was written."""

    text: str
    name: str
    shelf: str
    known: Unit | None

    @property
    def near(self) -> tuple[str, ...]:
        """Units of the table that the text might have meant."""
        return near_units(self.text)


def name_unit(text: str) -> NamedUnit:
    """The unit of the table that `text` means, or one of its own: `Larsen_B` is `LarsenB`.

    A numbered glacier (`Getz-2`) that the table lacks belongs to the shelf whose name it bears.
    Raises UnknownUnit for a text without letters.
    """
    if not any(letter.isalpha() for letter in text):
        raise UnknownUnit(f"{text!r} is no name of a shelf.", remedy="Fill in the field.")
    try:
        unit = find_unit(text)
    except UnknownUnit:
        return NamedUnit(text, unit_slug(text), _shelf_of(text), None)
    return NamedUnit(text, unit.name, unit.shelf, unit)


def _shelf_of(text: str) -> str:
    base = NUMBER.sub("", text)
    try:
        return find_unit(base).shelf
    except UnknownUnit:
        return unit_slug(base) if any(letter.isalpha() for letter in base) else unit_slug(text)
