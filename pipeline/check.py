"""Check: may a front follow the ones before it?

An ice-shelf front can only advance with the flow of the ice, or retreat by calving (Baumhoer et
al. 2023). A front that comes forward faster than ice flows is sea ice, melange or a berg; one
that loses area and has it back in the next scenes is melt or wind. Both go to review. A retreat
that the next observation repeats is a calving; until then it is provisional.

Verdicts follow from the whole series and from nothing else: the order in which fronts come in and
earlier verdicts do not matter, so checking again changes nothing. Only a rejection stands, because
a person made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import shapely

from catalog.errors import RecordError
from catalog.front import Front, Reason, SeriesKey, Status

KM2_TO_M2 = 1e6
DAY = timedelta(days=1)
OUTLINE_TOLERANCE_M = 1_000.0  # bends below this do not widen a front
VOTES_AGAINST_FIRST = 2


@dataclass(frozen=True, slots=True)
class CheckRules:
    """The bounds of a plausible series.

    `fastest_advance_m_per_day`: Pine Island, the fastest large shelf, flows 4 to 4.5 km a year
    (12 m a day); 15 leaves room. `tolerance_m`: mean displacement between two traces of the same
    front that means nothing. `regain_days`: how long after a loss regained area speaks against it.
    `least_confidence`: fronts below are not believed.
    """

    fastest_advance_m_per_day: float
    tolerance_m: float
    regain_days: float
    least_confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says of one front; `area_change_km2` against the last trusted front."""

    front_id: str
    status: Status
    reasons: tuple[Reason, ...]
    area_change_km2: float | None


def check_series(fronts: Iterable[Front], rules: CheckRules) -> tuple[Verdict, ...]:
    """Verdicts on all fronts of one series, oldest first; rejected ones get none.

    Raises RecordError when they are not of one unit, origin, source and interval.
    """
    series = sorted(fronts, key=lambda front: (front.start, front.id))
    _refuse_mixture(series)
    standing = [front for front in series if front.status is not Status.REJECTED]
    usable = [_Seen.of(f) for f in standing if not _doubts(f, rules)]
    judged = {verdict.front_id: verdict for verdict in _judge_all(usable, rules)}
    return tuple(judged.get(front.id) or _doubtful(front, rules) for front in standing)


def apply_verdict(front: Front, verdict: Verdict) -> Front | None:
    """The front as the verdict wants it, or None where that changes nothing."""
    judged = replace(
        front,
        status=verdict.status,
        reasons=verdict.reasons,
        area_change_km2=verdict.area_change_km2,
    )
    return None if judged == front else judged


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the check looks at."""

    front_id: str
    moment: datetime
    area_km2: float
    width_m: float

    @classmethod
    def of(cls, front: Front) -> _Seen:
        outline = shapely.simplify(front.line, OUTLINE_TOLERANCE_M)
        return cls(front.id, front.start, front.area_km2 or 0.0, float(outline.length))


def _judge_all(series: Sequence[_Seen], rules: CheckRules) -> list[Verdict]:
    verdicts: list[Verdict] = []
    trusted: _Seen | None = None
    for position, seen in enumerate(series):
        later = _votes(series[position + 1 :], seen, rules)
        if trusted is None:
            status, reasons = _judge_first(seen, later, rules)
        else:
            status, reasons = _judge(seen, trusted, later, rules)
        change = round(seen.area_km2 - trusted.area_km2, 3) if trusted else None
        verdicts.append(Verdict(seen.front_id, status, reasons, change))
        if status is not Status.IN_REVIEW:
            trusted = seen
    return verdicts


def _judge_first(
    seen: _Seen, later: Sequence[_Seen], rules: CheckRules
) -> tuple[Status, tuple[Reason, ...]]:
    # Nothing comes before it, so only what follows can speak against it, and not one voice alone.
    against = sum(_advances_too_fast(seen, other, rules) for other in later)
    if against >= VOTES_AGAINST_FIRST and against > len(later) - against:
        return Status.IN_REVIEW, (Reason.ADVANCE_TOO_FAST,)
    return Status.ACCEPTED, ()


def _judge(
    seen: _Seen, trusted: _Seen, later: Sequence[_Seen], rules: CheckRules
) -> tuple[Status, tuple[Reason, ...]]:
    if _advances_too_fast(trusted, seen, rules):
        return Status.IN_REVIEW, (Reason.ADVANCE_TOO_FAST,)
    if not _retreats(trusted, seen, rules):
        return Status.ACCEPTED, ()
    if not later:
        return Status.PROVISIONAL, (Reason.RETREAT_UNCONFIRMED,)
    regained = sum(_advances_too_fast(seen, other, rules) for other in later)
    confirmed = len(later) - regained
    # On a draw the next observation decides.
    if regained > confirmed or (
        regained == confirmed and _advances_too_fast(seen, later[0], rules)
    ):
        return Status.IN_REVIEW, (Reason.AREA_LOST_AND_REGAINED,)
    return Status.ACCEPTED, (Reason.RETREAT_CONFIRMED,)


def _votes(later: Sequence[_Seen], seen: _Seen, rules: CheckRules) -> Sequence[_Seen]:
    """The next observation however late, and all within `regain_days`."""
    limit = seen.moment + rules.regain_days * DAY
    return [other for i, other in enumerate(later) if i == 0 or other.moment <= limit]


def _advances_too_fast(before: _Seen, after: _Seen, rules: CheckRules) -> bool:
    days = (after.moment - before.moment) / DAY
    bound_m = rules.tolerance_m + rules.fastest_advance_m_per_day * days
    return _displacement_m(before, after) > bound_m


def _retreats(before: _Seen, after: _Seen, rules: CheckRules) -> bool:
    return _displacement_m(before, after) < -rules.tolerance_m


def _displacement_m(before: _Seen, after: _Seen) -> float:
    """Mean displacement: change of area over the width of the narrower front."""
    width_m = max(min(before.width_m, after.width_m), 1.0)
    return (after.area_km2 - before.area_km2) * KM2_TO_M2 / width_m


def _doubts(front: Front, rules: CheckRules) -> tuple[Reason, ...]:
    """What speaks against a front by itself."""
    found = []
    if front.area_km2 is None:
        found.append(Reason.INCOMPLETE)
    if front.confidence is not None and front.confidence < rules.least_confidence:
        found.append(Reason.LOW_CONFIDENCE)
    return tuple(found)


def _doubtful(front: Front, rules: CheckRules) -> Verdict:
    return Verdict(front.id, Status.IN_REVIEW, _doubts(front, rules), None)


def _refuse_mixture(series: Sequence[Front]) -> None:
    keys: set[SeriesKey] = {front.series for front in series}
    if len(keys) > 1:
        raise RecordError(
            f"{len(keys)} series cannot be checked as one.",
            where=", ".join(sorted({front.unit for front in series})),
        )
