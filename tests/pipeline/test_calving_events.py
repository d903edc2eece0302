from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiLineString

from catalog.area import true_area_km2
from catalog.calving import CalvingKind, EventStatus
from catalog.corridor import corridors_of
from catalog.front import Front, Status
from catalog.shelf import find_unit
from pipeline.calving_events import find_events
from pipeline.sightings import Sighting, accepted_in_time
from tests.factories import SHA, make_front

UNIT = find_unit("Venable")
(CORRIDOR,) = corridors_of(UNIT)
PATHS = len(CORRIDOR.depth_m)
START = datetime(2020, 1, 5, 7, tzinfo=UTC)
REST = 0.5 * CORRIDOR.depth_m
BERG = slice(PATHS // 3, PATHS // 2)


def line_at(distance_m: Any) -> MultiLineString:
    """A front that goes on beyond the region on both sides."""
    points = CORRIDOR.points_at(distance_m)
    aside = (points[0] - points[1]), (points[-1] - points[-2])
    return MultiLineString([np.vstack([points[0] + aside[0], points, points[-1] + aside[1]])])


def lost(depth_m: float, paths: slice = BERG) -> Any:
    distance = REST.copy()
    distance[paths] -= depth_m
    return distance


def series(
    distances: Sequence[Any], days: Sequence[float] | None = None, **changes: Any
) -> list[Sighting]:
    moments = days if days is not None else [12.0 * i for i in range(len(distances))]
    fronts = [
        make_front(
            unit=UNIT.name,
            shelf=UNIT.shelf,
            start=START + timedelta(days=day),
            line=line_at(distance),
            **changes,
        )
        for distance, day in zip(distances, moments, strict=True)
    ]
    return [Sighting(front, SHA) for front in fronts]


CALVED = [REST, REST, lost(5_000.0), lost(5_000.0)]


def test_an_event_names_fronts_scenes_and_window() -> None:
    sightings = series(CALVED)
    (event,) = find_events(sightings, UNIT).events
    fronts = [one.front for one in sightings]
    assert (event.front_before, event.front_after) == (fronts[1].id, fronts[2].id)
    assert (event.start, event.end) == (fronts[1].start, fronts[2].end)
    assert event.confirmed_by == (fronts[3].id,)
    assert event.scenes_before == ("SIM_EW_GRDM_1SDH_20260912T081233_Amery",)
    assert event.kind is CalvingKind.CALVING
    assert event.status is EventStatus.CONFIRMED
    assert not event.is_wide
    assert [one.name for one in event.lineage.inputs] == [fronts[1].id, fronts[2].id]


def test_the_polygon_is_the_ice_that_is_missing() -> None:
    (event,) = find_events(series(CALVED), UNIT).events
    assert event.area_km2 == pytest.approx(true_area_km2(event.polygon), abs=0.001)
    inside = CORRIDOR.points_at(REST - 2_500.0)[BERG].mean(axis=0)
    width_km = event.width_km
    assert event.area_km2 == pytest.approx(5.0 * width_km, rel=0.05)
    assert event.polygon.contains(MultiLineString([[inside, inside + 10.0]]))
    assert event.area_uncertainty_km2 < 0.05 * event.area_km2


def test_lines_and_paths_agree_on_the_polygon() -> None:
    open_ended = [MultiLineString([line.geoms[0].coords[40:-40]]) for line in map(line_at, CALVED)]
    by_paths = [
        Sighting(make_front(unit=UNIT.name, shelf=UNIT.shelf, start=one.moment, line=line), SHA)
        for one, line in zip(series(CALVED), open_ended, strict=True)
    ]
    (closed,) = find_events(series(CALVED), UNIT).events
    (open_,) = find_events(by_paths, UNIT).events
    assert closed.lineage.parameters["polygon_from"] == "lines"
    assert open_.lineage.parameters["polygon_from"] == "paths"
    assert open_.area_km2 == pytest.approx(closed.area_km2, rel=0.02)


def test_two_bergs_of_one_day_are_numbered_the_largest_first() -> None:
    both = lost(5_000.0)
    small = slice(PATHS // 6, PATHS // 6 + 12)  # comes first along the front
    both[small] -= 3_000.0
    events = find_events(series([REST, REST, both, both]), UNIT).events
    assert [event.number for event in events] == [1, 2]
    assert events[0].calved_km2 > events[1].calved_km2
    assert len({event.id for event in events}) == 2


def test_a_year_without_fronts_makes_the_window_wide() -> None:
    (event,) = find_events(series(CALVED, [0, 12, 400, 412]), UNIT).events
    assert event.is_wide
    assert event.window_days == 388.0


def test_the_last_loss_waits_for_confirmation() -> None:
    (event,) = find_events(series(CALVED[:3]), UNIT).events
    assert event.status is EventStatus.UNCONFIRMED


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.ACCEPTED])
def test_only_accepted_fronts_count(status: Status) -> None:
    sightings = series(CALVED, status=status)
    assert find_events(sightings, UNIT).events == ()


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_the_order_in_which_fronts_come_does_not_matter(order: list[int]) -> None:
    sightings = series(CALVED)
    assert find_events([sightings[i] for i in order], UNIT) == find_events(sightings, UNIT)


def test_of_two_fronts_of_one_moment_the_surer_counts() -> None:
    sure, unsure = series([REST])[0], series([lost(5_000.0)], uncertainty_m=900.0)[0]
    assert accepted_in_time([unsure, sure]) == (sure,)
    assert accepted_in_time([sure, unsure]) == (sure,)


def odd_front(line: MultiLineString, days: float) -> Sighting:
    moment = START + timedelta(days=days)
    return Sighting(make_front(unit=UNIT.name, shelf=UNIT.shelf, start=moment, line=line), SHA)


def crossing_itself() -> MultiLineString:
    points = CORRIDOR.points_at(REST)
    loop = points[[10, 14, 12, 8, 16]]
    return MultiLineString([np.vstack([points[:10], loop, points[17:]])])


ODD = {
    "crosses itself": crossing_itself(),
    "has two points": MultiLineString([CORRIDOR.points_at(REST)[[0, -1]]]),
    "has two equal points": MultiLineString([[(0.0, 0.0), (0.0, 0.0)]]),
    "lies elsewhere": MultiLineString([[(0.0, 0.0), (1_000.0, 0.0)]]),
}


@pytest.mark.parametrize("name", ODD)
def test_a_front_that_is_odd_hides_no_calving(name: str) -> None:
    good = series(CALVED)
    odd = odd_front(ODD[name], 6.0)
    found = find_events([*good, odd], UNIT).events
    assert any(event.front_after == good[2].front.id for event in found)


@pytest.mark.parametrize("count", [0, 1])
def test_a_part_with_one_front_or_none_has_no_event(count: int) -> None:
    assert find_events(series(CALVED)[:count], UNIT).events == ()


def test_a_series_over_the_antimeridian_is_like_any_other() -> None:
    unit = find_unit("WesternRoss")
    corridor = corridors_of(unit)[0]
    rest = 0.5 * corridor.depth_m
    middle = len(rest) // 2
    calved = rest.copy()
    calved[middle - 100 : middle + 100] -= 20_000.0
    lines = [MultiLineString([corridor.points_at(one)]) for one in (rest, rest, calved, calved)]
    fronts: list[Front] = [
        make_front(unit=unit.name, shelf=unit.shelf, start=START + timedelta(days=i), line=line)
        for i, line in enumerate(lines)
    ]
    (event,) = find_events([Sighting(front, SHA) for front in fronts], unit).events
    assert event.area_km2 == pytest.approx(20.0 * event.width_km, rel=0.05)
