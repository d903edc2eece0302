"""What may be wrong with a filter.

IceLinesError
└── InputError
    └── BadFilter             no CQL2, or asks for what there is not
        └── FilterTooLarge    longer or deeper than is read
"""

from __future__ import annotations

from catalog.errors import InputError


class BadFilter(InputError):
    """A filter is no CQL2, or asks for what is not queryable here."""

    def __init__(self, fault: str, remedy: str = "") -> None:
        super().__init__(fault, where="filter", remedy=remedy)


class FilterTooLarge(BadFilter):
    """A filter is longer, or nests deeper, than is read."""
