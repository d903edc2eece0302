"""Boxes on the globe: the rough test misses nothing, the exact one lets nothing else in."""

from __future__ import annotations

import orjson
import pytest
from shapely import LineString, MultiLineString, MultiPolygon, Point, box
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from catalog.query import Search
from catalog.spatial import bbox_geometries, exact_test, halves

OVER_THE_ANTIMERIDIAN = (175.0, -79.0, -175.0, -77.0)


def document(geometry: BaseGeometry) -> bytes:
    return orjson.dumps({"geometry": mapping(geometry)})


def test_a_box_over_the_antimeridian_is_two_boxes() -> None:
    west, east = halves(OVER_THE_ANTIMERIDIAN)
    assert west == (175.0, -79.0, 180.0, -77.0)
    assert east == (-180.0, -79.0, -175.0, -77.0)


def test_an_ordinary_box_is_itself() -> None:
    assert halves((-10.0, -79.0, 10.0, -77.0)) == ((-10.0, -79.0, 10.0, -77.0),)


@pytest.mark.parametrize(
    ("bbox", "kind"),
    [
        ((1.0, -70.0, 1.0, -70.0), Point),
        ((1.0, -70.0, 2.0, -70.0), LineString),
        ((1.0, -71.0, 1.0, -70.0), LineString),
    ],
)
def test_a_box_without_area_still_meets_what_lies_on_it(
    bbox: tuple[float, float, float, float], kind: type[BaseGeometry]
) -> None:
    (geometry,) = bbox_geometries(bbox)
    assert isinstance(geometry, kind)
    crossing = MultiLineString([[(0.0, -71.0), (2.0, -69.0)], [(0.0, -70.0), (3.0, -70.0)]])
    assert exact_test(Search(bbox=bbox))(document(crossing))


@pytest.mark.parametrize(
    ("line", "is_inside"),
    [
        ([(174.0, -78.0), (176.0, -78.0)], True),
        ([(-176.0, -78.0), (-174.0, -78.0)], True),
        ([(170.0, -78.0), (174.0, -78.0)], False),
        ([(-170.0, -78.0), (170.0, -78.0)], False),  # the complement: the long way round
        ([(179.0, -76.0), (180.0, -76.0)], False),
    ],
)
def test_a_box_over_the_antimeridian_holds_the_short_way_round(
    line: list[tuple[float, float]], is_inside: bool
) -> None:
    is_match = exact_test(Search(bbox=OVER_THE_ANTIMERIDIAN))
    assert is_match(document(MultiLineString([line]))) is is_inside


def test_the_exact_test_looks_at_the_line_and_not_at_its_box() -> None:
    corner = MultiLineString([[(0.0, -71.0), (0.0, -70.0), (1.0, -70.0)]])
    is_match = exact_test(Search(bbox=(0.5, -71.0, 1.0, -70.5)))
    assert not is_match(document(corner))


def test_box_and_geometry_must_both_be_met() -> None:
    search = Search(bbox=(0.0, -80.0, 10.0, -70.0), intersects=box(5.0, -80.0, 20.0, -70.0))
    is_match = exact_test(search)
    assert is_match(document(MultiPolygon([box(6.0, -75.0, 7.0, -74.0)])))
    assert not is_match(document(MultiPolygon([box(1.0, -75.0, 2.0, -74.0)])))
    assert not is_match(document(MultiPolygon([box(12.0, -75.0, 13.0, -74.0)])))


def test_a_search_without_place_matches_everything() -> None:
    assert exact_test(Search())(document(Point(0.0, -75.0)))
