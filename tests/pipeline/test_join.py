from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from catalog.front import Front, Interval, JoinedPart, Reason, Status
from catalog.lineage import InputKind
from catalog.shelf import all_shelves, find_shelf, find_unit
from pipeline.average_period import AveragePeriod
from pipeline.average_rules import JoinRules
from pipeline.average_series import RecordedFront
from pipeline.join import join_fronts
from tests.factories import SHA, make_front
from tests.pipeline.averaged_fronts import on
from tests.pipeline.dated_fronts import line_at

GETZ = find_shelf("Getz")
SIX_DAYS = JoinRules(longest_gap_days=6.0)
LINES = {part.name: line_at(part.name, 0.4) for part in GETZ.parts}
MAY = AveragePeriod.of_months(Interval.MONTHLY, 2024, 5, 5)


def part_front(number: int, days: float = 0.0, **changes: Any) -> RecordedFront:
    """A daily front of Getz1, Getz2 or Getz3, so many days after 2 May."""
    unit = f"Getz{number}"
    start = on("2024-05-02") + timedelta(days=days)
    fields: dict[str, Any] = {
        "unit": unit, "shelf": "Getz", "start": start, "line": LINES[unit],
    }  # fmt: skip
    return RecordedFront(make_front(**{**fields, **changes}), SHA)


def average_of(number: int, **changes: Any) -> RecordedFront:
    period: dict[str, Any] = {"interval": Interval.MONTHLY, "start": MAY.start, "end": MAY.end}
    days: dict[str, Any] = {
        "dates": (date(2024, 5, 2 + number),),
        "observations": 1,
        "spread_m": 10.0,
    }
    return part_front(number, **{**period, **days, **changes})


def join(*fronts: RecordedFront) -> tuple[Front, ...]:
    return join_fronts(fronts, GETZ, SIX_DAYS)


def joined_days(fronts: tuple[Front, ...]) -> list[dict[str, int]]:
    """For each joined front the day of May of each part."""
    return [{p.unit: p.dates[0].day for p in f.parts if not p.is_missing} for f in fronts]


def test_parts_of_near_days_become_one_front_that_states_their_days() -> None:
    (found,) = join(part_front(1), part_front(2, 1.5), part_front(3, -2.0))
    assert (found.unit, found.shelf, found.interval) == ("Getz", "Getz", Interval.DAILY)
    assert [(p.unit, p.dates, p.gap_days) for p in found.parts] == [
        ("Getz1", (date(2024, 5, 2),), 0.0),
        ("Getz2", (date(2024, 5, 3),), 1.5),
        ("Getz3", (date(2024, 4, 30),), 2.0),
    ]
    assert (found.start, found.end) == (on("2024-04-30"), on("2024-05-03") + timedelta(hours=12))
    assert found.dates == (date(2024, 4, 30), date(2024, 5, 2), date(2024, 5, 3))
    assert found.id == "Getz_daily_20240430T060000_simulated"


def test_its_line_is_that_of_its_parts_and_its_area_their_sum() -> None:
    found = join(
        part_front(1, area_km2=100.0), part_front(2, area_km2=50.5), part_front(3, area_km2=7.0)
    )[0]
    assert found.area_km2 == 157.5
    assert found.line.length == pytest.approx(sum(line.length for line in LINES.values()))


def test_what_it_is_made_of_stands_in_its_lineage() -> None:
    fronts = [part_front(n) for n in (1, 2, 3)]
    found = join(*fronts)[0]
    assert [i.name for i in found.lineage.inputs_of(InputKind.FRONT)] == [
        one.front.id for one in fronts
    ]


def test_a_missing_part_is_said_and_not_invented() -> None:
    (found,) = join(part_front(1), part_front(3, 1.0), part_front(2, 20.0))
    assert found.parts[1] == JoinedPart("Getz2")
    assert found.reasons == (Reason.PART_MISSING,)
    assert found.area_km2 is None
    assert found.status is Status.ACCEPTED


def test_one_part_alone_is_not_joined() -> None:
    assert join(part_front(1), part_front(2, 7.0)) == ()
    assert join() == ()


def test_where_the_first_part_was_not_seen_the_next_takes_its_place() -> None:
    fronts = join(part_front(1), part_front(2, 1), part_front(2, 12), part_front(3, 14))
    assert joined_days(fronts) == [{"Getz1": 2, "Getz2": 3}, {"Getz2": 14, "Getz3": 16}]


def test_the_nearest_front_of_each_part_is_taken() -> None:
    (found,) = join(part_front(1), part_front(2, -5), part_front(2, 2), part_front(2, 4))
    assert joined_days((found,)) == [{"Getz1": 2, "Getz2": 4}]


def test_the_repeats_of_a_satellite_are_joined_pass_by_pass() -> None:
    passes = [part_front(n, 12 * i + n - 1) for i in range(3) for n in (1, 2, 3)]
    assert joined_days(join(*passes)) == [
        {"Getz1": 2, "Getz2": 3, "Getz3": 4},
        {"Getz1": 14, "Getz2": 15, "Getz3": 16},
        {"Getz1": 26, "Getz2": 27, "Getz3": 28},
    ]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 600)), max_size=25, unique=True),
    st.randoms(),
)
def test_whatever_was_seen_each_front_is_used_once_and_near_its_anchor(
    seen: list[tuple[int, int]], chance: Random
) -> None:
    fronts = [part_front(number, hours / 24) for number, hours in seen]
    found = join(*fronts)
    used = [p.front_id for f in found for p in f.parts if not p.is_missing]
    assert len(used) == len(set(used))
    assert len({front.id for front in found}) == len(found)
    assert all((p.gap_days or 0.0) <= 6.0 for f in found for p in f.parts)
    assert all(sum(not p.is_missing for p in f.parts) >= 2 for f in found)
    chance.shuffle(fronts)
    assert join(*fronts) == found


def test_averages_are_joined_by_their_period() -> None:
    june = {"start": on("2024-06-01"), "end": on("2024-06-30")}
    found = join(average_of(1), average_of(2), average_of(3), average_of(1, **june))
    (joined,) = found
    assert (joined.interval, joined.start, joined.end) == (Interval.MONTHLY, MAY.start, MAY.end)
    assert joined.observations == 3
    assert joined.dates == (date(2024, 5, 3), date(2024, 5, 4), date(2024, 5, 5))
    assert {part.gap_days for part in joined.parts} == {0.0}
    assert joined.spread_m == 10.0


def test_daily_fronts_and_averages_do_not_mix() -> None:
    assert join(average_of(1), part_front(2)) == ()


def test_status_and_reasons_are_those_of_the_worst_part() -> None:
    found = join(
        part_front(1),
        part_front(2, status=Status.PROVISIONAL, reasons=(Reason.RETREAT_UNCONFIRMED,)),
        part_front(3, reasons=(Reason.RETREAT_CONFIRMED,)),
    )[0]
    assert found.status is Status.PROVISIONAL
    assert found.reasons == (Reason.RETREAT_UNCONFIRMED, Reason.RETREAT_CONFIRMED)


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.REJECTED])
def test_a_doubtful_part_counts_as_missing(status: Status) -> None:
    doubtful = part_front(3, status=status, reasons=(Reason.LOW_CONFIDENCE,))
    found = join(part_front(1), part_front(2), doubtful)[0]
    assert found.parts[2].is_missing
    assert found.reasons == (Reason.PART_MISSING,)


def test_what_a_part_does_not_state_the_whole_does_not_state() -> None:
    fronts = [part_front(1), part_front(2), part_front(3, uncertainty_m=None, area_km2=None)]
    found = join(*fronts)[0]
    assert (found.uncertainty_m, found.area_km2) == (None, None)
    assert found.confidence == 0.93


def test_errors_per_vertex_follow_the_vertices() -> None:
    fronts = [
        replace(one, front=replace(one.front, vertex_uncertainty_m=tuple(
            float(number) for _ in shapely.get_coordinates(one.front.line)
        )))
        for number, one in ((n, part_front(n)) for n in (1, 2, 3))
    ]  # fmt: skip
    found = join(*fronts)[0]
    assert list(found.vertex_uncertainty_m) == sorted(found.vertex_uncertainty_m)
    assert join(fronts[0], fronts[1], part_front(3))[0].vertex_uncertainty_m == ()


@pytest.mark.parametrize("name", [shelf.name for shelf in all_shelves() if len(shelf.parts) > 1])
def test_on_every_shelf_the_pieces_follow_each_other_with_the_ice_on_the_left(name: str) -> None:
    shelf = find_shelf(name)
    fronts = [
        part_front(1, unit=part.name, shelf=name, line=line_at(part.name, 0.4))
        if part.name in LINES
        else RecordedFront(
            make_front(unit=part.name, shelf=name, line=line_at(part.name, 0.4)), SHA
        )
        for part in shelf.parts
    ]
    found = join_fronts(fronts, shelf, JoinRules())[0]
    if isinstance(find_unit(name).region, shapely.MultiPolygon):
        return  # two fronts that lie apart follow each other in no way
    pieces = list(found.line.geoms)
    gaps = [
        shapely.Point(one.coords[-1]).distance(shapely.Point(other.coords[0]))
        for one, other in pairwise(pieces)
    ]
    assert max(gaps) < found.line.length / 20
