from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog.release import Month
from pipeline.simulate.scenario import (
    DEFAULT_SEED,
    SeaIce,
    acquisition_times,
    conditions_at,
    last_calving,
    scenario_of,
    slices_taken,
)
from tests.pipeline.simulate.sample import make_scenario

DEMONSTRATION = (datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def calves_in_the_demonstration_year(part_name: str, seed: int) -> bool:
    _, calved = last_calving(DEMONSTRATION[1], scenario_of(part_name, seed))
    return calved > DEMONSTRATION[0]


def test_in_the_demonstration_year_one_of_the_three_shelves_calves() -> None:
    calving = [
        p for p in ("Bach", "David", "Venable") if calves_in_the_demonstration_year(p, DEFAULT_SEED)
    ]
    assert calving == ["Bach"]


def test_a_scenario_depends_on_the_part_and_the_seed_only() -> None:
    assert scenario_of("Mertz", 1) == scenario_of("Mertz", 1)
    assert scenario_of("Mertz", 1) != scenario_of("Mertz", 2)
    assert scenario_of("Mertz", 1) != scenario_of("Totten", 1)


@pytest.mark.parametrize(
    ("month", "sea_ice"), [(1, SeaIce.NONE), (7, SeaIce.PACK), (9, SeaIce.FAST)]
)
def test_sea_ice_follows_the_calendar(month: int, sea_ice: SeaIce) -> None:
    moment = datetime(2026, month, 10, tzinfo=UTC)
    assert conditions_at(moment, "Mertz", make_scenario(), 1).sea_ice is sea_ice


def test_only_the_month_of_melt_is_wet() -> None:
    wet = [
        month
        for month in range(1, 13)
        if conditions_at(datetime(2026, month, 9, tzinfo=UTC), "Mertz", make_scenario(), 1).melt
    ]
    assert wet == [1]


def test_the_last_calving_is_the_one_before_the_moment() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    scenario = make_scenario(calving=first)
    assert last_calving(first + timedelta(days=999), scenario) == (0, first)
    assert last_calving(first + timedelta(days=1001), scenario) == (1, first + timedelta(days=1000))
    assert last_calving(first - timedelta(days=1), scenario)[0] == -1


@pytest.mark.parametrize("per_month", [1, 2, 5])
def test_scenes_are_spread_over_their_month(per_month: int) -> None:
    times = list(acquisition_times(Month(2026, 2), "Mertz", per_month, 1))
    assert len(times) == per_month
    assert {(t.year, t.month) for t in times} == {(2026, 2)}
    assert len({t.time() for t in times}) == 1
    assert times == sorted(set(times))


def test_only_some_months_come_in_slices_and_some_of_those_are_missing() -> None:
    march = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 31)]
    taken = [slices_taken(moment, "Mertz", make_scenario(), 1) for moment in march]
    assert set(taken) == {(0, 1), (0,), (1,)}
    assert slices_taken(datetime(2026, 4, 2, tzinfo=UTC), "Mertz", make_scenario(), 1) == ()
