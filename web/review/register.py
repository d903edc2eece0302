"""Register: accounts, sessions and failed logins, in the database of the catalogue."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session as Database
from sqlmodel import SQLModel, col

from catalog.canonical import sha256_hex
from catalog.database import open_database
from catalog.errors import StorageError
from catalog.rows import moment_text
from catalog.settings import Settings
from web.review.errors import LockedOut, NameTaken, NoSuchAccount
from web.review.lockout import Attempts, LockRule, after_attempt
from web.review.tables import TABLES, AccountRow, AttemptRow, SessionRow

Clock = Callable[[], datetime]
SESSION_LASTS = timedelta(hours=12)
TOKEN_BYTES = 32
ONE_AT_A_TIME = text("LOCK TABLE review_attempt IN SHARE ROW EXCLUSIVE MODE")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in."""

    name: str
    expires_at: datetime


class Register:
    """Who may review, and who is logged in. Time comes from `clock`."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self.clock = clock
        tables = [SQLModel.metadata.tables[str(row.__tablename__)] for row in TABLES]
        with self._reporting():
            SQLModel.metadata.create_all(engine, tables=tables)

    @classmethod
    def open(cls, settings: Settings, clock: Clock = utc_now) -> Register:
        """The register beside the catalogue that `settings` names."""
        return cls(open_database(settings), clock)

    def close(self) -> None:
        self._engine.dispose()

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, name: str, password_hash: str) -> None:
        """Write a new account; raises NameTaken."""
        with self._database() as database:
            if database.get(AccountRow, name) is not None:
                raise NameTaken(
                    f"There is an account {name!r} already.",
                    remedy=f"`icelines review set-password {name}` gives it another password.",
                )
            created_at = moment_text(self.clock())
            database.add(AccountRow(name=name, password=password_hash, created_at=created_at))
            database.commit()

    def set_password(self, name: str, password_hash: str) -> None:
        """Give an account another password and end its sessions; raises NoSuchAccount."""
        with self._database() as database:
            self._existing(database, name).password = password_hash
            database.execute(delete(SessionRow).where(col(SessionRow.name) == name))
            database.commit()

    def renew_hash(self, name: str, password_hash: str) -> None:
        """Keep the same password under another hash; sessions stay."""
        with self._database() as database:
            kept = update(AccountRow).where(col(AccountRow.name) == name)
            database.execute(kept.values(password=password_hash))
            database.commit()

    def remove_account(self, name: str) -> None:
        """Close an account and its sessions; its decisions stay. Raises NoSuchAccount."""
        with self._database() as database:
            database.delete(self._existing(database, name))
            database.execute(delete(SessionRow).where(col(SessionRow.name) == name))
            database.commit()

    def names(self) -> tuple[str, ...]:
        """All accounts, by name."""
        with self._database() as database:
            return tuple(
                database.scalars(select(col(AccountRow.name)).order_by(col(AccountRow.name)))
            )

    def password_hash(self, name: str) -> str | None:
        with self._database() as database:
            row = database.get(AccountRow, name)
        return row.password if row else None

    # --- sessions ----------------------------------------------------------------------------

    def open_session(self, name: str) -> str:
        """Log `name` in; returns the secret for the cookie, which is kept as a digest only."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.clock()
        expired = delete(SessionRow).where(col(SessionRow.expires_at) <= moment_text(now))
        with self._database() as database:
            database.execute(expired)
            expires_at = moment_text(now + SESSION_LASTS)
            database.add(SessionRow(token_sha256=_digest(token), name=name, expires_at=expires_at))
            database.commit()
        return token

    def session(self, token: str) -> Session | None:
        """Who has this secret; None where it is unknown, closed or expired."""
        with self._database() as database:
            row = database.get(SessionRow, _digest(token))
        if row is None or row.expires_at <= moment_text(self.clock()):
            return None
        return Session(row.name, datetime.fromisoformat(row.expires_at))

    def close_session(self, token: str) -> None:
        with self._database() as database:
            closed = delete(SessionRow).where(col(SessionRow.token_sha256) == _digest(token))
            database.execute(closed)
            database.commit()

    # --- failed logins -----------------------------------------------------------------------

    def count_attempts(self, rules: Iterable[tuple[str, LockRule]]) -> None:
        """Count one attempt under every key before its password is looked at.

        Raises LockedOut, and counts nothing, where one of them is locked. Counting first makes
        many logins at once no way around the limit.
        """
        now = self.clock()
        counted = [(_digest(key), rule) for key, rule in rules]
        keys = [key for key, _ in counted]
        with self._database() as database:
            if database.get_bind().dialect.name == "postgresql":
                database.execute(ONE_AT_A_TIME)
            # A write first: SQLite then lets no other writer in before this is done.
            stale = moment_text(now - max(rule.within + rule.lock for _, rule in counted))
            database.execute(delete(AttemptRow).where(col(AttemptRow.first_at) < stale))
            found = select(AttemptRow).where(col(AttemptRow.key_sha256).in_(keys))
            before = {row.key_sha256: _attempts(row) for row in database.scalars(found)}
            locks = [a.locked_until for a in before.values() if a.is_locked(now)]
            if until := max((lock for lock in locks if lock), default=None):
                raise LockedOut(until)
            for key, rule in counted:
                database.merge(_attempt_row(key, after_attempt(before.get(key), rule, now)))
            database.commit()

    def forgive(self, account_key: str, address_key: str) -> None:
        """After a login that succeeded: the account starts anew, the address loses one count.

        An address keeps the rest, or one's own account would be the way to guess at others.
        """
        address = update(AttemptRow).where(col(AttemptRow.key_sha256) == _digest(address_key))
        with self._database() as database:
            mine = col(AttemptRow.key_sha256) == _digest(account_key)
            database.execute(delete(AttemptRow).where(mine))
            database.execute(address.values(count=col(AttemptRow.count) - 1, locked_until=None))
            database.commit()

    # --- inside ------------------------------------------------------------------------------

    @staticmethod
    def _existing(database: Database, name: str) -> AccountRow:
        row = database.get(AccountRow, name)
        if row is None:
            raise NoSuchAccount(f"There is no account {name!r}.")
        return row

    @contextmanager
    def _database(self) -> Iterator[Database]:
        with self._reporting(), Database(self._engine, expire_on_commit=False) as database:
            yield database

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StorageError(
                f"The accounts could not be read or written ({str(error.orig).splitlines()[0]}).",
                where=self._engine.url.render_as_string(hide_password=True),
                remedy="Check disk space and permissions.",
            ) from error


def _digest(text: str) -> str:
    return sha256_hex(text.encode("utf-8", "surrogatepass"))


def _attempts(row: AttemptRow) -> Attempts:
    until = datetime.fromisoformat(row.locked_until) if row.locked_until else None
    return Attempts(row.count, datetime.fromisoformat(row.first_at), until)


def _attempt_row(key: str, attempts: Attempts) -> AttemptRow:
    until = moment_text(attempts.locked_until) if attempts.locked_until else None
    first_at = moment_text(attempts.first_at)
    return AttemptRow(key_sha256=key, count=attempts.count, first_at=first_at, locked_until=until)
