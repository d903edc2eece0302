"""Logging in: the one way from a name and a password to a session."""

from __future__ import annotations

from web.review.errors import WrongLogin
from web.review.lockout import ACCOUNT_RULE, ADDRESS_RULE, address_group
from web.review.passwords import Passwords, checked_name, checked_password
from web.review.register import Register


def log_in(register: Register, passwords: Passwords, name: str, password: str, address: str) -> str:
    """The secret of a new session; raises WrongLogin or LockedOut.

    An unknown name is counted, checked and refused just as a wrong password is.
    """
    account_key, address_key = f"account {name}", f"address {address_group(address)}"
    register.count_attempts([(account_key, ACCOUNT_RULE), (address_key, ADDRESS_RULE)])
    kept = register.password_hash(name)
    if not passwords.matches(password, kept) or kept is None:
        raise WrongLogin
    register.forgive(account_key, address_key)
    if passwords.is_outdated(kept):
        register.renew_hash(name, passwords.hash(password))
    return register.open_session(name)


def add_account(register: Register, passwords: Passwords, name: str, password: str) -> None:
    """A new account; raises BadName, WeakPassword or NameTaken."""
    checked_password(password, checked_name(name))
    register.add_account(name, passwords.hash(password))


def change_password(register: Register, passwords: Passwords, name: str, password: str) -> None:
    """Another password for an account, whose sessions end; raises WeakPassword, NoSuchAccount."""
    checked_password(password, checked_name(name))
    register.set_password(name, passwords.hash(password))
