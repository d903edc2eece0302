"""How much of a filter is read, found out before it is parsed.

`cql2.parse_text` has two hazards (0.6.0, measured): it overruns the stack of the process on some
thousand nested terms (`(`, `not`, `-`), and on text that is not well formed it tries every level
of brackets twice, so that 20 open brackets take half a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from catalog.filtering.errors import BadFilter, FilterTooLarge
from catalog.filtering.expression import Operator

LONGEST_TEXT = 4_000
MOST_UNARY = 100
# The sum of 2 ** (depth of brackets) over the letters: about 3 us each in the worst text found.
MOST_WORK = 150_000
DEEPEST = 20
# Calculations within each other: SQLite's parser has room for some 14 nested calls, and what
# PostgreSQL is sent grows threefold with every nested power.
DEEPEST_CALCULATION = 8
MOST_PARTS = 1_000
MOST_COORDINATES = 20_000  # numbers in the geometries of a filter

CALCULATIONS = frozenset(Operator)
UNARY = re.compile(r"\bnot\b|[-+]\s*(?=[-+])", re.IGNORECASE)
# A quote is doubled inside a text; what is open to the end counts letter by letter.
QUOTED = r"'(?:[^']|'')*'|\"[^\"]*\""
PIECE = re.compile(QUOTED + r"|[^'\"()]+|.", re.DOTALL)


def check_text(text: str) -> None:
    """Refuse CQL2 text that the parser should not see; raises BadFilter."""
    if len(text) > LONGEST_TEXT or len(UNARY.findall(text)) > MOST_UNARY:
        raise _too_large()
    depth, work = 0, 0
    for piece in PIECE.findall(text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth < 0:
            raise _unmatched()
        work += len(piece) << depth
        if work > MOST_WORK:  # also what keeps the shift small
            raise _too_large()
    if depth:
        raise _unmatched()


def check_json(expression: Any) -> None:
    """Refuse CQL2 JSON that is too large; without recursion, as its depth is in question."""
    parts, coordinates = 0, 0
    waiting = [(expression, 0, 0)]
    while waiting:
        part, depth, calculations = waiting.pop()
        parts += 1
        calculations += isinstance(part, dict) and str(part.get("op")).lower() in CALCULATIONS
        if calculations > DEEPEST_CALCULATION:
            raise _too_large()
        # A level of CQL2 is an object and its list of arguments.
        if depth > DEEPEST * 2 or parts > MOST_PARTS or coordinates > MOST_COORDINATES:
            raise _too_large()
        if isinstance(part, str) and len(part) > LONGEST_TEXT:
            raise _too_large()
        if isinstance(part, dict) and "coordinates" in part:
            coordinates += sum(1 for _ in _leaves(part["coordinates"], MOST_COORDINATES))
        waiting += [(child, depth + 1, calculations) for child in _inside(part)]


def _inside(part: Any) -> Iterable[Any]:
    """What is inside a part, but for coordinates: they are counted by themselves."""
    if isinstance(part, dict):
        return [value for key, value in part.items() if key != "coordinates"]
    return part if isinstance(part, list) else ()


def _leaves(coordinates: Any, most: int) -> Iterator[Any]:
    waiting = [coordinates]
    for _ in range(most * 4):  # empty lists are no leaves, and may not go on for ever either
        if not waiting:
            return
        part = waiting.pop()
        if isinstance(part, list | dict):
            waiting += part.values() if isinstance(part, dict) else part
        else:
            yield part
    raise _too_large()


def _too_large() -> FilterTooLarge:
    return FilterTooLarge(
        "The filter is too long or too deeply nested.",
        remedy=f"At most {LONGEST_TEXT} letters, {MOST_PARTS} parts and {DEEPEST} levels are read,"
        f" and {DEEPEST_CALCULATION} calculations within each other;"
        " CQL2 JSON may nest deeper than text.",
    )


def _unmatched() -> BadFilter:
    return BadFilter("This is no CQL2 text: its brackets do not match.")
