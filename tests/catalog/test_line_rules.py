"""What a person draws becomes a front, or the person is told everything that is wrong with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LinearRing, LineString, MultiLineString, Point
from shapely.affinity import translate

from catalog.geometry import to_lonlat
from catalog.line_rules import GRID_M, MOST_VERTICES, UnusableLine, usable_line
from catalog.shelf import all_parts, find_unit
from tests.catalog.drawn import drawn_across
from tests.factories import AMERY_LINE

AMERY = find_unit("Amery")
LINE = drawn_across("Amery").geoms[0]
POINTS = shapely.get_coordinates(LINE)


def faults_of(drawn: Any, unit: Any = AMERY) -> tuple[str, ...]:
    with pytest.raises(UnusableLine) as refusal:
        usable_line(drawn, unit)
    return refusal.value.faults


def with_vertex(value: float) -> LineString:
    return shapely.set_coordinates(LineString([(0, 0), (1, 1)]), [(1e6, 1e6), (value, 1e6)])


def reversed_pieces(line: MultiLineString) -> MultiLineString:
    return MultiLineString([piece.coords[::-1] for piece in line.geoms])


@pytest.mark.parametrize("name", [part.name for part in all_parts()])
def test_a_line_across_any_part_gets_its_ice_on_the_left_however_it_was_drawn(name: str) -> None:
    unit, drawn = find_unit(name), drawn_across(name)
    line = usable_line(drawn, unit)
    assert usable_line(reversed_pieces(drawn), unit) == line
    # Around the ice, along the front and back along the reference, it goes anticlockwise.
    (piece,) = line.geoms
    assert isinstance(unit.reference, LineString)
    assert LinearRing([*piece.coords, *unit.reference.coords]).is_ccw


def test_both_fronts_of_one_shelf_are_turned_each_for_itself() -> None:
    unit, drawn = find_unit("George"), drawn_across("George")
    assert len(drawn.geoms) == 2
    line = usable_line(drawn, unit)
    assert usable_line(reversed_pieces(drawn), unit) == line
    mixed = MultiLineString([drawn.geoms[0].coords, drawn.geoms[1].coords[::-1]])
    assert usable_line(mixed, unit) == line


def shaken(most_m: float) -> Any:
    shift = st.floats(-most_m, most_m)
    return st.lists(shift, min_size=len(POINTS), max_size=len(POINTS)).map(
        lambda shifts: LineString(POINTS + np.array(shifts)[:, None] * [0.6, 0.8])
    )


@given(shaken(1_000))
def test_a_line_that_shakes_less_than_its_vertices_lie_apart_is_usable(drawn: LineString) -> None:
    line = usable_line(drawn, AMERY)
    points = shapely.get_coordinates(line)
    assert np.array_equal(points, np.round(points / GRID_M) * GRID_M)
    # Half a diagonal of the grid, and nothing more, is what the grid moves.
    assert shapely.hausdorff_distance(line, drawn) <= GRID_M / np.sqrt(2) + 1e-6
    assert usable_line(line, AMERY) == line


@given(shaken(6_000))
def test_what_is_not_refused_never_crosses_itself(drawn: LineString) -> None:
    try:
        line = usable_line(drawn, AMERY)
    except UnusableLine:
        return
    assert line.is_simple
    assert usable_line(line, AMERY) == line


def test_a_line_over_the_antimeridian_is_one_line() -> None:
    line = usable_line(drawn_across("Ross2"), find_unit("Ross2"))
    ross = usable_line(drawn_across("Ross"), find_unit("Ross"))
    assert len(line.geoms) == len(ross.geoms) == 1
    assert len(to_lonlat(ross).geoms) == 2


def test_pieces_that_touch_are_joined_and_vertices_that_repeat_come_once() -> None:
    cut = len(POINTS) // 2
    doubled = np.repeat(POINTS[: cut + 1], 2, axis=0)
    pieces = MultiLineString([doubled, POINTS[cut:][::-1]])
    assert usable_line(pieces, AMERY) == usable_line(LINE, AMERY)


def test_a_front_with_a_small_gap_is_a_front() -> None:
    line = usable_line(MultiLineString([POINTS[:20], POINTS[20:]]), AMERY)
    assert len(line.geoms) == 2


def test_a_line_that_crosses_itself_is_told_where() -> None:
    loop = [POINTS[5], POINTS[5] + [9_000, 0], POINTS[5] + [9_000, 9_000], POINTS[4] - [500, 500]]
    (fault,) = faults_of(LineString([*POINTS[:5], *loop, *POINTS[6:]]))
    place = [float(word.strip(",")) for word in fault.split() if word.strip(",-").isdigit()]
    assert fault.startswith("crosses or touches itself at x ")
    assert LINE.distance(Point(place)) < 10_000


@pytest.mark.parametrize(
    ("drawn", "fault"),
    [
        (Point(0, 0), "is a Point"),
        (LineString(), "has no two vertices that differ on the 10 m grid"),
        (MultiLineString(), "has no two vertices that differ on the 10 m grid"),
        (LineString([(1e6, 1e6), (1e6 + 3, 1e6 + 2)]), "has no two vertices that differ"),
        (with_vertex(np.nan), "has coordinates that are no numbers"),
        (with_vertex(np.inf), "has coordinates that are no numbers"),
        (AMERY.region.exterior, "is closed to a ring"),
        (LineString(POINTS[:20]), "does not reach from side to side of the region"),
        (LineString(POINTS[[3, 4]]), "does not reach from side to side of the region"),
        (
            MultiLineString([POINTS[i : i + 4] for i in range(0, len(POINTS) - 1, 4)]),
            "has too many gaps",
        ),
        (AMERY.reference, "passes behind the reference of the region"),
    ],
)
def test_what_is_wrong_is_said(drawn: Any, fault: str) -> None:
    (found,) = faults_of(drawn)
    assert found.startswith(fault)


def test_a_line_drawn_elsewhere_is_told_how_far_off_it_is_and_every_fault_at_once() -> None:
    far = translate(LINE, 0, 900_000)
    leaves, misses = faults_of(far)
    assert leaves.startswith("leaves the region of Amery by ")
    assert misses == "does not enter the region"
    with pytest.raises(UnusableLine, match=r"^front of Amery: The line leaves .*; it does not"):
        usable_line(far, AMERY)


def test_more_vertices_than_anybody_draws_are_refused_before_anything_is_measured() -> None:
    x = np.linspace(1e6, 2e6, MOST_VERTICES + 1)
    (fault,) = faults_of(LineString(np.column_stack([x, np.sin(x)])))
    assert fault == f"has {MOST_VERTICES + 1} vertices, more than {MOST_VERTICES}"


def test_a_shelf_that_the_table_does_not_have_keeps_the_direction_it_was_drawn_in() -> None:
    line = usable_line(AMERY_LINE.geoms[0], None)
    assert line == AMERY_LINE
    assert usable_line(reversed_pieces(AMERY_LINE), None) == reversed_pieces(AMERY_LINE)
    assert "is closed" in faults_of(AMERY.region.exterior, None)[0]
