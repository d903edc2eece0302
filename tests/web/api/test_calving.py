"""Calving events and people's judgements through the API: served, linked, asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from catalog.calving import CalvingKind
from catalog.items.calving import calving_to_item
from catalog.lineage import Input, InputKind, Judgement, Lineage
from catalog.query import Search
from catalog.release import ReleaseState
from catalog.review import Action, DecisionReason
from catalog.settings import Workspace
from catalog.store import CatalogStore
from catalog.validate import ItemValidator
from tests.catalog.records import open_store
from tests.factories import make_calving, make_front, make_lineage
from tests.web.api.serving import PUBLIC, public_client, working_client
from tests.web.site.samples import release_record

EVENTS = "/stac/collections/calving-events"
JUDGED = Judgement(
    1, Action.ACCEPT, DecisionReason.CALVING_CONFIRMED, "ada",
    datetime(2026, 10, 2, 9, tzinfo=UTC), "12" * 32,
)  # fmt: skip
BEFORE = make_front()
AFTER = make_front(
    start=datetime(2026, 9, 24, 8, 12, 33, tzinfo=UTC),
    lineage=replace(make_lineage(), judgements=(JUDGED,)),
)
LATER = make_front(start=datetime(2026, 10, 6, 8, 12, 33, tzinfo=UTC))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogStore]:
    """Three fronts, the event between the first two, and one that nothing has confirmed."""
    with open_store(tmp_path_factory.mktemp("calved")) as opened:
        opened.record_fronts((front, ()) for front in (BEFORE, AFTER, LATER))
        inputs = tuple(
            Input(InputKind.FRONT, f.id, opened.get(f.collection, f.id).digest)
            for f in (BEFORE, AFTER)
        )
        event = make_calving(lineage=Lineage(inputs=inputs))
        fall = make_calving(
            kind=CalvingKind.DISINTEGRATION, start=AFTER.start, end=LATER.start, area_km2=900.0,
            front_before=AFTER.id, front_after=LATER.id,
        )  # fmt: skip
        opened.record_items(map(calving_to_item, (event, fall)))
        yield opened


@pytest.fixture(scope="module")
def api(store: CatalogStore, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return working_client(store, Workspace(tmp_path_factory.mktemp("workspace")))


def ids(api: TestClient, **parameters: str) -> list[str]:
    answer = api.get(f"{EVENTS}/items", params=parameters)
    assert answer.status_code == 200, answer.json()
    return [feature["id"] for feature in answer.json()["features"]]


def test_the_collection_serves_its_events_and_their_time(api: TestClient) -> None:
    assert len(ids(api)) == 2
    (interval,) = api.get(EVENTS).json()["extent"]["temporal"]["interval"]
    assert interval == ["2026-09-12T08:12:33Z", "2026-10-06T08:12:33Z"]


def test_every_event_is_valid_as_it_is_served(api: TestClient, shared_schemas: Path) -> None:
    validator = ItemValidator(shared_schemas)
    features = api.get(f"{EVENTS}/items").json()["features"]
    assert [fault for feature in features for fault in validator.faults(feature)] == []


def test_links_lead_to_the_front_before_and_the_front_after(api: TestClient) -> None:
    item = api.get(f"{EVENTS}/items/{make_calving().id}").json()
    links = {link["title"]: link for link in item["links"] if link["rel"] == "derived_from"}
    found = {title: api.get(urlsplit(link["href"]).path) for title, link in links.items()}
    assert {title: answer.status_code for title, answer in found.items()} == {
        "Front before": 200,
        "Front after": 200,
    }
    assert found["Front before"].json()["id"] == item["properties"]["icelines:front_before"]
    assert found["Front after"].json()["id"] == item["properties"]["icelines:front_after"]
    pinned = {i["name"]: i["sha256"] for i in item["properties"]["icelines:inputs"]}
    for answer in found.values():
        front = answer.json()
        assert front["properties"]["icelines:digest"] == pinned[front["id"]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ('"icelines:calved_km2" > 500', ["20261006"]),
        ("\"icelines:event\" = 'disintegration'", ["20261006"]),
        ("\"icelines:event\" LIKE 'calv%'", ["20260924"]),
        (f"\"icelines:front_before\" = '{BEFORE.id}'", ["20260924"]),
        (f"\"icelines:front_after\" IN ('{LATER.id}')", ["20261006"]),
        ('"icelines:outflow_km2" < 1 AND "icelines:width_km" > 20', ["20261006", "20260924"]),
        ('"icelines:area_uncertainty_km2" > 2', []),
        ('"icelines:event" IS NULL', []),
    ],
)
def test_events_are_found_by_what_only_they_have(
    api: TestClient, asked: str, expected: list[str]
) -> None:
    assert ids(api, filter=asked) == [f"Amery_calving_{day}_simulated" for day in expected]


def test_a_search_in_time_finds_the_event_whose_window_holds_it(api: TestClient) -> None:
    assert ids(api, datetime="2026-09-18T00:00:00Z") == ["Amery_calving_20260924_simulated"]


def test_queryables_of_events_and_of_fronts_are_their_own(api: TestClient) -> None:
    of_events = api.get(f"{EVENTS}/queryables").json()["properties"]
    of_fronts = api.get("/stac/collections/fronts-daily/queryables").json()["properties"]
    of_scenes = api.get("/stac/collections/scenes/queryables").json()["properties"]
    assert of_events["icelines:event"]["enum"] == ["calving", "disintegration"]
    assert "icelines:calved_km2" in of_events
    assert "icelines:calved_km2" not in of_fronts
    assert not [name for name in of_scenes if name.startswith("icelines:")]


def test_every_queryable_of_events_is_something_that_they_have(api: TestClient) -> None:
    names = api.get(f"{EVENTS}/queryables").json()["properties"]
    feature = api.get(f"{EVENTS}/items").json()["features"][0]
    told = {*feature["properties"], *("id", "collection", "geometry")}
    assert set(names) <= told


def test_what_people_decided_about_a_front_is_served_with_it(api: TestClient) -> None:
    item = api.get(f"/stac/collections/fronts-daily/items/{AFTER.id}").json()
    assert item["properties"]["icelines:judgements"] == [
        {
            "number": 1,
            "action": "accept",
            "reason": "calving_confirmed",
            "reviewer": "ada",
            "decided_at": "2026-10-02T09:00:00Z",
            "revision_sha256": "12" * 32,
        }
    ]


def test_the_public_sees_the_events_of_the_release_with_links_that_lead_on(
    store: CatalogStore, tmp_path: Path
) -> None:
    release = release_record(state=ReleaseState.PUBLISHED)
    pinned = [s.pin for s in store.all_items(Search()) if s.item_id != LATER.id]
    kept = [pin for pin in pinned if "20261006" not in pin.item_id]
    store.save_release(release, kept)
    public = public_client(store, Workspace(tmp_path))
    (feature,) = public.get(f"{EVENTS}/items").json()["features"]
    assert feature["id"] == make_calving().id
    hrefs = [link["href"] for link in feature["links"] if link["rel"] == "derived_from"]
    assert [href.startswith(PUBLIC) for href in hrefs] == [True, True]
    assert [public.get(urlsplit(href).path).status_code for href in hrefs] == [200, 200]
