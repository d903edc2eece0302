"""Candidates in the ledger of work: written by discovery, read by whoever fetches.

One row for each product, under its month, so that a month is read without the others. A product
that gave way to a better one of the same acquisition stays, and names the better one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.release import Month
from catalog.store import CatalogStore
from catalog.stored import Work
from pipeline.discovery.candidate import Candidate, candidate_to_document, document_to_candidate
from pipeline.discovery.preference import group_by_acquisition, preferred

DISCOVER = "discover"


@dataclass(frozen=True, slots=True)
class FoundCandidate:
    """A candidate on record and the parts whose region its footprint meets.

    `superseded_by` names the product that is taken instead of it.
    """

    candidate: Candidate
    parts: tuple[str, ...]
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerOutcome:
    """What writing changed. `superseded` counts products that gave way, old and new ones."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0


def candidates_on_record(
    store: CatalogStore, month: Month | None = None, *, with_superseded: bool = False
) -> tuple[FoundCandidate, ...]:
    """Candidates by product name: those to fetch, or every one that was ever found."""
    found = (_found_in(work) for work in store.all_work(DISCOVER, _prefix(month)))
    return tuple(one for one in found if with_superseded or one.superseded_by is None)


def record_candidates(store: CatalogStore, found: Iterable[FoundCandidate]) -> LedgerOutcome:
    """Write candidates; of each acquisition the best one, old or new, is left to be fetched."""
    new = list(found)
    months = sorted({month_of(one.candidate) for one in new})
    old = [f for m in months for f in candidates_on_record(store, m, with_superseded=True)]
    before = {_key(one.candidate): one for one in old}
    after = {_key(one.candidate): one for one in _settled(_merged(old, new))}
    changes = {key: one for key, one in after.items() if before.get(key) != one}
    for key, one in changes.items():
        store.write_work(_work(key, one))
    return _outcome(before, after, changes)


def month_of(candidate: Candidate) -> Month:
    """The month in which a candidate was acquired."""
    return Month(candidate.product.start.year, candidate.product.start.month)


def _merged(old: Iterable[FoundCandidate], new: Iterable[FoundCandidate]) -> list[FoundCandidate]:
    """One entry for each product; found again, it keeps the parts that it was found for before."""
    merged = {_key(one.candidate): one for one in old}
    for one in new:
        key = _key(one.candidate)
        merged[key] = _renewed(merged[key], one) if key in merged else one
    return list(merged.values())


def _renewed(old: FoundCandidate, new: FoundCandidate) -> FoundCandidate:
    """The newer answer of the same archive, and of two archives the better offer."""
    same_place = old.candidate.endpoint == new.candidate.endpoint
    candidate = new.candidate if same_place else preferred([old.candidate, new.candidate])
    return FoundCandidate(candidate, tuple(sorted({*old.parts, *new.parts})))


def _settled(found: Iterable[FoundCandidate]) -> Iterator[FoundCandidate]:
    by_key = {_key(one.candidate): one for one in found}
    for group in group_by_acquisition(one.candidate for one in by_key.values()):
        best = preferred(group)
        for candidate in group:
            name = None if candidate is best else best.product.text
            yield FoundCandidate(candidate, by_key[_key(candidate)].parts, name)


def _outcome(
    before: Mapping[str, FoundCandidate],
    after: Mapping[str, FoundCandidate],
    changes: Mapping[str, FoundCandidate],
) -> LedgerOutcome:
    gave_way = [one for one in changes.values() if one.superseded_by]
    new = changes.keys() - before.keys()
    return LedgerOutcome(
        len(new), len(changes) - len(new), len(after) - len(changes), len(gave_way)
    )


def _prefix(month: Month | None) -> str:
    return f"{DISCOVER}:{month}:" if month else f"{DISCOVER}:"


def _key(candidate: Candidate) -> str:
    return f"{_prefix(month_of(candidate))}{candidate.product.text}"


def _work(key: str, found: FoundCandidate) -> Work:
    outcome: dict[str, Any] = {
        "candidate": candidate_to_document(found.candidate),
        "parts": list(found.parts),
        "superseded_by": found.superseded_by,
    }
    return Work(key, DISCOVER, found.candidate.product.text, True, 1, outcome)


def _found_in(work: Work) -> FoundCandidate:
    outcome = work.outcome
    candidate = document_to_candidate(outcome["candidate"])
    return FoundCandidate(candidate, tuple(outcome["parts"]), outcome["superseded_by"])
