"""Arithmetic of filters on numbers and moments; what has no result is None, never an error."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from catalog.filtering.expression import Operator

SECONDS_PER_DAY = 86_400.0


def _whole(left: float, right: float) -> float:
    # Of `left / right` itself, rounding may have made a whole number that it is not.
    return float(round((left - math.fmod(left, right)) / right))


OPERATIONS: dict[Operator, Callable[[float, float], float]] = {
    Operator.PLUS: operator.add,
    Operator.MINUS: operator.sub,
    Operator.TIMES: operator.mul,
    Operator.OVER: operator.truediv,
    Operator.POWER: math.pow,
    Operator.REMAINDER: math.fmod,
    Operator.WHOLE: _whole,
}


def calculate(sign: str, left: float | None, right: float | None) -> float | None:
    """`left sign right` as IEEE 754 doubles; None where that is no finite number.

    `div` cuts the fraction off, `%` has the sign of what is divided, as in SQL.
    """
    if left is None or right is None:
        return None
    try:
        result = OPERATIONS[Operator(sign)](float(left), float(right))
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None


def shift(moment: str | None, days: float | None) -> str | None:
    """A moment of the catalogue so many days later, to the microsecond."""
    if moment is None or days is None:
        return None
    try:
        later = _read(moment) + timedelta(days=days)
    except (OverflowError, ValueError):
        return None
    return f"{later.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def elapsed_days(until: str | None, since: str | None) -> float | None:
    """Days between two moments of the catalogue."""
    if until is None or since is None:
        return None
    return (_read(until) - _read(since)).total_seconds() / SECONDS_PER_DAY


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)
