"""Times as clients write them: RFC 3339 instants and intervals with open ends."""

from __future__ import annotations

from datetime import datetime

from catalog.filtering.moments import read_moment
from web.api.errors import BadParameter

OPEN = ("", "..")
REMEDY = "Write 2020-01-31T00:00:00Z, or an interval such as 2020-01-31T00:00:00Z/.."


def interval(text: str) -> tuple[datetime | None, datetime | None]:
    """First and last moment of the parameter `datetime`, both inclusive; None: open."""
    ends = text.split("/")
    if len(ends) == 1:
        instant = _moment(text, where="datetime")
        return instant, instant
    if len(ends) != 2 or all(end in OPEN for end in ends):
        raise BadParameter(f"{text[:80]!r} is no interval.", where="datetime", remedy=REMEDY)
    start, end = (None if e in OPEN else _moment(e, where="datetime") for e in ends)
    if start is not None and end is not None and start > end:
        raise BadParameter("The interval ends before it starts.", where="datetime")
    return start, end


def _moment(text: str, where: str) -> datetime:
    try:
        return read_moment(text)
    except (ValueError, OverflowError) as error:
        fault = f"{text[:80]!r} is no moment ({error})."
        raise BadParameter(fault, where=where, remedy=REMEDY) from error
