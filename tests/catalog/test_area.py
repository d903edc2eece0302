from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import LineString, MultiLineString, MultiPolygon, Polygon, box

from catalog.area import ice_area_km2, measure_ice_area, true_area_km2
from catalog.shelf import all_parts

# A region 100 km wide and 80 km deep at about 71 S, reference at the bottom, sea at the top.
REGION = Polygon([(0, 2e6), (1e5, 2e6), (1e5, 2.08e6), (0, 2.08e6)])
REFERENCE = LineString([(0, 2e6), (1e5, 2e6)])


def front(*chains: list[tuple[float, float]]) -> MultiLineString:
    """Lines given in kilometres from the reference's first point."""
    return MultiLineString([[(x * 1e3, 2e6 + y * 1e3) for x, y in chain] for chain in chains])


def strip(bottom_km: float, top_km: float) -> float:
    return true_area_km2(box(0, 2e6 + bottom_km * 1e3, 1e5, 2e6 + top_km * 1e3))


def test_a_straight_front_gives_the_area_behind_it() -> None:
    area = ice_area_km2(front([(0, 40), (100, 40)]), REGION, REFERENCE)
    assert area == pytest.approx(strip(0, 40), rel=1e-9)


def test_area_is_true_on_the_ellipsoid() -> None:
    to_lonlat = Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
    fine = REGION.segmentize(1000.0)
    area, _ = Geod(ellps="WGS84").polygon_area_perimeter(*to_lonlat.transform(*fine.exterior.xy))
    assert true_area_km2(REGION) == pytest.approx(abs(area) / 1e6, rel=1e-6)


def test_the_plane_of_epsg_3031_would_be_wrong_at_the_outer_coast() -> None:
    coast = box(0, 2.6e6, 1e5, 2.7e6)  # about 66 S
    assert true_area_km2(coast) == pytest.approx(coast.area / 1e6 / 1.035, rel=0.01)


@given(
    near=st.floats(5, 40),
    advance=st.floats(1, 30),
    bulge=st.lists(st.floats(-3, 3), min_size=5, max_size=5),
)
def test_an_advance_adds_exactly_the_strip_it_gained(
    near: float, advance: float, bulge: list[float]
) -> None:
    shape = [(20.0 * i, near + d) for i, d in enumerate([*bulge, 0.0])]
    before = front(shape)
    after = front([(x, y + advance) for x, y in shape])
    areas = [ice_area_km2(line, REGION, REFERENCE) for line in (before, after)]
    assert areas[0] is not None
    assert areas[1] is not None
    gained = true_area_km2(Polygon([*before.geoms[0].coords, *reversed(after.geoms[0].coords)]))
    assert areas[1] - areas[0] == pytest.approx(gained, abs=0.05)


def test_a_front_that_goes_on_beyond_the_region_is_cut_at_its_sides() -> None:
    beyond = front([(-50, 40), (150, 40)])
    assert ice_area_km2(beyond, REGION, REFERENCE) == pytest.approx(strip(0, 40), rel=1e-9)


def test_direction_and_order_of_the_pieces_do_not_matter() -> None:
    pieces = front([(100, 40), (61, 40)], [(0, 40), (60, 40)])
    assert ice_area_km2(pieces, REGION, REFERENCE) == pytest.approx(strip(0, 40), abs=0.01)


def test_ends_that_stop_short_of_the_sides_are_led_there() -> None:
    measured = measure_ice_area(front([(3, 40), (96, 40)]), REGION, REFERENCE)
    assert measured.km2 == pytest.approx(strip(0, 40), abs=0.01)
    assert measured.bridged_m == pytest.approx(7000)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (front([(0, 40), (50, 40)]), "side to side"),
        (front([(0, 40), (45, 40)], [(55, 40), (100, 40)]), "side to side"),
        (front([(200, 40), (300, 40)]), "does not enter"),
        (front([(0, 40), (50, -20), (100, 40)]), "side to side"),
        (front([(0, -1), (1, 1), (99, 1), (100, -1)]), "behind the reference"),
        (front([(0, 40), (50, 120), (100, 40)]), "side to side"),
        (front([(0, 40), (49, 81), (51, 81), (100, 40)]), "leaves the region"),
        (
            front(*([(8.0 * i, 40.0), (8.0 * i + 4, 40.0)] for i in range(13))),
            "too many gaps",
        ),
    ],
)
def test_a_line_that_does_not_separate_ice_from_ocean_gives_no_area(
    line: MultiLineString, reason: str
) -> None:
    measured = measure_ice_area(line, REGION, REFERENCE)
    assert measured.km2 is None
    assert reason in measured.reason


def test_an_iceberg_before_the_front_does_not_count() -> None:
    berg = [(40.0, 60.0), (50.0, 60.0), (50.0, 70.0), (40.0, 60.0)]
    with_berg = front([(0, 40), (100, 40)], berg)
    assert ice_area_km2(with_berg, REGION, REFERENCE) == pytest.approx(strip(0, 40), rel=1e-9)


def test_open_water_behind_the_front_is_taken_off() -> None:
    water = [(40.0, 10.0), (50.0, 10.0), (50.0, 20.0), (40.0, 20.0), (40.0, 10.0)]
    area = ice_area_km2(front([(0, 40), (100, 40)], water), REGION, REFERENCE)
    lake = true_area_km2(box(4e4, 2.01e6, 5e4, 2.02e6))
    assert area == pytest.approx(strip(0, 40) - lake, rel=1e-9)


def test_a_calved_tongue_that_doubles_back_is_followed() -> None:
    tongue = front([(0, 20), (40, 20), (40, 60), (60, 60), (60, 20), (100, 20)])
    area = ice_area_km2(tongue, REGION, REFERENCE)
    assert area == pytest.approx(
        strip(0, 20) + true_area_km2(box(4e4, 2.02e6, 6e4, 2.06e6)), rel=1e-9
    )


def test_the_two_fronts_of_one_shelf_are_added() -> None:
    far = box(5e5, 2e6, 6e5, 2.08e6)
    both = MultiPolygon([REGION, far])
    references = MultiLineString([REFERENCE, LineString([(5e5, 2e6), (6e5, 2e6)])])
    lines = front([(0, 40), (100, 40)], [(500, 10), (600, 10)])
    far_area = true_area_km2(box(5e5, 2e6, 6e5, 2.01e6))
    assert ice_area_km2(lines, both, references) == pytest.approx(strip(0, 40) + far_area)
    one = measure_ice_area(front([(0, 40), (100, 40)]), both, references)
    assert one.km2 is None


def test_every_part_of_the_table_can_be_measured() -> None:
    for part in all_parts():
        vertices = part.region.exterior.coords[:-1]
        seaward = LineString([p for p in vertices if p not in list(part.reference.coords)])
        middle = [
            part.reference.interpolate(share, normalized=True).coords[0]
            for share in (0.0, 0.25, 0.5, 0.75, 1.0)
        ]
        opposite = [
            seaward.interpolate(share, normalized=True).coords[0]
            for share in (1.0, 0.75, 0.5, 0.25, 0.0)
        ]
        line = LineString(
            [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(middle, opposite, strict=True)]
        )
        area = ice_area_km2(MultiLineString([line]), part.region, part.reference)
        assert area is not None, part.name
        assert 0.2 < area / true_area_km2(part.region) < 0.8, part.name
