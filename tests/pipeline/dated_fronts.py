"""Fronts of real units at a stated depth, for masks and series."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from shapely import MultiLineString

from catalog.corridor import corridors_of
from catalog.front import Front
from catalog.shelf import find_unit
from tests.factories import make_front

SPACING_M = 5_000.0


def day(text: str) -> datetime:
    """Noon of a day, `2024-03-15`."""
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


def line_at(unit_name: str, share: float) -> MultiLineString:
    """A front at a share of every path of a unit, the ice on its left."""
    return MultiLineString(
        [
            corridor.points_at(share * corridor.depth_m)[::-1]
            for corridor in corridors_of(find_unit(unit_name), SPACING_M)
        ]
    )


def front_at(unit_name: str, share: float, moment: datetime, **changes: Any) -> Front:
    """An accepted front of a unit, simulated unless `changes` say otherwise."""
    unit = find_unit(unit_name)
    fields = {"unit": unit.name, "shelf": unit.shelf, "start": moment} | changes
    return make_front(line=line_at(unit_name, share), **fields)


def outwards(unit_name: str) -> tuple[float, float]:
    """Unit vector, where the ice of a unit flows on the whole."""
    x, y = corridors_of(find_unit(unit_name), SPACING_M)[0].seaward_direction
    assert np.hypot(x, y) > 0
    return float(x), float(y)
