from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.site.axes import Axis, padded, round_step, ticks_between, time_ticks


@given(
    st.floats(min_value=-1e7, max_value=1e7),
    st.floats(min_value=0.01, max_value=1e6),
    st.integers(min_value=2, max_value=10),
)
def test_ticks_lie_within_the_range_and_are_not_too_many(
    low: float, span: float, most: int
) -> None:
    high = low + span
    ticks = ticks_between(low, high, most)
    tolerance = span * 1e-6 + abs(low) * 1e-9
    assert all(low - tolerance <= tick <= high + tolerance for tick in ticks)
    assert len(ticks) <= most + 1


@pytest.mark.parametrize(("span", "step"), [(100, 20.0), (101, 25.0), (4, 1.0), (0.9, 0.2)])
def test_steps_are_round(span: float, step: float) -> None:
    assert round_step(span, 5) == pytest.approx(step)


def test_a_range_of_one_value_gets_some_width() -> None:
    low, high = padded(500.0, 500.0)
    assert low < 500.0 < high


def test_an_axis_may_run_upwards() -> None:
    assert Axis(0, 10, 300, 20).at(10) == 20


MOMENTS = st.integers(min_value=0, max_value=20_000).map(
    lambda days: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(days=days)
)


@given(MOMENTS, st.integers(min_value=1, max_value=15_000), st.integers(min_value=4, max_value=10))
def test_time_ticks_are_starts_of_months_within_the_range(
    first: datetime, days: int, most: int
) -> None:
    last = first + timedelta(days=days)
    ticks = time_ticks(first, last, most)
    assert len(ticks) <= most + 1
    assert all(first <= moment <= last and moment.day == 1 for moment, _ in ticks)


def test_the_year_is_named_at_the_first_tick_and_at_every_january() -> None:
    ticks = time_ticks(datetime(2025, 10, 2, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC), 8)
    labels = ["Nov 2025", "Dec", "Jan 2026", "Feb", "Mar", "Apr"]
    assert [label for _, label in ticks] == labels
