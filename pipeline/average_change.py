"""How much more or less ice an average, or a joined shelf, shows than the one before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from catalog.front import Front, SeriesKey, Status

AREA_DECIMALS = 3


def with_area_change(front: Front, earlier: Iterable[Front | None]) -> Front:
    """The front with its area less that of the nearest earlier one that can be trusted.

    `earlier` are fronts of its series, latest first; None stands for a period without. One that is
    not accepted, or has no area, is passed over, as the check does with daily fronts.
    """
    if front.area_km2 is None:
        return front
    trusted = (one for one in earlier if one is not None and one.status is Status.ACCEPTED)
    before_km2 = next((one.area_km2 for one in trusted if one.area_km2 is not None), None)
    if before_km2 is None:
        return front
    return replace(front, area_change_km2=round(front.area_km2 - before_km2, AREA_DECIMALS))


def with_area_changes(fronts: Iterable[Front]) -> list[Front]:
    """The fronts, each against the one before it in its own series; they are given in time."""
    seen: dict[SeriesKey, list[Front]] = defaultdict(list)
    told: list[Front] = []
    for front in fronts:
        before = seen[front.series]
        told.append(with_area_change(front, reversed(before)))
        before.append(front)
    return told
