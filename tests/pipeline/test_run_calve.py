from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from shapely import MultiLineString

from catalog.calving import COLLECTION, CalvingEvent, CalvingKind, EventStatus
from catalog.corridor import corridors_of
from catalog.front import Front, Interval, Origin, Status
from catalog.items.calving import item_to_calving
from catalog.lineage import Input, InputKind, Lineage
from catalog.query import FrontFilter, Search
from catalog.settings import load_settings
from catalog.source import KNOWN_SOURCES
from catalog.store import CatalogStore
from catalog.vanished_shelves import find_charted_unit
from pipeline.run_calve import NOT_SHOWN, REPLACED, calve_catalogue
from tests.factories import make_front, make_imported_front
from tests.pipeline.test_calving_events import CALVED, REST, START, UNIT, line_at, series

ALL = FrontFilter()
FRONTS = [one.front for one in series(CALVED)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(tmp_path)) as opened:
        opened.record_fronts((front, ()) for front in FRONTS)
        yield opened


def recorded(store: CatalogStore) -> list[CalvingEvent]:
    found = store.all_items(Search(collections=(COLLECTION,)))
    return [item_to_calving(stored.item) for stored in found]


def test_events_are_written_down(store: CatalogStore) -> None:
    report = calve_catalogue(store, ALL)
    (event,) = recorded(store)
    assert report.events == (event,)
    assert report.outcome.new == 1
    assert report.by_status == {"confirmed": 1}
    assert event.id == f"{UNIT.name}_calving_20200129_simulated"


def test_the_lineage_pins_the_revisions_of_both_fronts(store: CatalogStore) -> None:
    calve_catalogue(store, ALL)
    (event,) = recorded(store)
    pinned = [store.get(front.collection, front.id).digest for front in FRONTS[1:3]]
    assert [one.sha256 for one in event.lineage.inputs] == pinned


def test_every_link_of_an_event_leads_to_a_record(store: CatalogStore) -> None:
    calve_catalogue(store, ALL)
    (event,) = store.all_items(Search(collections=(COLLECTION,)))
    hrefs = [link["href"] for link in event.item["links"] if link["rel"] == "derived_from"]
    names = [(href.split("/")[2], href.split("/")[4]) for href in hrefs]
    assert [store.get(*name).item["id"] for name in names] == [f.id for f in FRONTS[1:3]]


def test_finding_again_changes_nothing(store: CatalogStore) -> None:
    first = calve_catalogue(store, ALL)
    again = calve_catalogue(store, ALL)
    assert again.events == first.events
    assert (again.outcome.new, again.outcome.revised, again.withdrawn) == (0, 0, ())


def test_a_loss_that_is_no_longer_shown_is_withdrawn_and_kept(store: CatalogStore) -> None:
    calve_catalogue(store, ALL)
    for front in FRONTS[2:]:
        store.revise_front(front.with_verdict(Status.REJECTED, ()))
    report = calve_catalogue(store, ALL)
    (event,) = recorded(store)
    assert report.withdrawn == (event.id,)
    assert event.status is EventStatus.WITHDRAWN
    assert event.withdrawn == NOT_SHOWN
    assert report.events == ()
    assert calve_catalogue(store, ALL).withdrawn == ()


def test_an_event_whose_series_is_all_gone_is_withdrawn(store: CatalogStore) -> None:
    calve_catalogue(store, ALL)
    for front in FRONTS:
        store.revise_front(front.with_verdict(Status.REJECTED, ()))
    assert len(calve_catalogue(store, ALL).withdrawn) == 1


def test_a_late_scene_narrows_the_window_and_the_old_event_names_its_heir(
    store: CatalogStore,
) -> None:
    calve_catalogue(store, ALL)
    calved_before = make_front(
        unit=UNIT.name,
        shelf=UNIT.shelf,
        start=START + timedelta(days=18),
        line=line_at(CALVED[2]),
    )
    store.record_fronts([(calved_before, ())])
    report = calve_catalogue(store, ALL)
    old = next(e for e in recorded(store) if e.id in report.withdrawn)
    assert old.withdrawn == REPLACED
    assert old.superseded_by == (report.events[0].id,)
    assert report.events[0].window_days == 6.0


def test_an_event_that_is_shown_again_stands_again(store: CatalogStore) -> None:
    (first,) = calve_catalogue(store, ALL).events
    for front in FRONTS[2:]:
        store.revise_front(front.with_verdict(Status.REJECTED, ()))
    calve_catalogue(store, ALL)
    for front in FRONTS[2:]:
        store.revise_front(front)
    calve_catalogue(store, ALL)
    assert recorded(store) == [first]
    assert len(store.revisions(COLLECTION, first.id)) == 3


def test_a_line_that_is_redrawn_redraws_its_event(store: CatalogStore) -> None:
    (before,) = calve_catalogue(store, ALL).events
    for front in FRONTS[2:]:
        store.revise_front(replace(front, line=line_at(REST - 0.5 * (REST - CALVED[2]))))
    report = calve_catalogue(store, ALL)
    (after,) = recorded(store)
    assert report.outcome.revised == 1
    assert after.id == before.id
    assert after.area_km2 == pytest.approx(before.area_km2 / 2, rel=0.02)


def test_a_new_revision_of_a_front_is_named_by_its_event_once(store: CatalogStore) -> None:
    (before,) = calve_catalogue(store, ALL).events
    for front in FRONTS:
        store.revise_front(replace(front, area_change_km2=1.0))
    assert calve_catalogue(store, ALL).outcome.revised == 1
    assert calve_catalogue(store, ALL).outcome.revised == 0
    (after,) = recorded(store)
    assert replace(after, lineage=before.lineage) == before
    pinned = [store.get(front.collection, front.id).digest for front in FRONTS[1:3]]
    assert [one.sha256 for one in after.lineage.inputs] == pinned


def imported(unit: str = UNIT.name, interval: Interval = Interval.ANNUAL) -> list[Front]:
    return [
        make_imported_front(
            unit=unit,
            shelf=UNIT.shelf,
            interval=interval,
            start=front.start,
            end=front.start,
            line=front.line,
            imported_from=KNOWN_SOURCES["greene2022"],
        )
        for front in FRONTS
    ]


def test_fronts_of_others_are_looked_at_when_their_source_is_named(store: CatalogStore) -> None:
    store.record_fronts((front, ()) for front in imported())
    assert {e.origin for e in calve_catalogue(store, ALL).events} == {Origin.SIMULATED}
    (event,) = calve_catalogue(store, FrontFilter(sources=("greene2022",))).events
    assert event.origin is Origin.IMPORTED
    assert len(recorded(store)) == 2


def test_looking_at_one_source_withdraws_nothing_of_another(store: CatalogStore) -> None:
    calve_catalogue(store, ALL)
    assert calve_catalogue(store, FrontFilter(sources=("greene2022",))).withdrawn == ()
    assert calve_catalogue(store, FrontFilter(units=("Amery",))).withdrawn == ()


def test_averages_of_a_series_do_not_find_its_calvings_twice(store: CatalogStore) -> None:
    store.record_fronts(
        (replace(front, interval=Interval.MONTHLY, end=front.start + timedelta(days=3)), ())
        for front in FRONTS
    )
    report = calve_catalogue(store, ALL)
    assert (report.series, report.fronts) == (1, len(FRONTS))
    assert [event.interval for event in report.events] == [Interval.DAILY]


def test_the_joined_front_of_a_shelf_is_not_looked_at_beside_its_parts(
    store: CatalogStore,
) -> None:
    made_of = Lineage(inputs=(Input(InputKind.FRONT, FRONTS[0].id, "00" * 32),))
    store.record_fronts(
        (replace(front, unit="Getz", shelf="Getz", lineage=made_of), ()) for front in FRONTS
    )
    assert calve_catalogue(store, ALL).series == 1


def test_a_shelf_without_a_region_is_named_and_left_out(store: CatalogStore) -> None:
    store.record_fronts((front, ()) for front in imported("LarsenD"))
    report = calve_catalogue(store, FrontFilter(sources=("greene2022",)))
    assert report.without_region == ("LarsenD",)
    assert report.events == ()


def test_a_shelf_that_vanished_is_an_event_on_record(store: CatalogStore) -> None:
    unit = find_charted_unit("LarsenB")
    (corridor,) = corridors_of(unit)
    there, gone = (
        MultiLineString([corridor.points_at(share * corridor.depth_m)]) for share in (0.8, 0.1)
    )
    lines = (there, there, gone, gone)
    store.record_fronts(
        (replace(front, unit="LarsenB", shelf="LarsenB", line=line), ())
        for front, line in zip(imported(), lines, strict=True)
    )
    report = calve_catalogue(store, FrontFilter(units=("LarsenB",), sources=("greene2022",)))
    (event,) = report.events
    assert event.kind is CalvingKind.DISINTEGRATION
    assert (event.front_before, event.front_after) == tuple(
        f"LarsenB_annual_{day}_greene2022" for day in ("20200117", "20200129")
    )
    assert report.without_region == ()


def test_an_empty_catalogue_has_no_events(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path / "empty")) as empty:
        report = calve_catalogue(empty, ALL)
    assert (report.series, report.fronts, report.events) == (0, 0, ())


def test_a_front_at_rest_calves_nothing(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path / "still")) as still:
        still.record_fronts((one.front, ()) for one in series([REST] * 5))
        assert calve_catalogue(still, ALL).events == ()
