"""A client of somebody else's, over a real socket: it opens, searches and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pystac
import pytest
from pystac_client import Client
from pystac_client.collection_client import CollectionClient

from catalog.collection import COLLECTIONS
from catalog.items.envelope import Item
from catalog.query import Search
from catalog.settings import Workspace
from catalog.store import CatalogStore
from tests.catalog.records import found_naively
from tests.web.api.serving import live_server

ROSS = "\"icelines:shelf\" = 'Ross'"


@pytest.fixture(scope="module")
def client(store: CatalogStore, workspace: Workspace) -> Iterator[Client]:
    with live_server(store, workspace) as address:
        opened = Client.open(f"{address}/stac")
        yield opened
        assert opened._stac_io is not None
        opened._stac_io.session.close()


def collection(client: Client, name: str) -> CollectionClient | pystac.Collection:
    found = client.get_collection(name)
    assert found is not None
    return found


def naive(items: list[Item], search: Search) -> list[str]:
    return found_naively(items, search, lambda _: True)


def test_it_finds_the_collections(client: Client) -> None:
    assert [c.id for c in client.get_collections()] == list(COLLECTIONS)
    assert collection(client, "fronts-daily").title == "Daily fronts"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_pages_through_every_item_once(client: Client, items: list[Item], method: str) -> None:
    search = client.search(method=method, limit=100)
    assert search.matched() == len(items) == 648
    assert [item.id for item in search.items()] == naive(items, Search())


def test_it_walks_through_a_collection(client: Client, items: list[Item]) -> None:
    monthly = collection(client, "fronts-monthly").get_items()
    expected = naive(items, Search(collections=("fronts-monthly",)))
    assert [item.id for item in monthly] == expected


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_searches_by_box_date_and_shelf(client: Client, items: list[Item], method: str) -> None:
    search = client.search(
        method=method,
        bbox=[150, -85, -150, -60],
        datetime="2015-02-01/2015-05-31",
        filter=ROSS,
        limit=5,
    )
    expected = naive(
        items,
        Search(
            bbox=(150, -85, -150, -60),
            start=datetime(2015, 2, 1, tzinfo=UTC),
            end=datetime(2015, 5, 31, 23, 59, 59, tzinfo=UTC),
            equal={"shelf": ("Ross",)},
        ),
    )
    assert len(expected) > 5
    assert [item.id for item in search.items()] == expected


def test_it_reads_items_of_a_collection_by_their_ids(client: Client) -> None:
    annual = collection(client, "fronts-annual")
    (item,) = annual.get_items("Ross_annual_20200301_greene2022", "nothing")
    again = annual.get_item(item.id)
    assert item.properties["icelines:source"] == "greene2022"
    assert again is not None
    assert (again.geometry, again.properties) == (item.geometry, item.properties)


def test_it_knows_what_may_be_queried(client: Client) -> None:
    queryables = client.get_merged_queryables(["fronts-daily"])
    assert "icelines:shelf" in queryables["properties"]
