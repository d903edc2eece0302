"""Lines between the polar plane and the globe."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon, box
from shapely.affinity import rotate, translate

from catalog.geometry import (
    POLE,
    cut_at_antimeridian,
    lonlat_bbox,
    polygon_to_lonlat,
    polygon_to_polar,
    to_lonlat,
    to_polar,
)

METRE = 0.05
coordinate = st.floats(-2_800_000, 2_800_000, allow_nan=False).map(lambda value: round(value, 1))
far_from_pole = st.tuples(coordinate, coordinate).filter(lambda p: abs(p[0]) + abs(p[1]) > 300_000)


def line_of(points: list[tuple[float, float]]) -> MultiLineString:
    return MultiLineString([points])


def test_a_front_that_crosses_the_antimeridian_becomes_two_lines() -> None:
    line = to_lonlat(line_of([(-100_000, -1_300_000), (100_000, -1_300_000)]))
    west, east = line.geoms
    assert len(line.geoms) == 2
    assert west.coords[-1][0] == -180.0
    assert east.coords[0][0] == 180.0
    assert west.coords[-1][1] == east.coords[0][1]


def test_a_front_near_longitude_zero_stays_one_line() -> None:
    line = to_lonlat(line_of([(-100_000, 2_000_000), (100_000, 2_000_000)]))
    assert len(line.geoms) == 1


def test_a_vertex_on_the_antimeridian_takes_the_side_of_its_line() -> None:
    east = to_lonlat(line_of([(0, -1_300_000), (100_000, -1_300_000)]))
    west = to_lonlat(line_of([(0, -1_300_000), (-100_000, -1_300_000)]))
    assert east.geoms[0].coords[0][0] == 180.0
    assert west.geoms[0].coords[0][0] == -180.0


def test_a_line_that_only_touches_the_antimeridian_is_not_cut() -> None:
    touching = line_of([(100_000, -1_300_000), (0, -1_350_000), (100_000, -1_400_000)])
    assert len(to_lonlat(touching).geoms) == 1


def test_a_line_that_crosses_at_a_vertex_is_cut_there() -> None:
    crossing = np.array([(100_000.0, -1.3e6), (0.0, -1.35e6), (-100_000.0, -1.4e6)])
    first, second = cut_at_antimeridian(crossing)
    assert first[-1].tolist() == second[0].tolist() == [0.0, -1.35e6]


def test_the_box_of_a_crossing_line_has_its_west_in_the_east() -> None:
    west, _, east, _ = lonlat_bbox(
        to_lonlat(line_of([(-100_000, -1_300_000), (100_000, -1_300_000)]))
    )
    assert west == pytest.approx(175.6, abs=0.1)
    assert east == pytest.approx(-175.6, abs=0.1)


def test_the_box_of_parts_on_both_sides_is_the_short_way_round() -> None:
    parts = MultiLineString([[(170, -78), (171, -78)], [(-171, -78), (-170, -78)]])
    assert lonlat_bbox(parts) == (170, -78, -170, -78)


def test_the_box_of_a_line_around_greenwich_is_ordinary() -> None:
    assert lonlat_bbox(MultiLineString([[(-5, -70), (5, -71)]])) == (-5, -71, 5, -70)


@given(st.lists(far_from_pole, min_size=2, max_size=12, unique=True))
def test_there_and_back_moves_no_vertex_by_more_than_centimetres(
    points: list[tuple[float, float]],
) -> None:
    line = line_of(points)
    back = to_polar(to_lonlat(line))
    found = np.concatenate([np.asarray(part.coords) for part in back.geoms])
    for point in points:
        assert np.hypot(*(found - np.asarray(point)).T).min() < METRE


@given(st.lists(far_from_pole, min_size=2, max_size=12, unique=True))
def test_no_piece_spans_the_antimeridian(points: list[tuple[float, float]]) -> None:
    for piece in cut_at_antimeridian(np.asarray(points, dtype=float)):
        for a, b in pairwise(piece):
            if a[0] * b[0] < 0:
                y = a[1] + a[0] / (a[0] - b[0]) * (b[1] - a[1])
                assert y >= 0


@given(st.lists(far_from_pole, min_size=2, max_size=12, unique=True))
def test_cutting_keeps_the_length(points: list[tuple[float, float]]) -> None:
    pieces = cut_at_antimeridian(np.asarray(points, dtype=float))
    whole = LineString(points).length
    assert sum(LineString(piece).length for piece in pieces) == pytest.approx(whole, rel=1e-9)


quadrangles = st.builds(
    lambda x, y, width, height, angle: rotate(
        translate(box(0, 0, width, height), x, y), angle, origin="centroid"
    ),
    coordinate,
    coordinate,
    st.floats(50_000, 600_000),
    st.floats(50_000, 600_000),
    st.floats(0, 360),
)


@given(quadrangles)
def test_a_polygon_comes_back_from_the_globe_wherever_it_lies(polygon: Polygon) -> None:
    globe = polygon_to_lonlat(polygon)
    back = polygon_to_polar(globe)
    # A cut edge is straight in the plane, so nothing but the rounding to 1 cm is lost.
    assert back.symmetric_difference(polygon).area < 1.0 * polygon.length
    assert globe.bounds[0] >= -180.0
    assert globe.bounds[2] <= 180.0


@given(quadrangles.filter(lambda polygon: polygon.exterior.distance(POLE) > 30_000))
def test_no_piece_of_a_polygon_on_the_globe_spans_more_than_half_of_it(polygon: Polygon) -> None:
    for piece in polygon_to_lonlat(polygon).geoms:
        assert piece.is_valid
        assert piece.bounds[2] - piece.bounds[0] <= 180.0


def test_a_polygon_over_the_antimeridian_is_cut_in_two() -> None:
    globe = polygon_to_lonlat(box(-100_000, -1_400_000, 300_000, -1_200_000))
    west, south, east, north = lonlat_bbox(globe)
    assert len(globe.geoms) == 2
    assert west == pytest.approx(165.96, abs=0.01)
    assert east == pytest.approx(-175.24, abs=0.01)
    assert -79 < south < north < -76


def test_a_polygon_around_the_pole_reaches_down_to_it() -> None:
    globe = polygon_to_lonlat(box(-200_000, -300_000, 100_000, 300_000))
    assert globe.bounds[:3] == (-180.0, -90.0, 180.0)
