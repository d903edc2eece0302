"""What can be wrong with a file of somebody else's.

InputError
├── UnreadableFile     a file cannot be opened as vector data, or holds none
├── MissingField       no field says which shelf or which day
├── NoDate             a text that is no date
└── UnusableGeometry   a geometry that cannot be a front
"""

from __future__ import annotations

from catalog.errors import InputError


class UnreadableFile(InputError):
    """A file cannot be opened as vector data, or holds none."""


class MissingField(InputError):
    """No field says which shelf or which day, or the named one is not there."""


class NoDate(InputError):
    """A text that is no date."""


class UnusableGeometry(InputError):
    """A geometry that cannot be a front in the Antarctic."""
