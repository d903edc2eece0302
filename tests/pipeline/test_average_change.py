from __future__ import annotations

from dataclasses import replace

from catalog.front import Front, Interval, Status
from pipeline.average_change import with_area_change, with_area_changes
from tests.factories import make_front


def with_area(area_km2: float | None, **changes: object) -> Front:
    return replace(make_front(), area_km2=area_km2, **changes)  # type: ignore[arg-type]


def changes(*fronts: Front) -> list[float | None]:
    return [front.area_change_km2 for front in with_area_changes(fronts)]


def test_each_is_told_against_the_one_before() -> None:
    assert changes(with_area(10.0), with_area(12.5), with_area(11.0)) == [None, 2.5, -1.5]


def test_what_is_doubted_or_has_no_area_is_passed_over() -> None:
    doubted = with_area(90.0, status=Status.IN_REVIEW)
    found = changes(with_area(10.0), doubted, with_area(None), with_area(11.0))
    assert found == [None, 80.0, None, 1.0]


def test_series_are_kept_apart() -> None:
    other = with_area(500.0, source="other")
    monthly = with_area(7.0, interval=Interval.MONTHLY)
    assert changes(with_area(10.0), other, monthly, with_area(11.0)) == [None, None, None, 1.0]


def test_a_period_without_an_average_is_passed_over() -> None:
    told = with_area_change(with_area(12.0), [None, with_area(10.0), with_area(1.0)])
    assert told.area_change_km2 == 2.0
