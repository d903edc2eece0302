from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely import MultiLineString

from catalog.front import Front, Reason, Status
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.run_check import check_catalogue
from pipeline.settings import ProcessingSettings
from tests.factories import make_front, make_imported_front

RULES = ProcessingSettings().check_rules
START = datetime(2026, 3, 3, 6, tzinfo=UTC)
LINE = MultiLineString([[(2_000_000.0, 700_000.0), (2_040_000.0, 700_000.0)]])
AREAS_KM2 = (2_000.0, 2_002.0, 1_700.0, 2_006.0, 2_008.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(tmp_path)) as opened:
        opened.record_fronts((front, ()) for front in series())
        yield opened


def series(unit: str = "LarsenB") -> list[Front]:
    return [
        make_front(
            unit=unit,
            start=START + timedelta(days=12 * i),
            line=LINE,
            area_km2=area,
            status=Status.PROVISIONAL,
        )
        for i, area in enumerate(AREAS_KM2)
    ]


def test_verdicts_are_written_down(store: CatalogStore) -> None:
    report = check_catalogue(store, RULES)
    assert (report.series, report.fronts, report.changed) == (1, 5, 5)
    assert report.by_status == {"accepted": 4, "in_review": 1}
    doubtful = store.fronts()[2]
    assert doubtful.status is Status.IN_REVIEW
    assert doubtful.reasons == (Reason.AREA_LOST_AND_REGAINED,)
    assert store.fronts()[3].area_change_km2 == pytest.approx(4.0)
    assert report.in_review == ((doubtful.id, "area_lost_and_regained"),)


def test_checking_again_writes_no_revision(store: CatalogStore) -> None:
    check_catalogue(store, RULES)
    again = check_catalogue(store, RULES)
    assert again.changed == 0
    assert {len(store.revisions(f.collection, f.id)) for f in store.fronts()} == {2}


def test_only_what_new_fronts_change_becomes_a_revision(store: CatalogStore) -> None:
    check_catalogue(store, RULES)
    calved = make_front(
        unit="LarsenB",
        start=START + timedelta(days=72),
        line=LINE,
        area_km2=1_500.0,
        status=Status.PROVISIONAL,
    )
    store.record_fronts([(calved, ())])
    assert check_catalogue(store, RULES).changed == 1
    assert store.fronts()[-1].reasons == (Reason.RETREAT_UNCONFIRMED,)


def test_each_series_is_judged_by_itself(store: CatalogStore) -> None:
    store.record_fronts((front, ()) for front in series("Wordie"))
    report = check_catalogue(store, RULES)
    assert report.series == 2
    assert report.by_status == {"accepted": 8, "in_review": 2}


def test_imported_fronts_keep_the_verdict_of_their_source(store: CatalogStore) -> None:
    theirs = make_imported_front(status=Status.REJECTED, reasons=(Reason.ELIMINATED_BY_SOURCE,))
    store.record_fronts([(theirs, ())])
    report = check_catalogue(store, RULES)
    assert report.fronts == 5
    assert theirs in store.fronts()


def test_an_empty_catalogue_has_nothing_to_check(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path / "empty")) as empty:
        report = check_catalogue(empty, RULES)
    assert (report.series, report.fronts, report.changed) == (0, 0, 0)
