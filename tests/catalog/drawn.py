"""Lines across the regions of units, as a person might draw them."""

from __future__ import annotations

from shapely import MultiLineString

from catalog.corridor import corridors_of
from catalog.shelf import find_unit

MIDWAY = 0.45  # of the way from the reference to the open sea
EVERY = 10  # paths are 250 m apart; nobody clicks that often


def drawn_across(name: str, share: float = MIDWAY) -> MultiLineString:
    """A line from side to side of a unit, in the order of its reference: ice on its right."""
    lines = []
    for corridor in corridors_of(find_unit(name)):
        points = corridor.points_at(corridor.depth_m * share)
        lines.append([*points[:-1:EVERY], points[-1]])
    return MultiLineString(lines)
