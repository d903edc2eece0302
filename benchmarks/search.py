"""Catalogue search beside stac-geoparquet read through pyarrow (the file-based peer)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import stac_geoparquet.arrow
from shapely import MultiLineString

from benchmarks.pairs import Pair
from catalog.front import Front, Interval, Origin
from catalog.items.front import front_to_item
from catalog.query import Search
from catalog.settings import load_settings
from catalog.store import CatalogStore

FRONTS = 5_000
SHELVES = 36
VERTICES = 60
FIRST_DAY = datetime(2014, 10, 3, tzinfo=UTC)


@contextmanager
def search_pairs() -> Iterator[list[Pair]]:
    """The same 5,000 generated fronts in our catalogue and in a stac-geoparquet file."""
    with TemporaryDirectory() as folder:
        items = [front_to_item(_front(number), []) for number in range(FRONTS)]
        parquet = Path(folder) / "items.parquet"
        _write_parquet(items, parquet)
        with CatalogStore.open(load_settings(Path(folder) / "workspace")) as store:
            store.record_items(items)
            yield [_newest_of_a_shelf(store, parquet), _one_item(store, parquet)]


def _newest_of_a_shelf(store: CatalogStore, parquet: Path) -> Pair:
    def ours() -> list[str]:
        page = store.search(Search(equal={"shelf": ("Shelf7",)}, limit=100))
        return [stored.item["id"] for stored in page.items]

    def peer() -> list[str]:
        table = pq.read_table(parquet, filters=pc.field("icelines:shelf") == "Shelf7")
        newest = table.sort_by([("datetime", "descending")]).slice(0, 100)
        return [item["id"] for item in stac_geoparquet.arrow.stac_table_to_items(newest)]

    return Pair("newest 100 fronts of a shelf", "pyarrow on stac-geoparquet", ours, peer, _equal)


def _one_item(store: CatalogStore, parquet: Path) -> Pair:
    wanted = _front(FRONTS // 2).id

    def ours() -> str:
        return str(store.get("fronts-daily", wanted).item["id"])

    def peer() -> str:
        table = pq.read_table(parquet, filters=pc.field("id") == wanted)
        (item,) = stac_geoparquet.arrow.stac_table_to_items(table)
        return str(item["id"])

    return Pair("one item by id", "pyarrow on stac-geoparquet", ours, peer, _equal)


def _equal(ours: Any, theirs: Any) -> bool:
    return bool(ours == theirs)


def _write_parquet(items: list[dict[str, Any]], path: Path) -> None:
    reader = stac_geoparquet.arrow.parse_stac_items_to_arrow(items)
    stac_geoparquet.arrow.to_parquet(reader, path)


def _front(number: int) -> Front:
    moment = FIRST_DAY + timedelta(hours=number)
    shelf = f"Shelf{number % SHELVES}"
    offset = 20_000.0 * (number % SHELVES)
    line = [(1_000_000.0 + 500.0 * i, offset + 10.0 * (i % 7)) for i in range(VERTICES)]
    return Front(
        unit=shelf,
        shelf=shelf,
        interval=Interval.DAILY,
        origin=Origin.SIMULATED,
        source="simulated",
        start=moment,
        end=moment,
        line=MultiLineString([line]),
    )
