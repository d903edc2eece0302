"""The desk's own tables, beside those of the catalogue: they are no record and never exported."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """A reviewer; `password` is an argon2 hash."""

    __tablename__ = "review_account"

    name: str = Field(primary_key=True)
    password: str
    created_at: str


class SessionRow(SQLModel, table=True):
    """Somebody who is logged in; only the digest of the cookie is kept."""

    __tablename__ = "review_session"

    token_sha256: str = Field(primary_key=True)
    name: str = Field(index=True)
    expires_at: str


class AttemptRow(SQLModel, table=True):
    """Logins that did not succeed, by digest: people type passwords into the field of the name."""

    __tablename__ = "review_attempt"

    key_sha256: str = Field(primary_key=True)
    count: int
    first_at: str
    locked_until: str | None = None


TABLES = (AccountRow, SessionRow, AttemptRow)
