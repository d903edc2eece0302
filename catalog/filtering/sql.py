"""The functions that filters need in SQL, on SQLite and on PostgreSQL.

On SQLite they are our own, registered with each connection. On PostgreSQL they are its own:
case is folded by ICU's lower case, and spatial tests ask for PostGIS.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Boolean, Float, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from catalog.filtering.arithmetic import calculate, elapsed_days, shift
from catalog.filtering.expression import Operator
from catalog.filtering.places import relate
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


class DocumentText(FunctionElement[str]):
    """`(document, path for SQLite, name of the property)`; NULL where there is none."""

    inherit_cache = True
    type = Text()


class DocumentNumber(FunctionElement[float]):
    """As DocumentText."""

    inherit_cache = True
    type = Float()


class DocumentTruth(FunctionElement[bool]):
    """As DocumentText."""

    inherit_cache = True
    type = Boolean()


class Bytewise(FunctionElement[str]):
    """A text that sorts by its code points, whatever the database thinks of its language."""

    inherit_cache = True
    type = Text()


class FitsPattern(FunctionElement[bool]):
    """`(text, pattern of LIKE, pattern of GLOB)`."""

    inherit_cache = True
    type = Boolean()


class Fold(FunctionElement[str]):
    """`(text, case, accents)`, the last two 0 or 1."""

    inherit_cache = False
    type = Text()

    def __init__(self, text: Any, case: bool, accents: bool) -> None:
        self.case, self.accents = case, accents
        super().__init__(text, int(case), int(accents))


class Calculate(FunctionElement[float]):
    """`(operator, left, right)`."""

    inherit_cache = False
    type = Float()

    def __init__(self, operator: Operator, left: Any, right: Any) -> None:
        self.operator = operator
        super().__init__(str(operator), left, right)


class Shift(FunctionElement[str]):
    """`(moment, days)`."""

    inherit_cache = True
    type = Text()


class ElapsedDays(FunctionElement[float]):
    """`(until, since)`."""

    inherit_cache = True
    type = Float()


class Relate(FunctionElement[bool]):
    """`(relation, left, right)`; a place is a document or WKB."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, relation: str, left: Any, right: Any) -> None:
        self.relation = relation
        super().__init__(relation, left, right)


def _call(name: str, element: Any, compiler: Any, options: dict[str, Any]) -> str:
    return f"{name}({', '.join(_parts(element, compiler, options))})"


def _parts(element: Any, compiler: Any, options: dict[str, Any]) -> list[str]:
    return [f"({compiler.process(part, **options)})" for part in element.clauses]


# --- SQLite ----------------------------------------------------------------------------------


@compiles(DocumentText, "sqlite")
@compiles(DocumentTruth, "sqlite")
def _sqlite_document(element: Any, compiler: Any, **options: Any) -> str:
    document, path, _ = _parts(element, compiler, options)
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
    text, _, pattern = _parts(element, compiler, options)
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


# --- PostgreSQL ------------------------------------------------------------------------------

PG_MOMENT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''
PG_ACCENTS = r"'[\u0300-\u036F]'"
PG_CALCULATIONS = {
    Operator.PLUS: "({0} + {1})",
    Operator.MINUS: "({0} - {1})",
    Operator.TIMES: "({0} * {1})",
    Operator.OVER: "({0} / NULLIF({1}, 0))",
    Operator.WHOLE: "trunc({0} / NULLIF({1}, 0))",
    Operator.REMAINDER: "({0} - {1} * trunc({0} / NULLIF({1}, 0)))",
    Operator.POWER: "CASE WHEN ({0} = 0 AND {1} < 0) OR ({0} < 0 AND {1} <> trunc({1})) "
    "THEN NULL ELSE power({0}, {1}) END",
}


def _pg_property(element: Any, compiler: Any, options: dict[str, Any]) -> str:
    document, _, name = _parts(element, compiler, options)
    return f"(CAST({document} AS jsonb) -> 'properties' ->> {name})"


@compiles(DocumentText, "postgresql")
def _pg_text(element: Any, compiler: Any, **options: Any) -> str:
    return _pg_property(element, compiler, options)


@compiles(DocumentNumber, "postgresql")
def _pg_number(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({_pg_property(element, compiler, options)} AS double precision)"


@compiles(DocumentTruth, "postgresql")
def _pg_truth(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({_pg_property(element, compiler, options)} AS boolean)"


@compiles(Bytewise, "postgresql")
def _pg_bytewise(element: Any, compiler: Any, **options: Any) -> str:
    (text,) = _parts(element, compiler, options)
    return f'{text} COLLATE "C"'


@compiles(FitsPattern, "postgresql")
def _pg_like(element: Any, compiler: Any, **options: Any) -> str:
    text, pattern, _ = _parts(element, compiler, options)
    return f"{text} LIKE {pattern}"


@compiles(Fold, "postgresql")
def _pg_fold(element: Any, compiler: Any, **options: Any) -> str:
    text, *_ = _parts(element, compiler, options)
    letters = f"normalize({text}, NFD)"
    if element.case:
        letters = f'normalize(lower({letters} COLLATE "und-x-icu"), NFD)'
    if element.accents:
        letters = f"regexp_replace({letters}, {PG_ACCENTS}, '', 'g')"
    return f"normalize({letters}, NFC)"


@compiles(Calculate, "postgresql")
def _pg_calculate(element: Any, compiler: Any, **options: Any) -> str:
    _, left, right = _parts(element, compiler, options)
    return PG_CALCULATIONS[element.operator].format(left, right)


@compiles(Shift, "postgresql")
def _pg_shift(element: Any, compiler: Any, **options: Any) -> str:
    moment, days = _parts(element, compiler, options)
    later = f"CAST({moment} AS timestamptz) + {days} * interval '1 day'"
    return f"to_char(({later}) AT TIME ZONE 'UTC', {PG_MOMENT})"


@compiles(ElapsedDays, "postgresql")
def _pg_elapsed(element: Any, compiler: Any, **options: Any) -> str:
    until, since = _parts(element, compiler, options)
    apart = f"CAST({until} AS timestamptz) - CAST({since} AS timestamptz)"
    return f"CAST(extract(epoch FROM {apart}) / 86400 AS double precision)"


@compiles(Relate, "postgresql")
def _pg_relate(element: Any, compiler: Any, **options: Any) -> str:
    _, *places = element.clauses
    left, right = (_pg_place(place, compiler, options) for place in places)
    return f"ST_{element.relation.removeprefix('s_').capitalize()}({left}, {right})"


def _pg_place(place: Any, compiler: Any, options: dict[str, Any]) -> str:
    text = compiler.process(place, **options)
    if isinstance(place.type, Text):
        return f"ST_GeomFromGeoJSON(CAST({text} AS jsonb) -> 'geometry')"
    return f"ST_GeomFromWKB({text}, 4326)"
