"""Series of a real part whose fronts are known along its paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.corridor import corridors_of
from catalog.front import Front
from catalog.items.envelope import revision_digest
from catalog.items.front import front_to_item
from catalog.shelf import find_part, find_unit
from pipeline.average_line import line_of_curve
from pipeline.average_rules import AveragingRules
from pipeline.average_series import SPACING_M, RecordedFront
from tests.factories import make_front

PART = find_part("Jelbart")
RULES = AveragingRules(shortest_piece_m=2_000.0)
Curve = npt.NDArray[np.float64]


def straight(share: float = 0.4, unit: str = PART.name) -> Curve:
    """Distances of a front at this share of every path."""
    (corridor,) = corridors_of(find_unit(unit), SPACING_M)
    return np.asarray(share * corridor.depth_m)


def on(text: str) -> datetime:
    """Six in the morning of a day, `2024-05-02`."""
    return datetime.fromisoformat(text).replace(hour=6, tzinfo=UTC)


def daily(moment: datetime, curve: Curve, unit: str = PART.name, **changes: Any) -> Front:
    """An accepted daily front along these distances."""
    (corridor,) = corridors_of(find_unit(unit), SPACING_M)
    shelf = find_unit(unit).shelf
    line = line_of_curve(curve, corridor, 0.0)
    return make_front(unit=unit, shelf=shelf, start=moment, line=line, **changes)


def every(days: float, count: int, start: str = "2024-05-02") -> list[datetime]:
    return [on(start) + timedelta(days=days * i) for i in range(count)]


def recorded(fronts: Iterable[Front]) -> list[RecordedFront]:
    return [RecordedFront(front, revision_digest(front_to_item(front, []))) for front in fronts]


def calved(curve: Curve, lost_m: float = 6_000.0, share: slice = slice(0, None)) -> Curve:
    """The front after a stretch of it was lost."""
    after = curve.copy()
    after[share] -= lost_m
    return after


def series_at(
    moments: Sequence[datetime], offsets_m: Sequence[float], unit: str = PART.name, **changes: Any
) -> list[Front]:
    """Fronts that lie so far before the first, one for each moment."""
    first = straight(unit=unit)
    return [
        daily(moment, first + offset, unit, **changes)
        for moment, offset in zip(moments, offsets_m, strict=True)
    ]
