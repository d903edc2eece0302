"""Check all series on record, and write down the verdicts that changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.errors import RevisedMeanwhile, UnknownUnit
from catalog.front import Front, Interval, Origin, Reason, SeriesKey, Status
from catalog.items.front import item_to_front
from catalog.observation import Observation, ObservationKind
from catalog.query import FrontFilter
from catalog.review import Decision
from catalog.review_verdict import decided_front, is_decided
from catalog.shelf import find_unit
from catalog.store import CatalogStore
from pipeline.check import apply_verdict, check_series
from pipeline.checking.rules import CheckRules
from pipeline.errors import VelocityGap
from pipeline.velocity import FARTHEST_CARRIED_M, VelocityField

# Fronts of others keep the verdict of their source unless they are asked for: their series mix
# sensors and methods.
OWN_ORIGINS = (Origin.SENTINEL1, Origin.SIMULATED)
TRACED = "front traced"

Decisions = Mapping[tuple[str, str], tuple[Decision, ...]]
VelocityOf = Callable[[str], VelocityField | None]  # around a unit, by its name


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How a check ended; `in_review` are front ids with their reasons, joined by commas.

    `decided` counts the fronts whose verdict is a person's. `left` are the ids of those that
    another process revised while they were judged: they keep what it wrote until the next check.
    """

    series: int
    fronts: int
    changed: int
    decided: int
    by_status: Mapping[str, int]
    in_review: tuple[tuple[str, str], ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A front with the digest of the revision that was read."""

    front: Front
    digest: str


def no_velocity(unit: str) -> None:
    """There is no map of velocity."""


def velocity_around(path: Path | None) -> VelocityOf:
    """Reads the raster `path` around a unit; None where it knows nothing there.

    Raises VelocityError where the raster itself cannot be used.
    """
    if path is None:
        return no_velocity

    def velocity_of(unit: str) -> VelocityField | None:
        from pipeline.velocity_file import read_velocity

        try:
            west, south, east, north = find_unit(unit).region.bounds
            reach = FARTHEST_CARRIED_M
            return read_velocity(path, (west - reach, south - reach, east + reach, north + reach))
        except (UnknownUnit, VelocityGap):
            return None

    return velocity_of


def check_catalogue(
    store: CatalogStore,
    rules: CheckRules,
    imported: Iterable[str] = (),
    velocity_of: VelocityOf = no_velocity,
) -> CheckReport:
    """Judge every series of our own fronts, and imported ones of the sources that are named.

    What people decided is applied to all fronts, of whatever source; a front that was redrawn is
    judged by its new line. An unchanged verdict writes nothing.
    """
    decisions = store.review.all_decisions()
    sources = frozenset(imported)
    report = CheckReport(0, 0, 0, 0, {}, ())
    for unit in store.units_with_fronts():
        # What is made of other fronts is made anew, and as people decided, by `average`.
        recorded = [one for one in _read_fronts(store, unit) if not one.front.is_composed]
        series = _series_of([_as_decided(store, one.front, decisions) for one in recorded])
        checked = [key for key in series if _is_checked(key, sources)]
        velocity = velocity_of(unit) if checked else None
        for key in checked:
            series[key] = _judged(series[key], rules, velocity)
        judged = [front for key in sorted(series) for front in series[key]]
        changed, left = _write_changes(store, recorded, judged)
        _write_observations(store, unit, [front for front in judged if front.id not in left])
        ours = [f for key in sorted(checked) for f in series[key] if f.id not in left]
        report = _with_unit(report, len(checked), ours, changed, left)
    return report


def _read_fronts(store: CatalogStore, unit: str) -> list[_Read]:
    found = store.stored_fronts(FrontFilter(units=(unit,)))
    return [_Read(item_to_front(stored.item), stored.digest) for stored in found]


def _is_checked(key: SeriesKey, imported: frozenset[str]) -> bool:
    # Averages of ours are made of fronts that have been checked.
    if key.origin in OWN_ORIGINS:
        return key.interval is Interval.DAILY
    return key.source in imported


def _as_decided(store: CatalogStore, front: Front, decisions: Decisions) -> Front:
    """The front with what people decided about it, from how the machine had left it."""
    history = decisions.get((front.collection, front.id))
    if history is None:
        return front
    return decided_front(store.review.undecided_front(front.collection, front.id), history)


def _series_of(fronts: Sequence[Front]) -> dict[SeriesKey, list[Front]]:
    series: dict[SeriesKey, list[Front]] = defaultdict(list)
    for front in fronts:
        series[front.series].append(front)
    return series


def _judged(
    fronts: Sequence[Front], rules: CheckRules, velocity: VelocityField | None
) -> list[Front]:
    by_id = {front.id: front for front in fronts}
    for verdict in check_series(fronts, rules, velocity):
        front = by_id[verdict.front_id]
        by_id[verdict.front_id] = apply_verdict(front, verdict) or front
    return list(by_id.values())


def _write_changes(
    store: CatalogStore, recorded: Sequence[_Read], judged: Sequence[Front]
) -> tuple[int, tuple[str, ...]]:
    """How many fronts were revised, and the ids of those that another process revised first.

    A verdict is about the line that was read: over a newer one it would bring the old one back.
    """
    before = {one.front.id: one for one in recorded}
    changed, left = 0, []
    for front in judged:
        read = before[front.id]
        if front == read.front:
            continue
        try:
            changed += store.revise_front(front, read.digest).revised
        except RevisedMeanwhile:
            left.append(front.id)
    return changed, tuple(left)


def _write_observations(store: CatalogStore, unit: str, judged: Sequence[Front]) -> None:
    """Say in the observation states what became of the fronts, where that is new."""
    by_id = {front.id: front for front in judged}
    seen = [each for each in store.observations(unit) if each.front_id in by_id]
    told = [_as_judged(each, by_id[each.front_id]) for each in seen]
    store.record_observations(new for old, new in zip(seen, told, strict=True) if new != old)


def _as_judged(seen: Observation, front: Front) -> Observation:
    """Rejected where its front was; observed where that is in doubt, but it says so."""
    if Reason.INPUTS_WITHDRAWN in front.reasons and seen.kind is not ObservationKind.OBSERVED:
        return seen  # the row says why there is no front any more
    why = ", ".join(str(reason).replace("_", " ") for reason in front.reasons)
    if front.status is Status.REJECTED:
        return replace(seen, kind=ObservationKind.REJECTED, reason=f"front rejected: {why}")
    in_review = f"{TRACED}, in review: {why}"
    reason = in_review if front.status is Status.IN_REVIEW else TRACED
    return replace(seen, kind=ObservationKind.OBSERVED, reason=reason)


def _with_unit(
    report: CheckReport,
    series: int,
    fronts: Sequence[Front],
    changed: int,
    left: tuple[str, ...],
) -> CheckReport:
    statuses = Counter(str(f.status) for f in fronts if f.status is not Status.REJECTED)
    doubtful = [f for f in fronts if f.status is Status.IN_REVIEW]
    return CheckReport(
        series=report.series + series,
        fronts=report.fronts + len(fronts),
        changed=report.changed + changed,
        decided=report.decided + sum(map(is_decided, fronts)),
        by_status=Counter(report.by_status) + statuses,
        in_review=(
            *report.in_review,
            *((f.id, ", ".join(map(str, f.reasons))) for f in doubtful),
        ),
        left=report.left + left,
    )
