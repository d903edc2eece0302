"""Page tokens: ours come back as they were, anything else is refused."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.front import Interval, Origin
from catalog.query import BadToken, FrontFilter, PageKey

START = "2026-09-12T08:12:33.000000Z"
names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60)


def token_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@given(names, names)
def test_a_token_leads_back_to_its_place(collection: str, item_id: str) -> None:
    key = PageKey(START, collection, item_id)
    assert PageKey.from_token(key.to_token()) == key


@given(st.text())
def test_no_text_breaks_the_reading_of_tokens(text: str) -> None:
    with pytest.raises(BadToken, match="no page token"):
        PageKey.from_token(text)


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        {"a": 1, "b": 2, "c": 3},
        [START, "fronts-daily"],
        [START, "fronts-daily", 7],
        ["yesterday", "fronts-daily", "x"],
        [START, "fronts-daily", "\ud800"],
        [START, "fronts-daily", "x\x00"],
    ],
)
def test_a_token_of_something_else_is_refused(value: object) -> None:
    with pytest.raises(BadToken):
        PageKey.from_token(token_of(value))


def test_a_token_that_nests_deeper_than_json_can_follow_is_refused() -> None:
    with pytest.raises(BadToken):
        PageKey.from_token(base64.urlsafe_b64encode(b"[" * 40_000).decode())


def test_a_filter_names_only_the_columns_it_restricts() -> None:
    wanted = FrontFilter(origins=(Origin.IMPORTED,), intervals=(Interval.ANNUAL,))
    assert wanted.equal == {"interval": ("annual",), "origin": ("imported",)}
