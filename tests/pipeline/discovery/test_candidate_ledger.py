"""The ledger of candidates: found once, found again, found better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.release import Month
from catalog.store import CatalogStore
from pipeline.discovery.candidate_ledger import (
    FoundCandidate,
    LedgerOutcome,
    candidates_on_record,
    record_candidates,
)
from tests.catalog.records import open_store
from tests.pipeline.candidates import PRODUCT, make_candidate

SEPTEMBER = Month(2026, 9)
BETTER = PRODUCT.replace("BB15", "CC26")
FOUND = FoundCandidate(make_candidate(timeliness="NRT-3h"), ("Amery",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path) as opened:
        yield opened


def names(store: CatalogStore, month: Month | None = None) -> list[str]:
    return [one.candidate.product.text for one in candidates_on_record(store, month)]


def test_a_candidate_is_kept_with_its_parts_under_its_month(store: CatalogStore) -> None:
    assert record_candidates(store, [FOUND]) == LedgerOutcome(new=1)
    assert candidates_on_record(store, SEPTEMBER) == candidates_on_record(store) == (FOUND,)
    assert candidates_on_record(store, Month(2026, 10)) == ()


def test_finding_it_again_changes_nothing(store: CatalogStore) -> None:
    record_candidates(store, [FOUND])
    assert record_candidates(store, [FOUND]) == LedgerOutcome(unchanged=1)


def test_a_search_for_another_part_adds_the_part(store: CatalogStore) -> None:
    record_candidates(store, [FOUND])
    outcome = record_candidates(store, [FoundCandidate(FOUND.candidate, ("Publications",))])
    assert outcome == LedgerOutcome(changed=1)
    assert candidates_on_record(store)[0].parts == ("Amery", "Publications")


def test_a_better_product_of_the_same_acquisition_takes_over(store: CatalogStore) -> None:
    record_candidates(store, [FOUND])
    record_candidates(store, [FoundCandidate(make_candidate(BETTER), ("Amery",))])
    assert names(store) == [BETTER]
    every = candidates_on_record(store, with_superseded=True)
    assert {one.candidate.product.text: one.superseded_by for one in every} == {
        PRODUCT: BETTER,
        BETTER: None,
    }


def test_a_worse_product_found_later_gives_way_at_once(store: CatalogStore) -> None:
    record_candidates(store, [FoundCandidate(make_candidate(BETTER), ("Amery",))])
    outcome = record_candidates(store, [FOUND])
    assert outcome == LedgerOutcome(new=1, unchanged=1, superseded=1)
    assert names(store) == [BETTER]


def test_the_same_archive_may_change_its_answer(store: CatalogStore) -> None:
    record_candidates(store, [FOUND])
    moved = make_candidate(timeliness="NRT-3h", notes=("moved",))
    record_candidates(store, [FoundCandidate(moved, ("Amery",))])
    assert candidates_on_record(store)[0].candidate == moved


def test_an_equal_offer_of_another_archive_changes_nothing(store: CatalogStore) -> None:
    record_candidates(store, [FOUND])
    other = make_candidate(timeliness="NRT-3h", endpoint="https://other.example.org/")
    record_candidates(store, [FoundCandidate(other, ("Amery",))])
    assert candidates_on_record(store) == (FOUND,)
