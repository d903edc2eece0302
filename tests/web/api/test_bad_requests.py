"""What a client does wrong is told as a client's fault: 400, never 500, never an empty 200."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

BAD_QUERIES = {
    "a token that is none": ("token=xyz", "no page token"),
    "a token of something else": ("token=WzEsMiwzXQ", "no page token"),
    "a geometry that is no JSON": ("intersects=notjson", "no JSON"),
    "a geometry that is none": ('intersects={"type":"Feature"}', "no usable GeoJSON"),
    "a geometry beyond the globe": (
        'intersects={"type":"Point","coordinates":[190,-70]}',
        "longitudes",
    ),
    "a bow tie": (
        'intersects={"type":"Polygon","coordinates":[[[0,-80],[9,-70],[9,-80],[0,-70],[0,-80]]]}',
        "Self-intersection",
    ),
    "an open ring": (
        'intersects={"type":"Polygon","coordinates":[[[0,-80],[9,-70],[9,-80],[0,-70]]]}',
        "no usable GeoJSON",
    ),
    "nothing as a geometry": ('intersects={"type":"LineString","coordinates":[]}', "no usable"),
    "nan in a box": ("bbox=nan,-80,10,-70", "not every number is finite"),
    "words in a box": ("bbox=a,b,c,d", "no list of numbers"),
    "three numbers": ("bbox=1,2,3", "3 numbers"),
    "south above north": ("bbox=0,-70,10,-80", "south lies north"),
    "beyond the pole": ("bbox=0,-91,10,-80", "beyond a pole"),
    "beyond 180": ("bbox=170,-80,190,-70", "170,-80,-170,-70"),
    "heights the wrong way round": ("bbox=0,-80,5,10,-70,1", "heights"),
    "box and geometry": ('bbox=0,-80,5,-70&intersects={"type":"Point"}', "not both"),
    "no date": ("datetime=yesterday", "no moment"),
    "a day": ("datetime=2020-01-01", "RFC 3339"),
    "no such day": ("datetime=2020-02-30T00:00:00Z", "no moment"),
    "before all time": ("datetime=0001-01-01T00:00:00%2B14:00", "no moment"),
    "open at both ends": ("datetime=../..", "no interval"),
    "an end before the start": (
        "datetime=2021-01-01T00:00:00Z/2020-01-01T00:00:00Z",
        "ends before it starts",
    ),
    "three ends": ("datetime=../2020-01-01T00:00:00Z/..", "no interval"),
    "no limit": ("limit=0", "greater than or equal to 1"),
    "a limit in words": ("limit=many", "limit"),
    "an unknown parameter": ("colections=fronts-daily", "collections"),
    "sorting, which is not here": ("sortby=datetime", "no such parameter"),
    "the same twice": ("bbox=0,-80,5,-70&bbox=0,-80,6,-70", "more than once"),
    "another language": ("filter=a&filter-lang=sql", "filter-lang"),
    "another reference system": ("filter=true&filter-crs=EPSG:3031", "filter-crs"),
    "an unknown property": ("filter=shelf='Ross'", "icelines:shelf"),
    "a filter that is none": ("filter=icelines:shelf = = 'Ross'", "no CQL2 text"),
    "an unclosed string": ("filter=icelines:shelf = 'Ross", "no CQL2 text"),
    "a place that is none": ("filter=s_intersects(icelines:unit, POINT(0 -70))", "no geometry"),
    "arithmetic with text": ("filter=icelines:unit %2B 1 = 2", "calculates with numbers"),
    "a property without condition": ("filter=icelines:shelf", "no condition"),
    "two properties of two kinds": ("filter=icelines:shelf = icelines:area_km2", "is a text"),
    "a number for a text": ("filter=icelines:shelf = 7", "is a text"),
    "a text for a number": ("filter=icelines:area_km2 > 'big'", "is a number"),
    "a word for a moment": ("filter=datetime > 'yesterday'", "no moment"),
    "a pattern for a number": ("filter=icelines:area_km2 like '1%25'", "like compares text"),
    "JSON said to be text": ('filter={"op":"and"}', "no CQL2 text"),
    "text said to be JSON": ("filter=icelines:shelf='x'&filter-lang=cql2-json", "no JSON"),
    "too long a filter": (f"filter=icelines:shelf='{'x' * 5000}'", "too long"),
    "an unknown release": ("release=2031.01", "no published release"),
    "what is no release": ("release=latest", "no published release"),
}


@pytest.mark.parametrize("name", BAD_QUERIES)
def test_a_bad_query_is_refused_with_its_fault(api: TestClient, name: str) -> None:
    query, fault = BAD_QUERIES[name]
    answer = api.get(f"/stac/search?{query}")
    assert answer.status_code == (404 if "release" in query else 400), answer.text
    assert set(answer.json()) == {"code", "description"}
    assert fault in answer.json()["description"]


def test_items_of_one_collection_are_not_those_of_another(api: TestClient) -> None:
    items = "/stac/collections/fronts-daily/items?collections="
    assert api.get(f"{items}fronts-daily,scenes").status_code == 200
    answer = api.get(f"{items}scenes")
    assert answer.status_code == 400
    assert "fronts-daily is none of them" in answer.json()["description"]


BAD_BODIES: dict[str, tuple[bytes, str]] = {
    "a list": (b"[1]", "valid dictionary"),
    "no JSON": (b"not json", "JSON decode error"),
    "nothing": (b"", "required"),
    "half a surrogate": (b'{"ids":["\\ud800"]}', "surrogates"),
    "half a surrogate as a name": (b'{"\\ud800":1}', "unicode"),
    "ids as a text": (b'{"ids":"a,b"}', "valid list"),
    "an unknown name": (b'{"colections":[]}', "colections"),
    "nan in a box": (b'{"bbox":[NaN,-80,5,-70]}', "finite"),
    "infinity in a geometry": (
        b'{"intersects":{"type":"Point","coordinates":[Infinity,-70]}}',
        "intersects",
    ),
    "nan in a line": (
        b'{"intersects":{"type":"LineString","coordinates":[[0,-70],[NaN,-71],[1,-72]]}}',
        "intersects",
    ),
    "an endless nest": (b"[" * 100_000, "parsing the body"),
    "a deep filter": (
        b'{"filter":' + b'{"op":"not","args":[' * 60 + b"true" + b"]}" * 60 + b"}",
        "too deeply nested",
    ),
    "a deep geometry": (
        b'{"intersects":'
        + b'{"type":"GeometryCollection","geometries":[' * 300
        + b'{"type":"Point","coordinates":[0,-70]}'
        + b"]}" * 300
        + b"}",
        "Recursion limit",
    ),
    "text without saying so": (b'{"filter":"icelines:shelf = \'Ross\'"}', "filter-lang"),
    "an unknown operation": (b'{"filter":{"op":"drop","args":[]}}', "not supported"),
    "and of nothing": (b'{"filter":{"op":"and","args":[]}}', "wrong arguments"),
    "not of two": (b'{"filter":{"op":"not","args":[true,true]}}', "wrong arguments"),
    "in nothing": (
        b'{"filter":{"op":"in","args":[{"property":"id"},[]]}}',
        "wrong arguments",
    ),
    "nan in a filter": (
        b'{"filter":{"op":">","args":[{"property":"icelines:area_km2"},NaN]}}',
        "is no finite number",
    ),
    "a property that is a number": (
        b'{"filter":{"op":"=","args":[{"property":5},1]}}',
        "no queryable",
    ),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_with_its_fault(api: TestClient, name: str) -> None:
    content, fault = BAD_BODIES[name]
    answer = api.post("/stac/search", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"code", "description"}
    assert fault in answer.json()["description"]


def test_a_body_of_another_kind_is_refused(api: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert api.post("/stac/search", content=b"limit=1", headers=form).status_code == 400


def test_bodies_beyond_measure_are_refused_unread(api: TestClient) -> None:
    assert api.post("/stac/search", content=b" " * (2 << 20)).status_code == 413
    chunks = (b" " for _ in range(3))
    assert api.post("/stac/search", content=chunks).status_code == 411


def test_names_beyond_measure_are_refused(api: TestClient) -> None:
    answer = api.post("/stac/search", json={"ids": ["x"] * 2000})
    assert answer.status_code == 400
    many = {"op": "in", "args": [{"property": "id"}, ["x"] * 2000]}
    assert api.post("/stac/search", json={"filter": many}).status_code == 400


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
operations = st.recursive(
    values | st.sampled_from([{"property": "icelines:shelf"}, {"property": "datetime"}, "Ross"]),
    lambda inner: st.fixed_dictionaries(
        {
            "op": st.sampled_from(
                ["and", "or", "not", "=", "<", "in", "like", "between", "isNull"]
            ),
            "args": st.lists(inner, max_size=3),
        }
    ),
    max_leaves=6,
)
JSON = {"content-type": "application/json"}
NAMES = ("collections", "ids", "bbox", "intersects", "datetime", "limit", "token", "filter")


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), values | operations, max_size=3))
def test_no_body_is_a_fault_of_ours(api: TestClient, body: dict[str, Any]) -> None:
    answer = api.post("/stac/search", content=json.dumps(body).encode(), headers=JSON)
    assert answer.status_code in (200, 400), answer.text


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40), max_size=3))
def test_no_query_is_a_fault_of_ours(api: TestClient, query: dict[str, str]) -> None:
    text = "&".join(f"{k}={quote(v, errors='surrogatepass')}" for k, v in query.items())
    assert api.get(f"/stac/search?{text}").status_code in (200, 400)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_no_path_is_a_fault_of_ours(api: TestClient, text: str) -> None:
    name = quote(text, safe="", errors="surrogatepass")
    for path in (f"collections/{name}", f"collections/fronts-daily/items/{name}"):
        answer = api.get(f"/stac/{path}", follow_redirects=False)
        assert answer.status_code in (200, 307, 404), path
