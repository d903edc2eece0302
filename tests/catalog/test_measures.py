from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import LineString, MultiLineString, Polygon, box

from catalog.area import true_area_km2
from catalog.corridor import corridor_of
from catalog.front import Front
from catalog.measures import (
    CORRELATION_M,
    advance_between,
    area_error_km2,
    joint_error,
    swept_error_km2,
)
from catalog.scale import scale_factor, true_length_km
from tests.factories import make_front

X, Y = 2_700_000.0, 700_000.0
WIDTH_M, DEPTH_M = 20_000.0, 50_000.0
CORRIDOR = corridor_of(
    Polygon([(X, Y), (X, Y + WIDTH_M), (X - DEPTH_M, Y + WIDTH_M), (X - DEPTH_M, Y)]),
    LineString([(X, Y), (X, Y + WIDTH_M)]),
)


def front_at(distance_m: float, days: float = 0.0, **changes: Any) -> Front:
    line = MultiLineString([[(X - distance_m, Y - 1.0), (X - distance_m, Y + WIDTH_M + 1.0)]])
    moment = make_front().start + timedelta(days=days)
    return make_front(line=line, start=moment, **changes)


@given(st.floats(1_000.0, 45_000.0), st.floats(1_000.0, 45_000.0))
def test_a_straight_front_moves_by_the_true_distance(old: float, new: float) -> None:
    moved = advance_between(front_at(old), front_at(new, 10.0), [CORRIDOR])
    assert moved is not None
    way = LineString([(X - old, Y + 1e4), (X - new, Y + 1e4)])
    expected_m = np.sign(new - old) * true_length_km(way) * 1000 if way.length > 0 else 0.0
    assert moved.mean_m == pytest.approx(expected_m, rel=2e-3, abs=1e-6)
    assert moved.greatest_advance_m == pytest.approx(max(expected_m, 0.0), rel=5e-3, abs=1e-6)
    assert moved.greatest_retreat_m == pytest.approx(max(-expected_m, 0.0), rel=5e-3, abs=1e-6)
    assert moved.compared_share == 1.0


def test_the_plane_would_say_more() -> None:
    moved = advance_between(front_at(10_000.0), front_at(20_000.0, 10.0), [CORRIDOR])
    scale = scale_factor(np.array([X - 15_000.0, Y + 1e4]))
    assert moved is not None
    assert scale > 1.005
    assert moved.mean_m == pytest.approx(10_000.0 / float(scale), rel=1e-3)


def test_the_area_swept_is_the_mean_advance_times_the_width() -> None:
    moved = advance_between(front_at(10_000.0), front_at(20_000.0), [CORRIDOR])
    swept = true_area_km2(box(X - 20_000.0, Y, X - 10_000.0, Y + WIDTH_M))
    across = true_length_km(LineString([(X - 15_000.0, Y), (X - 15_000.0, Y + WIDTH_M)]))
    assert moved is not None
    assert moved.mean_m / 1000 * across == pytest.approx(swept, rel=1e-3)


def test_rates_are_per_day_and_per_year() -> None:
    moved = advance_between(front_at(10_000.0), front_at(9_000.0, 12.0), [CORRIDOR])
    assert moved is not None
    assert moved.days == 12.0
    assert moved.mean_m_per_day == pytest.approx(moved.mean_m / 12.0)
    assert moved.mean_m_per_year == pytest.approx(moved.mean_m / 12.0 * 365.25)


def test_two_fronts_of_one_moment_have_no_rate() -> None:
    moved = advance_between(front_at(10_000.0), front_at(9_000.0), [CORRIDOR])
    assert moved is not None
    assert moved.mean_m_per_day is None
    assert moved.mean_m_per_year is None


def test_fronts_that_share_no_path_cannot_be_compared() -> None:
    aside = make_front(line=MultiLineString([[(0.0, 0.0), (1.0, 1.0)]]))
    assert advance_between(front_at(10_000.0), aside, [CORRIDOR]) is None


def test_half_a_front_is_compared_where_it_was_seen() -> None:
    half = make_front(line=MultiLineString([[(X - 9e3, Y - 1), (X - 9e3, Y + WIDTH_M / 2)]]))
    moved = advance_between(front_at(10_000.0), half, [CORRIDOR])
    assert moved is not None
    assert moved.compared_share == pytest.approx(0.5, abs=0.03)
    assert moved.greatest_advance_m == 0.0


def test_without_stated_uncertainty_there_is_no_error() -> None:
    moved = advance_between(front_at(1e4, uncertainty_m=None), front_at(2e4), [CORRIDOR])
    assert moved is not None
    assert moved.mean_error_m is None
    assert moved.path_error_m is None
    assert area_error_km2(front_at(1e4, uncertainty_m=None)) is None


def test_a_mean_is_surer_than_a_path_and_less_sure_than_if_paths_were_independent() -> None:
    moved = advance_between(front_at(1e4), front_at(2e4), [CORRIDOR])
    assert moved is not None
    assert moved.path_error_m is not None
    assert moved.path_error_m == pytest.approx(57.0 * 2**0.5)
    assert moved.mean_error_m is not None
    independent = moved.path_error_m / len(CORRIDOR.depth_m) ** 0.5
    assert 2 * independent < moved.mean_error_m < moved.path_error_m


@given(st.floats(0.0, 500.0), st.floats(0.001, 500.0))
def test_the_error_of_an_area_lies_between_independence_and_one_shift(
    error_m: float, length_km: float
) -> None:
    found = swept_error_km2(error_m, length_km)
    assert 0.0 <= found <= error_m / 1000 * length_km * (1 + 1e-6) + 1e-12


def test_a_short_front_errs_as_a_whole() -> None:
    length_km = CORRELATION_M / 1e5
    assert swept_error_km2(100.0, length_km) == pytest.approx(0.1 * length_km, rel=0.01)


@given(st.floats(1.0, 300.0), st.integers(2, 40))
def test_equal_errors_of_vertices_say_what_one_number_says(error_m: float, vertices: int) -> None:
    y = np.linspace(Y, Y + 400_000.0, 40 * vertices)
    line = MultiLineString([np.column_stack([np.full_like(y, X), y])])
    by_vertex = make_front(line=line, vertex_uncertainty_m=(error_m,) * len(y))
    by_number = make_front(line=line, uncertainty_m=error_m)
    one, other = area_error_km2(by_vertex), area_error_km2(by_number)
    assert one is not None
    assert other is not None
    tolerance = 0.5 if vertices < 10 else 0.1  # vertices farther apart than errors are correlated
    assert one == pytest.approx(other, rel=tolerance)


def test_the_error_of_vertices_is_the_sum_over_all_pairs() -> None:
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.uniform(0, 3e3, 30) + X, np.sort(rng.uniform(0, 3e4, 30)) + Y])
    errors = rng.uniform(10, 200, 30)
    line = MultiLineString([points])
    found = area_error_km2(make_front(line=line, vertex_uncertainty_m=tuple(errors.tolist())))
    edges = np.hypot(*np.diff(points, axis=0).T) / scale_factor((points[1:] + points[:-1]) / 2)
    along = np.concatenate([[0.0], np.cumsum(edges)])
    share = np.convolve(np.concatenate([[0.0], edges, [0.0]]), [0.5, 0.5], mode="valid")
    pairs = np.exp(-np.abs(along[:, None] - along) / CORRELATION_M)
    expected = np.sqrt((share * errors) @ pairs @ (share * errors)) / 1e6
    assert found == pytest.approx(expected)


def test_a_front_of_two_points_has_an_error_too() -> None:
    line = MultiLineString([[(X, Y), (X, Y + 5_000.0)]])
    assert area_error_km2(make_front(line=line, vertex_uncertainty_m=(50.0, 60.0))) is not None
    assert area_error_km2(make_front(line=line)) is not None


def test_the_error_of_a_difference_needs_both() -> None:
    assert joint_error(3.0, 4.0) == 5.0
    assert joint_error(None, 4.0) is None


TO_PLANE = Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)
GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize("latitude", [-66.0, -71.0, -78.0])
@pytest.mark.parametrize("longitude", [180.0, -0.5, 72.0])
def test_advance_and_area_are_those_of_geodesics(longitude: float, latitude: float) -> None:
    """From positions on the globe; 180 is the antimeridian, which the front crosses."""
    half_deg = 10_000.0 / (111_320.0 * np.cos(np.radians(latitude)))
    west, east = longitude - half_deg, longitude + half_deg
    north_deg = 0.04  # about 4.5 km of advance to the north

    def along(at_latitude: float, count: int = 201) -> list[tuple[float, float]]:
        return [
            TO_PLANE.transform((lon + 180.0) % 360.0 - 180.0, at_latitude)
            for lon in np.linspace(west, east, count)
        ]

    sea, land = along(latitude + 0.3), along(latitude - 0.2)
    corridor = corridor_of(Polygon([*land, *sea[::-1]]), LineString(land))
    before, after = (
        make_front(line=MultiLineString([along(at, 401)]))
        for at in (latitude, latitude + north_deg)
    )
    moved = advance_between(before, after, [corridor])
    *_, advance_m = GEOD.inv(longitude, latitude, longitude, latitude + north_deg)
    lons = np.concatenate([np.linspace(west, east, 401), np.linspace(east, west, 401)])
    lats = np.repeat([latitude, latitude + north_deg], 401)
    swept_m2, _ = GEOD.polygon_area_perimeter(lons, lats)
    length_m = GEOD.line_length(lons[:401], lats[:401])
    ring = Polygon([*along(latitude, 401), *along(latitude + north_deg, 401)[::-1]])

    assert moved is not None
    assert moved.mean_m == pytest.approx(advance_m, rel=1e-3)
    assert moved.greatest_advance_m == pytest.approx(advance_m, rel=3e-3)
    assert true_length_km(before.line) == pytest.approx(length_m / 1000, rel=1e-5)
    assert true_area_km2(ring) == pytest.approx(abs(swept_m2) / 1e6, rel=1e-5)
