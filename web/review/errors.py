"""What the desk refuses, said so that a reviewer or an operator can mend it.

InputError
└── DeskRefusal
    ├── BadName         an account name that does not follow the grammar
    ├── WeakPassword    a password that is too short or too well known
    ├── NameTaken       an account of this name exists
    ├── NoSuchAccount   no account of this name exists
    ├── WrongLogin      name and password do not belong together; never says which is wrong
    ├── LockedOut       too many wrong logins
    ├── UnusableForm    a decision that cannot be recorded as it is, with everything that is wrong
    └── ForgedForm      a form that this session did not hand out, or one that is damaged
"""

from __future__ import annotations

from datetime import datetime

from catalog.errors import InputError


class DeskRefusal(InputError):
    """Something that the review desk does not accept."""


class BadName(DeskRefusal):
    """A name of an account that does not follow the grammar."""


class WeakPassword(DeskRefusal):
    """A password that would be guessed."""


class NameTaken(DeskRefusal):
    """There is an account of this name already."""


class NoSuchAccount(DeskRefusal):
    """There is no account of this name."""


class WrongLogin(DeskRefusal):
    """Name and password do not belong together."""

    def __init__(self) -> None:
        super().__init__("Name and password do not belong together.")


class LockedOut(DeskRefusal):
    """Too many wrong logins for one account or from one address; `until` is in UTC."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            "Too many logins went wrong.", remedy=f"Try again after {until:%H:%M} UTC."
        )


class ForgedForm(DeskRefusal):
    """A form was sent that this session did not hand out, or that cannot be read."""


class UnusableForm(DeskRefusal):
    """A decision cannot be recorded as it is; `faults` are sentences for the reviewer."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__(" ".join(faults))
