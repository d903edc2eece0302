"""Reading the values in CQL2 JSON, each with its kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.filtering.errors import BadFilter
from catalog.filtering.expression import (
    Calculation,
    Constant,
    Elapsed,
    Folded,
    Operator,
    Period,
    Property,
    Shifted,
    Value,
)
from catalog.filtering.moments import first_moment, is_day, last_moment
from catalog.filtering.queryables import GENERAL, Kind, Queryable

OPEN = ".."
WHEN, START, END = (q for q in GENERAL if q.kind is Kind.MOMENT)
MOMENT_REMEDY = "Write 2020-01-31T00:00:00Z, or 2020-01-31 for the day."


class ValueReader:
    """Reads values by the names in `queryables`."""

    def __init__(self, queryables: Mapping[str, Queryable]) -> None:
        self._queryables = queryables

    def value(self, expression: Any) -> Value:
        match expression:
            case bool():
                return Constant(expression)
            case int() | float():
                return Constant(_number(expression))
            case str():
                return Constant(_text(expression))
            case {"date": str()} | {"timestamp": str()}:
                return Constant(_first(_temporal_text(expression)))
            case {"property": name}:
                return Property(self._queryable(name))
            case {"op": str(name), "args": list(arguments)}:
                return self._operation(name.lower(), arguments)
        raise BadFilter(f"{shown(expression)} is no value.")

    def _queryable(self, name: Any) -> Queryable:
        if isinstance(name, str) and name in self._queryables:
            return self._queryables[name]
        known = ", ".join(self._queryables)
        raise BadFilter(f"{shown(name)} is no queryable.", f"Use one of {known}.")

    def _operation(self, name: str, arguments: list[Any]) -> Value:
        if name in ("casei", "accenti"):
            return self._folded(name, arguments)
        if name in tuple(Operator):
            left, right = map(self.value, exactly(2, name, arguments))
            return _calculated(left, Operator(name), right)
        known = ", ".join(("casei", "accenti", *Operator))
        raise BadFilter(f"{shown(name)} makes no value here.", f"Use one of {known}.")

    def _folded(self, name: str, arguments: list[Any]) -> Value:
        (argument,) = exactly(1, name, arguments)
        text = self.value(argument)
        if text.kind is not Kind.TEXT:
            raise BadFilter(f"{name} is for text; {shown(text)} is none.")
        return Folded(text, case=name == "casei", accents=name == "accenti")


def period_of(expression: Any, values: ValueReader) -> Period:
    """The time that an argument of a temporal function says.

    A day lasts from its first to its last microsecond; `datetime` is all the time of an item.
    """
    match expression:
        case {"interval": [start, end]}:
            period = Period(_end_of(start, False, values), _end_of(end, True, values))
            _refuse_reversed(period)
            return period
        case {"property": WHEN.name}:
            return Period(Property(START), Property(END))
        case str() | {"date": str()} | {"timestamp": str()}:
            return Period(_end_of(expression, False, values), _end_of(expression, True, values))
    moment = _moment(values.value(expression))
    return Period(moment, moment)


def same_kind(left: Value, right: Value) -> tuple[Value, Value]:
    """Both of one kind: a text beside a moment is read as one; raises BadFilter."""
    if left.kind is Kind.MOMENT:
        right = _as_moment(right)
    elif right.kind is Kind.MOMENT:
        left = _as_moment(left)
    if left.kind is right.kind:
        return left, right
    if isinstance(left, Constant):
        left, right = right, left
    raise BadFilter(f"{shown(left)} is a {left.kind}; {shown(right)} is none.")


def exactly(count: int, name: str, arguments: list[Any]) -> list[Any]:
    """The arguments, of which there have to be so many."""
    if len(arguments) != count:
        raise BadFilter(f"{name!r} has the wrong arguments.", f"It takes {count}.")
    return arguments


def shown(value: Any) -> str:
    """A value, or what a client wrote, as errors name it."""
    match value:
        case Property(queryable):
            return queryable.name
        case Constant(inner):
            return shown(inner)
        case Folded() | Calculation() | Shifted() | Elapsed():
            return "What is calculated"
    return f"{value!r:.80}"


def _calculated(left: Value, operator: Operator, right: Value) -> Value:
    if Kind.MOMENT in (left.kind, right.kind):
        return _calculated_moment(left, operator, right)
    for side in (left, right):
        if side.kind is not Kind.NUMBER:
            raise BadFilter(f"{operator} calculates with numbers; {shown(side)} is none.")
    return Calculation(left, operator, right)


def _calculated_moment(left: Value, operator: Operator, right: Value) -> Value:
    match operator, left.kind, right.kind:
        case Operator.PLUS, Kind.MOMENT, Kind.NUMBER:
            return Shifted(left, right)
        case Operator.PLUS, Kind.NUMBER, Kind.MOMENT:
            return Shifted(right, left)
        case Operator.MINUS, Kind.MOMENT, Kind.NUMBER:
            return Shifted(left, Calculation(Constant(0.0), Operator.MINUS, right))
        case Operator.MINUS, _, _:
            until, since = same_kind(left, right)
            return Elapsed(until, since)
    raise BadFilter(
        f"{operator} does not go with {left.kind} and {right.kind}.",
        "Moments take + and - with a number of days, and - with another moment.",
    )


def _end_of(expression: Any, is_end: bool, values: ValueReader) -> Value | None:
    match expression:
        case str() if expression == OPEN:
            return None
        case str() | {"date": str()} | {"timestamp": str()}:
            text = _temporal_text(expression)
            return Constant(_last(text) if is_end else _first(text))
    return _moment(values.value(expression))


def _refuse_reversed(period: Period) -> None:
    match period:
        case Period(Constant(datetime() as start), Constant(datetime() as end)) if start > end:
            raise BadFilter("An interval ends before it starts.")


def _moment(value: Value) -> Value:
    if value.kind is Kind.MOMENT:
        return value
    raise BadFilter(f"{shown(value)} is no moment.", MOMENT_REMEDY)


def _as_moment(value: Value) -> Value:
    match value:
        case Constant(str(text)):
            return Constant(_first(text))
    return value


def _first(text: str) -> datetime:
    return _read(text, is_end=False)


def _last(text: str) -> datetime:
    return _read(text, is_end=True)


def _temporal_text(expression: Any) -> str:
    match expression:
        case {"date": str(text)} if not is_day(text):
            raise BadFilter(f"{shown(text)} is no day.", MOMENT_REMEDY)
        case {"timestamp": str(text)} if is_day(text):
            raise BadFilter(f"{shown(text)} is a day and no moment.", "Write DATE('2020-01-31').")
        case {"date": str(text)} | {"timestamp": str(text)} | str(text):
            return text
    raise BadFilter(f"{shown(expression)} is no moment.", MOMENT_REMEDY)


def _read(text: str, *, is_end: bool) -> datetime:
    try:
        return last_moment(text) if is_end else first_moment(text)
    except (ValueError, OverflowError) as error:
        raise BadFilter(f"{shown(text)} is no moment ({error}).", MOMENT_REMEDY) from error


def _number(number: float) -> float:
    try:
        exact = float(number)
    except OverflowError:
        exact = math.inf
    if math.isfinite(exact):
        return exact
    raise BadFilter(f"{shown(number)} is no finite number; such a value is none.")


def _text(text: str) -> str:
    if "\0" in text:  # PostgreSQL has no such letter
        raise BadFilter("A text has a letter NUL in it.")
    return text
