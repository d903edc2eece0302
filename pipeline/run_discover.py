"""A month of scenes found and put on record: candidates to fetch, and parts that have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.observation import Observation, ObservationKind
from catalog.release import Month
from catalog.shelf import Part
from catalog.store import CatalogStore
from pipeline.discover import AskedArchive, PartFailure, PartFinding, Wanted, find_for_parts
from pipeline.discovery.candidate_ledger import (
    FoundCandidate,
    LedgerOutcome,
    candidates_on_record,
    record_candidates,
)
from pipeline.discovery.preference import group_by_acquisition, preferred
from pipeline.discovery.refusal import RefusedItem

MOST_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class DiscoverReport:
    """How a search ended. `empty` are searched parts without a scene; `gaps` those so recorded.

    `found` has one product for each acquisition, `offers` is how many there were before the choice.
    """

    archive: str
    month: Month
    found: tuple[FoundCandidate, ...]
    offers: int
    empty: tuple[PartFinding, ...]
    refused: tuple[RefusedItem, ...]
    failures: tuple[PartFailure, ...]
    outcome: LedgerOutcome = field(default_factory=LedgerOutcome)
    gaps: tuple[str, ...] = ()


def search_month(asked: AskedArchive, parts: Iterable[Part], wanted: Wanted) -> DiscoverReport:
    """What an archive offers, of each acquisition the best product; nothing is recorded."""
    outcomes = list(find_for_parts(asked, parts, wanted, MOST_FAILURES_IN_A_ROW))
    findings = [one for one in outcomes if isinstance(one, PartFinding)]
    refused = {r for finding in findings for r in finding.refused}
    return DiscoverReport(
        archive=asked.archive.address,
        month=wanted.month,
        found=_best_with_parts(findings),
        offers=len({c.item_id for finding in findings for c in finding.candidates}),
        empty=tuple(finding for finding in findings if not finding.candidates),
        refused=tuple(sorted(refused, key=lambda r: (r.item_id, r.fault))),
        failures=tuple(one for one in outcomes if isinstance(one, PartFailure)),
    )


def record_month(
    store: CatalogStore, report: DiscoverReport, wanted: Wanted, now: datetime, *, is_narrowed: bool
) -> DiscoverReport:
    """Write the candidates, and the parts that have no scene in the whole month.

    A search that leaves something out (`is_narrowed`), or a month that is not over, says nothing
    of gaps.
    """
    outcome = record_candidates(store, report.found)
    for part in {part for one in report.found for part in one.parts}:
        store.withdraw_empty_month(part, wanted.start)
    is_conclusive = not is_narrowed and wanted.end <= now
    gaps = _without_any(store, report.empty, wanted) if is_conclusive else []
    store.record_observations(_gap(finding, report, wanted) for finding in gaps)
    return replace(report, outcome=outcome, gaps=tuple(finding.part for finding in gaps))


def _best_with_parts(findings: Sequence[PartFinding]) -> tuple[FoundCandidate, ...]:
    """The best product of each acquisition, for every part that any product of it shows."""
    offers = {c.item_id: c for finding in findings for c in finding.candidates}
    parts: dict[str, set[str]] = {item_id: set() for item_id in offers}
    for finding in findings:
        for candidate in finding.candidates:
            parts[candidate.item_id].add(finding.part)
    return tuple(
        FoundCandidate(
            preferred(group), tuple(sorted(set().union(*(parts[c.item_id] for c in group))))
        )
        for group in group_by_acquisition(offers.values())
    )


def _without_any(
    store: CatalogStore, empty: Iterable[PartFinding], wanted: Wanted
) -> list[PartFinding]:
    """Those parts for which nothing is on record either, from whatever archive."""
    known = {part for one in candidates_on_record(store, wanted.month) for part in one.parts}
    return [
        finding
        for finding in empty
        if finding.part not in known and not _has_acquisition(store, finding.part, wanted)
    ]


def _has_acquisition(store: CatalogStore, part: str, wanted: Wanted) -> bool:
    seen = store.observations(part)
    return any(o.scene_id and wanted.start <= o.moment < wanted.end for o in seen)


def _gap(finding: PartFinding, report: DiscoverReport, wanted: Wanted) -> Observation:
    kinds = f"{' or '.join(wanted.modes)} {' or '.join(wanted.product_types)}"
    refused = len(finding.refused)
    unread = f"; items that could not be used: {refused}" if refused else ""
    reason = f"no {kinds} scene in {report.archive}{unread}"
    return Observation(finding.part, wanted.start, ObservationKind.GAP, reason)
