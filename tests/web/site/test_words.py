from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.front import Interval, Origin
from catalog.release import ReleaseState
from tests.factories import make_front
from tests.web.site.samples import annual, in_review, monthly
from web.site import words


def test_thousands_are_set_apart_by_thin_spaces_and_minus_is_a_minus() -> None:
    assert words.number(-1234567.26, 1) == "\u22121\u2009234\u2009567.3"


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=0, max_value=3))
def test_a_number_in_words_is_the_rounded_number(value: float, decimals: int) -> None:
    plain = words.number(value, decimals).replace("\u2009", "").replace("\u2212", "-")
    assert float(plain) == pytest.approx(round(value, decimals), abs=1e-9)


def test_a_change_that_rounds_to_zero_has_neither_sign_nor_colour() -> None:
    assert words.signed_area(-0.02) == "0.0\u2009km²"
    assert words.sign_of(-0.02) == ""


@pytest.mark.parametrize(("change", "sign"), [(12.0, "gain"), (-12.0, "loss"), (None, "")])
def test_a_change_is_a_gain_or_a_loss(change: float | None, sign: str) -> None:
    assert words.sign_of(change) == sign


def test_small_areas_keep_a_decimal_and_large_ones_do_not() -> None:
    assert words.area(12.34) == "12.3\u2009km²"
    assert words.area(1234.56) == "1\u2009235\u2009km²"


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval.DAILY, "2026-08-05"),
        (Interval.MONTHLY, "Aug\u00a02026"),
        (Interval.QUARTERLY, "2026 Q3"),
        (Interval.ANNUAL, "2026"),
    ],
)
def test_a_date_is_as_precise_as_its_interval(interval: Interval, text: str) -> None:
    front = make_front(interval=interval, start=datetime(2026, 8, 5, 3, tzinfo=UTC))
    assert words.period_words(front) == text


def test_a_doubtful_front_says_why() -> None:
    text = words.verdict_words(in_review(monthly(3, 1.0)))
    assert text == "under review: advances faster than the shelf can flow"


def test_every_interval_and_state_has_words() -> None:
    assert set(words.INTERVAL_WORDS) == set(Interval)
    assert set(words.STATE_WORDS) == set(ReleaseState)


def test_an_imported_front_names_its_source() -> None:
    front = annual(2020)
    assert words.origin_words(front.origin, front.source) == "imported from greene2022"
    assert words.origin_words(Origin.SIMULATED, "simulated") == "simulated"


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0\u2009bytes"),
        (999, "999\u2009bytes"),
        (1500, "1.5\u2009kB"),
        (250_000_000, "250\u2009MB"),
    ],
)
def test_file_sizes_have_a_unit(size_bytes: int, text: str) -> None:
    assert words.size(size_bytes) == text


def test_days_are_written_out() -> None:
    assert words.day(date(2026, 11, 3)) == "3 November 2026"


@pytest.mark.parametrize(("amount", "text"), [(0, "no fronts"), (1, "1 front"), (2, "2 fronts")])
def test_counts_agree_with_their_noun(amount: int, text: str) -> None:
    assert words.count(amount, "front") == text
