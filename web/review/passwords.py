"""Names and passwords: what is accepted, and how passwords are kept (argon2id)."""

from __future__ import annotations

import re
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.review.errors import BadName, WeakPassword

NAME_PATTERN = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)
SHORTEST, LONGEST = 12, 512
FEWEST_LETTERS = 5  # different ones: "aaaaaaaaaaaa" is long and no password
AT_ONCE = 2  # each check takes 64 MiB and tens of milliseconds on purpose


def checked_name(text: str) -> str:
    """`text` where it is an account name; raises BadName."""
    if NAME_PATTERN.fullmatch(text):
        return text
    raise BadName(
        f"{text[:40]!r} is no account name.",
        remedy="Use 2 to 32 of a-z, 0-9, '.', '_' and '-', beginning with a letter. Decisions, "
        "and the releases made of them, carry this name.",
    )


def checked_password(password: str, name: str) -> str:
    """`password` where it is good enough for the account `name`; raises WeakPassword."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters.")
    if len(set(password)) < FEWEST_LETTERS or name in password.lower():
        raise WeakPassword(
            "This password would be guessed.",
            remedy="Take several words, and not the account's name.",
        )
    return password


class Passwords:
    """Hashes and verifies; a check takes the same work whether or not the account exists.

    The parameters are argon2-cffi's: argon2id, 64 MiB, 3 passes (RFC 9106, second choice). Only
    `AT_ONCE` run at a time, so that a flood of logins takes no more memory than that.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._of_nobody = self._hasher.hash("the password of nobody")

    def hash(self, password: str) -> str:
        with self._slots:
            return self._hasher.hash(password)

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether `password` is that of the hash `kept`; None stands for an unknown account."""
        password = password[:LONGEST]
        with self._slots:
            try:
                is_right = self._hasher.verify(kept or self._of_nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return is_right and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(kept)
