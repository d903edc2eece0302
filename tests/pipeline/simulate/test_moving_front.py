from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point
from shapely.ops import split

from pipeline.simulate.moving_front import berg_pieces, frame_of, front_line, profile_at
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario

CALVING = datetime(2026, 10, 1, tzinfo=UTC)


def test_seaward_points_away_from_the_reference_line() -> None:
    part = make_part()
    frame = frame_of(part)
    _, v = frame.to_local(*np.array(part.region.exterior.coords).T)
    assert v.min() == pytest.approx(0.0, abs=1e-6)
    assert v.max() == pytest.approx(14_000.0)


def test_the_reversed_reference_line_gives_the_same_seaward_side() -> None:
    part = make_part()
    other = frame_of(type(part)(part.name, part.shelf, part.region, part.reference.reverse(), True))
    assert other.seaward == pytest.approx(frame_of(part).seaward)


@given(u=st.floats(-1e5, 1e5), v=st.floats(-1e5, 1e5), turn=st.floats(0, 360))
def test_local_coordinates_come_back_as_they_were(u: float, v: float, turn: float) -> None:
    frame = frame_of(make_part(turn_deg=turn))
    back = frame.to_local(*frame.to_polar(np.array([u]), np.array([v])))
    assert np.allclose(np.concatenate(back), [u, v], atol=1e-5)


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
    profile = profile_at(part, NOON + timedelta(days=days), make_scenario(), seed)
    line = front_line(part, profile)
    assert len(line.geoms) == 1
    assert part.region.buffer(1.0).covers(line)
    assert len(split(part.region.buffer(-1.0), line).geoms) >= 2


def test_the_front_advances_at_its_speed_in_the_middle() -> None:
    part, scenario = make_part(), make_scenario(advance_m_per_day=4.0)
    before = profile_at(part, NOON, scenario, SEED)
    after = profile_at(part, NOON + timedelta(days=30), scenario, SEED)
    middle = slice(len(before.u_m) // 3, 2 * len(before.u_m) // 3)
    assert np.allclose((after.v_m - before.v_m)[middle], 4.0 * 30)


def test_the_ends_of_the_front_stay_where_they_are() -> None:
    part, scenario = make_part(), make_scenario()
    before = profile_at(part, NOON, scenario, SEED)
    after = profile_at(part, NOON + timedelta(days=400), scenario, SEED)
    assert after.v_m[[0, -1]] == pytest.approx(before.v_m[[0, -1]])


def test_a_calving_takes_ice_and_gives_none() -> None:
    part, scenario = make_part(), make_scenario(calving=CALVING)
    before = profile_at(part, CALVING - timedelta(seconds=1), scenario, SEED)
    after = profile_at(part, CALVING, scenario, SEED)
    lost = before.v_m - after.v_m
    assert lost.min() > -1.0
    assert lost.max() > 1_000.0


def test_a_calved_berg_drifts_off_the_new_front() -> None:
    part, scenario = make_part(), make_scenario(calving=CALVING)
    for days in (5, 30):
        moment = CALVING + timedelta(days=days)
        new_front = profile_at(part, moment, scenario, SEED)
        u, v = np.meshgrid(np.linspace(0, 12_000, 150), np.linspace(0, 40_000, 400))
        bergs = np.zeros(u.shape, dtype=bool)
        for piece in berg_pieces(part, moment, scenario, SEED):
            bergs |= piece.covers(u, v)
        assert bergs.any()
        assert new_front.seaward_of(u, v)[bergs].min() > 300.0 * days * 0.8


def test_long_after_a_calving_its_bergs_are_gone() -> None:
    scenario = make_scenario(calving=CALVING)
    pieces = berg_pieces(make_part(), CALVING + timedelta(days=200), scenario, SEED)
    assert list(pieces) == []


def test_truth_tells_shelf_from_ocean() -> None:
    part = make_part()
    profile = profile_at(part, NOON, make_scenario(), SEED)
    frame = frame_of(part)
    u, v = np.array([part.reference.length / 2]), np.array([0.0])
    assert profile.seaward_of(u, v)[0] < 0
    sea = frame.to_polar(u, v + 13_000.0)
    assert part.region.contains(Point(sea[0][0], sea[1][0]))
    assert profile.seaward_of(u, v + 13_000.0)[0] > 0
