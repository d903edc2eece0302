"""Conditions in SQL hold for the items for which they hold when each item is looked at."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from catalog.condition import (
    EVERYTHING,
    MOMENT_FIELDS,
    NOTHING,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    And,
    Comparator,
    Comparison,
    Condition,
    IsMissing,
    Like,
    Not,
    OneOf,
    Or,
)
from catalog.errors import InputError
from catalog.items.envelope import Item, start_and_end
from catalog.predicates import predicate
from catalog.query import Search
from catalog.store import CatalogStore
from tests.catalog.records import FIRST_DAY, found_naively, generated_items, open_store, paged_ids

ITEMS = generated_items(80)
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
OPERATORS: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.DIFFERENT: operator.ne,
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.MORE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}


def value_of(item: Item, field: str) -> Any:
    if field in MOMENT_FIELDS:
        return start_and_end(item)[field == "end"]
    if field in ("item_id", "collection"):
        return item["id" if field == "item_id" else field]
    return item["properties"].get({**TEXT_FIELDS, **NUMBER_FIELDS}[field])


def holds(condition: Condition, item: Item) -> bool | None:
    """Three-valued logic: None where a field is missing."""
    match condition:
        case And(parts):
            found = [holds(part, item) for part in parts]
            return False if False in found else None if None in found else True
        case Or(parts):
            found = [holds(part, item) for part in parts]
            return True if True in found else None if None in found else False
        case Not(part):
            inner = holds(part, item)
            return None if inner is None else not inner
        case IsMissing(field):
            return value_of(item, field) is None
    value = value_of(item, condition.field)
    return None if value is None else _holds_for(condition, value)


def _holds_for(condition: Comparison | OneOf | Like, value: Any) -> bool:
    match condition:
        case Comparison(_, comparator, wanted):
            return OPERATORS[comparator](value, wanted)
        case OneOf(_, values):
            return value in values
        case Like(_, pattern):
            return re.fullmatch(_regular(pattern), value) is not None


def _regular(pattern: str) -> str:
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return "".join(wild.get(p) or re.escape(p[-1]) for p in pieces)


texts = st.sampled_from([i["id"] for i in ITEMS[:5]] + ["Ross", "Amery", "fronts-daily", "x", ""])
moments = st.integers(0, 200).map(lambda days: FIRST_DAY + timedelta(days=days))
numbers = st.floats(-1, 400, allow_nan=False)
patterns = st.lists(
    st.sampled_from(["%", "_", "Ross", "ross", "R", "s", "\\%", "\\_", "*", "?", "[", "]", "0"]),
    max_size=6,
).map("".join)


def _of_kind(fields: dict[str, str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    field = st.sampled_from(sorted(fields))
    return st.one_of(
        st.builds(Comparison, field, st.sampled_from(Comparator), values),
        st.builds(OneOf, field, st.lists(values, min_size=1, max_size=3).map(tuple)),
        st.builds(IsMissing, field),
    )


leaves = st.one_of(
    _of_kind(TEXT_FIELDS, texts),
    _of_kind(MOMENT_FIELDS, moments),
    _of_kind(NUMBER_FIELDS, numbers),
    st.builds(Like, st.sampled_from(sorted(TEXT_FIELDS)), patterns),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogStore]:
    with open_store(tmp_path_factory.mktemp("conditions")) as opened:
        opened.record_items(ITEMS)
        yield opened


@given(conditions)
@settings(max_examples=200, deadline=None)
def test_a_condition_finds_the_items_for_which_it_holds(
    store: CatalogStore, condition: Condition
) -> None:
    search = Search(where=condition)
    expected = found_naively(ITEMS, search, lambda item: holds(condition, item) is True)
    assert paged_ids(store, search) == expected
    assert store.count(search) == len(expected)


def test_everything_and_nothing_are_conditions(store: CatalogStore) -> None:
    assert store.count(Search(where=EVERYTHING)) == len(ITEMS)
    assert store.count(Search(where=NOTHING)) == 0


def test_capitals_count_in_patterns(store: CatalogStore) -> None:
    assert store.count(Search(where=Like("shelf", "Ro%"))) > 0
    assert store.count(Search(where=Like("shelf", "ro%"))) == 0


@pytest.mark.parametrize("text", ["'; DROP TABLE revision; --", '" OR 1=1 --', "%' OR '1'='1"])
def test_values_are_bound_and_never_part_of_the_statement(store: CatalogStore, text: str) -> None:
    assert store.count(Search(where=Comparison("shelf", Comparator.EQUAL, text))) == 0
    assert store.count(Search(where=Like("shelf", text))) == 0
    assert store.count(Search()) == len(ITEMS)


def test_postgresql_is_asked_in_its_own_words() -> None:
    condition = And(
        (
            Like("shelf", "Ro%"),
            Comparison("area_km2", Comparator.MORE, 5.0),
            Comparison("start", Comparator.LESS, datetime(2020, 1, 1, tzinfo=UTC)),
        )
    )
    statement = str(predicate(condition).compile(dialect=DIALECT))
    assert "LIKE" in statement
    assert "jsonb" in statement
    assert "GLOB" not in statement
    assert "json_extract" not in statement


def test_one_of_no_values_is_refused() -> None:
    with pytest.raises(InputError, match="shelf: A list of values is empty"):
        OneOf("shelf", ())


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(TypeError, match="no condition"):
        predicate("shelf = 'Ross'")
