from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.front import Interval
from catalog.importing.dates import (
    Period,
    parse_period,
    period_of_product,
    product_in,
    whole_day,
    whole_months,
)
from catalog.importing.errors import NoDate

PRODUCT = "S1A_EW_GRDM_1SDH_20221130T081122_20221130T081226_046117_05855F_A1B2"


@given(st.dates(date(1940, 1, 1), date(2100, 12, 31)), st.sampled_from(["%Y%m%d", "%Y-%m-%d"]))
def test_a_day_of_a_composite_is_the_moment_its_authors_named(day: date, pattern: str) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert parse_period(day.strftime(pattern), Interval.ANNUAL) == Period(moment, moment)


@given(st.dates(date(1940, 1, 1), date(2100, 12, 31)))
def test_a_day_of_a_daily_front_is_the_whole_day(day: date) -> None:
    period = parse_period(day.strftime("%Y%m%d"), Interval.DAILY)
    assert period == whole_day(day.year, day.month, day.day)
    assert period.start.date() == period.end.date() == day


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2020-02", whole_months(2020, 2, 2)),
        ("202002", whole_months(2020, 2, 2)),
        ("2020", whole_months(2020, 1, 12)),
        ("2015/3/9", whole_day(2015, 3, 9)),
        ("2015-03-09T00:00:00", whole_day(2015, 3, 9)),
        ("2015-03-09T00:00:00.000", whole_day(2015, 3, 9)),
        ("2015-03-09T00:00:00+00:00", whole_day(2015, 3, 9)),
        ("2000.2", whole_day(2000, 3, 14)),
        ("1997.75", whole_day(1997, 10, 1)),
    ],
)
def test_dates_are_read_in_the_forms_they_come_in(text: str, period: Period) -> None:
    assert parse_period(text, Interval.DAILY) == period


def test_a_time_of_day_is_an_instant_in_utc() -> None:
    moment = datetime(2020, 5, 1, 6, 30, tzinfo=UTC)
    assert parse_period("2020-05-01T06:30:00", Interval.DAILY) == Period(moment, moment)
    assert parse_period("2020-05-01T08:30:00+02:00", Interval.DAILY) == Period(moment, moment)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "20201341", "2020-02-30", "31.12.2020", "00010101", "2020-13", "NaT", "9999",
     "-5", "20200101-20200102", "1e5"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NoDate, match="is no date"):
        parse_period(text, Interval.DAILY)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_refusal(text: str) -> None:
    try:
        period = parse_period(text, Interval.DAILY)
    except NoDate:
        return
    assert period.start <= period.end
    assert period.start.tzinfo is UTC


def test_a_product_name_gives_the_time_of_its_scene() -> None:
    period = period_of_product(PRODUCT)
    assert period.start == datetime(2022, 11, 30, 8, 11, 22, tzinfo=UTC)
    assert period.end == datetime(2022, 11, 30, 8, 12, 26, tzinfo=UTC)


def test_a_product_name_with_a_dashed_date_gives_its_day() -> None:
    text = "Getz-1_S1A_EW_GRDM_1SDH_2018-06-18_022406_026D25_2F9A_mask.png"
    product = product_in(text)
    assert product == "S1A_EW_GRDM_1SDH_2018-06-18_022406_026D25_2F9A"
    assert period_of_product(product) == whole_day(2018, 6, 18)


def test_a_product_name_with_an_impossible_day_is_refused() -> None:
    with pytest.raises(NoDate):
        period_of_product("S1A_EW_GRDM_1SDH_2018-06-31_022406_026D25_2F9A")
    with pytest.raises(NoDate):
        period_of_product("S1A_EW_GRDM_1SDH_20180631T000000")


def test_a_text_without_product_name_has_none() -> None:
    assert product_in("Amery 2020-01-01") is None
