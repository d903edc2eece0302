"""What can go wrong, said so that a person can mend it.

    IceLinesError              anything this program refuses to do
    ├── InputError             a file or value from outside cannot be used
    │   ├── UnknownUnit        a shelf or part that the table does not know
    │   └── InvalidName        a string that does not follow its grammar
    ├── StorageError           the workspace cannot be read or written
    ├── RecordError            a record breaks a rule of the catalogue
    │   ├── NotRecorded        what was asked for is not in the catalogue
    │   └── RevisedMeanwhile   another process wrote the record since it was read
    ├── SettingsError          the configuration is incomplete or contradictory
    └── PublicationError       a release may not or could not be published

Every error names the place, the fault and the remedy. Rooms subclass these; only `cli` turns
them into exit codes and only the web edge turns them into status codes.
"""

from __future__ import annotations

from pathlib import Path


class IceLinesError(Exception):
    """A refusal: `where` it happened, the `fault`, and the `remedy` a person can apply."""

    def __init__(self, fault: str, *, where: str | Path | None = None, remedy: str = "") -> None:
        self.fault = fault
        self.where = str(where) if where is not None else ""
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.fault}{advice}"


class InputError(IceLinesError):
    """A file or a value from outside cannot be used; the rest of the work goes on."""


class UnknownUnit(InputError):
    """A shelf or part that the table of shelves does not know."""


class InvalidName(InputError):
    """A string that does not follow the grammar of its kind (DOI, version, scene id, item id)."""


class StorageError(IceLinesError):
    """The workspace, the object store or the catalogue cannot be read or written."""


class RecordError(IceLinesError):
    """A record breaks a rule of the catalogue."""


class NotRecorded(RecordError):
    """What was asked for is not in the catalogue."""


class RevisedMeanwhile(RecordError):
    """Another process wrote the record since it was read: what was made of it is out of date."""


class SettingsError(IceLinesError):
    """The configuration is incomplete or contradicts itself."""


class PublicationError(IceLinesError):
    """A release may not be published, or its publication did not go through."""
