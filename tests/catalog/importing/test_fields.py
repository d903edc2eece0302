from __future__ import annotations

import pytest

from catalog.front import Interval
from catalog.importing.dates import Period, whole_day, whole_months
from catalog.importing.errors import MissingField
from catalog.importing.fields import (
    Fields,
    find_roles,
    guess_interval,
    require_date,
    require_unit,
    unit_before_product,
)

DAYS = ("20200101", "20200102")
SRC = "Getz-1_S1A_EW_GRDM_1SDH_2018-06-18_022406_026D25_2F9A_mask.png"


@pytest.mark.parametrize("name", ["shelf", "Ice_Shelf", "PART", "Glacier Name", "unit"])
def test_the_field_of_the_shelf_is_found_by_its_name(name: str) -> None:
    assert find_roles({"id": ("1", "2"), name: ("Amery", "Getz")}).unit == name


@pytest.mark.parametrize("name", ["DATE_", "date", "Acq_Date", "datetime", "decimal_year"])
def test_the_field_of_the_date_is_found_by_its_name(name: str) -> None:
    assert find_roles({"shelf": ("Amery",), name: ("20200101",)}).date == name


def test_a_date_goes_before_a_year() -> None:
    fields = {"year": ("2020",), "decimal_year": ("2020.2",), "DATE_": ("20200314",)}
    assert find_roles(fields).date == "DATE_"


def test_a_field_that_is_called_date_but_holds_none_is_passed_over() -> None:
    fields = {"date": ("unknown", "unknown"), "timestamp": DAYS}
    assert find_roles(fields).date == "timestamp"


def test_an_empty_field_is_passed_over() -> None:
    assert find_roles({"shelf": (None, None), "name": ("Amery", "Getz")}).unit == "name"


def test_a_product_name_is_found_with_the_unit_before_it() -> None:
    roles = find_roles({"src": (SRC,)})
    assert (roles.unit, roles.date, roles.product) == (None, None, "src")
    assert unit_before_product(SRC) == "Getz-1"
    assert unit_before_product("S1A_EW_GRDM_1SDH_2018-06-18_022406_026D25_2F9A") is None


def test_named_fields_are_believed() -> None:
    fields = {"shelf": ("a",), "where": ("Amery",), "date": ("20200101",), "when": ("20210101",)}
    roles = find_roles(fields, unit_field="where", date_field="when")
    assert (roles.unit, roles.date) == ("where", "when")


def test_a_named_field_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(MissingField, match=r"'where'.*fields: shelf, date"):
        find_roles({"shelf": ("a",), "date": ("20200101",)}, unit_field="where")


@pytest.mark.parametrize("fields", [{}, {"shelf": ("Amery",)}, {"date": ("never",)}])
def test_a_table_without_dates_is_refused(fields: Fields) -> None:
    with pytest.raises(MissingField, match="--date-field"):
        require_date(find_roles(fields), fields)


def test_a_table_without_shelf_is_refused() -> None:
    fields: Fields = {"date": DAYS}
    with pytest.raises(MissingField, match="--unit-field"):
        require_unit(find_roles(fields), fields)


@pytest.mark.parametrize(
    ("series", "interval"),
    [
        ([[whole_day(2020, 1, d) for d in (1, 7, 13)]], Interval.DAILY),
        ([[whole_months(2020, m, m) for m in (1, 2, 4)]], Interval.MONTHLY),
        ([[whole_months(2020, m, m + 2) for m in (1, 4, 7)]], Interval.QUARTERLY),
        ([[whole_day(y, 3, 15) for y in (2000, 2001, 2003)]], Interval.ANNUAL),
        ([[whole_day(2020, 1, 1)], [whole_day(2021, 1, 1)]], Interval.DAILY),
        ([], Interval.DAILY),
    ],
)
def test_the_interval_follows_from_the_distance_of_dates(
    series: list[list[Period]], interval: Interval
) -> None:
    assert guess_interval(series) is interval


def test_two_epochs_in_one_year_do_not_hide_that_a_series_is_annual() -> None:
    dates = [whole_day(2000, 3, 14), whole_day(2000, 9, 30)]
    dates += [whole_day(year, 3, 15) for year in range(2001, 2022)]
    assert guess_interval([dates]) is Interval.ANNUAL
