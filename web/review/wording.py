"""What the desk says of fronts and decisions, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog.errors import UnknownUnit
from catalog.front import Front, Interval, Reason
from catalog.reason_words import (
    ACTION_WORDS,
    DECISION_REASON_WORDS,
    REASON_WORDS,
    STATUS_WORDS,
)
from catalog.review import REASONS_FOR, USUAL_REASON, Action, Decision, DecisionReason
from catalog.review_queue import QueueEntry
from catalog.shelf import find_unit
from web.site.words import (
    INTERVAL_WORDS,
    THIN_SPACE,
    area,
    day,
    month_words,
    number,
    origin_words,
    signed_area,
)

REJECTIONS = REASONS_FOR[Action.REJECT]  # in the order of the keys 1 to 8


# What a retreat is doubted for: then one may accept it and say that the ice did calve.
RETREATS = frozenset(
    {
        Reason.RETREAT_UNCONFIRMED,
        Reason.AREA_LOST_AND_REGAINED,
        Reason.DISINTEGRATION,
        Reason.LENGTH_JUMP,
        Reason.FAR_OFF,
        Reason.NEIGHBOURS_DISAGREE,
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason to reject a front with: its code, and what the button says."""

    reason: DecisionReason
    words: str


def choices() -> list[Choice]:
    words = DECISION_REASON_WORDS | {DecisionReason.OTHER: "another reason, told in the note"}
    return [Choice(reason, _capital(words[reason])) for reason in REJECTIONS]


def may_have_calved(front: Front) -> bool:
    return not RETREATS.isdisjoint(front.reasons)


def unit_title(unit: str) -> str:
    """The name of a unit for people; one that the table does not know keeps its own."""
    try:
        return find_unit(unit).title
    except UnknownUnit:
        return unit


def when(interval: Interval, start: datetime) -> str:
    """The time that a front stands for; that of a pass to the minute."""
    if interval is Interval.DAILY:
        return (
            f"{day(start)}, {start:%H:%M} UTC" if start.time() != start.min.time() else day(start)
        )
    if interval is Interval.MONTHLY:
        return month_words(start)
    if interval is Interval.QUARTERLY:
        return f"{start.year} Q{(start.month + 2) // 3}"
    return str(start.year)


def case_title(front: Front) -> str:
    return f"{unit_title(front.unit)}, {when(front.interval, front.start)}"


def entry_title(entry: QueueEntry) -> str:
    return f"{unit_title(entry.unit)}, {when(entry.interval, entry.start)}"


def sentence(reason: Reason) -> str:
    """Why a front is doubtful, as a sentence."""
    return f"{_capital(REASON_WORDS[reason])}."


def reason_sentences(front: Front) -> list[str]:
    if front.reasons:
        return [sentence(reason) for reason in front.reasons]
    return ["It waits for the next check of its series."]


def facts(front: Front) -> list[str]:
    """What is known of a front, each with its unit; what is not known is left out."""
    known = [
        STATUS_WORDS[front.status],
        origin_words(front.origin, front.source),
        INTERVAL_WORDS[front.interval],
        f"{number(front.length_km, 1)}{THIN_SPACE}km long",
    ]
    if front.area_km2 is not None:
        known.append(area(front.area_km2))
    if front.area_change_km2 is not None:
        known.append(f"{signed_area(front.area_change_km2)} against the last trusted front")
    if front.confidence is not None:
        known.append(f"confidence {number(front.confidence, 2)}")
    if front.uncertainty_m is not None:
        known.append(f"±{number(front.uncertainty_m)}{THIN_SPACE}m")
    return known


def decision_words(decision: Decision) -> str:
    """`rejected by ada, 2 November 2026, 09:41 UTC: fast ice was taken for the shelf`."""
    moment = f"{day(decision.decided_at)}, {decision.decided_at:%H:%M} UTC"
    what = f"{ACTION_WORDS[decision.action]} by {decision.reviewer}, {moment}"
    if decision.reason is USUAL_REASON[decision.action]:
        return what
    return f"{what}: {DECISION_REASON_WORDS[decision.reason]}"


def done_words(decision: Decision, front: Front) -> str:
    """What one's own decision did: `Rejected: Amery Ice Shelf, 12 September 2026`."""
    return f"{_capital(ACTION_WORDS[decision.action])}: {case_title(front)}"


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
