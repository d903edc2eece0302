from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiLineString

from catalog.errors import RecordError
from catalog.front import Front, Interval, Reason, Status
from catalog.lineage import InputKind
from catalog.shelf import find_unit
from pipeline.average_front import front_of_average
from pipeline.average_period import AveragePeriod
from pipeline.average_series import AveragedSeries
from tests.factories import make_imported_front
from tests.pipeline.averaged_fronts import (
    PART,
    RULES,
    calved,
    daily,
    every,
    on,
    recorded,
    series_at,
    straight,
)

UNIT = find_unit(PART.name)
MAY = AveragePeriod.of_months(Interval.MONTHLY, 2024, 5, 5)
SECOND_QUARTER = AveragePeriod.of_months(Interval.QUARTERLY, 2024, 4, 6)
YEAR = AveragePeriod.of_months(Interval.ANNUAL, 2024, 1, 12)
WITHOUT_Q1 = AveragePeriod.of_months(Interval.ANNUAL, 2024, 4, 12)
TOLERANCE_M = 25.0  # simplified within 10 m and put on the grid of 10 m, twice


def averaged(fronts: list[Front], period: AveragePeriod = MAY) -> Front:
    """The recorded value of an average that there is."""
    found = AveragedSeries.of(recorded(fronts), UNIT, RULES).average(period, RULES)
    assert found is not None
    return front_of_average(found, PART, RULES)


def farthest_m(one: MultiLineString, other: MultiLineString) -> float:
    return float(shapely.hausdorff_distance(one, other, densify=0.05))


@settings(max_examples=8)
@given(st.integers(0, 2**16), st.integers(1, 5))
def test_the_average_of_equal_fronts_is_that_front_within_the_grid(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    curve = straight() + np.cumsum(rng.normal(0, 20.0, len(straight())))
    fronts = [daily(moment, curve) for moment in every(5.0, count)]
    found = averaged(fronts)
    assert farthest_m(found.line, fronts[0].line) <= TOLERANCE_M
    assert found.observations == count


@settings(max_examples=8)
@given(st.randoms(), st.lists(st.floats(-300.0, 300.0), min_size=2, max_size=6))
def test_the_order_in_which_fronts_are_given_does_not_matter(
    chance: Random, offsets_m: list[float]
) -> None:
    fronts = series_at(every(4.0, len(offsets_m)), offsets_m)
    shuffled = list(fronts)
    chance.shuffle(shuffled)
    assert averaged(shuffled) == averaged(fronts)


@settings(max_examples=8)
@given(st.integers(0, 4), st.floats(-3_000.0, 3_000.0))
def test_one_outlier_among_five_moves_nothing_much(at: int, off_m: float) -> None:
    offsets_m = [0.0, 10.0, 20.0, 30.0, 40.0]
    offsets_m[at] += off_m
    middle = daily(on("2024-05-15"), straight() + 20.0)
    found = averaged(series_at(every(6.0, 5), offsets_m))
    assert farthest_m(found.line, middle.line) <= 20.0 + TOLERANCE_M


@settings(max_examples=8)
@given(st.floats(-4_000.0, 4_000.0))
def test_fronts_moved_along_the_flow_move_the_average_as_far(moved_m: float) -> None:
    offsets_m = np.array([0.0, 60.0, 90.0])
    there = averaged(series_at(every(9.0, 3), list(offsets_m + moved_m)))
    expected = daily(on("2024-05-15"), straight() + 60.0 + moved_m)
    assert farthest_m(there.line, expected.line) <= TOLERANCE_M


def test_an_average_says_what_it_is_made_of() -> None:
    fronts = series_at(every(9.0, 3), [0.0, 60.0, 90.0])
    found = averaged(fronts)
    assert (found.unit, found.interval, found.origin) == (PART.name, "monthly", fronts[0].origin)
    assert found.dates == (date(2024, 5, 2), date(2024, 5, 11), date(2024, 5, 20))
    assert found.spread_m == pytest.approx(1.4826 * 30.0, abs=12.0)
    assert found.uncertainty_m == pytest.approx(np.sqrt(np.pi / 2) * 57.0 / np.sqrt(3), abs=0.1)
    assert (found.status, found.reasons) == (Status.ACCEPTED, ())
    assert (found.confidence, found.baseline) == (0.93, "hedunet-hh-1")
    inputs = found.lineage.inputs_of(InputKind.FRONT)
    assert [(i.name, i.sha256) for i in inputs] == [
        (one.front.id, one.digest) for one in recorded(fronts)
    ]
    assert found.area_km2 == pytest.approx(averaged(fronts[1:2]).area_km2, rel=1e-3)


def test_its_ends_are_those_of_the_period() -> None:
    found = averaged(series_at(every(9.0, 3), [0.0, 60.0, 90.0]))
    assert (found.start, found.end) == (MAY.start, MAY.end)
    assert found.id == f"{PART.name}_monthly_20240501_simulated"


def test_a_year_is_averaged_with_and_without_january_to_march() -> None:
    fronts = series_at([on("2024-02-10"), *every(30.0, 2)], [-900.0, 0.0, 60.0])
    whole, rest = averaged(fronts, YEAR), averaged(fronts, WITHOUT_Q1)
    assert (whole.observations, rest.observations) == (3, 2)
    assert whole.id != rest.id
    assert (whole.is_without_q1, rest.is_without_q1) == (False, True)


def test_a_calving_in_the_period_is_flagged_and_one_side_is_shown() -> None:
    first = straight()
    moments = every(6.0, 5)
    fronts = [daily(m, first if i < 1 else calved(first)) for i, m in enumerate(moments)]
    found = averaged(fronts)
    assert found.reasons == (Reason.SHOWS_AFTER_CALVING,)
    assert farthest_m(found.line, fronts[-1].line) <= TOLERANCE_M
    assert found.lineage.parameters["calving_1"] == ("2024-05-02/2024-05-08, shows the state after")
    assert found.observations == 4
    assert date(2024, 5, 2) not in found.dates
    assert len(found.lineage.inputs) == 5  # the front left out was looked at all the same


def test_a_calving_late_in_the_period_leaves_the_state_before() -> None:
    first = straight()
    fronts = [daily(m, first if i < 4 else calved(first)) for i, m in enumerate(every(6.0, 5))]
    found = averaged([*fronts, daily(on("2024-06-10"), calved(first))])
    assert found.reasons == (Reason.SHOWS_BEFORE_CALVING,)
    assert farthest_m(found.line, fronts[0].line) <= TOLERANCE_M


def test_a_calving_between_two_periods_is_in_neither() -> None:
    first = straight()
    before = [daily(m, first) for m in every(9.0, 3)]
    after = [daily(m, calved(first)) for m in every(9.0, 3, "2024-06-03")]
    june = AveragePeriod.of_months(Interval.MONTHLY, 2024, 6, 6)
    assert averaged([*before, *after]).reasons == ()
    assert averaged([*before, *after], june).reasons == ()
    assert averaged([*before, *after], SECOND_QUARTER).reasons != ()


def test_a_small_calving_splits_only_where_ice_was_lost() -> None:
    first = straight()
    stretch = slice(100, 180)
    fronts = [
        daily(m, first + 10 * i if i < 2 else calved(first + 10 * i, share=stretch))
        for i, m in enumerate(every(6.0, 5))
    ]
    found = averaged(fronts)
    assert found.observations == 5
    assert found.reasons == (Reason.SHOWS_AFTER_CALVING,)
    expected = daily(on("2024-05-15"), calved(first + 20, share=stretch))
    assert farthest_m(found.line, expected.line) <= 300.0  # the flanks are slanted by a path


def test_where_only_a_part_was_seen_the_average_has_a_hole_and_goes_to_review() -> None:
    half = straight()
    half[: len(half) // 2] = np.nan
    found = averaged([daily(m, half) for m in every(9.0, 3)])
    assert (found.status, found.reasons, found.area_km2) == (
        Status.IN_REVIEW,
        (Reason.INCOMPLETE,),
        None,
    )


def test_two_halves_seen_on_different_days_make_a_whole() -> None:
    west, east = straight(), straight()
    west[len(west) // 2 :] = np.nan
    east[: len(east) // 2] = np.nan
    found = averaged([daily(m, west if i % 2 else east) for i, m in enumerate(every(6.0, 4))])
    assert found.status is Status.ACCEPTED
    assert found.area_km2 is not None


def test_a_month_without_fronts_has_no_average() -> None:
    series = AveragedSeries.of(recorded(series_at(every(9.0, 1), [0.0])), UNIT, RULES)
    assert series.average(AveragePeriod.of_months(Interval.MONTHLY, 2024, 7, 7), RULES) is None
    nothing = AveragedSeries.of([], UNIT, RULES)
    assert nothing.average(MAY, RULES) is None


def test_a_part_with_one_observation_has_it_as_its_average() -> None:
    (front,) = series_at(every(1.0, 1), [0.0])
    found = averaged([front])
    assert (found.observations, found.spread_m) == (1, None)
    assert farthest_m(found.line, front.line) <= TOLERANCE_M


def test_two_fronts_of_one_day_count_as_two_and_give_one_date() -> None:
    moment = on("2024-05-02")
    fronts = series_at([moment, moment + timedelta(minutes=98)], [0.0, 40.0])
    found = averaged(fronts)
    assert (found.observations, found.dates) == (2, (date(2024, 5, 2),))


def test_the_same_moment_twice_does_no_harm() -> None:
    one, other = series_at([on("2024-05-02")] * 2, [0.0, 40.0])
    assert averaged([one, other]).observations == 2


def test_a_hole_of_a_year_in_a_series_does_no_harm() -> None:
    fronts = series_at([*every(9.0, 2, "2022-05-02"), *every(9.0, 2)], [0.0, 0.0, 500.0, 500.0])
    assert averaged(fronts).observations == 2


@pytest.mark.parametrize(
    "line",
    [
        MultiLineString([[(0.0, 0.0), (1.0, 1.0)]]),
        MultiLineString([[(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)]]),
    ],
    ids=["two points elsewhere", "crosses itself"],
)
def test_a_line_that_is_no_front_of_the_part_takes_no_part(line: MultiLineString) -> None:
    fronts = series_at(every(6.0, 3), [0.0, 0.0, 0.0])
    found = averaged(
        [*fronts, replace(fronts[0], start=on("2024-05-30"), end=on("2024-05-30"), line=line)]
    )
    assert found.observations == 3


def test_a_front_that_crosses_itself_counts_where_it_lies_farthest_out() -> None:
    (front,) = series_at(every(1.0, 1), [0.0])
    points = shapely.get_coordinates(front.line)
    looped = np.concatenate([points[: len(points) // 2 + 2], points[len(points) // 2 - 2 :]])
    found = averaged([replace(front, line=MultiLineString([looped]))])
    assert found.line.is_simple
    assert farthest_m(found.line, front.line) <= TOLERANCE_M


def test_a_front_of_two_points_is_averaged_like_any_other() -> None:
    (front,) = series_at(every(1.0, 1), [0.0])
    points = shapely.get_coordinates(front.line)
    found = averaged([replace(front, line=MultiLineString([points[[0, -1]]]))])
    assert found.observations == 1


def test_fronts_over_the_antimeridian_are_averaged_in_the_plane() -> None:
    unit = find_unit("Ross2")
    fronts = series_at(every(9.0, 3), [0.0, 100.0, 200.0], "Ross2")
    assert {shapely.get_coordinates(f.line)[:, 0].min() < 0 for f in fronts} == {True}
    series = AveragedSeries.of(recorded(fronts), unit, RULES)
    found = series.average(MAY, RULES)
    assert found is not None
    assert farthest_m(found.line, fronts[1].line) <= TOLERANCE_M


def test_fronts_of_two_series_are_refused() -> None:
    ours = series_at(every(1.0, 1), [0.0])
    theirs = make_imported_front(unit=PART.name, start=on("2024-05-09"))
    with pytest.raises(RecordError, match="not of one series"):
        AveragedSeries.of(recorded([*ours, theirs]), UNIT, RULES)


def test_a_shelf_with_two_fronts_is_averaged_by_its_parts() -> None:
    with pytest.raises(RecordError, match="average its parts"):
        AveragedSeries.of([], find_unit("George"), RULES)


def test_the_area_of_an_unchanged_line_is_not_measured_again() -> None:
    fronts = series_at(every(9.0, 3), [0.0, 60.0, 90.0])
    series = AveragedSeries.of(recorded(fronts), UNIT, RULES)
    found = series.average(MAY, RULES)
    assert found is not None
    before = replace(front_of_average(found, PART, RULES), area_km2=1.0)
    assert front_of_average(found, PART, RULES, {before.id: before}).area_km2 == 1.0
    moved = replace(before, line=fronts[0].line)
    assert front_of_average(found, PART, RULES, {before.id: moved}).area_km2 != 1.0
