"""How fast the ice flows: by a map of velocity, or by the fronts themselves."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.front import Front, Reason, Status
from pipeline.advection import advect
from pipeline.checking.profile import Curve, profile_of
from pipeline.checking.speeds import (
    DAYS_PER_YEAR,
    OF_COMPOSITES,
    OF_INSTANTS,
    configured_speeds,
    mapped_speeds,
    own_speeds,
)
from pipeline.velocity import VelocityField
from tests.factories import make_front
from tests.pipeline.checking.series import (
    CORRIDOR,
    PATHS,
    REST,
    RULES,
    SPEED_M_PER_DAY,
    advance,
    front_on,
    judged,
    line_of,
    steady,
    words,
)
from tests.pipeline.velocities import field_of
from tests.pipeline.velocities import steady as flow

SPEED_M_PER_YEAR = 1_500.0
FIRST = front_on(0.0, REST)


def field(scale: float = 1.0, margin_m: float = 30_000.0) -> VelocityField:
    """The ice flows to sea evenly, as on the whole of Bach's paths."""
    points = np.concatenate([CORRIDOR.landward, CORRIDOR.points_at(CORRIDOR.depth_m)])
    west, south = points.min(axis=0) - margin_m
    size_m = float(np.ptp(points, axis=0).max()) + 2 * margin_m
    vx, vy = CORRIDOR.seaward_direction * SPEED_M_PER_YEAR * scale
    return field_of(flow(vx, vy), west, south, size_m, cell_m=2_000.0)


def seaward_m_per_day() -> Curve:
    along = CORRIDOR.outward @ CORRIDOR.seaward_direction
    return np.asarray(along * SPEED_M_PER_YEAR / DAYS_PER_YEAR)


def advected(days: float) -> Front:
    moved = advect(FIRST.line, field(), days)
    return make_front(
        unit=FIRST.unit, shelf=FIRST.shelf, start=front_on(days, REST).start, line=moved,
        area_km2=FIRST.area_km2, status=Status.PROVISIONAL,
    )  # fmt: skip


def test_a_map_gives_each_path_the_speed_that_the_ice_has_along_it() -> None:
    profile = profile_of([FIRST])
    speeds = mapped_speeds(profile, field(), OF_INSTANTS, RULES)
    assert speeds is not None
    assert speeds.from_history
    expected = seaward_m_per_day()
    # The profile's paths are wider apart than those of the whole corridor.
    assert speeds.expected.min() >= expected.min() - 0.01
    assert speeds.expected.max() <= expected.max() + 0.01
    assert np.median(speeds.expected) == pytest.approx(np.median(expected), rel=0.01)
    assert speeds.bound == pytest.approx(speeds.expected * 1.1 + 0.3)


def test_a_map_that_ends_before_the_shelf_says_nothing() -> None:
    nowhere = field_of(flow(100.0, 0.0), 2_000_000.0, 1_000_000.0, 20_000.0)
    assert mapped_speeds(profile_of([FIRST]), nowhere, OF_INSTANTS, RULES) is None


def test_a_map_is_of_no_use_where_a_unit_has_no_paths() -> None:
    unknown = front_on(0.0, REST, unit="Voyeykov", shelf="Voyeykov")
    assert mapped_speeds(profile_of([unknown]), field(), OF_INSTANTS, RULES) is None


def test_the_front_that_the_map_foresees_is_accepted() -> None:
    fronts = [FIRST, *(advected(days) for days in (60.0, 120.0))]
    assert words(judged(fronts, field())) == ["accepted"] * 3


def test_what_lies_ahead_of_the_advected_front_is_found_only_with_a_map() -> None:
    ahead = front_on(60.0, REST + 60 * seaward_m_per_day() + 400.0 * np.ones(PATHS))
    assert words(judged([FIRST, ahead])) == ["accepted"] * 2  # any shelf may be so fast
    (_, found) = judged([FIRST, ahead], field())
    assert found.status is Status.IN_REVIEW
    assert Reason.ADVANCE_TOO_FAST in found.reasons


def test_a_map_of_faster_ice_allows_what_a_map_of_slower_ice_does_not() -> None:
    later = front_on(100.0, REST + 100 * 2 * seaward_m_per_day())
    assert words(judged([FIRST, later], field(scale=2.0)))[1] == "accepted"
    assert words(judged([FIRST, later], field(scale=0.5)))[1].startswith("in_review")


def test_a_history_gives_the_speed_that_the_fronts_had() -> None:
    fronts = steady(40, seed=31)
    profile = profile_of(fronts)
    speeds = own_speeds(profile, list(range(40)), OF_INSTANTS, RULES)
    assert speeds.from_history
    assert np.median(speeds.expected) == pytest.approx(SPEED_M_PER_DAY, rel=0.05)
    assert (speeds.bound > speeds.expected).all()


def test_a_short_history_is_held_to_the_fastest_of_all_shelves() -> None:
    profile = profile_of(steady(5, seed=31))
    speeds = own_speeds(profile, list(range(5)), OF_INSTANTS, RULES)
    paths = profile.distance_m.shape[1]
    assert not speeds.from_history
    assert speeds.bound == pytest.approx(configured_speeds(paths, RULES).bound)


def test_composites_are_believed_to_be_faster_than_instants() -> None:
    profile = profile_of(steady(40, seed=31))
    everyone = list(range(40))
    instants, composites = (
        own_speeds(profile, everyone, margin, RULES) for margin in (OF_INSTANTS, OF_COMPOSITES)
    )
    assert (composites.bound > instants.bound).all()
    assert composites.expected == pytest.approx(instants.expected)


def test_one_wrong_front_does_not_change_the_speed() -> None:
    fronts = steady(40, seed=31)
    wrong = list(fronts)
    wrong[20] = front_on(240.0, advance(240.0) + 5_000.0)
    assert wrong[20].line.equals(line_of(advance(240.0) + 5_000.0))
    speeds = [
        own_speeds(profile_of(series), list(range(40)), OF_INSTANTS, RULES)
        for series in (fronts, wrong)
    ]
    assert speeds[1].expected == pytest.approx(speeds[0].expected, abs=0.3)
