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


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(100, 30, "100 days earlier, has"), (30, 100, "100 days later, has")],
)
def test_a_calving_between_the_fronts_around_the_day_is_told(
    before: int, after: int, said: str
) -> None:
    ice = front_at("Amery", 0.5, NOON - timedelta(days=before))
    calved = front_at("Amery", 0.3, NOON + timedelta(days=after))
    advanced = front_at("Amery", 0.52, NOON + timedelta(days=after))
    assert said in known([ice, calved]).doubt
    assert known([ice, advanced]).doubt == ""
    assert known([ice, calved], within_days=60).doubt == ""


def test_a_front_of_the_day_itself_leaves_no_doubt() -> None:
    that_day = front_at("Amery", 0.5, NOON - timedelta(hours=5))
    calved = front_at("Amery", 0.3, NOON + timedelta(days=3))
    assert known([that_day, calved]).doubt == ""
    assert advected([that_day, calved]).doubt == ""


def crossing_itself() -> MultiLineString:
    points = shapely.get_coordinates(line_at("Amery", 0.5))
    middle = len(points) // 2
    order = [*range(middle), middle + 4, middle + 2, middle + 6, *range(middle + 7, len(points))]
    return MultiLineString([points[order]])


def of_two_points() -> MultiLineString:
    points = shapely.get_coordinates(line_at("Amery", 0.5))
    return MultiLineString([points[[0, -1]]])


@pytest.mark.parametrize("odd", [crossing_itself(), of_two_points()], ids=["crosses", "two"])
def test_an_odd_line_that_leads_from_side_to_side_has_valid_ice(odd: MultiLineString) -> None:
    front = replace(front_at("Amery", 0.5, NOON), line=odd)
    found = known([front])
    assert found.ice.is_valid
    usual = known([front_at("Amery", 0.5, NOON)]).area_km2
    assert found.area_km2 == pytest.approx(usual, rel=0.1)


def test_of_two_fronts_of_one_moment_the_surer_counts_in_whatever_order() -> None:
    sure = front_at("Amery", 0.5, NOON, uncertainty_m=50.0)
    unsure = front_at("Amery", 0.4, NOON, uncertainty_m=300.0, source="aaa")
    unstated = front_at("Amery", 0.4, NOON, uncertainty_m=None, source="bbb")
    for order in ([sure, unsure, unstated], [unstated, unsure, sure], [unsure, sure, unstated]):
        assert known(order).front == sure


def test_a_hole_of_years_leaves_the_days_in_it_unknown() -> None:
    around = [front_at("Amery", 0.5, NOON + timedelta(days=d)) for d in (-700, 500)]
    assert "500 days later" in unknown(around)


def test_one_front_alone_makes_a_mask() -> None:
    only = front_at("Amery", 0.5, NOON - timedelta(days=1))
    assert (known([only]).front, known([only]).doubt) == (only, "")


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
