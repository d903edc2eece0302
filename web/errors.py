"""What can go wrong between the records and the people who read them.

IceLinesError
└── WebError              a view cannot be made or served
    └── SiteError         the static site cannot be built
"""

from __future__ import annotations

from catalog.errors import IceLinesError


class WebError(IceLinesError):
    """A view of the records cannot be made or served."""


class SiteError(WebError):
    """The static site cannot be built."""
