"""Fronts of others into the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.errors import InputError, UnknownUnit
from catalog.front import Front
from catalog.importing.read import Outcome, ReadOptions, read_fronts
from catalog.importing.remarks import Notice, Problem
from catalog.items.envelope import Asset
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

    Importing the same files again changes nothing. Without `keep_going` the first problem raises
    InputError; what was recorded before it stays.
    """
    report = ImportReport(source)
    outcomes = track(read_fronts(path, source, options))
    report.outcome = store.record_fronts(_accepted(outcomes, report, keep_going))
    return report


def _accepted(
    outcomes: Iterable[Outcome], report: ImportReport, keep_going: bool
) -> Iterator[tuple[Front, Sequence[Asset]]]:
    for outcome in outcomes:
        match outcome:
            case Front():
                _count(outcome, report)
                yield outcome, ()
            case Problem():
                report.problems.append(outcome)
                if not keep_going:
                    raise InputError(outcome.fault, where=outcome.where, remedy=outcome.remedy)
            case Notice():
                report.notices.append(outcome)


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
