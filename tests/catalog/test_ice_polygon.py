from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from catalog.area import measure_ice_area, true_area_km2
from catalog.ice_polygon import ice_extent, ice_polygon
from catalog.shelf import find_part

# As in test_area: 100 km wide, 80 km deep, reference at the bottom, sea at the top.
REGION = Polygon([(0, 2e6), (1e5, 2e6), (1e5, 2.08e6), (0, 2.08e6)])
REFERENCE = LineString([(0, 2e6), (1e5, 2e6)])


def front(*chains: list[tuple[float, float]]) -> MultiLineString:
    """Lines given in kilometres from the reference's first point."""
    return MultiLineString([[(x * 1e3, 2e6 + y * 1e3) for x, y in chain] for chain in chains])


def polygon(line: MultiLineString) -> MultiPolygon:
    found = ice_polygon(line, REGION, REFERENCE)
    assert found is not None
    return found


def test_the_polygon_lies_between_the_reference_and_the_front() -> None:
    found = polygon(front([(0, 40), (100, 40)]))
    assert found.equals(MultiPolygon([box(0, 2e6, 1e5, 2.04e6)]))


wavy = st.lists(st.floats(5, 70), min_size=2, max_size=12)


@given(depths=wavy)
def test_its_area_is_that_which_is_measured(depths: list[float]) -> None:
    line = front([(100.0 * i / (len(depths) - 1), d) for i, d in enumerate(depths)])
    measured = measure_ice_area(line, REGION, REFERENCE)
    assert measured.km2 == pytest.approx(true_area_km2(polygon(line)), rel=1e-12)


@given(depths=wavy)
def test_line_and_reference_are_its_border(depths: list[float]) -> None:
    line = front([(100.0 * i / (len(depths) - 1), d) for i, d in enumerate(depths)])
    border = polygon(line).boundary
    assert line.difference(border.buffer(0.1)).length == pytest.approx(0, abs=0.1)
    assert REFERENCE.difference(border.buffer(0.1)).length == pytest.approx(0, abs=0.1)


def test_exteriors_run_against_the_clock_and_holes_with_it() -> None:
    water = [(40.0, 10.0), (50.0, 10.0), (50.0, 20.0), (40.0, 20.0), (40.0, 10.0)]
    (found,) = polygon(front([(100, 40), (0, 40)], water)).geoms
    assert found.exterior.is_ccw
    assert [ring.is_ccw for ring in found.interiors] == [False]


def test_a_berg_before_the_front_is_no_part_of_it() -> None:
    berg = [(40.0, 60.0), (50.0, 60.0), (50.0, 70.0), (40.0, 60.0)]
    alone = front([(0, 40), (100, 40)])
    assert polygon(front([(0, 40), (100, 40)], berg)).equals(polygon(alone))


def test_closed_water_is_a_hole_and_its_berg_is_dropped() -> None:
    water = [(40.0, 10.0), (50.0, 10.0), (50.0, 20.0), (40.0, 20.0), (40.0, 10.0)]
    berg = [(44.0, 14.0), (46.0, 14.0), (46.0, 16.0), (44.0, 14.0)]
    found = polygon(front([(0, 40), (100, 40)], water, berg))
    assert len(found.geoms) == 1
    assert len(found.geoms[0].interiors) == 1
    assert not found.contains(Point(4.5e4, 2.0145e6))


def test_the_two_fronts_of_one_shelf_have_a_polygon_each() -> None:
    far = box(5e5, 2e6, 6e5, 2.08e6)
    references = MultiLineString([REFERENCE, LineString([(5e5, 2e6), (6e5, 2e6)])])
    lines = front([(0, 40), (100, 40)], [(500, 10), (600, 10)])
    found = ice_polygon(lines, MultiPolygon([REGION, far]), references)
    assert found is not None
    assert len(found.geoms) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (front([(0, 40), (50, 40)]), "side to side"),
        (front([(200, 40), (300, 40)]), "does not enter"),
        (front([(0, -1), (1, 1), (99, 1), (100, -1)]), "behind the reference"),
    ],
)
def test_a_line_that_parts_nothing_has_no_polygon(line: MultiLineString, reason: str) -> None:
    extent = ice_extent(line, REGION, REFERENCE)
    assert extent.polygon is None
    assert reason in extent.reason


def test_a_front_of_two_points_has_one() -> None:
    assert polygon(front([(2, 40), (98, 40)])).area == pytest.approx(4e9)


def test_a_line_that_crosses_itself_gives_a_valid_polygon() -> None:
    loop = front([(0, 40), (60, 40), (60, 50), (40, 50), (40, 30), (100, 40)])
    found = polygon(loop)
    assert found.is_valid
    measured = measure_ice_area(loop, REGION, REFERENCE)
    assert measured.km2 == pytest.approx(true_area_km2(found))


def test_the_antimeridian_cuts_nothing() -> None:
    part = find_part("Ross2")  # lies on both sides of 180 degrees
    assert part.region.bounds[0] < 0 < part.region.bounds[2]
    line = MultiLineString([part.reference.parallel_offset(20_000.0, "left")])
    found = ice_polygon(line, part.region, part.reference)
    assert found is not None
    assert found.bounds[0] < 0 < found.bounds[2]
    assert len(found.geoms) == 1
