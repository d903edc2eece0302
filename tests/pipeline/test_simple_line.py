from __future__ import annotations

import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from pipeline.simple_line import without_loops

places = st.tuples(st.integers(0, 9), st.integers(0, 9))


@given(st.lists(places, min_size=2, max_size=12))
def test_what_is_left_leads_from_end_to_end_on_the_line(points: list[tuple[int, int]]) -> None:
    line = LineString(points)
    if line.is_closed or line.length == 0:
        return
    found = without_loops(line)
    assert (found.coords[0], found.coords[-1]) == (line.coords[0], line.coords[-1])
    assert found.difference(line.buffer(1e-6)).is_empty
    assert found.length <= line.length + 1e-9


@given(st.lists(places, min_size=2, max_size=12))
def test_it_does_not_cross_itself(points: list[tuple[int, int]]) -> None:
    line = LineString(points)
    if line.is_closed or line.length == 0:
        return
    found = without_loops(line)
    # Noding may bend a crossing by a rounding error; that is less than a millimetre.
    assert shapely.set_precision(found, 1e-3).is_simple


def test_a_loop_is_left_out_and_the_rest_stays() -> None:
    line = LineString([(0, 0), (4, 0), (4, 2), (2, 2), (2, -2), (6, -2)])
    assert without_loops(line).equals(LineString([(0, 0), (2, 0), (2, -2), (6, -2)]))


def test_a_way_there_and_back_is_left_out() -> None:
    line = LineString([(0, 0), (2, 0), (2, 5), (2, 0), (4, 0)])
    assert without_loops(line).equals(LineString([(0, 0), (4, 0)]))
