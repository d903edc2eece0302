"""Landing page, conformance, collections, items: what a client meets first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pystac.validation import validate_dict
from starlette.testclient import TestClient

from catalog.collection import COLLECTIONS
from catalog.items.envelope import Item
from catalog.settings import Workspace
from catalog.store import CatalogStore
from catalog.validate import ItemValidator
from tests.web.api.serving import LOOPBACK, public_client

GEOJSON = "application/geo+json"
DAILY = "/stac/collections/fronts-daily"


def hrefs(document: dict[str, Any], relation: str) -> list[str]:
    return [link["href"] for link in document["links"] if link["rel"] == relation]


@pytest.mark.parametrize("path", ["/stac", "/stac/"])
def test_the_landing_page_is_a_stac_1_1_catalog(api: TestClient, path: str) -> None:
    answer = api.get(path, follow_redirects=False)
    page = answer.json()
    assert answer.status_code == 200
    assert (page["type"], page["stac_version"]) == ("Catalog", "1.1.0")
    assert hrefs(page, "self") == hrefs(page, "root") == [f"{LOOPBACK}/stac"]
    assert len(hrefs(page, "search")) == 2
    validate_dict(page)


def test_every_link_of_the_landing_page_leads_somewhere(api: TestClient) -> None:
    page = api.get("/stac").json()
    for link in page["links"]:
        method = link.get("method", "GET")
        answer = api.request(method, link["href"], json={} if method == "POST" else None)
        assert answer.status_code == 200, link
        assert answer.headers["content-type"] == link["type"]


def test_conformance_is_told_twice_and_names_only_what_is_here(api: TestClient) -> None:
    classes = api.get("/stac/conformance").json()["conformsTo"]
    assert classes == api.get("/stac").json()["conformsTo"]
    absent = ("#sort", "#fields", "#query", "transaction", "aggregat", "free-text", "children")
    assert not [uri for uri in classes if any(word in uri for word in absent)]
    assert "https://api.stacspec.org/v1.0.0/item-search" in classes
    assert "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2" in classes


def test_all_collections_are_there_and_valid(api: TestClient) -> None:
    document = api.get("/stac/collections").json()
    assert [c["id"] for c in document["collections"]] == list(COLLECTIONS)
    for served in document["collections"]:
        assert api.get(f"/stac/collections/{served['id']}").json() == served
        validate_dict(served)


def test_a_collection_tells_the_time_that_its_items_span(api: TestClient) -> None:
    (span,) = api.get("/stac/collections/fronts-annual").json()["extent"]["temporal"]["interval"]
    assert span == ["2020-03-01T00:00:00Z", "2020-03-01T00:00:00Z"]
    (none,) = api.get("/stac/collections/scenes").json()["extent"]["temporal"]["interval"]
    assert none == [None, None]


def test_every_item_that_is_served_is_valid(api: TestClient, shared_schemas: Path) -> None:
    validator = ItemValidator(shared_schemas)
    served = api.get("/stac/search?limit=1000").json()["features"]
    assert len(served) == 648
    # The schemas look at one item at a time: a tenth of them holds every kind.
    assert [fault for item in served[::10] for fault in validator.faults(item)] == []


def test_an_item_is_the_same_by_its_id_as_in_a_page(api: TestClient) -> None:
    page = api.get(f"{DAILY}/items?limit=3")
    assert page.headers["content-type"] == GEOJSON
    for item in page.json()["features"]:
        answer = api.get(f"{DAILY}/items/{item['id']}")
        assert answer.headers["content-type"] == GEOJSON
        assert answer.json() == item
        assert hrefs(item, "self") == [f"{LOOPBACK}{DAILY}/items/{item['id']}"]


def test_a_page_says_how_many_there_are(api: TestClient, items: list[Item]) -> None:
    daily = [item for item in items if item["collection"] == "fronts-daily"]
    page = api.get(f"{DAILY}/items?limit=7").json()
    assert (page["numberMatched"], page["numberReturned"]) == (len(daily), 7)
    assert api.get(f"{DAILY}/items").json()["numberReturned"] == 10
    assert len(api.get(f"{DAILY}/items?limit=99999").json()["features"]) == len(daily)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/stac/collections/nope", "fronts-daily"),
        ("/stac/collections/nope/items", "'nope' is no collection"),
        ("/stac/collections/nope/items/x", "'nope'"),
        ("/stac/collections/nope/queryables", "'nope'"),
        (f"{DAILY}/items/nope", "fronts-daily/nope"),
        ("/stac/collections/fronts-annual/items/Pole_daily_20260912T081233_simulated", "Pole"),
        ("/stac/nope", "Not Found"),
    ],
)
def test_what_is_not_there_is_404_with_code_and_description(
    api: TestClient, path: str, named: str
) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "description"}
    assert named in answer.json()["description"]


@pytest.mark.parametrize(
    "path", ["/stac", "/stac/", "/stac/collections", f"{DAILY}/items", "/stac/search", "/nothing"]
)
def test_head_has_the_headers_of_get_and_no_body(api: TestClient, path: str) -> None:
    head, get = api.head(path), api.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers == get.headers


def test_a_method_that_is_not_offered_is_405(api: TestClient) -> None:
    answer = api.put("/stac/search", json={})
    assert answer.status_code == 405
    assert answer.json()["code"] == "MethodNotAllowed"


def test_what_is_published_may_be_read_by_the_pages_of_others(
    store: CatalogStore, workspace: Workspace
) -> None:
    public, origin = public_client(store, workspace), {"origin": "https://browser.example.org"}
    assert public.get("/stac", headers=origin).headers["access-control-allow-origin"] == "*"
    asked = {
        **origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    preflight = public.options("/stac/search", headers=asked)
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_the_working_state_may_not_be_read_by_pages_of_others(api: TestClient) -> None:
    answer = api.get("/stac", headers={"origin": "https://evil.example.org"})
    assert "access-control-allow-origin" not in answer.headers
    rebound = api.get("/stac", headers={"host": "evil.example.org"})
    assert rebound.status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:8765", "[::1]:8765"])
def test_the_working_state_answers_by_any_name_of_this_machine(api: TestClient, host: str) -> None:
    assert api.get("/stac", headers={"host": host}).status_code == 200


def test_the_openapi_description_names_every_parameter_once(api: TestClient) -> None:
    answer = api.get("/stac/api")
    paths = answer.json()["paths"]
    names = [p["name"] for p in paths["/search"]["get"]["parameters"]]
    assert len(names) == len(set(names))
    assert {"bbox", "datetime", "filter", "filter-lang", "release", "token"} <= set(names)
    operations = [o["operationId"] for path in paths.values() for o in path.values()]
    assert len(operations) == len(set(operations))


def test_queryables_are_a_closed_schema_and_every_one_can_be_used(api: TestClient) -> None:
    document = api.get("/stac/queryables").json()
    assert document["additionalProperties"] is False
    uses = {
        "number": '"{}" = 1',
        "boolean": '"{}" = true',
        "string": "\"{}\" = 'x'",
        "date-time": "\"{}\" = TIMESTAMP('2020-01-01T00:00:00Z')",
        "geometry-any": 's_intersects("{}", POINT(0 -70))',
    }
    for name, schema in document["properties"].items():
        use = uses[schema.get("format") or schema["type"]]
        answer = api.get("/stac/search", params={"filter": use.format(name)})
        assert answer.status_code == 200, answer.json()


def test_calving_events_are_asked_for_by_what_they_have(api: TestClient) -> None:
    of_events = api.get("/stac/collections/calving-events/queryables").json()["properties"]
    assert of_events["icelines:status"]["enum"] == ["unconfirmed", "confirmed", "withdrawn"]
    assert "icelines:unit" in of_events
    assert "icelines:length_km" not in of_events
    of_all = api.get("/stac/queryables").json()["properties"]
    assert {"accepted", "withdrawn"} <= set(of_all["icelines:status"]["enum"])


def test_scenes_are_not_said_to_have_the_properties_of_fronts(api: TestClient) -> None:
    of_scenes = api.get("/stac/collections/scenes/queryables").json()["properties"]
    of_fronts = api.get(f"{DAILY}/queryables").json()["properties"]
    assert "icelines:shelf" in of_fronts
    assert "icelines:shelf" not in of_scenes
    assert "datetime" in of_scenes
