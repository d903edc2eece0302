"""A calving event is a value with rules, and comes back from its item as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.geometry import shape

from catalog.calving import COLLECTION, CalvingEvent, CalvingKind, EventStatus
from catalog.canonical import canonical_json
from catalog.collection import COLLECTIONS
from catalog.errors import RecordError
from catalog.items.calving import calving_to_item, item_to_calving
from catalog.items.envelope import Item, revision_digest
from catalog.query import Search
from catalog.served import served_form
from catalog.settings import load_settings
from catalog.store import CatalogStore
from catalog.validate import ItemValidator
from tests.factories import make_calving, make_front

RING = MultiPolygon(
    [Polygon(box(0, -1.4e6, 9e4, -1.3e6).exterior, [box(1e4, -1.38e6, 2e4, -1.37e6).exterior])]
)
ACROSS = MultiPolygon([box(-50_000, -1_400_000, 50_000, -1_380_000)])
events = st.builds(
    lambda x, y, width, area, days, number, kind, status: make_calving(
        polygon=MultiPolygon([box(x, y, x + width, y + 5_000.0)]),
        area_km2=area,
        end=make_calving().start + timedelta(days=days),
        number=number,
        kind=kind,
        status=status,
        withdrawn="seen again" if status is EventStatus.WITHDRAWN else None,
    ),
    st.floats(-2e6, 2e6),
    st.floats(-2e6, 2e6),
    st.floats(1e3, 1e5),
    st.floats(0, 1e4),
    st.integers(1, 3_000),
    st.integers(1, 9),
    st.sampled_from(CalvingKind),
    st.sampled_from(EventStatus),
)


def through_json(item: Item) -> Item:
    parsed: Item = orjson.loads(canonical_json(item))
    return parsed


@given(events)
def test_an_event_comes_back_from_its_item_as_it_was(event: CalvingEvent) -> None:
    assert item_to_calving(through_json(calving_to_item(event))) == event


def test_a_hole_in_the_polygon_is_kept() -> None:
    event = make_calving(polygon=RING)
    assert item_to_calving(through_json(calving_to_item(event))) == event


def test_the_id_says_unit_window_and_source() -> None:
    assert make_calving().id == "Amery_calving_20260924_simulated"
    assert make_calving(number=2).id == "Amery_calving_20260924-2_simulated"


def test_what_flowed_out_calved_too() -> None:
    assert make_calving(area_km2=100.0, outflow_km2=7.5).calved_km2 == 107.5


def test_an_event_over_the_antimeridian_is_cut_there() -> None:
    item = calving_to_item(make_calving(polygon=ACROSS))
    west, _, east, _ = item["bbox"]
    assert west > east
    assert len(shape(item["geometry"]).geoms) == 2


def test_a_simulated_event_says_so_in_its_title() -> None:
    assert "(simulated)" in calving_to_item(make_calving())["properties"]["title"]


def test_both_fronts_are_what_it_derives_from() -> None:
    links = calving_to_item(make_calving())["links"]
    hrefs = [link["href"] for link in links if link["rel"] == "derived_from"]
    assert hrefs == [
        "stac/collections/fronts-daily/items/Amery_daily_20260912T081233_simulated",
        "stac/collections/fronts-daily/items/Amery_daily_20260924T081233_simulated",
    ]


def test_the_collection_is_known() -> None:
    assert COLLECTION in COLLECTIONS


FAULTS: dict[str, dict[str, Any]] = {
    "unit name": {"unit": "amery_1"},
    "window": {"end": make_calving().start},
    "UTC": {"start": make_calving().start.astimezone(timezone(timedelta(hours=1)))},
    "empty": {"polygon": MultiPolygon()},
    "negative": {"area_km2": -1.0},
    "with a reason": {"status": EventStatus.WITHDRAWN},
    "no other has": {"withdrawn": "because"},
    "must name the fronts": {"confirmed_by": ()},
    "begin at 1": {"number": 0},
}


@pytest.mark.parametrize("word", FAULTS)
def test_an_event_that_cannot_be_is_refused(word: str) -> None:
    with pytest.raises(RecordError, match=word):
        make_calving(**FAULTS[word])


VALID: dict[str, Callable[[], CalvingEvent]] = {
    "confirmed": make_calving,
    "unconfirmed": lambda: make_calving(status=EventStatus.UNCONFIRMED, confirmed_by=()),
    "withdrawn": lambda: make_calving().withdraw("seen again", ("Amery_calving_2_simulated",)),
    "disintegration": lambda: make_calving(kind=CalvingKind.DISINTEGRATION, is_wide=True),
    "over the antimeridian": lambda: make_calving(polygon=ACROSS),
}


@pytest.mark.parametrize("name", VALID)
def test_canonical_and_served_forms_are_valid_offline(name: str, shared_schemas: Path) -> None:
    validator = ItemValidator(shared_schemas)
    item = calving_to_item(VALID[name]())
    served = served_form(item, "https://icelines.example.org", 1, revision_digest(item))
    assert list(validator.faults(item)) == []
    assert list(validator.faults(served)) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("icelines:event", "storm"),
        ("icelines:status", "accepted"),
        ("icelines:status", "withdrawn"),
        ("icelines:area", 12.0),
        ("icelines:area_km2", -1.0),
        ("icelines:front_before", ""),
    ],
)
def test_the_own_schema_refuses(key: str, value: Any, shared_schemas: Path) -> None:
    item = calving_to_item(make_calving())
    item["properties"][key] = value
    assert list(ItemValidator(shared_schemas).faults(item))


def test_events_on_record_are_no_fronts(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts([(make_front(), ())])
        store.record_items([calving_to_item(make_calving())])
        assert [front.id for front in store.fronts()] == [make_front().id]
        (found,) = store.all_items(
            Search(collections=(COLLECTION,), equal={"unit": ("Amery",), "status": ("confirmed",)})
        )
        assert item_to_calving(found.item) == make_calving()


def test_an_event_lasts_as_long_as_its_window(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_items([calving_to_item(make_calving())])
        inside = datetime(2026, 9, 18, tzinfo=UTC)
        assert store.count(Search(collections=(COLLECTION,), start=inside, end=inside)) == 1
