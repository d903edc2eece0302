"""Opening the database: SQLite in the workspace, or PostgreSQL by URL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex
from sqlmodel import Session, SQLModel

from catalog.errors import StorageError
from catalog.filtering.sqlite import register_functions
from catalog.settings import Settings
from catalog.tables import SCHEMA_VERSION, TABLES, MetaRow, RevisionRow

BUSY_TIMEOUT_MS = 30_000


def open_database(settings: Settings) -> Engine:
    """A connected engine whose tables exist; raises StorageError with the remedy."""
    url = make_url(settings.database_url)
    try:
        if url.get_backend_name() == "sqlite":
            settings.workspace.root.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args=_arguments(url.get_backend_name()))
        if url.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        _make_tables(engine)
    except (OSError, DBAPIError) as error:
        raise StorageError(
            f"The catalogue cannot be opened ({_first_line(error)}).",
            where=url.render_as_string(hide_password=True),
            remedy="Check that the folder is writable and the disk has room, or set "
            "ICELINES_WORKSPACE or ICELINES_CATALOG_URL.",
        ) from error
    return engine


@contextmanager
def open_session(engine: Engine) -> Iterator[Session]:
    """A session whose failures are StorageErrors; nothing is kept that was not committed."""
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    except DBAPIError as error:
        raise StorageError(
            f"The catalogue could not be used ({str(error.orig).splitlines()[0]}).",
            where=engine.url.render_as_string(hide_password=True),
            remedy="Nothing was half-written: check disk space and permissions, run it again.",
        ) from error


def _arguments(backend: str) -> dict[str, Any]:
    return {"check_same_thread": False} if backend == "sqlite" else {}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # WAL lets the API read while the pipeline writes; FULL keeps a commit through a power cut.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    register_functions(connection)


def _make_tables(engine: Engine) -> None:
    tables = [SQLModel.metadata.tables[str(row.__tablename__)] for row in TABLES]
    SQLModel.metadata.create_all(engine, tables=tables)
    _make_later_indexes(engine)
    with Session(engine) as session:
        found = session.get(MetaRow, "schema_version")
        if found is None:
            session.merge(MetaRow(key="schema_version", value=str(SCHEMA_VERSION)))
            session.commit()
        elif int(found.value) > SCHEMA_VERSION:
            raise StorageError(
                f"The catalogue has schema {found.value}; this program knows {SCHEMA_VERSION}.",
                where=engine.url.render_as_string(hide_password=True),
                remedy="Install the newer program.",
            )


def _make_later_indexes(engine: Engine) -> None:
    """What a catalogue of an older program lacks: `create_all` leaves tables that exist alone."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            for index in SQLModel.metadata.tables[str(RevisionRow.__tablename__)].indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__
