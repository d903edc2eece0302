"""Calving events in a release: chosen, pinned, packed in every format, verified."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet
import pyogrio
import pytest
import stac_geoparquet.arrow

from catalog.calving import CalvingEvent, EventStatus
from catalog.columns import EVENT_COLUMNS
from catalog.front import Front, Origin, Reason, Status
from catalog.items.calving import calving_to_item
from catalog.lineage import Input, InputKind, Judgement, Lineage
from catalog.query import Released
from catalog.release import ReleaseState
from catalog.review import Action, DecisionReason
from catalog.source import KNOWN_SOURCES
from catalog.store import CatalogStore
from catalog.validate import ItemValidator
from publish.content import FrozenContent, Inclusion
from publish.errors import DanglingLineage, NothingNew
from publish.freeze import freeze
from publish.verify import verify_release
from tests.factories import AMERY_LINE, make_calving, make_imported_front
from tests.publish.records import (
    DECEMBER,
    NOVEMBER,
    SCENE_ID,
    BuiltHouse,
    House,
    fill,
    lineage,
    monthly_front,
    own_front,
    simulated_front,
)

CUT_OFF = date(2026, 10, 31)
JUDGED = Judgement(
    number=1,
    action=Action.ACCEPT,
    reason=DecisionReason.CALVING_CONFIRMED,
    reviewer="Ada Ice",
    decided_at=datetime(2026, 10, 2, 9, tzinfo=UTC),
    revision_sha256="12" * 32,
)
BEFORE = own_front()
AFTER = own_front(
    start=datetime(2026, 9, 24, 8, 12, 33, tzinfo=UTC),
    reasons=(Reason.ACCEPTED_BY_REVIEWER,),
    lineage=replace(lineage(), judgements=(JUDGED,)),
)
LATER = own_front(start=datetime(2026, 10, 6, 8, 12, 33, tzinfo=UTC))


def event_between(
    store: CatalogStore, before: Front = BEFORE, after: Front = AFTER, **changes: Any
) -> CalvingEvent:
    """A confirmed event of Amery that names the revisions on record."""
    inputs = tuple(
        Input(InputKind.FRONT, front.id, store.get(front.collection, front.id).digest)
        for front in (before, after)
    )
    fields: dict[str, Any] = {
        "origin": after.origin,
        "source": after.source,
        "interval": after.interval,
        "start": before.start,
        "end": after.end,
        "front_before": before.id,
        "front_after": after.id,
        "scenes_before": (SCENE_ID,),
        "scenes_after": (SCENE_ID,),
        "confirmed_by": (LATER.id,),
        "lineage": Lineage(inputs=inputs, code_version="0.1.0"),
    }
    return make_calving(**{**fields, **changes})


def imported_in(year: int) -> Front:
    day = datetime(year, 3, 1, tzinfo=UTC)
    return make_imported_front(unit="Amery", shelf="Amery", start=day, end=day, line=AMERY_LINE)


def record(store: CatalogStore, *events: CalvingEvent) -> None:
    store.record_items(map(calving_to_item, events))


def fill_with_event(house: House) -> CalvingEvent:
    fill(house.store, [BEFORE, AFTER, LATER, monthly_front()])
    event = event_between(house.store)
    record(house.store, event)
    return event


@pytest.fixture
def calved(empty_house: House) -> House:
    fill_with_event(empty_house)
    return empty_house


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltHouse]:
    house = House(tmp_path_factory.mktemp("calved") / "workspace")
    fill_with_event(house)
    yield BuiltHouse(house, house.build())
    house.store.close()


def frozen(house: House, *include: str, cut_off: date = CUT_OFF) -> FrozenContent:
    return freeze(house.store, NOVEMBER, Inclusion.parse(include), cut_off, ())


def names(content: FrozenContent) -> list[str]:
    return [one.event.id for one in content.events]


def test_an_event_between_two_fronts_is_pinned_with_them(calved: House) -> None:
    content = frozen(calved)
    assert names(content) == [event_between(calved.store).id]
    assert ("calving-events", names(content)[0]) in {
        (pin.collection, pin.item_id) for pin in content.pins
    }
    assert content.event_changes.new == 1
    assert content.changes.new == 4


def test_a_window_that_ends_after_the_cut_off_waits(calved: House) -> None:
    assert names(frozen(calved, cut_off=date(2026, 9, 23))) == []


def test_fronts_after_the_cut_off_may_confirm_what_was_before_it(calved: House) -> None:
    content = frozen(calved, cut_off=date(2026, 9, 30))
    assert LATER.id not in {one.front.id for one in content.fronts}
    assert content.events[0].event.confirmed_by == (LATER.id,)


def test_withdrawn_events_are_not_released(calved: House) -> None:
    record(calved.store, event_between(calved.store).withdraw("seen again"))
    assert names(frozen(calved)) == []


def test_events_of_simulated_and_of_imported_fronts_follow_their_fronts(calved: House) -> None:
    earlier, later = imported_in(2019), imported_in(2020)
    sim_after = simulated_front(start=AFTER.start)
    calved.store.record_fronts((f, ()) for f in (earlier, later, simulated_front(), sim_after))
    imported = event_between(calved.store, earlier, later, confirmed_by=(later.id,))
    simulated = event_between(
        calved.store, simulated_front(), sim_after, confirmed_by=(sim_after.id,)
    )
    record(calved.store, imported, simulated)
    own = event_between(calved.store).id
    assert names(frozen(calved)) == [own]
    assert names(frozen(calved, "imported:greene2022")) == [imported.id, own]
    assert set(names(frozen(calved, "simulated"))) == {own, simulated.id}


def test_an_event_of_fronts_that_have_changed_since_is_refused(calved: House) -> None:
    calved.store.revise_front(replace(AFTER, confidence=0.5))
    with pytest.raises(DanglingLineage, match="icelines calve"):
        frozen(calved)


def test_an_event_whose_front_is_rejected_is_refused(calved: House) -> None:
    calved.store.revise_front(BEFORE.with_verdict(Status.REJECTED, ()))
    with pytest.raises(DanglingLineage, match=BEFORE.id):
        frozen(calved)


def test_an_event_that_a_rejected_front_confirms_is_refused(calved: House) -> None:
    calved.store.revise_front(LATER.with_verdict(Status.REJECTED, ()))
    with pytest.raises(DanglingLineage, match=f"confirmed by {LATER.id}"):
        frozen(calved)


def test_an_event_confirmed_by_what_is_not_on_record_is_refused(calved: House) -> None:
    record(calved.store, event_between(calved.store, confirmed_by=("Amery_daily_1_x",)))
    with pytest.raises(DanglingLineage, match="Amery_daily_1_x"):
        frozen(calved)


def test_a_new_event_alone_is_enough_for_a_new_release(empty_house: House) -> None:
    fill(empty_house.store, [BEFORE, AFTER, LATER])
    first = empty_house.build().release
    empty_house.store.save_release(replace(first, state=ReleaseState.PUBLISHED))
    with pytest.raises(NothingNew):
        empty_house.build(DECEMBER)
    record(empty_house.store, event_between(empty_house.store))
    manifest = json.loads((empty_house.build(DECEMBER).folder / "manifest.json").read_bytes())
    assert manifest["changes"]["new"] == 0
    assert manifest["calving_event_changes"]["new"] == 1


def test_a_release_without_events_has_no_files_of_them(built: BuiltHouse) -> None:
    assert not [file.path for file in built.release.files if "calving" in file.path]
    assert "calving_events" not in pyogrio.list_layers(built.folder / "icelines-fronts.gpkg")[:, 0]
    assert json.loads((built.folder / "manifest.json").read_bytes())["calving_events"] == 0
    assert "## Calving events" not in (built.folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize("stem", ["icelines", "shelves/Amery/Amery"])
def test_every_format_holds_the_event_with_polygon_and_area(
    released: BuiltHouse, stem: str
) -> None:
    event = event_between(released.house.store)
    layer = geopandas.read_file(released.folder / f"{stem}-fronts.gpkg", layer="calving_events")
    table = geopandas.read_parquet(released.folder / f"{stem}-calving-events.parquet")
    for frame in (layer, table):
        assert list(frame.columns) == [*(c.name for c in EVENT_COLUMNS), "geometry"]
        assert frame.crs == "EPSG:3031"
        assert frame.id[0] == event.id
        assert frame.geometry[0].equals(event.polygon)
        assert (frame.area_km2[0], frame.area_uncertainty_km2[0]) == (206.5, 1.9)
        assert (frame.front_before[0], frame.front_after[0]) == (BEFORE.id, AFTER.id)
    with (released.folder / f"{stem}-calving-events.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["calved_km2"] == "207.3"
    assert (row["start"], row["end"]) == ("2026-09-12T08:12:33Z", "2026-09-24T08:12:33Z")
    assert row["attribution"] == "Contains modified Copernicus Sentinel data 2026"


def test_the_shapefile_has_the_event_under_its_short_names(
    released: BuiltHouse, tmp_path: Path
) -> None:
    with zipfile.ZipFile(released.folder / "icelines-fronts-shapefile.zip") as archive:
        archive.extractall(tmp_path)
        fields = archive.read("FIELDS.txt").decode()
    frame = geopandas.read_file(tmp_path / "calving_events.shp")
    assert list(frame.columns) == [*(c.dbf_name for c in EVENT_COLUMNS), "geometry"]
    assert frame.FRONT_AFT[0] == AFTER.id
    assert frame.AREA_KM2[0] == 206.5
    assert frame.geometry[0].area == pytest.approx(event_between(released.house.store).polygon.area)
    assert "AERR_KM2    area_uncertainty_km2 [km2]" in fields


def test_a_shelf_without_events_has_no_file_of_them(released: BuiltHouse) -> None:
    getz = [file.path for file in released.release.files if "/Getz/" in file.path]
    assert getz
    assert not [path for path in getz if "calving" in path]


def test_short_names_of_events_fit_and_differ() -> None:
    short = [column.dbf_name for column in EVENT_COLUMNS]
    assert max(map(len, short)) <= 10
    assert len(set(short)) == len(short)


def test_events_of_others_fronts_name_their_source_and_who_found_them(calved: House) -> None:
    earlier, later = imported_in(2019), imported_in(2020)
    calved.store.record_fronts((front, ()) for front in (earlier, later))
    record(calved.store, event_between(calved.store, earlier, later, confirmed_by=(later.id,)))
    folder = calved.build(NOVEMBER, "imported:greene2022").folder
    table = geopandas.read_parquet(folder / "icelines-calving-events.parquet")
    row = table[table.origin == Origin.IMPORTED].iloc[0]
    assert row.licence == KNOWN_SOURCES["greene2022"].licence
    assert "Greene" in row.citation
    assert row.attribution.startswith(f"Found by {calved.publisher.name} in ")
    assert row.provider == calved.publisher.name


def test_the_item_of_an_event_comes_back_valid_with_links_that_the_release_holds(
    released: BuiltHouse, shared_schemas: Path
) -> None:
    table = pyarrow.parquet.read_table(released.folder / "items-calving-events.parquet")
    (item,) = stac_geoparquet.arrow.stac_table_to_items(table)
    links = [link for link in item["links"] if link["rel"] == "derived_from"]
    root = f"{released.house.publisher.public_url}/stac/collections/fronts-daily/items"
    assert [link["href"] for link in links] == [f"{root}/{BEFORE.id}", f"{root}/{AFTER.id}"]
    assert [link["title"] for link in links] == ["Front before", "Front after"]
    view = Released(NOVEMBER)
    stored = released.house.store.get("calving-events", item["id"], view)
    assert list(ItemValidator(shared_schemas).faults(stored.item)) == []
    for front in (BEFORE, AFTER):
        assert released.house.store.get(front.collection, front.id, view).digest in {
            entry["sha256"] for entry in stored.item["properties"]["icelines:inputs"]
        }


def test_the_words_of_a_release_count_and_explain_its_events(released: BuiltHouse) -> None:
    readme = (released.folder / "README.md").read_text("utf-8")
    assert "| Calving events | 1, against the version before 1 new" in readme
    assert "| `outflow_km2` | `OUTFL_KM2` | km2 |" in readme
    assert "1 calving event between them" in readme
    metadata = json.loads((released.folder / "datacite.json").read_bytes())
    assert metadata["sizes"] == ["4 fronts of 2 ice shelves", "1 calving event"]


def test_provenance_tells_what_people_decided(released: BuiltHouse) -> None:
    path = released.folder / "shelves/Amery/Amery-provenance.json"
    prov = json.loads(path.read_bytes())
    decision = f"decision:{AFTER.id}.1"
    digest = released.house.store.get(AFTER.collection, AFTER.id).digest
    assert prov["activity"][decision]["prov:startTime"] == "2026-10-02T09:00:00Z"
    assert prov["agent"]["person:Ada%20Ice"]["prov:label"] == "Ada Ice"
    made = {r["prov:entity"]: r["prov:activity"] for r in prov["wasGeneratedBy"].values()}
    assert made[f"revision:{digest}"] == decision
    event = event_between(released.house.store)
    stored = released.house.store.get("calving-events", event.id)
    sources = {
        r["prov:usedEntity"]
        for r in prov["wasDerivedFrom"].values()
        if r["prov:generatedEntity"] == f"revision:{stored.digest}"
    }
    assert f"revision:{digest}" in sources


def test_a_sound_release_with_events_has_no_fault(released: BuiltHouse) -> None:
    house = released.house
    checks = {c.name: c for c in verify_release(house.store, house.workspace, released.release)}
    assert {name: check.faults for name, check in checks.items() if check.faults} == {}
    assert checks["lineage"].finding == "10 links"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"confidence": 0.5}, "names another revision of"),
        ({"status": Status.REJECTED}, "which is not in it"),
    ],
    ids=["another revision", "not in it"],
)
def test_verification_finds_what_leads_nowhere(
    calved: House, changes: dict[str, Any], fault: str
) -> None:
    release = calved.build().release
    if "status" in changes:
        kept = [p for p in calved.store.pins(NOVEMBER) if p.item_id != AFTER.id]
    else:
        calved.store.revise_front(replace(AFTER, **changes))
        new = calved.store.get(AFTER.collection, AFTER.id).pin
        kept = [new if p.item_id == AFTER.id else p for p in calved.store.pins(NOVEMBER)]
    calved.store.save_release(release, kept)
    checks = {c.name: c for c in verify_release(calved.store, calved.workspace, release)}
    assert any(fault in text for text in checks["lineage"].faults)


def test_an_unconfirmed_event_is_released_as_such(calved: House) -> None:
    record(
        calved.store,
        event_between(calved.store, status=EventStatus.UNCONFIRMED, confirmed_by=()),
    )
    assert frozen(calved).events[0].event.status is EventStatus.UNCONFIRMED
