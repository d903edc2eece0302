"""The public sees what is published: the latest release, an earlier one by name, nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from catalog.collection import COLLECTIONS
from catalog.front import Reason, Status
from catalog.query import Search
from catalog.release import ReleaseState, Version
from catalog.settings import Workspace
from catalog.store import CatalogStore
from tests.catalog.test_store import make_release
from tests.factories import make_front
from tests.web.api.serving import PUBLIC, public_client, working_client

DAILY = "/stac/collections/fronts-daily"
OCTOBER, NOVEMBER, DECEMBER = (Version(2026, month) for month in (10, 11, 12))
UNITS = ("Amery", "Getz1", "Ross")


def release(store: CatalogStore, version: Version, state: ReleaseState, *units: str) -> None:
    """Record fronts of these units and a release of everything as it is then."""
    store.record_fronts((make_front(unit=unit), []) for unit in units)
    pins = [stored.pin for stored in store.all_items(Search())]
    store.save_release(make_release(version, state), pins)


@pytest.fixture
def published(empty_store: CatalogStore) -> CatalogStore:
    """October with one front, November with two and another verdict, December in the making."""
    store = empty_store
    release(store, OCTOBER, ReleaseState.PUBLISHED, "Amery")
    store.revise_front(make_front().with_verdict(Status.PROVISIONAL, (Reason.RETREAT_UNCONFIRMED,)))
    release(store, NOVEMBER, ReleaseState.PUBLISHED, "Getz1")
    release(store, DECEMBER, ReleaseState.FROZEN, "Ross")
    return store


@pytest.fixture
def public(published: CatalogStore, tmp_path: Path) -> TestClient:
    return public_client(published, Workspace(tmp_path))


def units(api: TestClient, path: str = f"{DAILY}/items") -> dict[str, str]:
    """Unit and status of each item."""
    found = (item["properties"] for item in api.get(path).json()["features"])
    return {front["icelines:unit"]: front["icelines:status"] for front in found}


def test_the_latest_published_release_is_what_the_public_sees(public: TestClient) -> None:
    assert units(public) == {"Amery": "provisional", "Getz1": "accepted"}
    assert units(public, "/stac/search") == units(public)
    assert "Release 2026.11" in public.get("/stac").json()["description"]


def test_an_earlier_release_is_seen_as_it_was(public: TestClient) -> None:
    october = "?release=2026.10"
    assert units(public, f"{DAILY}/items{october}") == {"Amery": "accepted"}
    assert units(public, f"/stac/search{october}") == {"Amery": "accepted"}
    body = {"release": "2026.10"}
    assert public.post("/stac/search", json=body).json()["numberMatched"] == 1
    assert public.post(f"/stac/search{october}", json={}).json()["numberMatched"] == 1
    name = make_front().id
    then, now = (public.get(f"{DAILY}/items/{name}{q}").json() for q in (october, ""))
    assert then["properties"]["icelines:revision"] == 1
    assert now["properties"]["icelines:revision"] == 2
    assert "Release 2026.10" in public.get(f"/stac{october}").json()["description"]


def test_what_is_not_published_is_not_there(public: TestClient) -> None:
    assert public.get(f"{DAILY}/items/{make_front(unit='Ross').id}").status_code == 404
    answer = public.get("/stac/search?release=2026.12")
    assert answer.status_code == 404
    assert "Published are: 2026.10, 2026.11." in answer.json()["description"]


def test_a_withdrawn_release_is_gone_and_says_where_why_is_told(
    public: TestClient, published: CatalogStore
) -> None:
    published.save_release(make_release(NOVEMBER, ReleaseState.WITHDRAWN))
    answer = public.get("/stac/search?release=2026.11")
    assert answer.status_code == 410
    assert f"{PUBLIC}/releases/2026.11/" in answer.json()["description"]
    assert units(public) == {"Amery": "accepted"}


def test_a_new_release_is_seen_without_a_new_start(
    public: TestClient, published: CatalogStore
) -> None:
    published.save_release(make_release(DECEMBER, ReleaseState.PUBLISHED))
    assert set(units(public)) == set(UNITS)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_stay_in_their_release_when_a_newer_one_appears(
    public: TestClient, published: CatalogStore, method: str
) -> None:
    first = public.request(method, "/stac/search", **_limit(method)).json()
    (link,) = [k for k in first["links"] if k["rel"] == "next"]
    published.save_release(make_release(DECEMBER, ReleaseState.PUBLISHED))
    second = public.request(method, link["href"], json=link.get("body")).json()
    seen = [i["properties"]["icelines:unit"] for p in (first, second) for i in p["features"]]
    assert sorted(seen) == ["Amery", "Getz1"]
    assert second["numberMatched"] == 2


def _limit(method: str) -> dict[str, Any]:
    return {"params" if method == "GET" else "json": {"limit": 1}}


def test_before_the_first_release_collections_are_there_and_empty(
    empty_store: CatalogStore, tmp_path: Path
) -> None:
    empty_store.record_fronts([(make_front(), [])])
    public = public_client(empty_store, Workspace(tmp_path))
    assert "Nothing has been published yet" in public.get("/stac").json()["description"]
    assert len(public.get("/stac/collections").json()["collections"]) == len(COLLECTIONS)
    page = public.get("/stac/search").json()
    assert (page["features"], page["numberMatched"]) == ([], 0)
    assert public.get(f"{DAILY}/items/{make_front().id}").status_code == 404


def test_the_working_state_is_everything_as_it_is_now(
    published: CatalogStore, tmp_path: Path
) -> None:
    home = working_client(published, Workspace(tmp_path))
    assert set(units(home)) == set(UNITS)
    assert set(units(home, "/stac/search?release=2026.11")) == {"Amery", "Getz1"}
    assert set(units(home, "/stac/search?release=2026.12")) == set(UNITS)
    assert "unpublished" in home.get("/stac").json()["description"]


def test_a_registered_doi_is_what_to_cite_and_a_rehearsed_one_is_not(
    public: TestClient, published: CatalogStore
) -> None:
    def cite_as() -> list[str]:
        links = public.get("/stac").json()["links"]
        return [link["href"] for link in links if link["rel"] == "cite-as"]

    assert cite_as() == []
    published.save_release(make_release(NOVEMBER, ReleaseState.PUBLISHED, dry_run=False))
    assert cite_as() == ["https://doi.org/10.5072/icelines.2026.11"]


def test_all_addresses_begin_with_the_public_one(public: TestClient) -> None:
    for path in ("/stac", "/stac/collections", "/stac/search?limit=1", f"{DAILY}/items?limit=1"):
        text = public.get(path).text
        assert PUBLIC in text
        assert "127.0.0.1" not in text
        assert "testserver" not in text


def test_a_broken_catalogue_is_unavailable_and_tells_the_public_nothing_of_files(
    public: TestClient, published: CatalogStore, tmp_path: Path
) -> None:
    published.close()
    for leftover in tmp_path.glob("catalog.sqlite*"):
        leftover.write_bytes(b"this is no database" * 100)
    answer = public.get("/stac/search")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
