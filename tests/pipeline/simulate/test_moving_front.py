from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon
from shapely.ops import split

from catalog.shelf import Part, all_parts
from pipeline.simulate.moving_front import (
    calved_bergs,
    front_at,
    front_line,
    paths_of,
    shelf_polygon,
)
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario

CALVING = datetime(2026, 10, 1, tzinfo=UTC)


def test_paths_lead_from_the_reference_line_to_the_seaward_side() -> None:
    part = make_part(depth_m=14_000.0)
    corridor = paths_of(part)
    assert np.allclose(corridor.depth_m, 14_000.0)
    ends = shapely.points(corridor.points_at(corridor.depth_m))
    assert shapely.distance(ends, part.region.exterior).max() < 1e-6
    assert shapely.distance(ends, part.reference).min() > 13_999.0


def test_the_direction_in_which_a_ring_runs_does_not_matter() -> None:
    part = make_part()
    turned = Part(part.name, part.shelf, part.region.reverse(), part.reference, True)
    assert np.allclose(paths_of(turned).outward, paths_of(part).outward)


def test_a_region_that_widens_seaward_has_a_front_from_side_to_side() -> None:
    corners = [(0.0, 0.0), (10_000.0, 0.0), (18_000.0, 9_000.0), (-8_000.0, 9_000.0)]
    part = Part("Trapeze", "Trapeze", Polygon(corners), LineString(corners[:2]), True)
    line = front_line(part, front_at(part, NOON, make_scenario(), SEED))
    assert len(line.geoms) == 1
    sides = LineString(corners[1:3]), LineString([corners[3], corners[0]])
    ends = Point(line.geoms[0].coords[0]), Point(line.geoms[0].coords[-1])
    assert {min(side.distance(end) for end in ends) < 1.0 for side in sides} == {True}


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    days=st.integers(-3000, 3000),
    turn=st.floats(0, 360),
    depth=st.floats(5_000, 60_000),
)
def test_a_front_crosses_its_region_from_side_to_side(
    seed: int, days: int, turn: float, depth: float
) -> None:
    part = make_part(turn_deg=turn, depth_m=depth)
    line = front_line(part, front_at(part, NOON + timedelta(days=days), make_scenario(), seed))
    assert len(line.geoms) == 1
    assert part.region.buffer(1.0).covers(line)
    assert len(split(part.region.buffer(-1.0), line.geoms[0]).geoms) >= 2


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_every_part_of_the_table_gets_one_front_across_its_region(part: Part) -> None:
    front = front_at(part, NOON, make_scenario(), SEED)
    line = front_line(part, front)
    assert len(line.geoms) == 1
    ends = [Point(line.geoms[0].coords[i]) for i in (0, -1)]
    assert max(part.region.exterior.distance(end) for end in ends) < 1.0
    assert shelf_polygon(front).is_valid


def test_the_front_advances_at_its_speed_in_the_middle() -> None:
    part, scenario = make_part(), make_scenario(advance_m_per_day=4.0)
    before = front_at(part, NOON, scenario, SEED).distance_m
    after = front_at(part, NOON + timedelta(days=30), scenario, SEED).distance_m
    middle = slice(len(before) // 3, 2 * len(before) // 3)
    assert np.allclose((after - before)[middle], 4.0 * 30)


def test_the_ends_of_the_front_stay_where_they_are() -> None:
    part, scenario = make_part(), make_scenario()
    before = front_at(part, NOON, scenario, SEED).points
    after = front_at(part, NOON + timedelta(days=400), scenario, SEED).points
    assert np.allclose(after[[0, -1]], before[[0, -1]])


def test_a_calving_takes_ice_and_gives_none() -> None:
    part, scenario = make_part(), make_scenario(calving=CALVING)
    before = front_at(part, CALVING - timedelta(seconds=1), scenario, SEED).distance_m
    after = front_at(part, CALVING, scenario, SEED).distance_m
    assert (before - after).min() > -1.0
    assert (before - after).max() > 1_000.0


@pytest.mark.parametrize("days", [10, 60])
def test_calved_bergs_drift_off_the_new_front(days: int) -> None:
    part, scenario = make_part(width_m=30_000.0), make_scenario(calving=CALVING)
    moment = CALVING + timedelta(days=days)
    bergs = list(calved_bergs(part, moment, scenario, SEED))
    shelf = shelf_polygon(front_at(part, moment, scenario, SEED))
    assert len(bergs) == 3
    assert min(berg.area for berg in bergs) > 1e6
    assert min(shelf.distance(berg) for berg in bergs) > 100.0 * days


def test_long_after_a_calving_its_bergs_are_gone() -> None:
    scenario = make_scenario(calving=CALVING)
    assert list(calved_bergs(make_part(), CALVING + timedelta(days=200), scenario, SEED)) == []


def test_the_shelf_lies_between_the_reference_line_and_the_front() -> None:
    part = make_part()
    front = front_at(part, NOON, make_scenario(), SEED)
    shelf = shelf_polygon(front)
    assert shelf.buffer(1.0).covers(part.reference)
    corridor = front.corridor
    sea = shapely.points(corridor.points_at(front.distance_m + 50.0))
    land = shapely.points(corridor.points_at(front.distance_m - 50.0))
    assert shapely.contains(shelf, land).mean() > 0.99
    assert shapely.contains(shelf, sea).mean() < 0.01
