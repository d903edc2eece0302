"""The days that averages and joined fronts are made of, as text for tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from catalog.front import Front, JoinedPart


def dates_text(front: Front) -> str | None:
    """Days separated by space, `2026-09-03 2026-09-15`; None for a front of one moment."""
    return _days(front.dates) or None


def parts_text(front: Front) -> str | None:
    """Of a joined shelf, the days of each part: `Getz1 2026-09-03; Getz2 missing`."""
    return "; ".join(map(_part, front.parts)) or None


def _part(part: JoinedPart) -> str:
    return f"{part.unit} {_days(part.dates) or 'missing'}"


def _days(dates: Iterable[date]) -> str:
    return " ".join(day.isoformat() for day in dates)
