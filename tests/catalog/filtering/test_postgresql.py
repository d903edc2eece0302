"""The same filters on a real PostgreSQL find the same items, whatever its language sorts like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cql2
import pytest

from catalog.filtering.reading import filter_from_text
from catalog.query import Search
from catalog.store import CatalogStore
from tests.catalog.filtering.oracle import holds
from tests.catalog.filtering.samples import mixed_items
from tests.catalog.records import found_naively, open_store, paged_ids
from tests.servers.postgres import PostgresServer

ITEMS = mixed_items()


@pytest.fixture(scope="module")
def store(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CatalogStore]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ICELINES_CATALOG_URL", postgres.fresh_url())
        with open_store(tmp_path_factory.mktemp("postgres")) as opened:
            opened.record_items(ITEMS)
            yield opened


@pytest.mark.parametrize(
    "text",
    [
        "icelines:status = 'accepted' AND datetime > DATE('2015-03-01')",
        "icelines:area_km2 > 50 OR icelines:area_km2 IS NULL",
        "NOT icelines:area_km2 BETWEEN 10 AND 60",
        "title < 'a'",
        "title LIKE '50\\%'",
        "title LIKE 'r_ss%'",
        "title LIKE '%\\\\%'",
        "CASEI(title) = CASEI('ROSS')",
        "ACCENTI(CASEI(title)) LIKE ACCENTI(CASEI('dr%NN%'))",
        "title = 'O''Brien'",
        "icelines:area_km2 / 3 > 10 + 2 * 3",
        "icelines:area_km2 div 7 = 3",
        "icelines:area_km2 % 2 < 1",
        "(icelines:area_km2 / 0) IS NULL",
        "((0 - icelines:area_km2) ^ 0.5) IS NULL",
        "end_datetime - datetime > 28",
        "datetime + 29.5 > end_datetime",
        "T_INTERSECTS(datetime, INTERVAL('2015-02-01', '2015-02-28'))",
        "T_DURING(datetime, INTERVAL('..', '2015-03-01'))",
        "T_AFTER(datetime, INTERVAL('2015-02-01', '..'))",
        "icelines:wide_window",
        "icelines:wide_window = FALSE",
        "icelines:unit IN ('Getz1', icelines:shelf)",
    ],
)
def test_a_filter_finds_what_a_naive_search_finds(store: CatalogStore, text: str) -> None:
    search = Search(where=filter_from_text(text))
    meant: Any = cql2.parse_text(text).to_json()
    expected = found_naively(ITEMS, Search(), lambda item: holds(meant, item) is True)
    assert sorted(paged_ids(store, search)) == sorted(expected)
    assert store.count(search) == len(expected)
