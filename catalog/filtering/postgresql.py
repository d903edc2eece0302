"""The functions of filters on PostgreSQL: its own.

Case is folded by ICU's lower case, and spatial tests ask for PostGIS.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles

from catalog.filtering.expression import Operator
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

MOMENT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''
ACCENTS = r"'[\u0300-\u036F]'"
CALCULATIONS = {
    Operator.PLUS: "({0} + {1})",
    Operator.MINUS: "({0} - {1})",
    Operator.TIMES: "({0} * {1})",
    Operator.OVER: "({0} / NULLIF({1}, 0))",
    Operator.WHOLE: "trunc({0} / NULLIF({1}, 0))",
    Operator.REMAINDER: "({0} - {1} * trunc({0} / NULLIF({1}, 0)))",
    Operator.POWER: "CASE WHEN ({0} = 0 AND {1} < 0) OR ({0} < 0 AND {1} <> trunc({1})) "
    "THEN NULL ELSE power({0}, {1}) END",
}


def _property(element: Any, compiler: Any, options: dict[str, Any]) -> str:
    document, _, name = parts_of(element, compiler, options)
    return f"(CAST({document} AS jsonb) -> 'properties' ->> {name})"


@compiles(DocumentText, "postgresql")
def _text(element: Any, compiler: Any, **options: Any) -> str:
    return _property(element, compiler, options)


@compiles(DocumentNumber, "postgresql")
def _number(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({_property(element, compiler, options)} AS double precision)"


@compiles(DocumentTruth, "postgresql")
def _truth(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({_property(element, compiler, options)} AS boolean)"


@compiles(Bytewise, "postgresql")
def _bytewise(element: Any, compiler: Any, **options: Any) -> str:
    (text,) = parts_of(element, compiler, options)
    return f'{text} COLLATE "C"'


@compiles(FitsPattern, "postgresql")
def _like(element: Any, compiler: Any, **options: Any) -> str:
    text, pattern, _ = parts_of(element, compiler, options)
    return f"{text} LIKE {pattern}"


@compiles(Fold, "postgresql")
def _fold(element: Any, compiler: Any, **options: Any) -> str:
    text, *_ = parts_of(element, compiler, options)
    letters = f"normalize({text}, NFD)"
    if element.case:
        letters = f'normalize(lower({letters} COLLATE "und-x-icu"), NFD)'
    if element.accents:
        letters = f"regexp_replace({letters}, {ACCENTS}, '', 'g')"
    return f"normalize({letters}, NFC)"


@compiles(Calculate, "postgresql")
def _calculate(element: Any, compiler: Any, **options: Any) -> str:
    _, left, right = parts_of(element, compiler, options)
    return CALCULATIONS[element.operator].format(left, right)


@compiles(Shift, "postgresql")
def _shift(element: Any, compiler: Any, **options: Any) -> str:
    moment, days = parts_of(element, compiler, options)
    later = f"CAST({moment} AS timestamptz) + {days} * interval '1 day'"
    return f"to_char(({later}) AT TIME ZONE 'UTC', {MOMENT})"


@compiles(ElapsedDays, "postgresql")
def _elapsed(element: Any, compiler: Any, **options: Any) -> str:
    until, since = parts_of(element, compiler, options)
    apart = f"CAST({until} AS timestamptz) - CAST({since} AS timestamptz)"
    return f"CAST(extract(epoch FROM {apart}) / 86400 AS double precision)"


@compiles(Relate, "postgresql")
def _relate(element: Any, compiler: Any, **options: Any) -> str:
    _, *places = element.clauses
    left, right = (_place(place, compiler, options) for place in places)
    return f"ST_{element.relation.removeprefix('s_').capitalize()}({left}, {right})"


def _place(place: Any, compiler: Any, options: dict[str, Any]) -> str:
    text = compiler.process(place, **options)
    if isinstance(place.type, Text):
        return f"ST_GeomFromGeoJSON(CAST({text} AS jsonb) -> 'geometry')"
    return f"ST_GeomFromWKB({text}, 4326)"
