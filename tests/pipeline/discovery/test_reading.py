"""Items of every archive become the same candidate."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.shelf import find_part
from pipeline.discovery.archives import ARCHIVES, Archive
from pipeline.discovery.reading import ReadItem, read_item
from pipeline.discovery.refusal import Unusable
from tests.pipeline.discovery.items import (
    EW_ITEM,
    IW_ITEM,
    NAME,
    Item,
    files_of,
    make_item,
    moved_over,
    place_over,
    real_item,
)

COPERNICUS = ARCHIVES["copernicus"]
AMERY = find_part("Amery")


def read(item: Any, archive: Archive = COPERNICUS) -> ReadItem:
    found = read_item(item, archive)
    assert found is not None
    return found


def amery(**changes: Any) -> Item:
    return make_item(NAME, place_over(AMERY), **changes)


def with_properties(**properties: Any) -> Item:
    return amery(properties=properties)


@pytest.mark.parametrize("name", [EW_ITEM, IW_ITEM])
def test_a_real_item_is_read_whole(shared_data: Path, name: str) -> None:
    item = moved_over(real_item(shared_data, name), AMERY)
    candidate = read(item).candidate
    assert candidate.product.text == item["properties"]["s1:product_identifier"]
    assert candidate.timeliness == item["properties"]["s1:product_timeliness"]
    assert candidate.processed == datetime.fromisoformat(
        item["properties"]["s1:processing_datetime"]
    )
    assert candidate.product.polarisations == tuple(item["properties"]["sar:polarizations"])
    assert all(file.href.startswith("https://stac.dataspace") for file in candidate.files)


def test_a_real_item_of_the_north_is_passed_over(shared_data: Path) -> None:
    assert read_item(real_item(shared_data, EW_ITEM), COPERNICUS) is None


def test_an_item_of_stac_1_1_is_read() -> None:
    candidate = read(amery()).candidate
    assert candidate.product.text == candidate.item_id == NAME
    assert candidate.timeliness == "Fast-24h"
    assert candidate.processed == datetime(2026, 9, 12, 12, tzinfo=UTC)
    assert candidate.endpoint == COPERNICUS.url


@pytest.mark.parametrize(
    ("properties", "timeliness"),
    [
        ({"product:timeliness": "PT3H"}, "NRT-3h"),
        ({"s1:product_timeliness": "Off-line"}, "Off-line"),
        ({"s1:polarization": ["HH"]}, None),
        ({"product:timeliness": 3, "s1:timeliness": " "}, None),
    ],
)
def test_properties_may_be_named_in_many_ways_or_missing(
    properties: dict[str, Any], timeliness: str | None
) -> None:
    assert read(with_properties(**properties)).candidate.timeliness == timeliness


def test_a_name_that_the_id_cuts_short_is_completed_from_the_files() -> None:
    cut = NAME.rpartition("_")[0]
    assert read(amery(id=cut)).candidate.product.text == NAME


def test_a_name_may_stand_in_the_files_alone() -> None:
    assert read(amery(id="1f0c2a")).candidate.product.text == NAME


def test_a_secret_in_the_address_of_the_archive_is_not_kept() -> None:
    archive = Archive("x", "X", "https://me:word@archive.example.org/v1?token=secret")
    candidate = read(amery(), archive).candidate
    assert candidate.endpoint == "https://archive.example.org/v1"


def test_control_characters_of_strangers_are_not_kept() -> None:
    assert read(amery(id=f"{NAME}\x1b[31m\nred")).candidate.item_id == f"{NAME} [31m red"


@pytest.mark.parametrize("kind", ["SLC__1SDH", "OCN__2SDH", "RAW__0SDH"])
def test_other_products_are_passed_over_in_silence(kind: str) -> None:
    name = NAME.replace("GRDM_1SDH", kind)
    assert read_item(amery(id=name, assets=files_of(name)), COPERNICUS) is None


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (None, "no STAC item"),
        ([], "no STAC item"),
        ({"id": NAME}, "no STAC item"),
        (amery(id=None), "no id"),
        (amery(id="x", assets={}), "nothing in it is the name"),
        (amery(id=NAME.replace("20260912T081337", "20261312T081337"), assets={}), "nothing in it"),
        (amery(assets={}), "no file of the product"),
        (amery(geometry=None, bbox=None), "neither geometry nor bbox"),
        (with_properties(title=NAME.replace("0770AB", "0770AC")), "two products"),
    ],
)
def test_an_item_that_cannot_be_used_is_refused_with_the_reason(bad: Any, fault: str) -> None:
    with pytest.raises(Unusable, match=fault):
        read_item(bad, COPERNICUS)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.just(NAME),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("id", "properties", "geometry", "bbox", "assets", "links", "stac_version", "collection")


@given(st.sampled_from(FIELDS), json_values)
def test_whatever_stands_in_a_field_nothing_but_a_refusal_comes_of_it(
    field: str, value: Any
) -> None:
    with suppress(Unusable):
        read_item({**amery(), field: value}, COPERNICUS)
