"""The functions of filters on SQLite: our own, registered with each connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement
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


def _fold(text: str | None, case: int, accents: int) -> str | None:
    return None if text is None else fold(text, case=bool(case), accents=bool(accents))


OURS: tuple[tuple[type[ColumnElement[Any]], str, int, Callable[..., Any]], ...] = (
    (Fold, "icelines_fold", 3, _fold),
    (Calculate, "icelines_calculate", 3, calculate),
    (Shift, "icelines_shift", 2, shift),
    (ElapsedDays, "icelines_elapsed", 2, elapsed_days),
    (Relate, "icelines_relate", 3, relate),
)


def register_functions(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection of SQLite."""
    for _, name, count, function in OURS:
        connection.create_function(name, count, function, deterministic=True)


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


def _call(name: str, element: Any, compiler: Any, **options: Any) -> str:
    return f"{name}({', '.join(parts_of(element, compiler, options))})"


for construct, called, *_ in OURS:
    compiles(construct, "sqlite")(partial(_call, called))
