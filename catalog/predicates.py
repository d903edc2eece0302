"""A condition as SQL with bound values, on SQLite and on PostgreSQL."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from functools import singledispatch
from typing import Any

from sqlalchemy import Boolean, Float, Text, and_, false, not_, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from catalog.condition import (
    DOCUMENT_TEXT_FIELDS,
    NUMBER_FIELDS,
    And,
    Comparator,
    Comparison,
    IsMissing,
    Like,
    Literal,
    Not,
    OneOf,
    Or,
)
from catalog.rows import moment_text
from catalog.tables import RevisionRow

OPERATORS: dict[Comparator, Callable[[Any, Any], Any]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.DIFFERENT: operator.ne,
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.MORE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}
GLOB_LETTERS = {"%": "*", "_": "?"}
GLOB_SPECIAL = "*?["


@singledispatch
def predicate(condition: Any) -> Any:
    """SQL that is true for the items that fulfil `condition`."""
    raise TypeError(f"{condition!r} is no condition")


@predicate.register
def _(condition: Comparison) -> Any:
    return OPERATORS[condition.comparator](_field(condition.field), _bound(condition.value))


@predicate.register
def _(condition: OneOf) -> Any:
    return _field(condition.field).in_([_bound(value) for value in condition.values])


@predicate.register
def _(condition: Like) -> Any:
    pattern = condition.pattern
    return _FitsPattern(_field(condition.field), pattern, _glob(pattern))


@predicate.register
def _(condition: IsMissing) -> Any:
    return _field(condition.field).is_(None)


@predicate.register
def _(condition: And) -> Any:
    return and_(true(), *map(predicate, condition.parts))


@predicate.register
def _(condition: Or) -> Any:
    return or_(false(), *map(predicate, condition.parts))


@predicate.register
def _(condition: Not) -> Any:
    return not_(predicate(condition.part))


def _field(name: str) -> Any:
    if name in NUMBER_FIELDS:
        prop = NUMBER_FIELDS[name]
        return _DocumentNumber(col(RevisionRow.document), f'$.properties."{prop}"', prop)
    if name in DOCUMENT_TEXT_FIELDS:
        prop = DOCUMENT_TEXT_FIELDS[name]
        return _DocumentText(col(RevisionRow.document), f'$.properties."{prop}"', prop)
    return col(getattr(RevisionRow, name))


def _bound(value: Literal) -> str | float:
    return moment_text(value) if isinstance(value, datetime) else value


def _glob(pattern: str) -> str:
    # SQLite's LIKE takes small and capital letters for the same; its GLOB does not.
    letters, glob = iter(pattern), ""
    for letter in letters:
        literal = next(letters, "\\") if letter == "\\" else letter
        if letter in GLOB_LETTERS:
            glob += GLOB_LETTERS[letter]
        else:
            glob += f"[{literal}]" if literal in GLOB_SPECIAL else literal
    return glob


class _FitsPattern(FunctionElement[bool]):
    """`(field, pattern of LIKE, pattern of GLOB)`."""

    inherit_cache = True
    type = Boolean()


@compiles(_FitsPattern)
def _like(element: Any, compiler: Any, **options: Any) -> str:
    field, pattern, _ = element.clauses
    return f"{compiler.process(field, **options)} LIKE {compiler.process(pattern, **options)}"


@compiles(_FitsPattern, "sqlite")
def _sqlite_glob(element: Any, compiler: Any, **options: Any) -> str:
    field, _, pattern = element.clauses
    return f"{compiler.process(field, **options)} GLOB {compiler.process(pattern, **options)}"


class _DocumentNumber(FunctionElement[float]):
    """`(document, path for SQLite, name of the property)`; NULL where there is none."""

    inherit_cache = True
    type = Float()


class _DocumentText(FunctionElement[str]):
    """As `_DocumentNumber`."""

    inherit_cache = True
    type = Text()


@compiles(_DocumentNumber, "sqlite")
@compiles(_DocumentText, "sqlite")
def _sqlite_value(element: Any, compiler: Any, **options: Any) -> str:
    document, path, _ = element.clauses
    text, where = compiler.process(document, **options), compiler.process(path, **options)
    return f"json_extract({text}, {where})"


@compiles(_DocumentNumber, "postgresql")
def _postgresql_number(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({_postgresql_text(element, compiler, **options)} AS double precision)"


@compiles(_DocumentText, "postgresql")
def _postgresql_text(element: Any, compiler: Any, **options: Any) -> str:
    document, _, name = element.clauses
    text = compiler.process(document, **options)
    prop = compiler.process(name, **options)
    return f"(CAST({text} AS jsonb) -> 'properties' ->> {prop})"
