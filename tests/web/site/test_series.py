from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog.front import Interval, Origin, Status
from tests.factories import make_front
from tests.web.site.samples import amery, annual, in_review, monthly, ross, shelf_content
from web.site.series import kinds_of, one_per_year, runs, series_of


def test_series_of_different_origin_source_or_interval_are_never_mixed() -> None:
    fronts = [monthly(1, 10.0), annual(2020, unit="Amery", shelf="Amery"), make_front()]
    keys = [series.key for series in series_of(shelf_content("Amery", fronts))]
    assert len(keys) == 3
    assert {key.origin for key in keys} == set(Origin)


def test_a_front_under_review_is_beside_the_line_and_not_in_it() -> None:
    (series,) = series_of(amery())
    assert all(front.status is Status.ACCEPTED for front in series.line)
    assert [front.status for front in series.doubtful] == [Status.IN_REVIEW]


def test_a_front_that_is_released_and_doubtful_now_is_counted_once() -> None:
    front = in_review(monthly(3, 10.0))
    shelf = shelf_content("Amery", [front], [front])
    assert shelf.under_review == 1
    assert len(series_of(shelf)[0].doubtful) == 1


def test_a_line_is_cut_where_data_are_missing() -> None:
    (series,) = series_of(ross())
    assert [len(run) for run in runs(series.line)] == [6, 5]


def test_a_line_without_gaps_is_one_run() -> None:
    fronts = tuple(monthly(month, 10.0) for month in range(1, 13))
    assert runs(fronts) == [fronts]


def test_daily_fronts_are_apart_when_their_usual_step_is_far_exceeded() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    days = [0, 12, 24, 36, 120, 132]
    fronts = tuple(make_front(start=start + timedelta(days=day)) for day in days)
    assert [len(run) for run in runs(fronts)] == [4, 2]


def test_the_parts_of_a_shelf_are_added_only_where_each_has_a_front() -> None:
    fronts = [
        monthly(1, 100.0, unit="Getz1", shelf="Getz"),
        monthly(2, 110.0, unit="Getz1", shelf="Getz"),
        monthly(3, 120.0, unit="Getz1", shelf="Getz"),
        monthly(1, 50.0, unit="Getz2", shelf="Getz"),
        monthly(3, 45.0, unit="Getz2", shelf="Getz"),
    ]
    (kind,) = kinds_of(shelf_content("Getz", fronts))
    assert [(t.words, t.area_km2) for t in kind.totals] == [
        ("Jan\u00a02026", 150.0),
        ("Mar\u00a02026", 165.0),
    ]
    assert kind.change_km2 == pytest.approx(15.0)


def test_a_change_needs_two_known_areas() -> None:
    (kind,) = kinds_of(shelf_content("Amery", [monthly(1, 10.0), monthly(2, None)]))
    assert kind.change_km2 is None


def test_our_own_fronts_lead_over_imported_and_simulated_ones() -> None:
    later = annual(2027, unit="Amery", shelf="Amery")
    simulated = make_front(start=datetime(2028, 1, 1, tzinfo=UTC))
    kinds = kinds_of(shelf_content("Amery", [later, monthly(1, 10.0), simulated]))
    assert kinds[0].origin is Origin.SENTINEL1


def test_a_series_that_is_all_in_review_still_has_its_place() -> None:
    (kind,) = kinds_of(shelf_content("Amery", [], [in_review(monthly(1, 10.0))]))
    assert kind.latest is None
    assert kind.totals == ()


def test_a_map_by_year_takes_the_last_front_of_each_year() -> None:
    fronts = (monthly(1, 1.0), monthly(9, 1.0), monthly(2, 1.0, year=2027))
    assert [f.start.month for f in one_per_year(fronts)] == [9, 2]


def test_slugs_are_distinct_within_a_shelf() -> None:
    fronts = [monthly(1, 1.0), make_front(), make_front(interval=Interval.ANNUAL)]
    slugs = [series.slug for series in series_of(shelf_content("Amery", fronts))]
    assert len(set(slugs)) == 3
