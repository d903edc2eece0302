from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.average import (
    Break,
    Centre,
    DatedFronts,
    Side,
    average_fronts,
    weighted_median,
    weights_of,
)
from pipeline.average_rules import AverageRules

PATHS = 20
MONTH_DAYS = 30.0
METRES = st.floats(1_000.0, 50_000.0)


def fronts_at(
    positions_m: Sequence[float], days: Sequence[float] | None = None, stated_m: float = 50.0
) -> DatedFronts:
    """Straight fronts, each at one distance along all paths."""
    count = len(positions_m)
    when = np.linspace(1.0, MONTH_DAYS - 1, count) if days is None else np.array(days)
    table = np.repeat(np.array(positions_m, dtype=float)[:, None], PATHS, axis=1)
    return DatedFronts(table, when, np.full(count, stated_m), MONTH_DAYS)


def centre_m(fronts: DatedFronts, *breaks: Break) -> float:
    """Where the average lies, on a path that is like all others."""
    centre = average_fronts(fronts, breaks)
    assert np.ptp(centre.distance_m) == 0
    return float(centre.distance_m[0])


def same(one: Centre, other: Centre) -> bool:
    return (
        bool(np.allclose(one.distance_m, other.distance_m, equal_nan=True))
        and one.spread_m == pytest.approx(other.spread_m)
        and one.uncertainty_m == pytest.approx(other.uncertainty_m)
    )


@given(st.lists(METRES, min_size=2, max_size=PATHS), st.integers(1, 12))
def test_the_average_of_equal_fronts_is_that_front(heights: list[float], count: int) -> None:
    table = np.tile(np.array(heights), (count, 1))
    fronts = DatedFronts(
        table, np.arange(count, dtype=float) + 0.5, np.full(count, 50.0), MONTH_DAYS
    )
    centre = average_fronts(fronts)
    assert np.allclose(centre.distance_m, heights)
    assert centre.observations == count
    assert centre.spread_m in (None, pytest.approx(0.0, abs=1e-6))


@given(st.lists(METRES, min_size=2, max_size=9), st.randoms())
def test_the_order_of_the_fronts_of_one_day_does_not_matter(
    positions: list[float], chance: Random
) -> None:
    days = [5.0] * len(positions)
    shuffled = list(positions)
    chance.shuffle(shuffled)
    assert same(
        average_fronts(fronts_at(positions, days)), average_fronts(fronts_at(shuffled, days))
    )


@given(st.lists(METRES, min_size=1, max_size=9), st.floats(-900.0, 900.0))
def test_fronts_moved_along_the_flow_move_their_average_as_far(
    positions: list[float], moved_m: float
) -> None:
    there = centre_m(fronts_at([position + moved_m for position in positions]))
    assert there == pytest.approx(centre_m(fronts_at(positions)) + moved_m)


@given(
    st.lists(st.floats(-50.0, 50.0), min_size=4, max_size=8),
    st.floats(-2e4, 2e4),
    st.data(),
)
def test_one_outlier_among_five_or_more_moves_nothing_much(
    noise_m: list[float], off_m: float, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(noise_m)))
    good = [25_000.0 + noise for noise in noise_m]
    centre = centre_m(fronts_at([*good[:at], 25_000.0 + off_m, *good[at:]]))
    assert min(good) - 1e-6 <= centre <= max(good) + 1e-6


@given(st.lists(st.floats(0.1, 29.9), min_size=4, max_size=8, unique=True), st.data())
def test_no_single_front_decides_whenever_it_was_taken(
    days: list[float], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(days) - 1))
    positions = [20_000.0] * len(days)
    positions[at] = 30_000.0
    assert centre_m(fronts_at(positions, sorted(days))) == pytest.approx(20_000.0)


def test_ten_fronts_of_one_week_do_not_outvote_the_others() -> None:
    days = [*np.linspace(1.0, 4.0, 10), 11.0, 18.0, 25.0]
    positions = [10_000.0] * 10 + [12_000.0] * 3
    assert centre_m(fronts_at(positions, days)) == pytest.approx(12_000.0)


def test_a_front_by_itself_weighs_no_more_than_half_of_the_others() -> None:
    weights = weights_of(np.array([1.0, 1.5, 2.0, 2.5, 20.0]))
    assert weights[-1] == pytest.approx(weights[:-1].sum() / 2)


def test_a_path_is_known_where_enough_fronts_cross_it() -> None:
    fronts = fronts_at([20_000.0] * 4)
    fronts.distance_m[:3, :5] = np.nan
    fronts.distance_m[:2, 5:10] = np.nan
    known = np.isfinite(average_fronts(fronts).distance_m)
    assert not known[:5].any()
    assert known[5:].all()


def test_a_front_that_is_known_nowhere_else_takes_no_part() -> None:
    fronts = fronts_at([20_000.0] * 4)
    fronts.distance_m[0, 5:] = np.nan
    fronts.distance_m[1:, :5] = np.nan
    centre = average_fronts(fronts)
    assert centre.used.tolist() == [False, True, True, True]


def test_where_no_front_crosses_nothing_is_known() -> None:
    fronts = fronts_at([20_000.0, 20_010.0])
    fronts.distance_m[:] = np.nan
    centre = average_fronts(fronts)
    assert np.isnan(centre.distance_m).all()
    assert (centre.observations, centre.spread_m, centre.uncertainty_m) == (0, None, None)


def test_one_front_is_its_own_average_and_has_no_spread() -> None:
    centre = average_fronts(fronts_at([20_000.0]))
    assert (centre.observations, centre.spread_m, centre.uncertainty_m) == (1, None, 50.0)


def test_spread_is_that_of_a_normal_distribution_and_ignores_an_outlier() -> None:
    rng = np.random.default_rng(3)
    table = 20_000.0 + rng.normal(0, 100.0, (40, 400))
    table[7] += 15_000.0
    fronts = DatedFronts(table, np.linspace(0, 300, 40), np.full(40, 50.0), 365.0)
    assert average_fronts(fronts).spread_m == pytest.approx(100.0, rel=0.05)


def test_more_fronts_make_the_average_surer_but_not_surer_than_geocoding() -> None:
    errors = [average_fronts(fronts_at([2e4] * n)).uncertainty_m or 0.0 for n in (1, 2, 4)]
    assert errors == sorted(errors, reverse=True)
    many = DatedFronts(np.full((99, 5), 2e4), np.arange(99.0) * 3.6, np.full(99, 50.0), 365.0)
    assert average_fronts(many).uncertainty_m == AverageRules().position_sigma_m


def test_fronts_that_state_no_error_are_judged_by_their_spread() -> None:
    fronts = fronts_at([20_000.0, 20_100.0, 20_200.0], stated_m=float("nan"))
    assert average_fronts(fronts).uncertainty_m == pytest.approx(
        np.sqrt(np.pi / 2) * 1.4826 * 100.0 / np.sqrt(3)
    )
    assert average_fronts(fronts_at([2e4], stated_m=float("nan"))).uncertainty_m is None


@pytest.mark.parametrize(
    ("calved_after", "expected_m", "is_after"),
    [(1, 17_000.0, True), (2, 17_000.0, True), (4, 20_000.0, False)],
)
def test_over_a_calving_the_state_of_most_days_is_taken(
    calved_after: int, expected_m: float, is_after: bool
) -> None:
    positions = [20_000.0] * calved_after + [17_000.0] * (5 - calved_after)
    one = Break(calved_after - 1, calved_after, 0, PATHS - 1)
    centre = average_fronts(fronts_at(positions), [one])
    assert np.allclose(centre.distance_m, expected_m)
    assert centre.sides == (Side(one, is_after),)
    assert centre.spread_m == pytest.approx(0.0)


def test_many_scenes_after_a_late_calving_do_not_outvote_the_days_before() -> None:
    days = [2.0, 20.0, 24.0, 25.0, 26.0, 27.0, 28.0]
    positions = [20_000.0] * 2 + [17_000.0] * 5
    assert centre_m(fronts_at(positions, days), Break(1, 2, 0, PATHS - 1)) == 20_000.0


def test_beside_a_calving_all_fronts_count() -> None:
    fronts = fronts_at([20_000.0, 20_020.0, 20_040.0, 20_060.0])
    fronts.distance_m[1:, 5:10] -= 4_000.0
    centre = average_fronts(fronts, [Break(0, 1, 5, 9)])
    assert np.allclose(centre.distance_m[:5], 20_030.0)
    assert np.allclose(centre.distance_m[5:10], 16_040.0)
    assert centre.observations == 4


def test_of_two_calvings_on_one_path_the_longest_state_between_is_shown() -> None:
    fronts = fronts_at([2e4, 1.8e4, 1.8e4, 1.8e4, 1.5e4])
    first, second = Break(0, 1, 0, PATHS - 1), Break(3, 4, 0, PATHS - 1)
    centre = average_fronts(fronts, [second, first])
    assert np.allclose(centre.distance_m, 1.8e4)
    assert centre.sides == (Side(first, True), Side(second, False))
    assert centre.observations == 3


def test_of_equally_long_states_the_later_is_shown() -> None:
    one = Break(0, 1, 0, PATHS - 1)
    assert centre_m(fronts_at([2e4, 1.7e4], [10.0, 20.0]), one) == 1.7e4


@given(st.lists(st.tuples(METRES, st.floats(0.01, 5.0)), min_size=1, max_size=9))
def test_the_weighted_median_has_at_most_half_of_the_weight_on_either_side(
    entries: list[tuple[float, float]],
) -> None:
    values, weights = map(np.array, zip(*entries, strict=True))
    median = weighted_median(values[:, None], weights)[0]
    half = weights.sum() / 2 * (1 + 1e-6)
    assert weights[values < median - 1e-6].sum() <= half
    assert weights[values > median + 1e-6].sum() <= half


@given(st.lists(METRES, min_size=1, max_size=9))
def test_with_equal_weights_it_is_the_median(values: list[float]) -> None:
    table = np.array([*values, np.nan])[:, None]
    expected = np.median(values)
    assert weighted_median(table, np.ones(len(table)))[0] == pytest.approx(expected)
