"""Check: may a front follow the ones before it?

An ice-shelf front can only advance with the flow of the ice, retreat by calving, or disintegrate
(Baumhoer et al. 2023). A front that comes forward faster than the shelf flows is sea ice, melange,
a berg or a line of another place; one that retreats and is back in the next scenes is melt, wind
or a scene placed wrongly. Both go to review. A retreat that the next observation repeats is a
calving; until then it is provisional, and in the months of melt until a dry month repeats it.

Fronts are judged along the paths of their unit, so that half a front or a bulge is seen where the
mean is not. Where the table of shelves does not know a unit, its area is all there is.

Verdicts follow from the whole series, from people's decisions and from nothing else: the order in
which fronts come in and earlier verdicts do not matter, so checking again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from catalog.errors import RecordError
from catalog.front import Front, Interval, Reason, SeriesKey, Status
from catalog.review_verdict import is_decided
from pipeline.checking.brief import brief_fronts
from pipeline.checking.chain import plausible_chain
from pipeline.checking.envelope import Envelope, envelope_of
from pipeline.checking.physics import SAME_MOMENT_DAYS
from pipeline.checking.profile import Flags, SeriesProfile, profile_of
from pipeline.checking.rules import CheckRules
from pipeline.checking.screens import screen
from pipeline.checking.speeds import (
    OF_COMPOSITES,
    OF_INSTANTS,
    Margin,
    Speeds,
    configured_speeds,
    mapped_speeds,
    own_speeds,
)
from pipeline.checking.verdict import (
    Verdict,
    in_disintegration,
    place_reasons,
    retreat_outcome,
)
from pipeline.velocity import VelocityField

SEASONAL_INTERVALS = {Interval.DAILY, Interval.MONTHLY}


def check_series(
    fronts: Iterable[Front], rules: CheckRules, velocity: VelocityField | None = None
) -> tuple[Verdict, ...]:
    """Verdicts on all fronts of one series, oldest first; rejected ones get none.

    What a person accepted or drew again keeps its verdict, and the others are measured by it.
    `velocity` tells how fast the shelf flows; without it its own history does. Raises RecordError
    when the fronts are not of one unit, origin, source and interval.
    """
    series = sorted(fronts, key=lambda front: (front.start, front.id))
    _refuse_mixture(series)
    standing = [front for front in series if front.status is not Status.REJECTED]
    if not standing:
        return ()
    return _judge(standing, profile_of(standing), rules, velocity)


def apply_verdict(front: Front, verdict: Verdict) -> Front | None:
    """The front as the verdict wants it, or None where that changes nothing."""
    judged = replace(
        front,
        status=verdict.status,
        reasons=verdict.reasons,
        area_change_km2=verdict.area_change_km2,
    )
    return None if judged == front else judged


def _judge(
    fronts: Sequence[Front],
    profile: SeriesProfile,
    rules: CheckRules,
    velocity: VelocityField | None,
) -> tuple[Verdict, ...]:
    doubts = screen(fronts, profile, rules)
    decided = frozenset(at for at, front in enumerate(fronts) if is_decided(front))
    known = profile.is_known
    usable = [at for at in range(len(fronts)) if known[at] and (at in decided or not doubts[at])]
    in_melt = np.array([_in_melt_season(front, rules) for front in fronts])
    margin = OF_INSTANTS if fronts[0].interval is Interval.DAILY else OF_COMPOSITES
    speeds, chain = _trusted(profile, usable, decided, in_melt, margin, rules, velocity)
    envelope = envelope_of(profile, chain, speeds, rules)
    # What was left out of the chain, and yet lies where the others allow it, is trusted too.
    trusted = [at for at in usable if at in decided or not envelope.is_outside[at]]
    envelope = envelope_of(profile, trusted, speeds, rules)
    verdicts = [
        _kept(front)
        if at in decided
        else (Status.IN_REVIEW, doubts[at])
        if doubts[at]
        else _placed(profile, envelope, in_melt, at)
        for at, front in enumerate(fronts)
    ]
    verdicts = _with_disintegration(envelope, _with_unconfirmed(verdicts, in_melt))
    brief = brief_fronts(profile, trusted, rules) - decided
    return _with_area_changes(fronts, _with_brief(verdicts, brief))


def _trusted(
    profile: SeriesProfile,
    usable: list[int],
    decided: frozenset[int],
    in_melt: Flags,
    margin: Margin,
    rules: CheckRules,
    velocity: VelocityField | None,
) -> tuple[Speeds, list[int]]:
    """How fast the shelf flows, and the fronts that fit together at that speed.

    The speed is that of the fronts that fit together at the fastest of all shelves.
    """
    speeds = mapped_speeds(profile, velocity, margin, rules) if velocity else None
    if speeds is None:
        fastest = configured_speeds(profile.distance_m.shape[1], rules)
        plausible = plausible_chain(profile, usable, fastest, decided, in_melt, rules)
        speeds = own_speeds(profile, plausible, margin, rules)
        if not speeds.from_history:
            return speeds, plausible
    return speeds, plausible_chain(profile, usable, speeds, decided, in_melt, rules)


_Outcome = tuple[Status, tuple[Reason, ...]]


def _kept(front: Front) -> _Outcome:
    return front.status, front.reasons


def _placed(profile: SeriesProfile, envelope: Envelope, in_melt: Flags, at: int) -> _Outcome:
    """What the place of a front says, beside the trusted ones before and after."""
    if not profile.is_known[at]:
        return Status.PROVISIONAL, (Reason.NOT_COMPARED,)
    before, after = int(envelope.previous[at]), int(envelope.following[at])
    same_moment = any(
        other >= 0 and abs(profile.days[at] - profile.days[other]) <= SAME_MOMENT_DAYS
        for other in (before, after)
    )
    against = place_reasons(envelope, at, same_moment)
    if against:
        return Status.IN_REVIEW, against
    if not envelope.retreats[at]:
        return Status.ACCEPTED, ()
    confirming = _first_dry(envelope, in_melt, after) if in_melt[at] else after
    return retreat_outcome(confirming >= 0, bool(in_melt[at]))


def _in_melt_season(front: Front, rules: CheckRules) -> bool:
    return front.interval in SEASONAL_INTERVALS and front.start.month in rules.melt_months


def _first_dry(envelope: Envelope, in_melt: Flags, at: int) -> int:
    """The first trusted front from `at` on that was not seen in a month of melt, or -1."""
    while at >= 0 and in_melt[at]:
        at = int(envelope.following[at])
    return at


def _with_unconfirmed(verdicts: list[_Outcome], in_melt: Flags) -> list[_Outcome]:
    """What repeats a retreat of the months of melt, in those months, waits as it does."""
    told: list[_Outcome] = []
    waiting: _Outcome | None = None
    for at, (status, reasons) in enumerate(verdicts):
        repeats = waiting is not None and bool(in_melt[at]) and not reasons
        if Reason.RETREAT_UNCONFIRMED in reasons:
            waiting = status, reasons
        elif status is Status.ACCEPTED and not repeats:
            waiting = None
        told.append(waiting if waiting and repeats else (status, reasons))
    return told


def _with_disintegration(envelope: Envelope, verdicts: list[_Outcome]) -> list[_Outcome]:
    retreats = [at for at, (_, why) in enumerate(verdicts) if Reason.RETREAT_CONFIRMED in why]
    falling_apart = in_disintegration(envelope, retreats)
    return [
        (status, (*reasons, Reason.DISINTEGRATION)) if at in falling_apart else (status, reasons)
        for at, (status, reasons) in enumerate(verdicts)
    ]


def _with_brief(verdicts: list[_Outcome], brief: frozenset[int]) -> list[_Outcome]:
    """Fronts where the series hardly stayed are doubted, unless the shelf falls apart."""
    return [
        (Status.IN_REVIEW, (Reason.NEIGHBOURS_DISAGREE,))
        if at in brief and Reason.DISINTEGRATION not in reasons
        else (status, reasons)
        for at, (status, reasons) in enumerate(verdicts)
    ]


def _with_area_changes(
    fronts: Sequence[Front], verdicts: Sequence[_Outcome]
) -> tuple[Verdict, ...]:
    """Each front's area less that of the last trusted front that has one."""
    found: list[Verdict] = []
    last_km2: float | None = None
    for front, (status, reasons) in zip(fronts, verdicts, strict=True):
        area = front.area_km2
        has_both = area is not None and last_km2 is not None
        change = round(area - last_km2, 3) if has_both else None  # type: ignore[operator]
        found.append(Verdict(front.id, status, reasons, change))
        if status is not Status.IN_REVIEW and area is not None:
            last_km2 = area
    return tuple(found)


def _refuse_mixture(series: Sequence[Front]) -> None:
    keys: set[SeriesKey] = {front.series for front in series}
    if len(keys) > 1:
        raise RecordError(
            f"{len(keys)} series cannot be checked as one.",
            where=", ".join(sorted({front.unit for front in series})),
        )
