"""The quick way to the ice behind a plain line says what the overlay says, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon

from catalog.area import measure_ice_area, true_area_km2
from catalog.corridor import corridors_of
from catalog.ice_polygon import overlaid_extent
from catalog.ice_ring import plain_ice
from catalog.shelf import Part, all_parts, find_part, unit_of_part

SHARES = st.floats(0.05, 0.95)
# As in test_area: 100 km wide, 80 km deep, reference at the bottom, sea at the top.
REGION = Polygon([(0, 2e6), (1e5, 2e6), (1e5, 2.08e6), (0, 2.08e6)])
REFERENCE = LineString([(0, 2e6), (1e5, 2e6)])


def front(*chains: list[tuple[float, float]]) -> MultiLineString:
    """Lines given in kilometres from the reference's first point."""
    return MultiLineString([[(x * 1e3, 2e6 + y * 1e3) for x, y in chain] for chain in chains])


def line_across(part: Part, shares: list[float], *, is_reversed: bool) -> MultiLineString:
    (corridor,) = corridors_of(unit_of_part(part))
    at = np.linspace(0.0, 1.0, len(corridor.depth_m))
    share = np.interp(at, np.linspace(0.0, 1.0, len(shares)), shares)
    points = corridor.points_at(share * corridor.depth_m)
    return MultiLineString([points[::-1] if is_reversed else points])


@given(st.sampled_from(all_parts()), st.lists(SHARES, min_size=2, max_size=12), st.booleans())
def test_the_area_is_that_of_the_overlay(part: Part, shares: list[float], back: bool) -> None:
    line = line_across(part, shares, is_reversed=back)
    plain = plain_ice(line, part.region, part.reference)
    full = overlaid_extent(line, part.region, part.reference)
    if plain is None:
        return
    assert full.polygon is not None
    assert true_area_km2(plain.polygon) == pytest.approx(true_area_km2(full.polygon), abs=1e-3)
    assert plain.bridged_m == pytest.approx(full.bridged_m, abs=0.05)


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_a_plain_line_goes_the_quick_way_on_every_part(part: Part) -> None:
    line = line_across(part, [0.4, 0.5, 0.45], is_reversed=True)
    assert plain_ice(line, part.region, part.reference) is not None


# Whole metres: GEOS divides by zero where two vertices are 1e-180 m apart.
KILOMETRES = st.integers(-5_000, 105_000).map(lambda metres: metres / 1e3)


@given(st.lists(st.tuples(KILOMETRES, KILOMETRES), min_size=2, max_size=6))
def test_what_the_overlay_refuses_is_not_called_plain(places: list[tuple[float, float]]) -> None:
    line = front(places)
    plain = plain_ice(line, REGION, REFERENCE)
    if plain is None:
        return
    full = overlaid_extent(line, REGION, REFERENCE)
    assert full.polygon is not None, full.reason
    assert true_area_km2(plain.polygon) == pytest.approx(true_area_km2(full.polygon), abs=1e-3)


@pytest.mark.parametrize(
    "line",
    [
        front([(0, 40), (60, 40)], [(60, 40), (100, 40)]),
        front([(0, 40), (50, 60), (50, 30), (40, 50), (100, 40)]),
        front([(0, 40), (50, 0), (100, 40)]),
        front([(0, 40), (50, 80), (100, 40)]),
        front([(0, 40), (50, 120), (100, 40)]),
        front([(20, 40), (100, 40)]),
        front([(8, 40), (92, 40)]),
        front([(200, 40), (300, 40)]),
        front([(0, 40), (0, 60), (0, 50), (100, 40)]),
    ],
    ids=["pieces", "crosses", "reference", "sea", "leaves", "far", "bridged", "beside", "there"],
)
def test_what_is_not_plain_is_left_to_the_overlay(line: MultiLineString) -> None:
    assert plain_ice(line, REGION, REFERENCE) is None


def test_both_ways_lead_to_one_measure() -> None:
    part = find_part("Amery")
    line = line_across(part, [0.3, 0.6, 0.4], is_reversed=True)
    plain = plain_ice(line, part.region, part.reference)
    measured = measure_ice_area(line, part.region, part.reference)
    assert plain is not None
    assert measured.km2 == true_area_km2(plain.polygon)
    assert measured.bridged_m == plain.bridged_m
