"""Fronts of others into the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.errors import InputError, NotRecorded, UnknownUnit
from catalog.front import Front, Reason
from catalog.importing.read import Outcome, ReadOptions, read_fronts
from catalog.importing.remarks import Notice, Problem
from catalog.items.envelope import Asset
from catalog.items.front import item_to_front
from catalog.recorded_verdict import with_recorded_verdict
from catalog.shelf import find_unit
from catalog.source import Source
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome

Track = Callable[[Iterable[Outcome]], Iterable[Outcome]]


@dataclass(slots=True)
class ImportReport:
    """What came of an import. `without_area` counts fronts of known units that have none."""

    source: Source
    outcome: RecordOutcome = field(default_factory=RecordOutcome)
    units: Counter[str] = field(default_factory=Counter)
    without_area: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def fronts(self) -> int:
        return self.units.total()


def import_fronts(
    path: Path,
    source: Source,
    options: ReadOptions,
    store: CatalogStore,
    *,
    keep_going: bool = True,
    track: Track = iter,
) -> ImportReport:
    """Record every front at `path`; what cannot be read is in the report.

    Importing the same files again changes nothing, also of what was judged since. Without
    `keep_going` the first problem raises
    InputError; what was recorded before it stays.
    """
    report = ImportReport(source)
    outcomes = track(read_fronts(path, source, options))
    report.outcome = store.record_fronts(_accepted(outcomes, report, store, keep_going))
    return report


def _accepted(
    outcomes: Iterable[Outcome], report: ImportReport, store: CatalogStore, keep_going: bool
) -> Iterator[tuple[Front, Sequence[Asset]]]:
    for outcome in outcomes:
        match outcome:
            case Front():
                _count(outcome, report)
                yield _as_judged(outcome, store), ()
            case Problem():
                report.problems.append(outcome)
                if not keep_going:
                    raise InputError(outcome.fault, where=outcome.where, remedy=outcome.remedy)
            case Notice():
                report.notices.append(outcome)


def _as_judged(front: Front, store: CatalogStore) -> Front:
    """With the verdict on record; a new line, or a new verdict of its source, begins anew."""
    judged = with_recorded_verdict(front, store)
    if judged.lineage.judgements:  # nothing is new
        return judged
    is_as_before = _is_on_record(front, store) and _is_eliminated(judged) == _is_eliminated(front)
    return judged if is_as_before else front


def _is_on_record(front: Front, store: CatalogStore) -> bool:
    try:
        recorded = item_to_front(store.get(front.collection, front.id).item)
    except NotRecorded:
        return False
    return bool(recorded.line == front.line)


def _is_eliminated(front: Front) -> bool:
    return Reason.ELIMINATED_BY_SOURCE in front.reasons


def _count(front: Front, report: ImportReport) -> None:
    report.units[front.unit] += 1
    if front.area_km2 is None and _has_region(front.unit):
        report.without_area[front.unit] += 1


def _has_region(unit: str) -> bool:
    try:
        find_unit(unit)
    except UnknownUnit:
        return False
    return True
