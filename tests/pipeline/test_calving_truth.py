"""Simulated fronts calve at known times: every calving is found in its window, with its area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from shapely import LineString, MultiLineString, Polygon

from catalog.area import true_area_km2
from catalog.calving import CalvingEvent, EventStatus
from catalog.front import Status
from catalog.shelf import Part, find_part, find_unit
from pipeline.calving_events import SeriesEvents, find_events
from pipeline.sightings import Sighting
from pipeline.simulate.moving_front import FrontPosition, front_at, front_line
from pipeline.simulate.noise import rng_of, rough_curve
from pipeline.simulate.scenario import Scenario, calving_time, scenario_of
from tests.factories import SHA, make_front

SEED = 27
WIDE = tuple(pytest.param(name, marks=pytest.mark.long) for name in ("Getz2", "Totten", "Ross3"))
PARTS = ("Bach", "David", "Venable", *WIDE)
FIRST, LAST = datetime(2014, 10, 3, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
EVERY = timedelta(days=48)
ERROR_M = 60.0  # of the traced fronts of simulated scenes, about
ERROR_BENDS_M = 3_000.0
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Case:
    part: Part
    scenario: Scenario
    sightings: tuple[Sighting, ...]
    found: SeriesEvents

    @property
    def calvings(self) -> list[datetime]:
        """When the part calved between the first and the last front."""
        times = (calving_time(number, self.scenario) for number in range(-3, 6))
        inside = self.sightings[0].moment, self.sightings[-1].moment
        return [time for time in times if inside[0] < time < inside[1]]

    def true_area_km2(self, calving: datetime) -> float:
        before, after = (
            front_at(self.part, calving + shift, self.scenario, SEED).points
            for shift in (-MOMENT, MOMENT)
        )
        return true_area_km2(Polygon(np.vstack([before, after[::-1]])).buffer(0))


def moments() -> Iterator[datetime]:
    moment = FIRST
    while moment < LAST:
        yield moment
        moment += EVERY


def seen(part: Part, moment: datetime, scenario: Scenario) -> Sighting:
    """The true front, moved by an error that bends as those of a network do."""
    truth = front_at(part, moment, scenario, SEED)
    along = truth.corridor.along_m
    rng = rng_of(SEED, "error", part.name, moment.isoformat())
    error = ERROR_M * rough_curve(along, ERROR_BENDS_M, 500.0, rng)
    line = front_line(part, FrontPosition(truth.corridor, truth.distance_m + error))
    sparse = MultiLineString([LineString(piece.coords).simplify(20.0) for piece in line.geoms])
    front = make_front(
        unit=part.name,
        shelf=part.shelf,
        start=moment,
        line=sparse,
        uncertainty_m=ERROR_M,
        status=Status.ACCEPTED,
    )
    return Sighting(front, SHA)


@pytest.fixture(scope="module", params=PARTS)
def case(request: pytest.FixtureRequest) -> Case:
    part = find_part(request.param)
    scenario = scenario_of(part.name, SEED)
    sightings = tuple(seen(part, moment, scenario) for moment in moments())
    return Case(part, scenario, sightings, find_events(sightings, find_unit(part.name)))


def event_at(case: Case, calving: datetime) -> CalvingEvent:
    around = [e for e in case.found.events if e.start <= calving <= e.end]
    assert around, f"the calving of {calving} was not found"
    return max(around, key=lambda event: event.calved_km2)


def test_every_calving_is_found_in_its_window_and_nothing_else(case: Case) -> None:
    assert case.calvings
    windows = {(event_at(case, t).start, event_at(case, t).end) for t in case.calvings}
    assert len(windows) == len(case.calvings)
    assert all(end - start == EVERY for start, end in windows)
    assert {(event.start, event.end) for event in case.found.events} == windows


def test_the_area_is_right(case: Case) -> None:
    for calving in case.calvings:
        window = event_at(case, calving)
        pieces = [e for e in case.found.events if e.end == window.end]
        found = sum(e.calved_km2 for e in pieces)
        truth = case.true_area_km2(calving)
        assert found == pytest.approx(truth, rel=0.02)


def test_later_fronts_confirm_them(case: Case) -> None:
    assert {event.status for event in case.found.events} == {EventStatus.CONFIRMED}


def test_nothing_is_called_slow_retreat(case: Case) -> None:
    assert case.found.slow_retreats == 0
