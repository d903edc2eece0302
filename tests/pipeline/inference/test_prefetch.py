from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from pipeline.inference.prefetch import one_ahead, prefetched

PATIENCE_S = 5.0


def test_items_come_in_order() -> None:
    assert list(prefetched(iter(range(20)), 3)) == list(range(20))


def test_the_next_is_made_before_it_is_asked_for() -> None:
    made = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    ahead = prefetched(items(), 2)
    assert next(ahead) == 0
    assert made[2].wait(PATIENCE_S)
    assert list(ahead) == [1, 2]


def test_no_more_is_made_than_the_queue_holds() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    for number in prefetched(items(), 2):
        assert len(made) <= number + 5  # two wait, one is in each hand, one is in the making


def test_an_error_comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("damaged strip")

    ahead = prefetched(items(), 2)
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="damaged strip"):
        next(ahead)


def test_who_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    ahead = prefetched(count(), 2)
    assert next(ahead) == 0
    assert isinstance(ahead, Iterator)
    ahead.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_one_is_begun_before_the_last_is_used() -> None:
    told: list[str] = []

    def begin(number: int) -> Callable[[], int]:
        told.append(f"begin {number}")

        def arrived() -> int:
            told.append(f"wait {number}")
            return number

        return arrived

    for number in one_ahead([1, 2, 3], begin):
        told.append(f"use {number}")
    assert told == [
        "begin 1", "begin 2", "wait 1", "use 1", "begin 3", "wait 2", "use 2", "wait 3", "use 3",
    ]  # fmt: skip


def test_of_nothing_nothing_is_begun() -> None:
    assert list(one_ahead([], lambda _: lambda: 1)) == []
