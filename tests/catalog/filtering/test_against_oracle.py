"""Filters find in SQL what looking at every item finds, said in JSON and in text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from catalog.filtering.expression import (
    And,
    Condition,
    Not,
    Or,
    SpatialRelation,
    TemporalRelation,
)
from catalog.filtering.limits import LONGEST_TEXT
from catalog.filtering.reading import filter_from_json, filter_from_text
from catalog.query import Search
from catalog.store import CatalogStore
from tests.catalog.filtering.expressions import (
    as_text,
    conditions,
    geometries,
    leaves,
    op,
    periods,
    prop,
)
from tests.catalog.filtering.oracle import holds
from tests.catalog.filtering.samples import mixed_items
from tests.catalog.records import found_naively, open_store, paged_ids

ITEMS = mixed_items()
EVERYWHERE = Search()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogStore]:
    with open_store(tmp_path_factory.mktemp("filtered")) as opened:
        opened.record_items(ITEMS)
        yield opened


def assert_found(store: CatalogStore, expression: Any) -> None:
    search = Search(where=filter_from_json(expression))
    expected = found_naively(ITEMS, EVERYWHERE, lambda item: holds(expression, item) is True)
    assert paged_ids(store, search) == expected
    assert store.count(search) == len(expected)


@given(conditions)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_filter_finds_what_a_naive_search_finds(store: CatalogStore, expression: Any) -> None:
    assert_found(store, expression)


@given(leaves)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_single_condition_and_its_contrary_find_what_a_naive_search_finds(
    store: CatalogStore, expression: Any
) -> None:
    assert_found(store, expression)
    assert_found(store, op("not", expression))


@pytest.mark.parametrize("relation", SpatialRelation)
@settings(max_examples=8)
@given(place=geometries)
def test_a_relation_in_space_holds_where_shapely_says_so(
    store: CatalogStore, relation: SpatialRelation, place: Any
) -> None:
    assert_found(store, op(relation, prop("geometry"), place))


@pytest.mark.parametrize("relation", TemporalRelation)
@settings(max_examples=6)
@given(period=periods)
def test_a_relation_in_time_holds_where_its_definition_says_so(
    store: CatalogStore, relation: TemporalRelation, period: Any
) -> None:
    assert_found(store, op(relation, prop("datetime"), period))


@given(conditions.filter(lambda expression: len(as_text(expression)) < LONGEST_TEXT / 4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_text_and_json_mean_the_same(expression: Any) -> None:
    assert _flat(filter_from_text(as_text(expression))) == _flat(filter_from_json(expression))


def _flat(condition: Condition) -> Condition:
    """`a and (b and c)` is the same as `a and b and c`, as which the parser reads it."""
    match condition:
        case And(parts) | Or(parts):
            kind = type(condition)
            inner = [_flat(part) for part in parts]
            # True and false are an And and an Or of nothing.
            spread = [p.parts if isinstance(p, kind) and p.parts else (p,) for p in inner]
            return kind(tuple(part for parts in spread for part in parts))
        case Not(part):
            return Not(_flat(part))
    return condition
