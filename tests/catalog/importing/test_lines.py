from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, box
from shapely.geometry.base import BaseGeometry

from catalog.importing.errors import UnusableGeometry
from catalog.importing.lines import refuse_elsewhere, refuse_unusable, unite
from tests.catalog.importing.files import broken

LINE = LineString([(1.0, 2.0), (3.0, 5.0), (8.0, 1.0)])
OTHER = LineString([(8.0, 1.0), (9.0, 0.0)])


@pytest.mark.parametrize(
    ("geometry", "fault"),
    [
        (None, "no geometry"),
        (LineString(), "no geometry"),
        (Point(1, 2), "is a Point"),
        (box(0, 0, 1, 1), "is a Polygon"),
        (broken("LINESTRING (0 0, NaN 1)"), "no numbers"),
        (broken("LINESTRING (0 0, inf 1)"), "no numbers"),
    ],
)
def test_what_cannot_be_a_front_is_refused(geometry: BaseGeometry | None, fault: str) -> None:
    with pytest.raises(UnusableGeometry, match=fault):
        refuse_unusable(geometry)


@pytest.mark.parametrize(
    ("points", "remedy"),
    [
        ([(2e6, 1e6), (4e6, 0.0)], "--crs names another"),
        ([(math.inf, math.inf)], "--crs names another"),
        ([(70.1, -69.2), (70.3, -69.1)], "EPSG:4326"),
    ],
)
def test_lines_outside_of_the_antarctic_are_refused(
    points: list[tuple[float, float]], remedy: str
) -> None:
    with pytest.raises(UnusableGeometry, match=remedy):
        refuse_elsewhere(np.array(points))


@given(st.lists(st.sampled_from([LINE, LINE.reverse(), OTHER]), min_size=1))
def test_repeated_lines_become_one(lines: list[LineString]) -> None:
    united = unite(lines)
    assert len(united.geoms) == len({line.length for line in lines})


def test_vertices_stay_exactly_as_they_were() -> None:
    line = LineString([(1_234_567.890_123, -0.1 - 0.2), (2e6 / 3, 1e6 / 7)])
    assert shapely.get_coordinates(unite([line])).tolist() == [list(p) for p in line.coords]


def test_heights_are_left_out_and_parts_are_kept() -> None:
    high = MultiLineString([[(0, 0, 5), (1, 1, 6)], [(2, 2, 7), (3, 3, 8)]])
    united = unite([high])
    assert not united.has_z
    assert len(united.geoms) == 2


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(UnusableGeometry, match="no length"):
        unite([LineString([(1, 1), (1, 1)])])
