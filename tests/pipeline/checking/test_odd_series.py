"""Series that are odd as series: out of order, twice, alone, with holes, round the antimeridian."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from shapely import LineString, MultiLineString

from catalog.corridor import corridors_of
from catalog.front import Front, Reason, Status
from catalog.importing.read import ReadOptions, read_fronts
from catalog.shelf import find_unit
from catalog.source import KNOWN_SOURCES
from pipeline.check import check_series
from pipeline.checking.profile import profile_of
from pipeline.checking.verdict import Verdict
from tests.factories import make_front
from tests.pipeline.checking.series import (
    EVERY_DAYS,
    PATHS,
    RULES,
    advance,
    front_on,
    judged,
    steady,
    with_aside,
    words,
)

ACROSS = "Ross2"
AUTUMN = datetime(2017, 3, 2, 6, tzinfo=UTC)
FRONTS = "fronts/greene2022_fronts_epsg3031.gpkg"
WHOLE = np.ones(PATHS)


def test_dates_out_of_order_are_judged_in_order() -> None:
    fronts = with_aside(steady(20, seed=41), {9: 2_000.0 * WHOLE})
    backwards = judged(fronts[::-1])
    assert backwards == judged(fronts)
    assert [v.front_id for v in backwards] == [front.id for front in fronts]


def test_a_front_that_comes_twice_has_its_verdict_twice_and_outvotes_nobody() -> None:
    fronts = with_aside(steady(20, seed=42), {9: 2_000.0 * WHOLE})
    found = judged([*fronts, fronts[9], fronts[12]])
    by_id = {verdict.front_id: verdict for verdict in found}
    assert len(found) == 22
    assert len(by_id) == 20
    assert by_id[fronts[9].id].status is Status.IN_REVIEW
    assert {v.status for key, v in by_id.items() if key != fronts[9].id} == {Status.ACCEPTED}


@pytest.mark.parametrize("aside_m", [0.0, 5_000.0, -5_000.0])
def test_a_front_that_is_alone_is_accepted_as_nothing_contradicts_it(aside_m: float) -> None:
    (only,) = judged([front_on(0.0, advance(0.0) + aside_m * WHOLE)])
    assert (only.status, only.reasons, only.area_change_km2) == (Status.ACCEPTED, (), None)


def test_two_fronts_that_differ_by_a_retreat_are_a_calving_that_waits() -> None:
    fronts = [front_on(0.0, advance(0.0)), front_on(12.0, advance(12.0) - 3_000.0 * WHOLE)]
    assert words(judged(fronts)) == ["accepted", "provisional+retreat_unconfirmed"]


def over_a_hole(after_m: float, days: float = 400.0) -> list[str]:
    before = [front_on(at * EVERY_DAYS, advance(at * EVERY_DAYS)) for at in range(30)]
    first = 29 * EVERY_DAYS + days
    later = [first + at * EVERY_DAYS for at in range(12)]
    return words(judged([*before, *(front_on(day, advance(day) + after_m) for day in later)]))


def test_over_a_hole_of_a_year_ice_flows_on() -> None:
    assert set(over_a_hole(0.0)) == {"accepted"}


def test_a_calving_in_a_hole_of_a_year_is_confirmed_by_what_follows() -> None:
    found = over_a_hole(-4_000.0)
    assert found[30] == "accepted+retreat_confirmed"
    assert {each for at, each in enumerate(found) if at != 30} == {"accepted"}


def test_after_a_hole_of_a_year_ice_is_not_ahead_of_where_it_can_have_flowed() -> None:
    found = over_a_hole(6_000.0)
    # Either side of the hole may be wrong: what is doubted is one of them, not both.
    doubted = {at >= 30 for at, each in enumerate(found) if each.startswith("in_review")}
    assert len(doubted) == 1


# --- round the antimeridian ---------------------------------------------------------------------


def ross_front(days: float, aside_m: float = 0.0) -> Front:
    (corridor,) = corridors_of(find_unit(ACROSS))
    start = AUTUMN + timedelta(days=days)
    points = corridor.points_at(0.4 * corridor.depth_m + 2.0 * days + aside_m)
    return make_front(
        unit=ACROSS, shelf="Ross", start=start, end=start, area_km2=1_000.0,
        line=MultiLineString([LineString(points)]), status=Status.PROVISIONAL,
    )  # fmt: skip


def test_a_part_across_the_antimeridian_is_one_front_from_end_to_end() -> None:
    front = ross_front(0.0)
    to_degrees = pyproj.Transformer.from_crs(3031, 4326, always_xy=True)
    longitude, _ = to_degrees.transform(*shapely.get_coordinates(front.line).T)
    assert longitude.min() < -179.5
    assert longitude.max() > 179.5
    assert profile_of([front]).coverage[0] > 0.99


def test_fronts_across_the_antimeridian_are_judged_as_others_are() -> None:
    aside = {7: 1_500.0, 12: -1_500.0}
    fronts = [ross_front(at * EVERY_DAYS, aside.get(at, 0.0)) for at in range(20)]
    found = words(check_series(fronts, RULES))
    assert found[7] == "in_review+advance_too_fast+shifted"
    assert found[12] == "in_review+area_lost_and_regained+shifted"
    assert {each for at, each in enumerate(found) if at not in aside} == {"accepted"}


# --- shelves that are gone -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def vanished(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[Front, Verdict]]]:
    target = tmp_path_factory.mktemp("fronts") / "vanished.gpkg"
    read = geopandas.read_file(shared_data / FRONTS, where="shelf in ('Larsen_B', 'Wordie')")
    read.to_file(target)
    outcomes = read_fronts(target, KNOWN_SOURCES["greene2022"], ReadOptions())
    fronts = [outcome for outcome in outcomes if isinstance(outcome, Front)]
    return {unit: _judged_unit(fronts, unit) for unit in ("LarsenB", "Wordie")}


def _judged_unit(fronts: Sequence[Front], unit: str) -> list[tuple[Front, Verdict]]:
    series = sorted((f for f in fronts if f.unit == unit), key=lambda front: front.start)
    return list(zip(series, check_series(series, RULES), strict=True))


@pytest.mark.parametrize(("unit", "years"), [("LarsenB", [2002]), ("Wordie", [2000, 2008])])
def test_the_years_in_which_a_shelf_fell_apart_say_so(
    vanished: dict[str, list[tuple[Front, Verdict]]], unit: str, years: list[int]
) -> None:
    apart = [
        (front.start.year, verdict.status)
        for front, verdict in vanished[unit]
        if Reason.DISINTEGRATION in verdict.reasons
    ]
    assert apart == [(year, Status.ACCEPTED) for year in years]


def test_what_is_left_of_a_shelf_that_fell_apart_goes_on_being_judged(
    vanished: dict[str, list[tuple[Front, Verdict]]],
) -> None:
    for series in vanished.values():
        late = [verdict.status for front, verdict in series if front.start.year > 2008]
        assert late == [Status.ACCEPTED] * 13


def test_a_whole_shelf_lost_at_once_is_a_disintegration_and_a_calving_is_not() -> None:
    depth = float(np.mean(advance(0.0)))
    for share, expected in ((0.5, True), (0.2, False)):
        lost = dict.fromkeys(range(8, 16), -share * depth * WHOLE)
        found = judged(with_aside(steady(16, seed=43), lost))
        assert found[8].status is Status.ACCEPTED
        assert (Reason.DISINTEGRATION in found[8].reasons) is expected
