"""CQL2 JSON as OGC 21-065r2 means it, by looking at one item in memory.

Slow and plain on purpose; it shares nothing with `catalog.filtering`. Unknown is None.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from shapely import Point, box
from shapely.geometry import GeometryCollection, shape

from catalog.items.envelope import Item

Truth = bool | None
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)


def holds(expression: Any, item: Item) -> Truth:  # noqa: PLR0911 - a kind a line
    """True, False, or None where a value is missing."""
    if isinstance(expression, bool):
        return expression
    if "property" in expression:
        truth: Truth = value_of(expression, item)
        return truth
    name, arguments = expression["op"], expression["args"]
    if name in ("and", "or"):
        return _together([holds(a, item) for a in arguments], decisive=name == "or")
    if name == "not":
        inner = holds(arguments[0], item)
        return None if inner is None else not inner
    if name == "isNull":
        return value_of(arguments[0], item) is None
    if name.startswith("s_"):
        left, right = (place_of(a, item) for a in arguments)
        return bool(getattr(left, name.removeprefix("s_"))(right))
    if name.startswith("t_"):
        return _in_time(name, *(_span(a, item) for a in arguments))
    return _compared(name, arguments, item)


def _together(parts: list[Truth], decisive: bool) -> Truth:
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _compared(name: str, arguments: list[Any], item: Item) -> Truth:
    if name == "between":
        low = _compared(">=", [arguments[0], arguments[1]], item)
        return _together([low, _compared("<=", [arguments[0], arguments[2]], item)], decisive=False)
    if name == "in":
        found = [_compared("=", [arguments[0], option], item) for option in arguments[1]]
        return _together(found, decisive=True)
    left, right = (value_of(a, item) for a in arguments)
    if left is None or right is None:
        return None
    if name == "like":
        return re.fullmatch(_regular(right), left, re.DOTALL) is not None
    if isinstance(left, datetime) != isinstance(right, datetime):
        left, right = (_moment(v) if isinstance(v, str) else v for v in (left, right))
    outcome: bool = {
        "=": left == right,
        "<>": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[name]
    return outcome


def value_of(expression: Any, item: Item) -> Any:
    match expression:
        case {"property": name}:
            return _property(name, item)
        case {"date": text} | {"timestamp": text}:
            return _moment(text)
        case {"op": "casei" | "accenti" as fold, "args": [inner]}:
            text = value_of(inner, item)
            return None if text is None else _folded(text, fold)
        case {"op": sign, "args": [left, right]}:
            return _calculated(sign, value_of(left, item), value_of(right, item))
    return expression


def _property(name: str, item: Item) -> Any:
    if name in ("id", "collection", "geometry"):
        return item[name]
    properties = item["properties"]
    if name in ("datetime", "start_datetime", "end_datetime"):
        side = "end_datetime" if name == "end_datetime" else "start_datetime"
        return _moment(properties.get(side) or properties["datetime"])
    return properties.get(name)


def _calculated(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    try:
        if isinstance(left, datetime) and isinstance(right, datetime):
            return (left - right) / timedelta(days=1)
        if isinstance(left, datetime):
            return left + timedelta(days=right if sign == "+" else -right)
        if isinstance(right, datetime):
            return right + timedelta(days=left)
        result = _number(sign, float(left), float(right))
    except (ArithmeticError, ValueError):
        return None
    return result if isinstance(result, float) and math.isfinite(result) else None


def _number(sign: str, left: float, right: float) -> Any:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "^":
            return left**right
    whole = math.trunc(Fraction(left) / Fraction(right))
    return float(whole if sign == "div" else Fraction(left) - whole * Fraction(right))


def _folded(text: str, fold: str) -> str:
    if fold == "casei":
        return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    kept = (c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", "".join(kept))


def _regular(pattern: str) -> str:
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return "".join(wild.get(p) or re.escape(p[-1]) for p in pieces)


def place_of(expression: Any, item: Item) -> Any:
    match expression:
        case {"property": "geometry"}:
            return shape(item["geometry"])
        case {"bbox": [west, south, east, north]}:
            spans = [(west, east)] if west <= east else [(west, 180), (-180, east)]
            parts = [_box(w, south, e, north) for w, e in spans]
            return parts[0] if len(parts) == 1 else parts[0].union(parts[1])
    return shape(expression)


def _box(west: float, south: float, east: float, north: float) -> Any:
    corners = Point(west, south), Point(east, north)
    if west == east or south == north:
        return GeometryCollection(corners).convex_hull
    return box(west, south, east, north)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z").astimezone(UTC)


def _last(text: str) -> datetime:
    moment = _moment(text)
    return moment if "T" in text else moment + timedelta(days=1) - TICK


def _span(expression: Any, item: Item) -> tuple[Any, Any]:
    match expression:
        case {"property": "datetime"}:
            return _property("start_datetime", item), _property("end_datetime", item)
        case {"date": text} | {"timestamp": text}:
            return _moment(text), _last(text)
        case {"interval": [start, end]}:
            first = FIRST if start == ".." else _moment(start) if isinstance(start, str) else None
            last = LAST if end == ".." else _last(end) if isinstance(end, str) else None
            return first or value_of(start, item), last or value_of(end, item)
    moment = value_of(expression, item)
    return moment, moment


def _in_time(name: str, one: tuple[Any, Any], other: tuple[Any, Any]) -> Truth:
    (a, b), (c, d) = one, other
    if None in (a, b, c, d):
        return None
    outcome: bool = {
        "t_after": a > d,
        "t_before": b < c,
        "t_contains": a < c and d < b,
        "t_disjoint": b < c or d < a,
        "t_during": c < a and b < d,
        "t_equals": (a, b) == (c, d),
        "t_finishedBy": a < c and b == d,
        "t_finishes": c < a and b == d,
        "t_intersects": not (b < c or d < a),
        "t_meets": b == c,
        "t_metBy": a == d,
        "t_overlappedBy": c < a < d < b,
        "t_overlaps": a < c < b < d,
        "t_startedBy": a == c and d < b,
        "t_starts": a == c and b < d,
    }[name]
    return outcome
