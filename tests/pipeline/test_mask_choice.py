from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString

from catalog.front import Front, Interval, Origin
from catalog.shelf import find_unit
from pipeline.errors import MaskError
from pipeline.mask_choice import KnownIce, UnknownIce, Way, choose_series, ice_on
from pipeline.velocity import VelocityField
from tests.factories import make_imported_front
from tests.pipeline.dated_fronts import day, front_at, line_at, outwards
from tests.pipeline.velocities import field_of, steady

AMERY = find_unit("Amery")
NOON = day("2024-03-15")
SPEED_M_PER_YEAR = 1_461.0  # 4 m a day


def flow() -> VelocityField:
    x, y = outwards("Amery")
    west, south, east, north = AMERY.region.buffer(20_000).bounds
    size = max(east - west, north - south)
    field = steady(SPEED_M_PER_YEAR * x, SPEED_M_PER_YEAR * y)
    return field_of(field, west, south, size, cell_m=2_000.0)


def known(fronts: Sequence[Front], within_days: float = 400.0) -> KnownIce:
    found = ice_on(NOON, AMERY, fronts, within_days)
    assert isinstance(found, KnownIce)
    return found


def unknown(fronts: Sequence[Front], within_days: float = 400.0) -> str:
    found = ice_on(NOON, AMERY, fronts, within_days)
    assert isinstance(found, UnknownIce)
    return found.reason


def advected(fronts: Sequence[Front], within_days: float = 400.0) -> KnownIce:
    found = ice_on(NOON, AMERY, fronts, within_days, flow())
    assert isinstance(found, KnownIce)
    return found


@given(st.lists(st.integers(-399, 399), min_size=1, max_size=6, unique=True))
def test_the_nearest_front_counts_whatever_the_order(days: list[int]) -> None:
    fronts = [front_at("Amery", 0.5, NOON + timedelta(days=d)) for d in days]
    found = known(fronts)
    assert abs(found.days_off) == min(map(abs, days))
    assert found.way is Way.NEAREST
    assert found.line == found.front.line


def test_of_two_equally_near_the_earlier_counts() -> None:
    around = [front_at("Amery", 0.5, NOON + timedelta(days=d)) for d in (5, -5)]
    assert known(around).days_off == -5.0


def test_averages_count_from_their_middle_and_behind_finer_fronts() -> None:
    march = front_at(
        "Amery", 0.4, day("2024-03-01"), end=day("2024-03-31"), interval=Interval.MONTHLY
    )
    daily = front_at("Amery", 0.5, day("2024-02-01"))
    assert known([march]).days_off == pytest.approx(1.0)
    assert known([march, daily]).front == daily


def test_a_front_beyond_the_limit_leaves_the_part_unknown() -> None:
    far = front_at("Amery", 0.5, NOON - timedelta(days=401))
    assert unknown([far]) == f"the nearest front is 401 days earlier ({far.id})"
    assert known([far], within_days=401).days_off == -401.0


def test_no_front_is_unknown() -> None:
    assert unknown([]) == "no accepted front on record"


def test_a_front_that_parts_nothing_is_passed_over() -> None:
    short = front_at("Amery", 0.5, NOON)
    x, y = shapely.get_coordinates(short.line)[20]
    stub = replace(short, line=MultiLineString([[(x, y), (x + 500, y)]]), source="stub")
    good = front_at("Amery", 0.5, NOON - timedelta(days=30))
    assert known([stub, good]).front == good
    assert "side to side" in unknown([stub])


def test_fronts_of_other_parts_do_not_count() -> None:
    assert unknown([front_at("Getz1", 0.5, NOON)]) == "no accepted front on record"


def test_a_moved_front_lies_where_the_ice_has_come() -> None:
    earlier = front_at("Amery", 0.5, NOON - timedelta(days=100))
    found = advected([earlier])
    x, y = outwards("Amery")
    moved = shapely.affinity.translate(earlier.line, 400 * x, 400 * y)
    assert found.way is Way.ADVECTED
    assert found.days_off == -100.0
    assert found.line.hausdorff_distance(moved) < 5.0
    assert found.area_km2 > known([earlier]).area_km2


def test_only_earlier_fronts_are_moved() -> None:
    later = front_at("Amery", 0.5, NOON + timedelta(days=1))
    earlier = front_at("Amery", 0.5, NOON - timedelta(days=300))
    assert advected([later, earlier]).front == earlier
    found = ice_on(NOON, AMERY, [later], 400.0, flow())
    assert found == UnknownIce(AMERY, "no accepted earlier front on record")


def test_a_front_of_the_same_day_is_hardly_moved() -> None:
    that_evening = front_at("Amery", 0.5, NOON + timedelta(hours=11))
    found = advected([that_evening, front_at("Amery", 0.5, NOON - timedelta(days=9))])
    assert found.front == that_evening
    assert 0 < found.line.hausdorff_distance(that_evening.line) < 3.0


def test_a_calving_before_the_next_front_is_told() -> None:
    earlier = front_at("Amery", 0.5, NOON - timedelta(days=100))
    calved = front_at("Amery", 0.3, NOON + timedelta(days=30))
    assert "km2 less ice: a calving lies between" in advected([earlier, calved]).doubt
    advanced = front_at("Amery", 0.52, NOON + timedelta(days=30))
    assert advected([earlier, advanced]).doubt == ""


def test_without_a_velocity_there_the_part_is_unknown() -> None:
    elsewhere = field_of(steady(1, 1), 0.0, 0.0, 20_000)
    earlier = front_at("Amery", 0.5, NOON - timedelta(days=9))
    found = ice_on(NOON, AMERY, [earlier], 400.0, elsewhere)
    assert isinstance(found, UnknownIce)
    assert "velocity has no velocity for a front near x" in found.reason


def test_series_are_never_mixed() -> None:
    ours = front_at("Amery", 0.5, NOON, origin=Origin.SENTINEL1, source="sentinel1")
    simulated = front_at("Amery", 0.5, NOON)
    others = make_imported_front(unit="Amery", shelf="Amery", line=line_at("Amery", 0.5))
    assert choose_series([simulated, ours, others], "Amery") == [ours]
    assert choose_series([others], "Amery") == [others]
    with pytest.raises(MaskError, match=r"greene2022 \(imported\), simulated \(simulated\)"):
        choose_series([simulated, others], "Amery")
    with pytest.raises(MaskError, match="Amery: has no accepted front"):
        choose_series([], "Amery")
