from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
import shapely

from catalog.errors import InputError
from catalog.front import Interval, Reason, Status
from catalog.importing.read import Outcome, ReadOptions
from catalog.importing.run import import_fronts
from catalog.query import FrontFilter
from catalog.review import Action, following
from catalog.review_verdict import decided_front
from catalog.source import KNOWN_SOURCES
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome
from catalog.validate import ItemValidator
from tests.catalog.importing.files import AMERY, AMERY_LATER, write
from tests.catalog.records import open_store

GREENE = KNOWN_SOURCES["greene2022"]
ANNUAL = ReadOptions(interval=Interval.ANNUAL)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def two_fronts(tmp_path: Path) -> Path:
    dates = ["20200314", "20210315"]
    lines = [AMERY, AMERY_LATER]
    return write(tmp_path / "in" / "a.gpkg", lines, shelf=["Amery"] * 2, date=dates)


def test_fronts_are_recorded_with_their_line_as_a_file(
    store: CatalogStore, two_fronts: Path
) -> None:
    report = import_fronts(two_fronts, GREENE, ANNUAL, store)
    assert report.outcome == RecordOutcome(new=2)
    assert dict(report.units) == {"Amery": 2}
    item = store.get("fronts-annual", "Amery_annual_20200314_greene2022").item
    assert store.objects.existing_path(item["assets"]["line"]["href"]).is_file()
    assert item["properties"]["license"] == "MIT"


def test_importing_again_changes_nothing(store: CatalogStore, two_fronts: Path) -> None:
    import_fronts(two_fronts, GREENE, ANNUAL, store)
    before = store.stored_fronts()
    report = import_fronts(two_fronts, GREENE, ANNUAL, store)
    assert report.outcome == RecordOutcome(unchanged=2)
    assert store.stored_fronts() == before


def test_importing_again_keeps_what_was_judged_since(store: CatalogStore, two_fronts: Path) -> None:
    import_fronts(two_fronts, GREENE, ANNUAL, store)
    checked, decided = store.fronts()
    store.revise_front(checked.with_verdict(Status.IN_REVIEW, (Reason.FAR_OFF,), -3.0))
    decision = following(
        (),
        collection=decided.collection,
        front_id=decided.id,
        revision_digest=store.get(decided.collection, decided.id).digest,
        action=Action.REJECT,
        reviewer="ada",
        decided_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    store.review.add_decision(decision)
    store.revise_front(decided_front(decided, [decision]))
    before = store.stored_fronts()
    assert import_fronts(two_fronts, GREENE, ANNUAL, store).outcome == RecordOutcome(unchanged=2)
    assert store.stored_fronts() == before


def test_another_line_comes_with_the_verdict_of_its_source(
    store: CatalogStore, two_fronts: Path
) -> None:
    import_fronts(two_fronts, GREENE, ANNUAL, store)
    later = store.fronts()[1]
    store.revise_front(later.with_verdict(Status.IN_REVIEW, (Reason.FAR_OFF,)))
    write(two_fronts, [AMERY], shelf=["Amery"], date=["20210315"])
    import_fronts(two_fronts, GREENE, ANNUAL, store)
    again = store.fronts()[1]
    assert (again.id, again.status, again.reasons) == (later.id, Status.ACCEPTED, ())


def test_an_interrupted_import_is_completed_by_the_next(
    store: CatalogStore, two_fronts: Path
) -> None:
    def interrupted(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        yield from islice(outcomes, 2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_fronts(two_fronts, GREENE, ANNUAL, store, track=interrupted)
    assert store.fronts() == []
    assert import_fronts(two_fronts, GREENE, ANNUAL, store).outcome == RecordOutcome(new=2)


def test_a_changed_file_makes_new_revisions(store: CatalogStore, two_fronts: Path) -> None:
    import_fronts(two_fronts, GREENE, ANNUAL, store)
    write(two_fronts, [AMERY], shelf=["Amery"], date=["20210315"])
    report = import_fronts(two_fronts, GREENE, ANNUAL, store)
    assert report.outcome == RecordOutcome(revised=1)
    assert len(store.revisions("fronts-annual", "Amery_annual_20210315_greene2022")) == 2


def test_what_is_wrong_is_reported_and_the_rest_recorded(
    store: CatalogStore, two_fronts: Path
) -> None:
    (two_fronts.parent / "empty.gpkg").touch()
    report = import_fronts(two_fronts.parent, GREENE, ANNUAL, store)
    assert report.outcome == RecordOutcome(new=2)
    assert [problem.where for problem in report.problems] == ["empty.gpkg"]


def test_stopping_early_raises_the_first_problem(store: CatalogStore, two_fronts: Path) -> None:
    (two_fronts.parent / "0.gpkg").touch()
    with pytest.raises(InputError, match=r"0\.gpkg: is empty"):
        import_fronts(two_fronts.parent, GREENE, ANNUAL, store, keep_going=False)
    assert store.fronts() == []


def test_fronts_without_area_are_counted_where_the_region_is_known(
    store: CatalogStore, tmp_path: Path
) -> None:
    half = shapely.LineString(AMERY.coords[:2])
    path = write(tmp_path / "a.gpkg", [half, AMERY], shelf=["Amery", "Larsen_B"], date=["2020"] * 2)
    report = import_fronts(path, GREENE, ANNUAL, store)
    assert dict(report.without_area) == {"Amery": 1}


def test_648_real_fronts_become_valid_items(
    store: CatalogStore, shared_data: Path, shared_schemas: Path
) -> None:
    import geopandas as gpd

    path = shared_data / "fronts" / "greene2022_fronts_epsg3031.gpkg"
    report = import_fronts(path, GREENE, ReadOptions(), store)
    assert report.outcome == RecordOutcome(new=648)
    assert len(report.units) == 27
    validator = ItemValidator(shared_schemas)
    per_unit = {
        stored.item["properties"]["icelines:unit"]: stored for stored in store.stored_fronts()
    }
    assert [fault for s in per_unit.values() for fault in validator.faults(s.item)] == []
    delivered = gpd.read_file(path)
    ross = delivered[(delivered["shelf"] == "Western_Ross") & (delivered["DATE_"] == "2000-03-14")]
    (recorded,) = (
        front
        for front in store.fronts(FrontFilter(units=("WesternRoss",)))
        if front.start.date().isoformat() == "2000-03-14"
    )
    assert recorded.line.wkb == ross.geometry.iloc[0].wkb
