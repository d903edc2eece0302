"""What a client of the API may have done wrong.

IceLinesError
└── InputError
    └── BadParameter          a parameter that cannot be used
        └── UnknownRelease    a release that is not published
            └── Withdrawn     a release that was taken back

What may be wrong with a filter stands in `catalog.filtering.errors`.
"""

from __future__ import annotations

from catalog.errors import InputError


class BadParameter(InputError):
    """A parameter of a request cannot be used; `where` is its name."""


class UnknownRelease(BadParameter):
    """A release that the public cannot see."""


class Withdrawn(UnknownRelease):
    """A release that was published and taken back."""
