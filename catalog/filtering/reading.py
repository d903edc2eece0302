"""From CQL2, as text or as JSON, to the typed tree; whatever does not fit raises BadFilter.

`cql2` parses the text. Its own SQL is for PostgreSQL only, with literals in it, and its matching
is wrong over the antimeridian, so nothing else of it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import cql2

from catalog.filtering.errors import BadFilter
from catalog.filtering.expression import (
    EVERYTHING,
    NOTHING,
    And,
    Comparator,
    Comparison,
    Condition,
    Holds,
    IsMissing,
    Like,
    Not,
    OneOf,
    Or,
    Period,
    Place,
    Property,
    SpatialRelation,
    SpatialTest,
    TemporalRelation,
    TemporalTest,
    Value,
)
from catalog.filtering.limits import check_json, check_text
from catalog.filtering.places import box_from, geometry_from
from catalog.filtering.queryables import Kind, Queryable, queryables_of
from catalog.filtering.text import fold
from catalog.filtering.values import ValueReader, exactly, period_of, same_kind, shown

TRUTHS = (Comparator.EQUAL, Comparator.DIFFERENT)
FOLDS = {"casei": {"case": True, "accents": False}, "accenti": {"case": False, "accents": True}}


def filter_from_text(text: str, collections: Iterable[str] = ()) -> Condition:
    """What CQL2 text asks of items in these collections, or in all; raises BadFilter."""
    check_text(text)
    try:
        expression = cql2.parse_text(text).to_json()
    except Exception as error:  # of no class of its own for POINT EMPTY (cql2 0.6.0)
        raise BadFilter(f"This is no CQL2 text: {error}") from error
    return filter_from_json(expression, collections)


def filter_from_json(expression: Any, collections: Iterable[str] = ()) -> Condition:
    """What CQL2 JSON asks of items in these collections, or in all; raises BadFilter."""
    check_json(expression)
    return _ConditionReader(queryables_of(collections)).condition(expression)


class _ConditionReader:
    def __init__(self, queryables: Mapping[str, Queryable]) -> None:
        self._values = ValueReader(queryables)

    def condition(self, expression: Any) -> Condition:
        match expression:
            case bool():
                return EVERYTHING if expression else NOTHING
            case {"op": str(name), "args": list(arguments)}:
                return self._operation(name, arguments)
            case {"property": _}:
                return self._truth(expression)
        raise BadFilter(f"{shown(expression)} is no condition.")

    def _operation(self, name: str, arguments: list[Any]) -> Condition:
        read = OPERATIONS.get(name.lower())
        if read is None:
            known = ", ".join(OPERATIONS)
            raise BadFilter(f"{shown(name)} is not supported here.", f"Use one of {known}.")
        return read(self, name.lower(), arguments)

    def _truth(self, expression: Any) -> Condition:
        value = self._values.value(expression)
        if value.kind is not Kind.TRUTH:
            raise BadFilter(f"{shown(value)} is no condition.", "Compare it with something.")
        return Holds(value)

    def logical(self, name: str, arguments: list[Any]) -> Condition:
        if not arguments:
            raise BadFilter(f"{name!r} has the wrong arguments.", "Give at least one.")
        parts = tuple(map(self.condition, arguments))
        return And(parts) if name == "and" else Or(parts)

    def negated(self, name: str, arguments: list[Any]) -> Condition:
        (argument,) = exactly(1, name, arguments)
        return Not(self.condition(argument))

    def compared(self, name: str, arguments: list[Any]) -> Condition:
        left, right = exactly(2, name, arguments)
        return self._comparison(self._values.value(left), name, self._values.value(right))

    def _comparison(self, left: Value, name: str, right: Value) -> Condition:
        comparator = Comparator(name)
        left, right = same_kind(left, right)
        if left.kind is Kind.GEOMETRY:
            raise BadFilter(f"{shown(left)} is a geometry.", "Use s_equals and its like.")
        if left.kind is Kind.TRUTH and comparator not in TRUTHS:
            raise BadFilter(f"{shown(left)} is a truth value; these have no order.")
        return Comparison(left, comparator, right)

    def between(self, name: str, arguments: list[Any]) -> Condition:
        value, low, high = map(self._values.value, exactly(3, name, arguments))
        return And((self._comparison(value, ">=", low), self._comparison(value, "<=", high)))

    def one_of(self, name: str, arguments: list[Any]) -> Condition:
        subject, options = exactly(2, name, arguments)
        if not isinstance(options, list) or not options:
            raise BadFilter(f"{name!r} has the wrong arguments.", "Give a list of values.")
        value, *others = map(self._values.value, (subject, *options))
        if value.kind is Kind.GEOMETRY:
            raise BadFilter(f"{shown(value)} is a geometry.", "Use s_equals and its like.")
        for other in others:
            value, _ = same_kind(value, other)  # a text becomes a moment beside one
        return OneOf(value, tuple(same_kind(value, other)[1] for other in others))

    def like(self, name: str, arguments: list[Any]) -> Condition:
        subject, pattern = exactly(2, name, arguments)
        value = self._values.value(subject)
        if value.kind is not Kind.TEXT:
            raise BadFilter(f"like compares text; {shown(value)} is none.")
        return Like(value, _pattern(pattern))

    def missing(self, name: str, arguments: list[Any]) -> Condition:
        (subject,) = exactly(1, name, arguments)
        return IsMissing(self._values.value(subject))

    def spatial(self, name: str, arguments: list[Any]) -> Condition:
        left, right = map(self._place, exactly(2, name, arguments))
        return SpatialTest(left, SpatialRelation(name), right)

    def _place(self, expression: Any) -> Place:
        match expression:
            case {"bbox": numbers}:
                return box_from(numbers)
            case {"property": _}:
                value = self._values.value(expression)
                if isinstance(value, Property) and value.kind is Kind.GEOMETRY:
                    return value
                raise BadFilter(f"{shown(value)} is no geometry.", "Use geometry.")
        return geometry_from(expression)

    def temporal(self, name: str, arguments: list[Any]) -> Condition:
        left, right = map(self._period, exactly(2, name, arguments))
        relation = next(r for r in TemporalRelation if r.lower() == name)
        return TemporalTest(left, relation, right)

    def _period(self, expression: Any) -> Period:
        return period_of(expression, self._values)


def _pattern(expression: Any) -> str:
    match expression:
        case str() if "\0" not in expression:
            return expression
        case {"op": str(name), "args": [inner]} if name.lower() in FOLDS:
            return fold(_pattern(inner), **FOLDS[name.lower()])
    raise BadFilter(f"like compares text with a pattern; {shown(expression)} is none.")


_Read = Callable[[_ConditionReader, str, list[Any]], Condition]
OPERATIONS: dict[str, _Read] = {
    "and": _ConditionReader.logical,
    "or": _ConditionReader.logical,
    "not": _ConditionReader.negated,
    **dict.fromkeys(map(str, Comparator), _ConditionReader.compared),
    "between": _ConditionReader.between,
    "in": _ConditionReader.one_of,
    "like": _ConditionReader.like,
    "isnull": _ConditionReader.missing,
    **dict.fromkeys(map(str, SpatialRelation), _ConditionReader.spatial),
    **dict.fromkeys((r.lower() for r in TemporalRelation), _ConditionReader.temporal),
}
