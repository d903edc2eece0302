"""The functions of filters on SQLite: our own, registered with each connection."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy.ext.compiler import compiles

from catalog.filtering.arithmetic import calculate, elapsed_days, shift
from catalog.filtering.places import relate
from catalog.filtering.sql import (
    Bytewise,
    Calculate,
    DocumentNumber,
    DocumentText,
    DocumentTruth,
    ElapsedDays,
    FitsPattern,
    Fold,
    Relate,
    Shift,
    parts_of,
)
from catalog.filtering.text import fold


def register_functions(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection of SQLite."""
    for name, count, function in (
        ("icelines_fold", 3, _fold),
        ("icelines_calculate", 3, calculate),
        ("icelines_shift", 2, shift),
        ("icelines_elapsed", 2, elapsed_days),
        ("icelines_relate", 3, relate),
    ):
        connection.create_function(name, count, function, deterministic=True)


def _fold(text: str | None, case: int, accents: int) -> str | None:
    return None if text is None else fold(text, case=bool(case), accents=bool(accents))


@compiles(DocumentText, "sqlite")
@compiles(DocumentTruth, "sqlite")
def _sqlite_document(element: Any, compiler: Any, **options: Any) -> str:
    document, path, _ = parts_of(element, compiler, options)
    return f"json_extract({document}, {path})"


@compiles(DocumentNumber, "sqlite")
def _sqlite_number(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({_sqlite_document(element, compiler, **options)} AS REAL)"


@compiles(Bytewise, "sqlite")
def _sqlite_bytewise(element: Any, compiler: Any, **options: Any) -> str:
    (text,) = element.clauses
    return str(compiler.process(text, **options))


@compiles(FitsPattern, "sqlite")
def _sqlite_glob(element: Any, compiler: Any, **options: Any) -> str:
    # SQLite's LIKE takes small and capital letters for the same; its GLOB does not.
    text, _, pattern = parts_of(element, compiler, options)
    return f"{text} GLOB {pattern}"


@compiles(Fold, "sqlite")
def _sqlite_fold(element: Any, compiler: Any, **options: Any) -> str:
    return _call("icelines_fold", element, compiler, options)


@compiles(Calculate, "sqlite")
def _sqlite_calculate(element: Any, compiler: Any, **options: Any) -> str:
    return _call("icelines_calculate", element, compiler, options)


@compiles(Shift, "sqlite")
def _sqlite_shift(element: Any, compiler: Any, **options: Any) -> str:
    return _call("icelines_shift", element, compiler, options)


@compiles(ElapsedDays, "sqlite")
def _sqlite_elapsed(element: Any, compiler: Any, **options: Any) -> str:
    return _call("icelines_elapsed", element, compiler, options)


@compiles(Relate, "sqlite")
def _sqlite_relate(element: Any, compiler: Any, **options: Any) -> str:
    return _call("icelines_relate", element, compiler, options)


def _call(name: str, element: Any, compiler: Any, options: dict[str, Any]) -> str:
    return f"{name}({', '.join(parts_of(element, compiler, options))})"
