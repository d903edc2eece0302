"""The served form adds hosts, links and the revision, and takes nothing away."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from catalog.canonical import canonical_json
from catalog.extensions import ICELINES, VERSION
from catalog.items.envelope import Asset, Item
from catalog.items.front import front_to_item
from catalog.served import served_form
from tests.factories import SHA, make_front, make_imported_front

HOST = "https://icelines.example.org"
QUICKLOOK = Asset("quicklook", f"objects/ab/{SHA}.png", "image/png", "Look", ("overview",), SHA, 9)


def served(item: Item) -> Item:
    return served_form(item, HOST, 3, SHA)


def links(item: Item, relation: str) -> list[str]:
    return [link["href"] for link in item["links"] if link["rel"] == relation]


def relative_addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [v for k, v in value.items() if k == "href" and "://" not in v]
        return own + [found for inner in value.values() for found in relative_addresses(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in relative_addresses(inner)]
    return []


@pytest.mark.parametrize("front", [make_front(), make_imported_front()], ids=lambda f: f.origin)
def test_no_address_stays_without_a_host(front: Any) -> None:
    item = front_to_item(front, [QUICKLOOK])
    assert relative_addresses(item)
    assert relative_addresses(served(item)) == []


def test_the_canonical_record_is_not_touched() -> None:
    item = front_to_item(make_front(), [QUICKLOOK])
    before = deepcopy(item)
    served(item)
    assert item == before


def test_everything_recorded_is_still_there() -> None:
    item = front_to_item(make_front(), [QUICKLOOK])
    form = served(item)
    assert item["properties"].items() <= form["properties"].items()
    assert form["geometry"] == item["geometry"]
    assert form["assets"]["quicklook"]["href"] == f"{HOST}/objects/ab/{SHA}.png"


def test_revision_and_digest_are_told() -> None:
    form = served(front_to_item(make_front(), []))
    assert form["properties"]["version"] == "3"
    assert form["properties"]["icelines:revision"] == 3
    assert form["properties"]["icelines:digest"] == SHA
    assert VERSION in form["stac_extensions"]


def test_the_own_schema_is_named_where_it_is_served() -> None:
    form = served(front_to_item(make_front(), []))
    assert ICELINES not in form["stac_extensions"]
    assert f"{HOST}/schemas/icelines/v1.0.0/schema.json" in form["stac_extensions"]


def test_links_lead_up_and_to_what_it_was_made_from() -> None:
    form = served(front_to_item(make_front(), []))
    own = f"{HOST}/stac/collections/fronts-daily"
    assert links(form, "self") == [f"{own}/items/Amery_daily_20260912T081233_simulated"]
    assert links(form, "root") == [f"{HOST}/stac"]
    assert links(form, "parent") == links(form, "collection") == [own]
    assert links(form, "derived_from") == [
        f"{HOST}/stac/collections/scenes/items/SIM_EW_GRDM_1SDH_20260912T081233_Amery",
        f"{HOST}/stac/collections/models/items/hedunet-hh-1",
    ]


def test_an_imported_front_leads_to_the_article_of_its_source() -> None:
    form = served(front_to_item(make_imported_front(), []))
    assert links(form, "cite-as") == ["https://doi.org/10.1038/s41586-022-05037-w"]
    assert links(served(front_to_item(make_front(), [])), "cite-as") == []


def test_the_same_record_is_always_the_same_bytes() -> None:
    item = front_to_item(make_imported_front(), [QUICKLOOK])
    assert canonical_json(served(item)) == canonical_json(served(deepcopy(item)))
