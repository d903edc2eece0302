from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.front import Interval
from catalog.release import Month
from pipeline.average_period import AveragePeriod, months_from, periods_of, periods_with

MONTHS = st.builds(Month, st.integers(2014, 2030), st.integers(1, 12))


def test_a_month_belongs_to_its_quarter_its_year_and_the_year_without_january_to_march() -> None:
    assert periods_of(Month(2024, 5)) == (
        AveragePeriod.of_months(Interval.MONTHLY, 2024, 5, 5),
        AveragePeriod.of_months(Interval.QUARTERLY, 2024, 4, 6),
        AveragePeriod.of_months(Interval.ANNUAL, 2024, 1, 12),
        AveragePeriod.of_months(Interval.ANNUAL, 2024, 4, 12),
    )


@pytest.mark.parametrize("month", [1, 2, 3])
def test_january_to_march_belong_to_one_year_only(month: int) -> None:
    assert [p.interval for p in periods_of(Month(2024, month))].count(Interval.ANNUAL) == 1


@given(MONTHS)
def test_each_period_of_a_month_holds_its_first_moment(month: Month) -> None:
    moment = datetime(month.year, month.month, 1, tzinfo=UTC)
    assert all(period.holds(moment) for period in periods_of(month))


def test_a_period_ends_with_the_last_instant_of_its_last_day() -> None:
    period = AveragePeriod.of_months(Interval.MONTHLY, 2024, 2, 2)
    assert period.end == datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert period.holds(datetime(2024, 2, 29, 23, 59, 59, 900_000, tzinfo=UTC))
    assert not period.holds(datetime(2024, 3, 1, tzinfo=UTC))
    assert period.days == 29


def test_what_has_not_ended_is_left_for_later() -> None:
    moments = [datetime(2024, 5, 3, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)]
    found = periods_with(moments, Month(2024, 5))
    assert [(p.interval, p.start.month) for p in found] == [
        (Interval.QUARTERLY, 1),
        (Interval.MONTHLY, 2),
        (Interval.MONTHLY, 5),
    ]


def test_months_run_over_the_turn_of_the_year() -> None:
    months = list(months_from(Month(2023, 11), Month(2024, 2)))
    assert [str(month) for month in months] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert list(months_from(Month(2024, 2), Month(2024, 1))) == []
