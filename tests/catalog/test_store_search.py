"""Searches give what looking at every item gives, in order, page by page, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, box
from shapely.geometry.base import BaseGeometry

from catalog.items.envelope import Item
from catalog.query import PageKey, Released, Search
from catalog.release import ReleaseState, Version
from catalog.store import CatalogStore
from tests.catalog.records import (
    FIRST_DAY,
    SHELVES,
    found_naively,
    generated_items,
    open_store,
    paged_ids,
)
from tests.catalog.test_store import make_release

ITEMS = generated_items(120)
NOVEMBER = Version(2026, 11)
RELEASED = [item for number, item in enumerate(ITEMS) if number % 4]
OVER_THE_ANTIMERIDIAN = (175.0, -79.0, -175.0, -77.0)

longitudes = st.floats(-180, 180, width=32) | st.sampled_from([-180.0, 0.0, 175.0, 180.0])
latitudes = st.floats(-90, -60, width=32) | st.sampled_from([-90.0, -77.0])
boxes = st.builds(
    lambda west, east, a, b: (west, min(a, b), east, max(a, b)),
    longitudes, longitudes, latitudes, latitudes,
)  # fmt: skip
geometries = st.one_of(
    boxes.filter(lambda b: b[0] < b[2] and b[1] < b[3]).map(lambda b: box(*b)),
    st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=4).map(
        lambda points: MultiPoint(points).buffer(2.0)
    ),
)
moments = st.integers(-10, 240).map(lambda days: FIRST_DAY + timedelta(days=days))
searches = st.builds(
    Search,
    collections=st.sampled_from([(), ("fronts-daily",), ("fronts-daily", "fronts-annual")]),
    ids=st.just(()) | st.lists(st.sampled_from([i["id"] for i in ITEMS])).map(tuple),
    bbox=st.none() | boxes,
    intersects=st.none() | geometries,
    start=st.none() | moments,
    end=st.none() | moments,
    equal=st.just({}) | st.sampled_from(SHELVES).map(lambda shelf: {"shelf": (shelf,)}),
    limit=st.integers(3, 30),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogStore]:
    with open_store(tmp_path_factory.mktemp("search")) as opened:
        opened.record_items(RELEASED)
        pins = [stored.pin for stored in opened.all_items(Search())]
        opened.save_release(make_release(NOVEMBER, ReleaseState.PUBLISHED), pins)
        opened.record_items(ITEMS)
        yield opened


def any_item(_: Item) -> bool:
    return True


@given(searches)
@example(Search(bbox=OVER_THE_ANTIMERIDIAN))
@example(Search(bbox=(-180.0, -90.0, 180.0, -60.0)))
@example(Search(bbox=(180.0, -90.0, -180.0, -60.0)))
@settings(max_examples=200, deadline=None)
def test_a_search_finds_what_looking_at_every_item_finds(
    store: CatalogStore, search: Search
) -> None:
    assert paged_ids(store, search) == found_naively(ITEMS, search, any_item)


@given(searches)
@settings(max_examples=50, deadline=None)
def test_the_count_is_the_number_of_matches(store: CatalogStore, search: Search) -> None:
    assert store.count(search) == len(found_naively(ITEMS, search, any_item))


@given(searches)
@settings(max_examples=50, deadline=None)
def test_a_release_is_searched_as_if_there_were_nothing_else(
    store: CatalogStore, search: Search
) -> None:
    view = Released(NOVEMBER)
    expected = found_naively(RELEASED, search, any_item)
    assert paged_ids(store, search, view=view) == expected
    assert store.count(search, view) == len(expected)


@given(searches)
@settings(max_examples=50, deadline=None)
def test_pages_reach_every_match_once_whatever_their_size(
    store: CatalogStore, search: Search
) -> None:
    found: list[str] = []
    page = store.search(search)
    found += [stored.item_id for stored in page.items]
    while page.following:
        assert len(page.items) == search.limit
        after = PageKey.from_token(page.following.to_token())
        page = store.search(replace(search, after=after))
        found += [stored.item_id for stored in page.items]
    assert found == found_naively(ITEMS, search, any_item)


def test_the_box_over_the_antimeridian_is_not_its_complement(store: CatalogStore) -> None:
    west, south, east, north = OVER_THE_ANTIMERIDIAN
    inside = set(paged_ids(store, Search(bbox=OVER_THE_ANTIMERIDIAN)))
    long_way = set(paged_ids(store, Search(bbox=(east, south, west, north))))
    assert "Ross_annual_20200301_greene2022" in inside
    assert inside - long_way
    assert long_way - inside


def test_a_page_goes_on_from_its_place_when_newer_items_arrive(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with open_store(tmp_path_factory.mktemp("growing")) as store:
        store.record_items(ITEMS[:20])
        expected = paged_ids(store, Search())
        first = store.search(Search(limit=7))
        newer = max(datetime.fromisoformat(_start(item)) for item in ITEMS) + timedelta(days=1)
        late = [{**ITEMS[50], "id": "Late", "properties": _at(ITEMS[50], newer)}]
        store.record_items(late)
        rest = paged_ids(store, Search(after=first.following))
    assert [s.item_id for s in first.items] + rest == expected


def test_years_with_fewer_than_four_digits_are_early_and_other_zones_are_converted(
    store: CatalogStore,
) -> None:
    everything = len(ITEMS)
    assert store.count(Search(start=datetime(900, 1, 1, tzinfo=UTC))) == everything
    assert store.count(Search(end=datetime(900, 1, 1, tzinfo=UTC))) == 0
    at_home = datetime.fromisoformat("2014-12-31T20:00:00-08:00")
    assert store.count(Search(start=at_home)) == store.count(Search(start=at_home.astimezone(UTC)))


def test_a_search_for_a_geometry_without_extent_finds_what_lies_there(store: CatalogStore) -> None:
    item = ITEMS[5]
    longitude, latitude = item["geometry"]["coordinates"][0][0]
    point: BaseGeometry = MultiPoint([(longitude, latitude)])
    assert item["id"] in paged_ids(store, Search(intersects=point))
    assert item["id"] in paged_ids(store, Search(bbox=(longitude, latitude, longitude, latitude)))


def _start(item: Item) -> str:
    properties = item["properties"]
    text: str = properties.get("start_datetime") or properties["datetime"]
    return text


def _at(item: Item, moment: datetime) -> dict[str, object]:
    properties = {k: v for k, v in item["properties"].items() if "datetime" not in k}
    return {**properties, "datetime": moment.isoformat().replace("+00:00", "Z")}
