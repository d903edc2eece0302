from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.front import Interval
from catalog.importing.errors import NoDate
from catalog.importing.layout import Layout, read_layout
from catalog.shelf import all_parts

LAST_SECOND = (23, 59, 59)


@pytest.mark.parametrize(
    ("path", "part", "interval", "first", "last"),
    [
        ("Abbot1/annual/fronts/2015noQ1_mean-Abbot1", "Abbot1", "annual", (4, 1), (12, 31)),
        ("Abbot1/annual/fronts/2015_mean-Abbot1", "Abbot1", "annual", (1, 1), (12, 31)),
        ("Abbot1/quarterly/fronts/2015Q1_mean-Abbot1", "Abbot1", "quarterly", (1, 1), (3, 31)),
        (
            "Thwaites1/quarterly/fronts/2015Q3__mean-Thwaites1",
            "Thwaites1",
            "quarterly",
            (7, 1),
            (9, 30),
        ),
        (
            "Thwaites1/monthly/fronts/1SSH_201504-Thwaites1",
            "Thwaites1",
            "monthly",
            (4, 1),
            (4, 30),
        ),
        ("Abbot1/monthly/fronts/201501_mean-Abbot1", "Abbot1", "monthly", (1, 1), (1, 31)),
        ("Amery/daily/fronts/1SDH_20150228_0A1B-Amery", "Amery", "daily", (2, 28), (2, 28)),
        (
            "Getz2/daily/fronts/S1A_EW_GRDM_1SSH_20150228_02-7-Getz2",
            "Getz2",
            "daily",
            (2, 28),
            (2, 28),
        ),
    ],
)
def test_every_variant_of_the_download_is_understood(
    path: str, part: str, interval: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    layout = read_layout(PurePosixPath("files") / f"{path}.gpkg")
    assert (layout.part, layout.interval, layout.is_eliminated) == (part, interval, False)
    assert layout.period is not None
    assert layout.period.start == datetime(2015, *first, tzinfo=UTC)
    assert layout.period.end == datetime(2015, *last, *LAST_SECOND, tzinfo=UTC)


def test_eliminated_fronts_are_known_by_their_folder() -> None:
    path = PurePosixPath("Amery/daily/fronts-eliminated/1SDH_20150228_0A1B-Amery.gpkg")
    assert read_layout(path).is_eliminated


@pytest.mark.parametrize(
    ("name", "polarisation"),
    [("1SSH_202104-Amery", "HH"), ("1SDH_20210401_77-Amery", "HH+HV"), ("202104_mean-Amery", None)],
)
def test_the_polarisation_in_a_name_is_kept(name: str, polarisation: str | None) -> None:
    attributes = read_layout(PurePosixPath(f"{name}.gpkg")).attributes
    assert attributes.get("polarisation") == polarisation


def test_a_name_of_the_layout_is_believed_without_its_folders() -> None:
    layout = read_layout(PurePosixPath("downloads/2015Q4_mean-LarsenC.gpkg"))
    assert (layout.part, layout.interval) == ("LarsenC", Interval.QUARTERLY)


def test_folders_are_believed_where_the_name_says_nothing() -> None:
    layout = read_layout(PurePosixPath("files/Amery/monthly/fronts/front_042.gpkg"))
    assert layout == Layout("Amery", Interval.MONTHLY)


@pytest.mark.parametrize("name", ["coastlines.gpkg", "2015_mean-coastlines.gpkg", "fronts.shp"])
def test_other_files_are_not_taken_for_the_layout(name: str) -> None:
    assert read_layout(PurePosixPath(name)) == Layout()


@pytest.mark.parametrize(
    "name",
    ["1SSH_202113-Amery", "2015Q5_mean-Amery", "1SDH_20150230_1-Amery", "0015_mean-Amery"],
)
def test_a_name_with_a_date_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(NoDate, match="holds no date"):
        read_layout(PurePosixPath(f"{name}.gpkg"))


@given(part=st.sampled_from(all_parts()), year=st.integers(2014, 2030), month=st.integers(1, 12))
def test_part_and_month_come_out_as_they_were_written(part: object, year: int, month: int) -> None:
    name = getattr(part, "name", "")
    layout = read_layout(PurePosixPath(f"{year}{month:02d}_mean-{name}.gpkg"))
    assert layout.part == name
    assert layout.period is not None
    assert (layout.period.start.year, layout.period.start.month) == (year, month)
    assert layout.period.end.month == month
