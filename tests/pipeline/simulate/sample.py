"""A small made-up part for tests of the simulation."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
from shapely import LineString, Polygon

from catalog.shelf import Part
from pipeline.simulate.scenario import Scenario

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
SEED = 11


def make_part(
    name: str = "Testland",
    centre: tuple[float, float] = (-1_600_000.0, -310_000.0),
    width_m: float = 12_000.0,
    depth_m: float = 14_000.0,
    turn_deg: float = 200.0,
) -> Part:
    """A turned rectangle whose first side is the landward one."""
    turn = math.radians(turn_deg)
    turned = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    half = np.array([width_m, depth_m]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turned + centre
    return Part(name, name, Polygon(corners), LineString(corners[:2]), is_approximate=True)


def make_scenario(advance_m_per_day: float = 4.0, calving: datetime | None = None) -> Scenario:
    """Calves every 1000 days, the first time at `calving` (default: long before NOON)."""
    return Scenario(
        advance_m_per_day=advance_m_per_day,
        first_calving=calving or datetime(2026, 1, 1, tzinfo=UTC),
        days_between_calvings=1000.0,
        melt_months=frozenset({1}),
        pack_ice_months=frozenset({7}),
        fast_ice_months=frozenset({9}),
        dual_polarisation_months=frozenset({11}),
        sliced_months=frozenset({3}),
    )
