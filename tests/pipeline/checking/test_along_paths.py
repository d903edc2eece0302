"""Fronts judged along the paths of their unit, where the mean would say little."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString

from catalog.front import Interval, Reason, Status
from pipeline.check import apply_verdict
from tests.pipeline.checking.series import (
    CORRIDOR,
    EVERY_DAYS,
    PATHS,
    REST,
    advance,
    between,
    front_on,
    judged,
    steady,
    with_aside,
    words,
)

ACCEPTED = "accepted"
WHOLE = np.ones(PATHS)


def others(verdicts: list[str], *positions: int) -> set[str]:
    return {verdict for at, verdict in enumerate(verdicts) if at not in positions}


def test_fronts_that_move_with_the_ice_are_accepted() -> None:
    assert set(words(judged(steady(20, seed=1)))) == {ACCEPTED}


def test_a_bulge_of_fast_ice_is_found_though_the_mean_hardly_moves() -> None:
    bulge = between(0.4, 0.52, 700.0)
    assert bulge.mean() < 100
    found = words(judged(with_aside(steady(20, seed=2), {9: bulge, 10: bulge})))
    assert found[9:11] == ["in_review+advance_too_fast"] * 2
    assert others(found, 9, 10) == {ACCEPTED}


def test_patches_of_melt_that_come_back_are_found() -> None:
    patches = -between(0.2, 0.3, 900.0) - between(0.6, 0.7, 600.0)
    found = words(judged(with_aside(steady(20, seed=3), {8: patches})))
    assert found[8] == "in_review+area_lost_and_regained"
    assert others(found, 8) == {ACCEPTED}


def test_melt_that_gains_on_one_side_what_it_loses_on_the_other_is_found() -> None:
    tilted = np.linspace(-1_500.0, 1_500.0, PATHS)
    found = judged(with_aside(steady(20, seed=4), {8: tilted}))
    assert found[8].reasons == (Reason.ADVANCE_TOO_FAST, Reason.AREA_LOST_AND_REGAINED)


@pytest.mark.parametrize("aside_m", [-1_200.0, 1_200.0])
def test_a_line_that_lies_aside_as_a_whole_is_said_to_be_shifted(aside_m: float) -> None:
    found = judged(with_aside(steady(20, seed=5), {10: aside_m * WHOLE}))
    assert found[10].status is Status.IN_REVIEW
    assert Reason.SHIFTED in found[10].reasons


def test_a_line_of_another_place_is_said_to_be_far_off() -> None:
    found = judged(with_aside(steady(20, seed=6), {10: 14_000.0 * WHOLE}))
    assert Reason.FAR_OFF in found[10].reasons


def test_half_a_front_is_found_and_is_no_measure_for_others() -> None:
    fronts = steady(12, seed=7)
    half = MultiLineString([LineString(fronts[6].line.geoms[0].coords[: PATHS // 2])])
    fronts[6] = replace(fronts[6], line=half)
    found = judged(fronts)
    assert found[6].status is Status.IN_REVIEW
    assert Reason.PARTLY_COVERED in found[6].reasons
    assert others(words(found), 6) == {ACCEPTED}


def test_a_calving_of_a_stretch_is_confirmed_by_the_next_front() -> None:
    loss = -between(0.3, 0.6, 2_500.0)
    found = words(judged(with_aside(steady(20, seed=8), dict.fromkeys(range(12, 20), loss))))
    assert found[12] == "accepted+retreat_confirmed"
    assert others(found, 12) == {ACCEPTED}


def test_a_calving_at_the_end_is_provisional() -> None:
    found = words(judged(with_aside(steady(12, seed=9), {11: -2_000.0 * WHOLE})))
    assert found[11] == "provisional+retreat_unconfirmed"


def test_a_retreat_in_the_months_of_melt_waits_for_a_dry_month() -> None:
    first_of_january = 306.0  # days after the second of March
    fronts = [front_on(day, advance(day)) for day in (250.0, 262.0, 274.0)]
    wet = [
        front_on(day, advance(day) - 2_000.0 * WHOLE)
        for day in (first_of_january, first_of_january + 12)
    ]
    waiting = words(judged([*fronts, *wet]))
    assert waiting[3:] == ["provisional+retreat_unconfirmed+melt_season"] * 2
    dry = first_of_january + 70
    assert words(judged([*fronts, *wet, front_on(dry, advance(dry) - 2_000.0 * WHOLE)]))[3] == (
        "accepted+retreat_confirmed"
    )
    assert (
        words(judged([*fronts, *wet, front_on(dry, advance(dry))]))[3:5]
        == ["in_review+area_lost_and_regained+shifted"] * 2
    )


def test_annual_fronts_know_no_months_of_melt() -> None:
    days = [365.0 * year - 60.0 for year in range(1, 6)]  # each from January on
    fronts = [
        replace(
            front_on(day, advance(day) - (3_000.0 * WHOLE if day > 1_000 else 0.0)),
            interval=Interval.ANNUAL,
        )
        for day in days
    ]
    assert "accepted+retreat_confirmed" in words(judged(fronts))


def test_a_shelf_that_falls_apart_is_said_to_do_so() -> None:
    losses = {at: -1_500.0 * (at - 9) * WHOLE for at in range(10, 15)}
    found = judged(with_aside(steady(15, seed=10), losses))
    assert [v.reasons for v in found[10:14]] == [
        (Reason.RETREAT_CONFIRMED, Reason.DISINTEGRATION)
    ] * 4


def test_a_long_time_of_fast_ice_does_not_become_the_truth() -> None:
    frozen = dict.fromkeys(range(10, 19), 2_000.0 * WHOLE)
    found = words(judged(with_aside(steady(30, seed=11), frozen)))
    assert all(verdict.startswith("in_review+advance_too_fast") for verdict in found[10:19])
    assert others(found, *range(10, 19)) == {ACCEPTED}


def test_two_fronts_of_one_moment_that_differ_are_not_both_believed() -> None:
    fronts = steady(12, seed=12)
    twin = front_on(6 * EVERY_DAYS, advance(6 * EVERY_DAYS) - between(0.2, 0.8, 1_500.0))
    twin = replace(twin, start=twin.start + timedelta(hours=1), end=twin.end + timedelta(hours=1))
    found = judged([*fronts, twin])
    assert found[7].status is Status.IN_REVIEW
    assert Reason.NEIGHBOURS_DISAGREE in found[7].reasons
    assert {v.status for at, v in enumerate(found) if at != 7} == {Status.ACCEPTED}


def test_the_same_front_twice_is_accepted_twice() -> None:
    fronts = steady(6, seed=13)
    moment = fronts[3].start + timedelta(seconds=30)
    again = replace(fronts[3], start=moment, end=moment)
    assert set(words(judged([*fronts, again]))) == {ACCEPTED}


def test_after_a_year_without_fronts_the_ice_may_have_flowed_on() -> None:
    before = [front_on(at * EVERY_DAYS, advance(at * EVERY_DAYS)) for at in range(10)]
    after = [front_on(day, advance(day)) for day in (500.0, 512.0, 524.0)]
    assert set(words(judged([*before, *after]))) == {ACCEPTED}


def test_a_single_front_is_accepted() -> None:
    assert words(judged(steady(1))) == [ACCEPTED]


def test_a_series_without_fronts_has_no_verdicts() -> None:
    assert judged([]) == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(MultiLineString([[(-2e6, 6e5), (-2e6, 6.1e5)]]), id="elsewhere"),
        pytest.param(
            MultiLineString([LineString(CORRIDOR.points_at(REST)[[40, 44]])]), id="two points"
        ),
    ],
)
def test_a_line_that_is_hardly_there_goes_to_review(line: MultiLineString) -> None:
    fronts = steady(12, seed=14)
    fronts[5] = replace(fronts[5], line=line)
    found = judged(fronts)
    assert found[5].status is Status.IN_REVIEW
    assert Reason.PARTLY_COVERED in found[5].reasons
    assert others(words(found), 5) == {ACCEPTED}


def test_a_line_that_crosses_itself_again_and_again_is_too_winding() -> None:
    fronts = steady(12, seed=15)
    points = shapely.get_coordinates(fronts[5].line)
    loops = points[np.concatenate([[i, i + 3, i + 1] for i in range(0, len(points) - 4)])]
    fronts[5] = replace(fronts[5], line=MultiLineString([LineString(loops)]))
    found = judged(fronts)
    assert found[5].status is Status.IN_REVIEW
    assert {Reason.TOO_WINDING, Reason.LENGTH_JUMP} & set(found[5].reasons)


def test_an_incomplete_front_goes_to_review() -> None:
    fronts = steady(6, seed=16)
    fronts[2] = replace(fronts[2], area_km2=None)
    assert words(judged(fronts))[2] == "in_review+incomplete"


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(14)), st.integers(0, 50))
def test_order_does_not_matter_and_checking_again_changes_nothing(
    order: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    asides = {int(at): rng.normal(0, 1_500) * WHOLE for at in rng.integers(0, 14, 4)}
    fronts = with_aside(steady(14, seed), asides)
    verdicts = judged(fronts)
    assert judged([fronts[at] for at in order]) == verdicts
    again = [apply_verdict(f, v) or f for f, v in zip(fronts, verdicts, strict=True)]
    assert judged(again) == verdicts
    assert [apply_verdict(f, v) for f, v in zip(again, verdicts, strict=True)] == [None] * 14


@settings(max_examples=15, deadline=None)
@given(st.floats(1_000.0, 8_000.0), st.floats(0.2, 1.0), st.integers(6, 12), st.integers(0, 1_000))
def test_no_calving_that_stays_is_ever_doubted(
    loss_m: float, width: float, at: int, seed: int
) -> None:
    loss = -between(0.5 - width / 2, 0.5 + width / 2, loss_m)
    found = judged(with_aside(steady(16, seed), dict.fromkeys(range(at, 16), loss)))
    assert {verdict.status for verdict in found} == {Status.ACCEPTED}
    assert Reason.RETREAT_CONFIRMED in found[at].reasons
