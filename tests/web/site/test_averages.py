"""Averages and joined fronts on the pages of a shelf."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from catalog.front import Front, Interval, JoinedPart
from catalog.lineage import Input, InputKind, Lineage
from tests.factories import SHA, make_front
from tests.web.site.samples import monthly, shelf_content
from web.site.charts import chart_title
from web.site.series import kinds_of, series_of
from web.site.shelf_page import MOST_INPUTS, _provenance
from web.site.words import interval_words, period_words


def a_year(first_month: int, area_km2: float = 100.0, **changes: Any) -> Front:
    return make_front(
        interval=Interval.ANNUAL,
        start=datetime(2024, first_month, 1, tzinfo=UTC),
        end=datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC),
        area_km2=area_km2,
        **changes,
    )


def test_a_year_with_and_one_without_january_to_march_are_two_series() -> None:
    found = series_of(shelf_content("Amery", [a_year(1), a_year(4)]))
    assert [series.slug for series in found] == [
        "Amery-annual-simulated",
        "Amery-annual-noQ1-simulated",
    ]
    assert chart_title(found[1], "Amery") == "Area of Amery, annual without Jan–Mar, simulated"


def test_their_areas_are_never_taken_for_each_other() -> None:
    whole, rest = kinds_of(shelf_content("Amery", [a_year(1, 100.0), a_year(4, 90.0)]))
    assert [total.area_km2 for total in whole.totals] == [100.0]
    assert [total.area_km2 for total in rest.totals] == [90.0]


def test_a_period_says_which_months_it_leaves_out() -> None:
    assert period_words(a_year(4)) == "2024 without Jan–Mar"
    assert period_words(a_year(1)) == "2024"
    assert interval_words(Interval.ANNUAL, without_q1=True) == "annual without Jan–Mar"


def test_a_joined_front_is_not_added_to_its_parts() -> None:
    parts = [monthly(1, 100.0, unit=f"Getz{n}", shelf="Getz") for n in (1, 2, 3)]
    joined = monthly(
        1, 300.0, unit="Getz", shelf="Getz",
        parts=tuple(JoinedPart(f.unit, f.id, (date(2026, 1, 3),), 0.0) for f in parts),
    )  # fmt: skip
    (kind,) = kinds_of(shelf_content("Getz", [*parts, joined]))
    assert [total.area_km2 for total in kind.totals] == [300.0]


def test_the_fronts_of_a_year_are_counted_and_those_of_a_month_named() -> None:
    inputs = tuple(Input(InputKind.FRONT, f"Amery_daily_{n}_simulated", SHA) for n in range(90))
    year = _provenance(a_year(1, lineage=Lineage(inputs=inputs)))
    month = _provenance(a_year(1, lineage=Lineage(inputs=inputs[:MOST_INPUTS])))
    assert (len(year.inputs), year.more) == (0, 90)
    assert (len(month.inputs), month.more) == (MOST_INPUTS, 0)
