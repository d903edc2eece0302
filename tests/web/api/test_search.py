"""Searches by GET and by POST find what looking at every item finds; pages reach each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from starlette.testclient import TestClient

from catalog.items.envelope import Item
from catalog.query import Search
from tests.catalog.records import found_naively

OVER_THE_ANTIMERIDIAN = [175.0, -79.0, -175.0, -77.0]
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[-180.0, -85.0], [-140.0, -85.0], [-160.0, -65.0], [-180.0, -85.0]]],
}


def found(api: TestClient, **parameters: Any) -> list[str]:
    """Ids by POST, which must be those by GET."""
    body = {"limit": 1000, **parameters}
    by_post = api.post("/stac/search", json=body)
    by_get = api.get("/stac/search", params=_as_query(body))
    assert by_post.status_code == by_get.status_code == 200, by_post.text
    assert by_post.json()["features"] == by_get.json()["features"]
    ids = [item["id"] for item in by_post.json()["features"]]
    assert by_post.json()["numberMatched"] == by_get.json()["numberMatched"] == len(ids)
    return ids


def _as_query(body: dict[str, Any]) -> dict[str, str]:
    query = {key: _as_text(value) for key, value in body.items()}
    return {**query, "filter-lang": "cql2-json"} if "filter" in body else query


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return orjson.dumps(value).decode() if isinstance(value, dict) else str(value)


def naive(items: list[Item], search: Search) -> list[str]:
    return found_naively(items, search, lambda _: True)


def pages_by_get(api: TestClient, address: str) -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        page = api.get(following).json()
        yield page
        following = next((k["href"] for k in page["links"] if k["rel"] == "next"), None)


def pages_by_post(api: TestClient, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    following: dict[str, Any] | None = {"href": "/stac/search", "body": body}
    while following:
        page = api.post(following["href"], json=following["body"]).json()
        yield page
        following = next((k for k in page["links"] if k["rel"] == "next"), None)
        assert following is None or (following["method"], following["merge"]) == ("POST", False)


def test_a_box_over_the_antimeridian_finds_the_short_way_round(
    api: TestClient, items: list[Item]
) -> None:
    expected = naive(items, Search(bbox=(175.0, -79.0, -175.0, -77.0)))
    assert "Ross_annual_20200301_greene2022" in expected
    assert found(api, bbox=OVER_THE_ANTIMERIDIAN) == expected


def test_heights_of_a_box_do_not_matter(api: TestClient) -> None:
    west, south, east, north = OVER_THE_ANTIMERIDIAN
    assert found(api, bbox=[west, south, -10, east, north, 10]) == found(
        api, bbox=OVER_THE_ANTIMERIDIAN
    )


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(*[st.integers(-180, 180), st.integers(-90, -61)] * 2).map(
        lambda b: (b[0], min(b[1], b[3]), b[2], max(b[1], b[3]))
    )
)
def test_any_box_finds_what_a_naive_search_finds(
    api: TestClient, items: list[Item], box: tuple[float, float, float, float]
) -> None:
    assert found(api, bbox=list(box)) == naive(items, Search(bbox=box))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2015-03-01T00:00:00Z", "2015-03-01", "2015-03-01"),
        ("2015-03-01T00:00:00Z/2015-04-01T00:00:00Z", "2015-03-01", "2015-04-01"),
        ("2015-03-01T00:00:00Z/..", "2015-03-01", None),
        ("2015-03-01t00:00:00z/", "2015-03-01", None),
        ("../2015-03-01T00:00:00Z", None, "2015-03-01"),
        ("/2015-03-01T02:00:00.000+02:00", None, "2015-03-01"),
    ],
)
def test_instants_and_open_and_closed_intervals(
    api: TestClient, items: list[Item], text: str, start: str | None, end: str | None
) -> None:
    first, last = (
        datetime.fromisoformat(d).replace(tzinfo=UTC) if d else None for d in (start, end)
    )
    expected = naive(items, Search(start=first, end=last))
    assert expected
    assert found(api, datetime=text) == expected


def test_intersects_looks_at_the_lines_themselves(api: TestClient, items: list[Item]) -> None:
    expected = naive(items, Search(intersects=shape(TRIANGLE)))
    assert expected
    assert found(api, intersects=TRIANGLE) == expected
    collection = {"type": "GeometryCollection", "geometries": [TRIANGLE]}
    assert found(api, intersects=collection) == expected


def test_ids_and_collections_narrow_the_search(api: TestClient, items: list[Item]) -> None:
    some = [item["id"] for item in items[:4]]
    assert sorted(found(api, ids=some)) == sorted(some)
    assert found(api, ids=some, collections=["fronts-annual"]) == [
        "Ross_annual_20200301_greene2022"
    ]
    assert found(api, collections=["models", "fronts-monthly"]) == naive(
        items, Search(collections=("fronts-monthly",))
    )
    assert found(api, collections=["unheard-of"]) == []


def test_shelf_box_and_date_together(api: TestClient, items: list[Item]) -> None:
    shelf = {"op": "=", "args": [{"property": "icelines:shelf"}, "Ross"]}
    box, period = (150.0, -85.0, -150.0, -60.0), "2015-02-01T00:00:00Z/2015-06-01T00:00:00Z"
    expected = naive(
        items,
        Search(
            bbox=box,
            start=datetime(2015, 2, 1, tzinfo=UTC),
            end=datetime(2015, 6, 1, tzinfo=UTC),
            equal={"shelf": ("Ross",)},
        ),
    )
    assert expected
    assert found(api, bbox=list(box), datetime=period, filter=shelf) == expected


@pytest.mark.parametrize("limit", [1, 50, 250])
def test_pages_by_get_reach_every_item_once(api: TestClient, items: list[Item], limit: int) -> None:
    address = f"/stac/search?limit={limit}&bbox=100,-90,-100,-60&filter=icelines:confidence>0.2"
    if limit == 1:
        address += "&datetime=2015-07-01T00:00:00Z/.."
    pages = list(pages_by_get(api, address))
    ids = [item["id"] for page in pages for item in page["features"]]
    assert len(ids) == len(set(ids)) == pages[0]["numberMatched"] > limit
    assert {page["numberMatched"] for page in pages} == {len(ids)}


def test_pages_by_post_reach_every_item_once(api: TestClient, items: list[Item]) -> None:
    body = {"limit": 90, "filter": {"op": "isNull", "args": [{"property": "icelines:baseline-x"}]}}
    assert api.post("/stac/search", json=body).status_code == 400
    pages = list(pages_by_post(api, {"limit": 90}))
    assert [item["id"] for page in pages for item in page["features"]] == naive(items, Search())


def test_pages_of_a_collection_reach_every_item_once(api: TestClient, items: list[Item]) -> None:
    pages = pages_by_get(api, "/stac/collections/fronts-monthly/items?limit=64")
    expected = naive(items, Search(collections=("fronts-monthly",)))
    assert [item["id"] for page in pages for item in page["features"]] == expected


def test_the_address_of_a_page_is_its_own_link(api: TestClient) -> None:
    path = "/stac/collections/fronts-daily/items?limit=2&bbox=0%2C-90%2C90%2C-60"
    (own,) = [k["href"] for k in api.get(path).json()["links"] if k["rel"] == "self"]
    assert own.endswith(path)
