"""Series judged by their area alone: of a unit that the table of shelves does not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiLineString

from catalog.errors import RecordError
from catalog.front import Front, Reason, Status
from pipeline.check import apply_verdict, check_series
from pipeline.checking.verdict import Verdict
from pipeline.settings import ProcessingSettings
from tests.factories import make_front

RULES = ProcessingSettings().check_rules
START = datetime(2026, 3, 3, 6, tzinfo=UTC)
WIDTH_KM = 50.0
LINE = MultiLineString([[(0.0, 2e6), (WIDTH_KM * 1000, 2e6)]])
EVERY_DAYS = 12.0
STEADY_M_PER_DAY = 4.0
AREA_KM2 = 2_000.0


def front_at(days: float, position_m: float, **changes: object) -> Front:
    """A front whose mean position lies `position_m` before that of the first."""
    area = AREA_KM2 + position_m * WIDTH_KM / 1000
    fields = {
        "unit": "Voyeykov",
        "line": LINE,
        "area_km2": round(area, 3),
        "status": Status.PROVISIONAL,
    }
    return make_front(start=START + timedelta(days=days), **{**fields, **changes})


def series_of(positions_m: Sequence[float], every_days: float = EVERY_DAYS) -> list[Front]:
    return [front_at(i * every_days, position) for i, position in enumerate(positions_m)]


def steady(count: int) -> list[float]:
    return [i * EVERY_DAYS * STEADY_M_PER_DAY for i in range(count)]


def statuses(verdicts: Sequence[Verdict]) -> list[Status]:
    return [verdict.status for verdict in verdicts]


def short(verdicts: Sequence[Verdict]) -> list[str]:
    return ["+".join(map(str, v.reasons)) or str(v.status) for v in verdicts]


def test_a_front_that_advances_with_the_ice_is_accepted() -> None:
    verdicts = check_series(series_of(steady(6)), RULES)
    assert set(statuses(verdicts)) == {Status.ACCEPTED}
    assert [v.area_change_km2 for v in verdicts] == [None, *[pytest.approx(2.4)] * 5]


def test_a_front_that_advances_faster_than_ice_flows_goes_to_review() -> None:
    positions = [*steady(4), 3_000.0]
    assert short(check_series(series_of(positions), RULES))[-1] == "advance_too_fast"


def test_the_same_advance_in_more_time_is_accepted() -> None:
    fronts = [*series_of(steady(4)), front_at(300.0, 3_000.0)]
    assert short(check_series(fronts, RULES))[-1] == "accepted"


def test_sea_ice_that_stays_is_compared_with_the_last_trusted_front() -> None:
    positions = [*steady(4), 5_000.0, 5_000.0, 5_000.0, STEADY_M_PER_DAY * EVERY_DAYS * 7]
    assert short(check_series(series_of(positions), RULES)) == [
        *["accepted"] * 4,
        *["advance_too_fast"] * 3,
        "accepted",
    ]


def test_area_that_is_lost_and_regained_in_the_next_scene_goes_to_review() -> None:
    positions = [*steady(3), -4_000.0, *steady(6)[4:]]
    verdicts = check_series(series_of(positions), RULES)
    assert short(verdicts)[3] == "area_lost_and_regained"
    assert [v.status for v in verdicts if v is not verdicts[3]] == [Status.ACCEPTED] * 5


def test_melt_over_two_scenes_is_seen_when_the_area_is_back() -> None:
    positions = [*steady(3), -4_000.0, -6_000.0, *steady(8)[5:]]
    assert short(check_series(series_of(positions), RULES))[3:5] == ["area_lost_and_regained"] * 2


def test_a_retreat_is_provisional_until_the_next_observation() -> None:
    calved = [*steady(3), -4_000.0]
    last = check_series(series_of(calved), RULES)[-1]
    assert (last.status, last.reasons) == (Status.PROVISIONAL, (Reason.RETREAT_UNCONFIRMED,))
    assert last.area_change_km2 == pytest.approx((-4_000.0 - 96.0) * WIDTH_KM / 1000)


def test_the_next_observation_confirms_a_calving() -> None:
    calved = [*steady(3), -4_000.0, -3_960.0]
    assert short(check_series(series_of(calved), RULES))[3:] == ["retreat_confirmed", "accepted"]


def test_a_false_front_after_a_calving_does_not_undo_it() -> None:
    positions = [*steady(3), -4_000.0, -3_950.0, 100.0, -3_850.0, -3_800.0]
    assert short(check_series(series_of(positions), RULES))[3:] == [
        "retreat_confirmed",
        "accepted",
        "advance_too_fast",
        "accepted",
        "accepted",
    ]


def test_a_first_front_that_all_others_contradict_goes_to_review() -> None:
    positions = [-5_000.0, *steady(5)[1:]]
    verdicts = check_series(series_of(positions), RULES)
    assert short(verdicts) == ["area_lost_and_regained", *["accepted"] * 4]
    assert verdicts[1].area_change_km2 is None


def test_one_voice_does_not_unseat_the_first_front() -> None:
    verdicts = check_series(series_of([0.0, 4_000.0]), RULES)
    assert short(verdicts) == ["accepted", "advance_too_fast"]


def test_a_front_without_area_cannot_be_compared_and_is_no_measure_for_others() -> None:
    fronts = series_of(steady(4))
    fronts[2] = replace(fronts[2], area_km2=None)
    verdicts = check_series(fronts, RULES)
    assert short(verdicts) == ["accepted", "accepted", "not_compared", "accepted"]
    assert verdicts[2].status is Status.PROVISIONAL


def test_a_front_without_confidence_goes_to_review() -> None:
    fronts = series_of(steady(4))
    fronts[1] = replace(fronts[1], confidence=0.1)
    assert short(check_series(fronts, RULES))[1] == "low_confidence"


def test_a_rejection_by_a_person_stands() -> None:
    fronts = series_of([*steady(3), -4_000.0, -4_000.0])
    fronts[3] = replace(fronts[3], status=Status.REJECTED)
    verdicts = check_series(fronts, RULES)
    assert fronts[3].id not in {verdict.front_id for verdict in verdicts}
    assert short(verdicts)[-1] == "retreat_unconfirmed"


def test_fronts_of_two_shelves_are_not_one_series() -> None:
    with pytest.raises(RecordError, match="2 series cannot be checked as one"):
        check_series([front_at(0, 0), replace(front_at(5, 0), unit="Getz1")], RULES)


def test_a_verdict_that_changes_nothing_is_not_written() -> None:
    fronts = series_of(steady(3))
    judged = [apply_verdict(f, v) for f, v in zip(fronts, check_series(fronts, RULES), strict=True)]
    assert all(front is not None for front in judged)
    again = check_series([front for front in judged if front], RULES)
    assert [apply_verdict(f, v) for f, v in zip(judged, again, strict=True) if f] == [None] * 3


def test_a_change_of_area_that_no_longer_holds_is_taken_away() -> None:
    front = replace(front_at(0, 0), area_change_km2=12.0)
    judged = apply_verdict(front, check_series([front], RULES)[0])
    assert judged is not None
    assert judged.area_change_km2 is None


positions = st.lists(st.floats(-20_000, 20_000), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(positions_m=positions, data=st.data())
def test_the_order_in_which_fronts_come_in_does_not_matter(
    positions_m: list[float], data: st.DataObject
) -> None:
    fronts = series_of(positions_m)
    shuffled = data.draw(st.permutations(fronts))
    assert check_series(shuffled, RULES) == check_series(fronts, RULES)


@settings(max_examples=60, deadline=None)
@given(positions_m=positions)
def test_checking_again_changes_nothing(positions_m: list[float]) -> None:
    fronts = series_of(positions_m)
    first = check_series(fronts, RULES)
    judged = [apply_verdict(f, v) or f for f, v in zip(fronts, first, strict=True)]
    assert check_series(judged, RULES) == first
    assert [apply_verdict(f, v) for f, v in zip(judged, first, strict=True)] == [None] * len(judged)


@settings(max_examples=60, deadline=None)
@given(
    before=st.integers(1, 6),
    after=st.integers(2, 8),
    lost_m=st.floats(500, 30_000),
    noise=st.lists(st.floats(-40, 40), min_size=14, max_size=14),
)
def test_a_calving_that_stays_is_never_doubted(
    before: int, after: int, lost_m: float, noise: list[float]
) -> None:
    ideal = [p if i < before else p - lost_m for i, p in enumerate(steady(before + after))]
    measured = [p + e for p, e in zip(ideal, noise, strict=False)]
    verdicts = check_series(series_of(measured), RULES)
    assert set(statuses(verdicts)) == {Status.ACCEPTED}
    assert Reason.RETREAT_CONFIRMED in verdicts[before].reasons


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(4, 10),
    outlier=st.integers(1, 8),
    error_m=st.one_of(st.floats(-30_000, -1_500), st.floats(1_500, 30_000)),
)
def test_a_single_outlier_is_found_and_nothing_else(
    count: int, outlier: int, error_m: float
) -> None:
    at = min(outlier, count - 2)
    measured = steady(count)
    measured[at] += error_m
    verdicts = check_series(series_of(measured), RULES)
    expected = Reason.AREA_LOST_AND_REGAINED if error_m < 0 else Reason.ADVANCE_TOO_FAST
    assert verdicts[at].status is Status.IN_REVIEW
    assert verdicts[at].reasons == (expected,)
    assert {v.status for i, v in enumerate(verdicts) if i != at} == {Status.ACCEPTED}
