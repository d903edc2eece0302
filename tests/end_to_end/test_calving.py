"""A calving from the fronts to the reader: decided, found, released, shown, served, verified.

The commands are those of an operator, run in one process; only the fronts are drawn by the test.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import geopandas
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from catalog.calving import CalvingEvent, EventStatus
from catalog.cli import program
from catalog.items.calving import item_to_calving
from catalog.items.envelope import Item
from catalog.query import Released, Search
from catalog.release import Version
from catalog.settings import Settings, load_settings
from catalog.store import CatalogStore
from tests.factories import make_front
from tests.pipeline.test_calving_events import CALVED, START, UNIT, line_at
from tests.publish.records import fill, filled_in_publisher
from tests.web.api.serving import public_client

VERSION = Version(2020, 11)
REVIEWER = "Ada Ice"
FIRST_DAY = START + timedelta(days=180)  # winter: no month of melt
FRONTS = [
    make_front(
        unit=UNIT.name,
        shelf=UNIT.shelf,
        start=FIRST_DAY + timedelta(days=12 * number),
        line=line_at(distance_m),
        area_km2=None,
    )
    for number, distance_m in enumerate(CALVED)
]


def icelines(workspace: Path, *arguments: str) -> str:
    """What a command printed; a failed one fails the test."""
    result = CliRunner().invoke(program, ["--workspace", str(workspace), *arguments])
    assert result.exception is None, (arguments, result.output, result.exception)
    assert result.exit_code == 0, (arguments, result.output)
    return result.output


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A workspace in which a calving was decided, found, released and put on pages."""
    workspace = tmp_path_factory.mktemp("calved") / "workspace"
    settings = load_settings(workspace)
    filled_in_publisher(settings.workspace.publisher_file)
    with CatalogStore.open(settings) as store:
        fill(store, FRONTS)
    for front in FRONTS:
        # Decided by a person, so that this test does not hang on the rules of the check.
        reason = ("--reason", "calving_confirmed", "--reviewer", REVIEWER)
        icelines(workspace, "review", "accept", front.id, *reason)
    icelines(workspace, "check")
    icelines(workspace, "calve")
    icelines(workspace, "release", "build", str(VERSION), "--include", "simulated")
    icelines(workspace, "release", "publish", str(VERSION), "--doi-dry-run")
    icelines(workspace, "site", "build")
    return settings


@pytest.fixture
def event(settings: Settings) -> CalvingEvent:
    with CatalogStore.open(settings) as store:
        (stored,) = store.all_items(Search(collections=("calving-events",)), Released(VERSION))
    return item_to_calving(stored.item)


def test_the_event_lies_between_the_fronts_that_bound_it(event: CalvingEvent) -> None:
    before, after, later = FRONTS[1:]
    assert (event.front_before, event.front_after) == (before.id, after.id)
    assert (event.status, event.confirmed_by) == (EventStatus.CONFIRMED, (later.id,))
    assert event.window_days == 12.0


def test_every_file_for_geographers_has_it(settings: Settings, event: CalvingEvent) -> None:
    folder = settings.workspace.releases / str(VERSION)
    whole = geopandas.read_file(folder / "icelines-fronts.gpkg", layer="calving_events")
    own = geopandas.read_parquet(
        folder / f"shelves/{UNIT.shelf}/{UNIT.shelf}-calving-events.parquet"
    )
    for frame in (whole, own):
        assert list(frame.id) == [event.id]
        assert frame.geometry[0].equals(event.polygon)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["calving_events"] == 1


def test_provenance_leads_from_the_event_to_the_people(
    settings: Settings, event: CalvingEvent
) -> None:
    path = f"shelves/{UNIT.shelf}/{UNIT.shelf}-provenance.json"
    prov = json.loads((settings.workspace.releases / str(VERSION) / path).read_bytes())
    named = [one.sha256 for one in event.lineage.inputs]
    makers = {r["prov:entity"]: r["prov:activity"] for r in prov["wasGeneratedBy"].values()}
    decisions = [makers[f"revision:{digest}"] for digest in named]
    assert decisions == [f"decision:{front}.1" for front in (event.front_before, event.front_after)]
    people = {r["prov:activity"]: r["prov:agent"] for r in prov["wasAssociatedWith"].values()}
    assert {people[decision] for decision in decisions} == {"person:Ada%20Ice"}


def test_the_page_of_the_shelf_shows_it(settings: Settings, event: CalvingEvent) -> None:
    folder = settings.workspace.site / "shelves" / UNIT.shelf
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert f'id="event-{event.id}"' in page
    assert f'href="#front-{event.front_before}"' in page
    assert 'class="calved"' in page
    assert f"accepted by {REVIEWER}" in page
    assert event.id in (folder / "calving-events.csv").read_text(encoding="utf-8")
    releases = settings.workspace.site / "releases" / str(VERSION) / "index.html"
    assert "1 calving event between these fronts" in releases.read_text(encoding="utf-8")


def test_the_public_api_serves_it_with_both_fronts(settings: Settings, event: CalvingEvent) -> None:
    with CatalogStore.open(settings) as store:
        api = public_client(store, settings.workspace)
        answer = api.get("/stac/collections/calving-events/items").json()
        assert [feature["id"] for feature in answer["features"]] == [event.id]
        fronts = [served(api, link["href"]) for link in answer["features"][0]["links"]
                  if link["rel"] == "derived_from"]  # fmt: skip
    assert [front["id"] for front in fronts] == [event.front_before, event.front_after]
    reviewers = {front["properties"]["icelines:judgements"][0]["reviewer"] for front in fronts}
    assert reviewers == {REVIEWER}


def served(api: TestClient, href: str) -> Item:
    answer = api.get(urlsplit(href).path)
    assert answer.status_code == 200
    document: Item = answer.json()
    return document


def test_verification_finds_no_fault_in_it(settings: Settings) -> None:
    assert "lineage" in icelines(settings.workspace.root, "release", "verify", str(VERSION))


def test_all_of_it_again_changes_nothing(settings: Settings) -> None:
    with CatalogStore.open(settings) as store:
        before = [s.pin for s in store.all_items(Search())]
    for command in (("check",), ("calve",)):
        icelines(settings.workspace.root, *command)
    with CatalogStore.open(settings) as store:
        assert [s.pin for s in store.all_items(Search())] == before
