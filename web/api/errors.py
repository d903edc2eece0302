"""What a client of the API may have done wrong.

IceLinesError
└── InputError
    └── BadParameter          a parameter that cannot be used
        ├── BadFilter         a filter that is no CQL2, or asks for more than there is
        └── UnknownRelease    a release that is not published
            └── Withdrawn     a release that was taken back
"""

from __future__ import annotations

from catalog.errors import InputError


class BadParameter(InputError):
    """A parameter of a request cannot be used; `where` is its name."""


class BadFilter(BadParameter):
    """A filter is no CQL2, or asks for what is not queryable here."""


class UnknownRelease(BadParameter):
    """A release that the public cannot see."""


class Withdrawn(UnknownRelease):
    """A release that was published and taken back."""
