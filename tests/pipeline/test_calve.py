from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calve import LossKind, find_losses
from pipeline.calving_rules import CalvingRules
from pipeline.tracked_fronts import TrackedFronts, advance_rate

PATHS = 80
STEP_M = 250.0
WIDTH_M = np.full(PATHS, STEP_M)
RULES = CalvingRules(uncertainty_m=60.0)
SPEED_M_PER_DAY = 2.0


def tracked(distance: Any, days: Any = None, uncertainty_m: float = 60.0) -> TrackedFronts:
    table = np.asarray(distance, dtype=np.float64)
    given_days = np.arange(len(table)) * 12.0 if days is None else days
    moments = np.asarray(given_days, dtype=np.float64)
    return TrackedFronts(table, moments, np.full(len(table), uncertainty_m), WIDTH_M)


def flowing(
    fronts: int = 60, calved_at: int | None = 40, lost_m: float = 4_000.0, paths: slice = slice(0)
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A front that advances 2 m a day and loses `lost_m` on `paths` from row `calved_at` on."""
    table = 30_000.0 + SPEED_M_PER_DAY * 12.0 * np.arange(fronts)[:, None] + np.zeros(PATHS)
    if calved_at is not None:
        table[calved_at:, paths] -= lost_m
    return table


def test_a_calving_is_found_between_the_right_fronts_on_the_right_paths() -> None:
    (loss,) = find_losses(tracked(flowing(paths=slice(20, 50))), RULES)
    assert (loss.before, loss.after, loss.first, loss.last) == (39, 40, 20, 49)
    assert loss.kind is LossKind.CALVING
    assert loss.confirmed_by == (41, 42, 43)


def test_what_flowed_out_in_between_is_counted_apart() -> None:
    (loss,) = find_losses(tracked(flowing(paths=slice(20, 50))), RULES)
    assert np.allclose(loss.lost_m, 4_000.0 - 24.0)
    assert np.allclose(loss.outflow_m, 24.0, atol=0.01)


def test_two_bergs_at_once_are_two_events() -> None:
    table = flowing(paths=slice(5, 20))
    table[40:, 50:70] -= 6_000.0
    losses = find_losses(tracked(table), RULES)
    assert [(loss.first, loss.last) for loss in losses] == [(5, 19), (50, 69)]


def test_a_spared_spot_does_not_make_two_bergs_of_one() -> None:
    table = flowing(paths=slice(20, 50))
    table[40:, 33:35] += 4_000.0
    assert len(find_losses(tracked(table), RULES)) == 1


@pytest.mark.parametrize(("depth_m", "found"), [(600.0, 0), (680.0, 1)])
def test_what_is_smaller_than_a_square_kilometre_is_no_event(depth_m: float, found: int) -> None:
    table = flowing(lost_m=depth_m, paths=slice(20, 26))  # 1.5 km wide
    assert len(find_losses(tracked(table), RULES)) == found


@pytest.mark.parametrize(("paths", "found"), [(slice(20, 25), 0), (slice(20, 26), 1)])
def test_a_notch_that_is_narrower_than_a_berg_is_no_event(paths: slice, found: int) -> None:
    assert len(find_losses(tracked(flowing(paths=paths)), RULES)) == found


def test_a_fast_glacier_that_flows_back_over_a_loss_has_calved_all_the_same() -> None:
    days = np.arange(30) * 46.0
    table = 30_000.0 + 12.0 * days[:, None] + np.zeros(PATHS)
    table[20:, 20:50] -= 1_500.0 + 12.0 * 46.0
    (loss,) = find_losses(tracked(table, days), RULES)
    assert (loss.before, loss.after) == (19, 20)
    assert table[22, 30] - table[20, 30] > 1_000.0


def test_ice_that_is_back_at_once_was_never_gone() -> None:
    table = flowing(calved_at=None)
    table[40, 20:50] -= 4_000.0
    assert find_losses(tracked(table), RULES) == ()


def test_a_front_that_came_from_nowhere_loses_nothing() -> None:
    table = flowing(calved_at=None)
    table[40, 20:50] += 4_000.0
    assert find_losses(tracked(table), RULES) == ()


def test_a_loss_that_nobody_has_looked_at_again_is_unconfirmed() -> None:
    (loss,) = find_losses(tracked(flowing(41, 40, paths=slice(20, 50))), RULES)
    assert loss.confirmed_by == ()


def test_one_that_sees_it_and_one_that_does_not_are_too_little() -> None:
    table = flowing(43, 40, paths=slice(20, 50))
    table[42, 20:50] += 4_000.0
    assert find_losses(tracked(table), RULES) == ()


def test_slow_retreat_everywhere_is_no_calving() -> None:
    days = np.arange(8) * 365.25
    table = 30_000.0 - 1_000.0 * np.arange(8)[:, None] + np.zeros(PATHS)
    losses = find_losses(tracked(table, days), RULES)
    assert losses
    assert {loss.kind for loss in losses} == {LossKind.RETREAT}


def test_a_small_slow_loss_of_one_year_alone_is_a_calving() -> None:
    days = np.arange(8) * 365.25
    table = 30_000.0 + np.zeros((8, PATHS))
    table[4:, 10:40] -= 1_500.0
    (loss,) = find_losses(tracked(table, days), RULES)
    assert loss.kind is LossKind.CALVING


def test_a_shelf_that_goes_to_pieces_disintegrates() -> None:
    (loss,) = find_losses(tracked(flowing(lost_m=25_000.0, paths=slice(0, PATHS))), RULES)
    assert loss.kind is LossKind.DISINTEGRATION


def test_a_shelf_that_vanished_leaves_no_event_and_no_error() -> None:
    table = flowing()
    table[40:] = np.nan
    assert find_losses(tracked(table), RULES) == ()
    assert find_losses(tracked(np.full((5, PATHS), np.nan)), RULES) == ()


@pytest.mark.parametrize("fronts", [0, 1])
def test_one_front_alone_has_lost_nothing(fronts: int) -> None:
    assert find_losses(tracked(np.zeros((fronts, PATHS)) + 3e4), RULES) == ()


def test_where_fronts_are_missing_the_loss_is_counted_from_the_last_that_saw_the_path() -> None:
    table = flowing(paths=slice(20, 50))
    table[35:40, 20:50] = np.nan
    (loss,) = find_losses(tracked(table), RULES)
    assert (loss.before, loss.after) == (34, 40)


@pytest.mark.parametrize(("unseen", "before"), [(slice(20, 22), 39), (slice(20, 35), 38)])
def test_the_front_before_is_the_one_that_saw_nearly_all_of_the_loss(
    unseen: slice, before: int
) -> None:
    table = flowing(paths=slice(20, 50))
    table[39, unseen] = np.nan
    (loss,) = find_losses(tracked(table), RULES)
    assert (loss.before, loss.after, loss.first, loss.last) == (before, 40, 20, 49)


def test_a_hole_in_the_series_widens_the_window_and_hides_nothing() -> None:
    table = np.delete(flowing(100, 60, paths=slice(20, 50)), range(45, 75), axis=0)
    days = np.delete(np.arange(100) * 12.0, range(45, 75))
    (loss,) = find_losses(tracked(table, days), RULES)
    assert (loss.before, loss.after) == (44, 45)
    assert np.allclose(loss.outflow_m, SPEED_M_PER_DAY * 31 * 12.0, atol=1.0)


@given(st.integers(0, 2**32 - 1))
def test_noise_alone_makes_no_event(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0.0, 60.0, (60, PATHS))
    assert find_losses(tracked(flowing(calved_at=None) + noise), RULES) == ()


@given(
    st.integers(0, 2**32 - 1), st.floats(1_500.0, 20_000.0), st.integers(1, 58), st.integers(10, 60)
)
def test_a_calving_in_noise_is_found_with_its_area(
    seed: int, lost_m: float, calved_at: int, width: int
) -> None:
    paths = slice(10, 10 + width)
    noise = np.random.default_rng(seed).normal(0.0, 60.0, (60, PATHS))
    table = flowing(60, calved_at, lost_m, paths) + noise
    (loss,) = find_losses(tracked(table), RULES)
    assert (loss.before, loss.after) == (calved_at - 1, calved_at)
    area = float(((loss.lost_m + loss.outflow_m) * WIDTH_M[loss.paths]).sum())
    assert area == pytest.approx(lost_m * width * STEP_M, rel=0.05)


@given(st.integers(0, 2**32 - 1), st.floats(-20_000.0, 20_000.0), st.floats(0.0, 9_000.0))
def test_neither_the_origin_of_time_nor_of_distance_matters(
    seed: int, shift_m: float, later_days: float
) -> None:
    rng = np.random.default_rng(seed)
    table = flowing(20, 12, 3_000.0, slice(20, 50)) + rng.normal(0, 60.0, (20, PATHS))
    plain = find_losses(tracked(table), RULES)
    moved = find_losses(tracked(table + shift_m, np.arange(20) * 12.0 + later_days), RULES)
    names = [(one.first, one.last, one.before, one.after, one.confirmed_by) for one in plain]
    assert names == [(o.first, o.last, o.before, o.after, o.confirmed_by) for o in moved]


def test_a_set_of_fronts_straddles_a_calving_or_lies_on_one_side_of_it() -> None:
    table = flowing(paths=slice(20, 50))
    assert find_losses(tracked(table[38:44]), RULES)
    assert not find_losses(tracked(table[30:40]), RULES)
    assert not find_losses(tracked(table[40:50]), RULES)


def test_the_flow_is_told_from_the_fronts_between_calvings() -> None:
    table = flowing(120, 60, 9_000.0, slice(0, PATHS))
    noise = np.random.default_rng(3).normal(0.0, 60.0, table.shape)
    assert np.allclose(advance_rate(tracked(table + noise), 3.0, 60.0), SPEED_M_PER_DAY, atol=0.1)


def test_of_a_short_series_no_flow_is_known() -> None:
    assert not advance_rate(tracked(flowing(6, None)), 3.0, 60.0).any()


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 58),
    st.floats(-20_000.0, 20_000.0),
    st.integers(0, 70),
    st.integers(4, 80),
)
def test_one_wrong_front_among_good_ones_makes_no_event(
    seed: int, row: int, moved_m: float, first: int, width: int
) -> None:
    table = flowing(calved_at=None) + np.random.default_rng(seed).normal(0, 60.0, (60, PATHS))
    table[row, first : first + width] += moved_m
    assert find_losses(tracked(table), RULES) == ()
