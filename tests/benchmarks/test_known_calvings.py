"""Known icebergs are found in the real fronts of Greene et al. 2022, with their areas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest

from benchmarks.known_calvings import (
    KNOWN,
    Comparison,
    compare,
    events_of,
    fronts_by_unit,
    table,
)
from catalog.calving import CalvingKind, EventStatus

FILE = "fronts/greene2022_fronts_epsg3031.gpkg"
LARGEST_DIFFERENCE = 0.15
# Other bergs left in its year, as docs/calving.md reckons: it lies between both areas.
EXPLAINED = ("B-46 and others",)


def cut_to(source: Path, shelves: Sequence[str], target: Path) -> Path:
    wanted = ", ".join(f"'{name}'" for name in shelves)
    geopandas.read_file(source, where=f"shelf in ({wanted})").to_file(target)
    return target


def assert_close(one: Comparison) -> None:
    assert one.event is not None, f"{one.known.names} was not found"
    assert one.event.status is EventStatus.CONFIRMED
    assert one.off is not None
    if one.known.names in EXPLAINED:
        assert one.off[0] < 0 < one.off[1]
    else:
        assert abs(one.off[1]) <= LARGEST_DIFFERENCE, one.known.names


@pytest.fixture(scope="module")
def few(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Comparison]:
    target = tmp_path_factory.mktemp("fronts") / "few.gpkg"
    file = cut_to(shared_data / FILE, ("Larsen_C", "Pine_Island"), target)
    return list(compare(file, [k for k in KNOWN if k.unit in ("LarsenC", "PineIsland")]))


def test_icebergs_of_larsen_c_and_pine_island_are_found(few: list[Comparison]) -> None:
    assert len(few) == 7
    for one in few:
        assert_close(one)


def test_a68_alone_explains_what_larsen_c_lost(few: list[Comparison]) -> None:
    (a68,) = (one for one in few if one.known.names == "A-68")
    assert a68.event is not None
    assert a68.event.calved_km2 == pytest.approx(5_800.0, rel=0.03)
    assert a68.event.start.year == 2017
    assert a68.event.end.year == 2018


def test_the_table_has_a_row_for_each(few: list[Comparison]) -> None:
    rows = table(few).splitlines()[2:]
    assert [row.split(" | ")[0].lstrip("| ") for row in rows] == [o.known.names for o in few]


@pytest.fixture(scope="module")
def vanished(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("fronts") / "vanished.gpkg"
    return cut_to(shared_data / FILE, ("Larsen_B", "Wordie"), target)


def test_larsen_b_disintegrates_in_its_year(vanished: Path) -> None:
    (known,) = (iceberg for iceberg in KNOWN if iceberg.unit == "LarsenB")
    (found,) = compare(vanished, [known])
    assert_close(found)
    assert found.event is not None
    assert found.event.kind is CalvingKind.DISINTEGRATION
    assert (found.event.start.year, found.event.end.year) == (2001, 2002)


def test_larsen_b_lost_in_five_years_what_was_published(vanished: Path) -> None:
    fronts = fronts_by_unit(vanished, {"LarsenB"})["LarsenB"]
    lost = [e.calved_km2 for e in events_of(fronts, "LarsenB") if e.end.year <= 2002]
    # 5,700 km2 in the five years to March 2002 (Eos, doi:10.1029/2002EO000104), and 796 as above.
    assert sum(lost) == pytest.approx(5_700.0 + 796.0, rel=LARGEST_DIFFERENCE)


def test_what_was_left_of_wordie_goes_before_2009(vanished: Path) -> None:
    fronts = fronts_by_unit(vanished, {"Wordie"})["Wordie"]
    events = events_of(fronts, "Wordie")
    assert max(event.end.year for event in events) == 2008
    (first,) = (event for event in events if event.kind is CalvingKind.DISINTEGRATION)
    assert (first.start.year, first.end.year) == (1997, 2000)


@pytest.mark.long
def test_all_known_icebergs_are_found(shared_data: Path) -> None:
    for one in compare(shared_data / FILE):
        assert_close(one)
