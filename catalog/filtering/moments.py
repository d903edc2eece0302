"""Moments as clients write them: RFC 3339, or a day, which lasts from midnight to midnight UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LAST_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


def read_moment(text: str) -> datetime:
    """The moment in UTC; raises ValueError or OverflowError. Beyond microseconds it is cut."""
    if not MOMENT.fullmatch(text):
        raise ValueError("it does not follow RFC 3339")
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def is_day(text: str) -> bool:
    """Whether it is written as a day (which need not be in the calendar)."""
    return DAY.fullmatch(text) is not None


def first_moment(text: str) -> datetime:
    """Of a day its first moment, else the moment itself."""
    return read_moment(f"{text}T00:00:00Z" if is_day(text) else text)


def last_moment(text: str) -> datetime:
    """Of a day its last microsecond, else the moment itself."""
    first = first_moment(text)
    return first + LAST_OF_DAY if is_day(text) else first
