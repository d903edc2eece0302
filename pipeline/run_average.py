"""Average the accepted fronts of every series, join the parts of shelves, write both down."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import add

from catalog.errors import IceLinesError
from catalog.front import Front, Interval, Origin, Reason, SeriesKey, Status
from catalog.query import FrontFilter
from catalog.shelf import Part, Shelf, unit_of_part
from catalog.store import CatalogStore
from pipeline.average_change import with_area_change, with_area_changes
from pipeline.average_front import front_of_average
from pipeline.average_period import AveragePeriod, periods_with
from pipeline.average_record import (
    AVERAGES,
    Decisions,
    Recorded,
    Written,
    as_decided,
    joined_as_decided,
    note_gaps,
    read_fronts,
    recorded_in,
    write_fronts,
)
from pipeline.average_rules import AveragingRules, JoinRules
from pipeline.average_scope import AverageScope
from pipeline.average_series import AveragedSeries, RecordedFront
from pipeline.join import join_fronts

WITHOUT_Q1 = "annual noQ1"
OVER_CALVING = {Reason.SHOWS_BEFORE_CALVING, Reason.SHOWS_AFTER_CALVING}
Track = Callable[[Iterable[Part]], Iterable[Part]]


@dataclass(frozen=True, slots=True)
class AverageJob:
    """Where from and where to, what of it, and by which rules."""

    store: CatalogStore
    scope: AverageScope
    rules: AveragingRules
    join_rules: JoinRules
    decisions: Decisions


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What became of one part: `gaps` are its months without an accepted front, `YYYY-MM`."""

    part: str
    series: int = 0
    written: Written = field(default_factory=Written)
    gaps: tuple[str, ...] = ()
    failure: IceLinesError | None = None


@dataclass(frozen=True, slots=True)
class AverageReport:
    """How a run ended.

    `averages` counts those that stand by interval, `joined` is the number of joined fronts;
    `straddling` are ids of averages over a calving, `withdrawn` of fronts of whose inputs nothing
    is left; `gaps` are months without an accepted front, by part.
    """

    series: int
    averages: Mapping[str, int]
    joined: int
    new: int
    revised: int
    straddling: tuple[str, ...]
    withdrawn: tuple[str, ...]
    gaps: Mapping[str, tuple[str, ...]]
    failures: tuple[IceLinesError, ...]


def average_catalogue(job: AverageJob, track: Track = iter) -> AverageReport:
    """Average and join; what is on record and would be the same is left alone.

    A part that cannot be averaged is reported, and the others are done all the same.
    """
    parts = [_average_safely(job, part) for part in track(job.scope.chosen_parts)]
    joined = reduce(add, (_join_shelf(job, shelf) for shelf in job.scope.chosen_shelves), Written())
    averaged = reduce(add, (outcome.written for outcome in parts), Written())
    written = averaged + joined
    return AverageReport(
        series=sum(outcome.series for outcome in parts),
        averages=Counter(map(kind_of, averaged.fronts)),
        joined=len(joined.fronts),
        new=written.new,
        revised=written.revised,
        straddling=tuple(f.id for f in averaged.fronts if OVER_CALVING & set(f.reasons)),
        withdrawn=written.withdrawn,
        gaps={outcome.part: outcome.gaps for outcome in parts if outcome.gaps},
        failures=tuple(outcome.failure for outcome in parts if outcome.failure),
    )


def kind_of(front: Front) -> str:
    """`monthly`, `quarterly`, `annual` or `annual noQ1`."""
    return WITHOUT_Q1 if front.is_without_q1 else str(front.interval)


def _average_safely(job: AverageJob, part: Part) -> PartOutcome:
    try:
        return _average_part(job, part)
    except IceLinesError as error:
        return PartOutcome(part.name, failure=error)


def _average_part(job: AverageJob, part: Part) -> PartOutcome:
    """The averages of all series of a part."""
    recorded = recorded_in(job.store, part.name, AVERAGES, job.scope)
    series = _accepted_series(job.store, part)
    made = [
        front for key in sorted(series) for front in _averages(job, part, series[key], recorded)
    ]
    written = write_fronts(job.store, made, recorded)
    moments = [one.front.start for fronts in series.values() for one in fronts]
    gaps = note_gaps(job.store, part, moments, job.scope)
    return PartOutcome(part.name, len(series), written, tuple(map(str, gaps)))


def _accepted_series(store: CatalogStore, part: Part) -> Mapping[SeriesKey, list[RecordedFront]]:
    found: dict[SeriesKey, list[RecordedFront]] = defaultdict(list)
    daily, accepted = (Interval.DAILY,), (Status.ACCEPTED,)
    wanted = FrontFilter(units=(part.name,), intervals=daily, statuses=accepted)
    for one in read_fronts(store, wanted):
        found[one.front.series].append(one)
    return found


def _averages(
    job: AverageJob, part: Part, fronts: Sequence[RecordedFront], recorded: Recorded
) -> list[Front]:
    moments = [one.front.start for one in fronts]
    wanted = job.scope.periods_with(moments)
    if not wanted:
        return []
    series = AveragedSeries.of(fronts, unit_of_part(part), job.rules)

    @cache
    def front_of(period: AveragePeriod) -> Front | None:
        average = series.average(period, job.rules)
        if average is None:
            return None
        return as_decided(front_of_average(average, part, job.rules, recorded), job.decisions)

    of_kind: dict[tuple[Interval, bool], list[AveragePeriod]] = defaultdict(list)
    for period in periods_with(moments, job.scope.until):
        of_kind[period.kind].append(period)

    def earlier_than(period: AveragePeriod) -> Iterator[Front | None]:
        alike = of_kind[period.kind]
        return map(front_of, reversed(alike[: bisect_left(alike, period)]))

    # Change is told against the period before, whether or not that is in scope.
    return [
        with_area_change(front, earlier_than(period))
        for period in wanted
        if (front := front_of(period)) is not None
    ]


def _join_shelf(job: AverageJob, shelf: Shelf) -> Written:
    """The joined fronts of a shelf, of all series of its parts.

    Fronts out of scope are looked at too: they may be nearer to one in scope than any other.
    """
    recorded = recorded_in(job.store, shelf.name, tuple(Interval), job.scope)
    by_source: dict[tuple[Origin, str], list[RecordedFront]] = defaultdict(list)
    units = tuple(part.name for part in shelf.parts)
    for one in read_fronts(job.store, FrontFilter(units=units)):
        by_source[one.front.origin, one.front.source].append(one)
    joined = (
        joined_as_decided(front, job.decisions)
        for key in sorted(by_source)
        for front in join_fronts(by_source[key], shelf, job.join_rules)
    )
    made = [front for front in with_area_changes(joined) if job.scope.holds(front)]
    return write_fronts(job.store, made, recorded)
