"""From a CQL2 filter (OGC 21-065r2), as text or as JSON, to a condition of the catalogue.

`cql2` parses the text; its own SQL is for PostgreSQL only, so conditions are compiled here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import cql2

from catalog.condition import (
    EVERYTHING,
    NOTHING,
    And,
    Comparator,
    Comparison,
    Condition,
    IsMissing,
    Like,
    Literal,
    Not,
    OneOf,
    Or,
)
from web.api.errors import BadFilter
from web.api.moments import day_or_moment
from web.api.queryables import QUERYABLES, Kind, Queryable

LONGEST_TEXT = 4_000
DEEPEST = 20
MOST_PARTS = 1_000
# `cql2.parse_text` overruns the stack of the process on a few thousand nested terms (tried with
# `(`, `not` and `-`), so they are counted first; no filter that means something has as many.
NESTING = re.compile(r"\(|\bnot\b|[-+]\s*(?=[-+])", re.IGNORECASE)
MOST_NESTING = 100

COMPARATORS = {comparator.value: comparator for comparator in Comparator}
FLIPPED = {
    Comparator.EQUAL: Comparator.EQUAL,
    Comparator.DIFFERENT: Comparator.DIFFERENT,
    Comparator.LESS: Comparator.MORE,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.MORE: Comparator.LESS,
    Comparator.AT_LEAST: Comparator.AT_MOST,
}


def condition_from_text(text: str) -> Condition:
    """The condition that CQL2 text says; raises BadFilter."""
    if len(text) > LONGEST_TEXT or len(NESTING.findall(text)) > MOST_NESTING:
        raise _too_much()
    try:
        expression = cql2.parse_text(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise BadFilter(f"This is no CQL2 text: {error}", where="filter") from error
    return condition_from_json(expression)


def condition_from_json(expression: Any) -> Condition:
    """The condition that CQL2 JSON says; raises BadFilter."""
    if sum(1 for _ in _parts(expression)) > MOST_PARTS:
        raise _too_much()
    return _condition(expression)


def _condition(expression: Any) -> Condition:
    if isinstance(expression, bool):
        return EVERYTHING if expression else NOTHING
    match expression:
        case {"op": str(operator), "args": list(arguments)} if operator in OPERATIONS:
            return OPERATIONS[operator](operator, arguments)
        case {"op": str(operator), "args": list()}:
            known = ", ".join(OPERATIONS)
            raise BadFilter(f"{operator!r} is not supported.", where="filter", remedy=_use(known))
    raise BadFilter(f"{_shown(expression)} is no condition.", where="filter")


def _logical(operator: str, arguments: list[Any]) -> Condition:
    if not arguments:
        raise _wrong_arguments(operator)
    parts = tuple(_condition(argument) for argument in arguments)
    return And(parts) if operator == "and" else Or(parts)


def _negated(operator: str, arguments: list[Any]) -> Condition:
    (argument,) = _exactly(1, operator, arguments)
    return Not(_condition(argument))


def _compared(operator: str, arguments: list[Any]) -> Condition:
    left, right = _exactly(2, operator, arguments)
    comparator = COMPARATORS[operator]
    if not _is_property(left):
        left, right, comparator = right, left, FLIPPED[comparator]
    queryable = _queryable(left)
    return Comparison(queryable.record_field, comparator, _literal(queryable, right))


def _between(operator: str, arguments: list[Any]) -> Condition:
    subject, low, high = _exactly(3, operator, arguments)
    queryable = _queryable(subject)
    return And(
        (
            Comparison(queryable.record_field, Comparator.AT_LEAST, _literal(queryable, low)),
            Comparison(queryable.record_field, Comparator.AT_MOST, _literal(queryable, high)),
        )
    )


def _one_of(operator: str, arguments: list[Any]) -> Condition:
    subject, values = _exactly(2, operator, arguments)
    if not isinstance(values, list) or not values:
        raise _wrong_arguments(operator)
    queryable = _queryable(subject)
    return OneOf(queryable.record_field, tuple(_literal(queryable, value) for value in values))


def _like(operator: str, arguments: list[Any]) -> Condition:
    subject, pattern = _exactly(2, operator, arguments)
    queryable = _queryable(subject)
    if queryable.kind is not Kind.TEXT or not isinstance(pattern, str):
        raise BadFilter(f"like compares text; {queryable.name} is none.", where="filter")
    return Like(queryable.record_field, pattern)


def _missing(operator: str, arguments: list[Any]) -> Condition:
    (subject,) = _exactly(1, operator, arguments)
    return IsMissing(_queryable(subject).record_field)


OPERATIONS: dict[str, Callable[[str, list[Any]], Condition]] = {
    "and": _logical,
    "or": _logical,
    "not": _negated,
    **dict.fromkeys(COMPARATORS, _compared),
    "between": _between,
    "in": _one_of,
    "like": _like,
    "isNull": _missing,
}


def _is_property(argument: Any) -> bool:
    return isinstance(argument, dict) and "property" in argument


def _queryable(argument: Any) -> Queryable:
    name = argument.get("property") if isinstance(argument, dict) else argument
    if isinstance(name, str) and name in QUERYABLES:
        return QUERYABLES[name]
    known = ", ".join(QUERYABLES)
    raise BadFilter(f"{_shown(name)} is no queryable.", where="filter", remedy=_use(known))


def _literal(queryable: Queryable, value: Any) -> Literal:
    match queryable.kind, value:
        case Kind.TEXT, str():
            return value
        case Kind.NUMBER, float() | int() if not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        case Kind.MOMENT, {"timestamp": str(text)} | {"date": str(text)} | str(text):
            return day_or_moment(text, where="filter")
    kind = queryable.kind.name.lower()
    raise BadFilter(f"{queryable.name} is a {kind}; {_shown(value)} is none.", where="filter")


def _exactly(count: int, operator: str, arguments: list[Any]) -> list[Any]:
    if len(arguments) != count:
        raise _wrong_arguments(operator)
    return arguments


def _parts(expression: Any) -> Iterator[Any]:
    # Without recursion, because how deep it goes is what has to be found out.
    waiting = [(expression, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > DEEPEST * 2:  # a level of CQL2 is an object and its list of arguments
            raise _too_much()
        yield part
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting += [(child, depth + 1) for child in inner]


def _too_much() -> BadFilter:
    return BadFilter(
        "The filter is too long or too deeply nested.",
        where="filter",
        remedy=f"At most {LONGEST_TEXT} letters, {MOST_PARTS} parts and {DEEPEST} levels are read.",
    )


def _wrong_arguments(operator: str) -> BadFilter:
    return BadFilter(f"{operator!r} has the wrong arguments.", where="filter")


def _use(known: str) -> str:
    return f"Use one of {known}."


def _shown(value: Any) -> str:
    return f"{value!r:.80}"
