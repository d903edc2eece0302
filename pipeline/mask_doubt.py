"""What speaks against a front that stands for another day: a calving in between."""

from __future__ import annotations

from collections.abc import Sequence

from shapely import MultiPolygon

from catalog.area import true_area_km2
from catalog.front import Front
from catalog.ice_polygon import ice_extent
from catalog.shelf import Unit

SAME_DAY = 0.5  # days from noon
LOST_SHARE = 0.01  # of the area by an earlier front: a later one with so much less has calved


def calved_around(
    ice: MultiPolygon,
    days_off: float,
    unit: Unit,
    dated: Sequence[tuple[float, Front]],
    within_days: float,
) -> str:
    """What the nearest front on the other side of the day says against the one that is used.

    `ice` is by a front that lies `days_off` from the day. Ice flows out to sea and never back, so
    the later of two fronts has less ice only where some left between them.
    """
    if abs(days_off) < SAME_DAY:
        return ""
    is_later = days_off > 0
    for days, front in dated:
        if (days < 0) is not is_later or not SAME_DAY <= abs(days) <= within_days:
            continue
        there = ice_extent(front.line, unit.region, unit.reference).polygon
        if there is None:
            continue
        by_used, by_other = true_area_km2(ice), true_area_km2(there)
        before, after = (by_other, by_used) if is_later else (by_used, by_other)
        if before - after <= LOST_SHARE * before:
            return ""
        return (
            f"{front.id}, {abs(days):.0f} days {'earlier' if is_later else 'later'}, has "
            f"{before - after:.0f} km2 {'more' if is_later else 'less'} ice: "
            "a calving lies between, before or after this day"
        )
    return ""
