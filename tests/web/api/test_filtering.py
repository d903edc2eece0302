"""Filters over HTTP: as the guide says, exact where other servers are wrong, errors as errors."""

from __future__ import annotations

import re
from typing import Any

import cql2
import orjson
import pytest
from shapely import box
from shapely.geometry import shape
from starlette.testclient import TestClient

from catalog.calving import EventStatus
from catalog.collection import COLLECTIONS
from catalog.front import Interval, Status
from catalog.items.envelope import Item
from tests.catalog.filtering.oracle import holds
from tests.conftest import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "filtering.md").read_text()
EXAMPLES = re.findall(r"```cql2\n(.*?)\n```", GUIDE, re.DOTALL)
IN_JSON = [orjson.loads(text) for text in re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL)]
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
# One filter for each class that is advertised: what would fail if it did not hold.
OF_CLASS = {
    "cql2-text": "icelines:unit = 'Pole'",
    "cql2-json": "icelines:unit = 'Pole'",
    "basic-cql2": "NOT (icelines:area_km2 < 50 OR datetime >= DATE('2015-04-01'))",
    "advanced-comparison-operators": "icelines:unit LIKE 'R%' AND icelines:confidence "
    "BETWEEN 0 AND 0.2",
    "case-insensitive-comparison": "CASEI(icelines:shelf) = CASEI('ross')",
    "accent-insensitive-comparison": "ACCENTI(icelines:shelf) = ACCENTI('Röss')",
    "basic-spatial-functions": "S_INTERSECTS(geometry, BBOX(170, -85, -170, -60))",
    "basic-spatial-functions-plus": "S_INTERSECTS(geometry, MULTIPOLYGON(((0 -90, 90 -90, 90 -60,"
    " 0 -60, 0 -90)), ((-90 -90, -10 -90, -10 -60, -90 -90))))",
    "spatial-functions": "S_WITHIN(geometry, BBOX(0, -90, 180, -60)) OR "
    "S_CROSSES(geometry, BBOX(170, -85, -170, -60))",
    "temporal-functions": "T_DURING(datetime, INTERVAL('2015-02-01', '..'))",
    "property-property": "icelines:unit > icelines:shelf",
    "arithmetic": "icelines:area_km2 * 2 + 1 > 99 - icelines:confidence",
}


def found(api: TestClient, expression: Any) -> set[str]:
    """Ids by JSON, which have to be those by text."""
    text = expression if isinstance(expression, str) else cql2.Expr(expression).to_text()
    meant = cql2.parse_text(text).to_json()
    by_text = api.get("/stac/search", params={"filter": text, "limit": 1000})
    by_json = api.post("/stac/search", json={"filter": meant, "limit": 1000})
    assert by_text.status_code == by_json.status_code == 200, by_text.text
    assert by_text.json()["features"] == by_json.json()["features"]
    ids = {item["id"] for item in by_json.json()["features"]}
    assert by_json.json()["numberMatched"] == len(ids)
    return ids


def naive(items: list[Item], text: str) -> set[str]:
    meant = cql2.parse_text(text).to_json()
    return {item["id"] for item in items if holds(meant, item) is True}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_guide_find_what_they_say(
    api: TestClient, items: list[Item], example: str
) -> None:
    answer = found(api, example)
    assert answer == naive(items, example)
    assert answer, "an example that finds nothing shows nothing"


def test_the_example_in_json_finds_what_it_says(api: TestClient, items: list[Item]) -> None:
    (example,) = IN_JSON
    answer = api.post("/stac/search", json={"filter": example, "limit": 1000}).json()
    assert {i["id"] for i in answer["features"]} == {i["id"] for i in items if holds(example, i)}
    assert answer["numberMatched"] > 0


def test_every_class_that_is_advertised_holds_and_no_other_is(
    api: TestClient, items: list[Item]
) -> None:
    told = api.get("/stac/conformance").json()["conformsTo"]
    assert {uri for uri in told if uri.startswith(CQL2)} == {f"{CQL2}/{name}" for name in OF_CLASS}
    for text in OF_CLASS.values():
        assert found(api, text) == naive(items, text) != set()


def test_a_box_over_the_antimeridian_is_not_its_complement(
    api: TestClient, items: list[Item]
) -> None:
    halves = box(175, -85, 180, -60), box(-180, -85, -175, -60)
    expected = {i["id"] for i in items if any(shape(i["geometry"]).intersects(h) for h in halves)}
    assert found(api, "S_INTERSECTS(geometry, BBOX(175, -85, -175, -60))") == expected
    contrary = found(api, "NOT S_INTERSECTS(geometry, BBOX(175, -85, -175, -60))")
    assert contrary == {i["id"] for i in items} - expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("icelines:nope = 1", "Use one of id, collection, geometry, datetime"),
        ("shelf = 'Ross'", "icelines:shelf"),
        ("icelines:shelf = ", "no CQL2 text"),
        ("icelines:shelf =", "no CQL2 text"),
        ("nonsense nonsense", "no CQL2 text"),
        ("icelines:area_km2 = 'many'", "is a number"),
        ("(" * 1500 + "true" + ")" * 1500, "too deeply nested"),
        ("not " * 990 + "true", "too deeply nested"),
        ("(" * 40 + "id = 'x'", "deeply nested"),
        ("s_intersects(geometry, POINT EMPTY)", "no CQL2 text"),
        ("s_intersects(geometry, notjson)", "'notjson'|no usable geometry"),
    ],
)
def test_what_others_answer_with_nothing_or_an_error_of_theirs_is_a_400_here(
    api: TestClient, text: str, fault: str
) -> None:
    answer = api.get("/stac/search", params={"filter": text})
    assert answer.status_code == 400
    assert answer.json()["code"] in ("BadFilter", "FilterTooLarge")
    assert re.search(fault, answer.json()["description"])


def test_queryables_have_kinds_and_choices_by_collection(api: TestClient) -> None:
    of_fronts = _queryables(api, "fronts-daily")
    assert of_fronts["icelines:status"]["enum"] == [str(status) for status in Status]
    assert of_fronts["icelines:interval"]["enum"] == [str(interval) for interval in Interval]
    assert of_fronts["icelines:area_km2"]["type"] == "number"
    assert of_fronts["datetime"]["format"] == "date-time"
    assert of_fronts["geometry"]["format"] == "geometry-any"
    of_events = _queryables(api, "calving-events")
    assert of_events["icelines:status"]["enum"] == [str(status) for status in EventStatus]
    assert of_events["icelines:wide_window"]["type"] == "boolean"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_collection_is_asked_only_for_what_its_queryables_tell(
    api: TestClient, collection: str
) -> None:
    own, everything = _queryables(api, collection), api.get("/stac/queryables").json()
    address = f"/stac/collections/{collection}/items"
    for name in everything["properties"]:
        by_path = api.get(address, params={"filter": f'"{name}" IS NULL'})
        by_body = api.post(
            "/stac/search",
            json={
                "collections": [collection],
                "filter": {"op": "isNull", "args": [{"property": name}]},
            },
        )
        assert by_path.status_code == by_body.status_code == (200 if name in own else 400)


def _queryables(api: TestClient, collection: str) -> Any:
    return api.get(f"/stac/collections/{collection}/queryables").json()["properties"]
