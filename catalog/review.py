"""What people decide about fronts: append-only decisions, and which of them stands.

A decision is recorded at the desk and applied by `check`; it never changes an item by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shapely import MultiLineString

from catalog.errors import RecordError

LONGEST_NOTE = 2_000
LONGEST_NAME = 100


class Action(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    REPLACE = "replace"  # the line that a person drew takes the place of the front's
    UNDO = "undo"  # takes back the decision that stands


class DecisionReason(StrEnum):
    """What the person saw."""

    FAST_ICE = "fast_ice"
    MELT = "melt"
    WRONG_LINE = "wrong_line"
    SHIFTED = "shifted"
    HALF_FRONT = "half_front"
    SEA_ICE = "sea_ice"
    BERG = "berg"
    CALVING_CONFIRMED = "calving_confirmed"
    LOOKS_RIGHT = "looks_right"
    MISTAKE = "mistake"  # why decisions are usually undone
    OTHER = "other"


USUAL_REASON = {
    Action.ACCEPT: DecisionReason.LOOKS_RIGHT,
    Action.REJECT: DecisionReason.OTHER,
    Action.REPLACE: DecisionReason.WRONG_LINE,
    Action.UNDO: DecisionReason.MISTAKE,
}


# What a person may give as the reason, the usual one first.
_WRONG = (
    DecisionReason.FAST_ICE,
    DecisionReason.SEA_ICE,
    DecisionReason.MELT,
    DecisionReason.BERG,
    DecisionReason.WRONG_LINE,
    DecisionReason.SHIFTED,
    DecisionReason.HALF_FRONT,
    DecisionReason.OTHER,
)
REASONS_FOR = {
    Action.ACCEPT: (
        DecisionReason.LOOKS_RIGHT,
        DecisionReason.CALVING_CONFIRMED,
        DecisionReason.OTHER,
    ),
    Action.REJECT: _WRONG,
    Action.REPLACE: _WRONG,
    Action.UNDO: (DecisionReason.MISTAKE, DecisionReason.OTHER),
}


class AlreadyDecided(RecordError):
    """A decision stands already; whoever decides anew must take it back first."""

    def __init__(self, stands: Decision) -> None:
        self.stands = stands
        super().__init__(
            f"{stands.reviewer} decided at {stands.decided_at:%Y-%m-%d %H:%M} UTC: "
            f"{stands.action} ({stands.reason.replace('_', ' ')}).",
            where=stands.front_id,
            remedy=f"Take that back first: `icelines review undo {stands.front_id}`.",
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person about one front.

    `number` counts the decisions about the front from 1. `revision_digest` names the revision
    that the person judged, which holds the line before. `line_after` (EPSG:3031, on the 10 m grid)
    is the line that a REPLACE puts in its place. `decided_at` is UTC.
    """

    collection: str
    front_id: str
    number: int
    revision_digest: str
    action: Action
    reason: DecisionReason
    reviewer: str
    decided_at: datetime
    note: str = ""
    line_after: MultiLineString | None = None

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise RecordError(fault, where=f"decision on {self.front_id}")

    def _faults(self) -> tuple[str, ...]:
        rules = {
            "decisions are counted from 1": self.number >= 1,
            "the time must be in UTC": self.decided_at.utcoffset() == timedelta(0),
            "the reviewer must have a name of one line": _is_name(self.reviewer),
            f"the note has more than {LONGEST_NOTE} characters": len(self.note) <= LONGEST_NOTE,
            "a replacement needs its line, and nothing else has one": (
                self.action is Action.REPLACE
            )
            == (self.line_after is not None and not self.line_after.is_empty),
        }
        return tuple(fault for fault, holds in rules.items() if not holds)


def in_order(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions about one front by number; raises RecordError where they do not follow.

    They must be of one front and numbered 1, 2, ... without a hole, which an append-only record
    never is.
    """
    ordered = tuple(sorted(decisions, key=lambda decision: decision.number))
    fronts = {(decision.collection, decision.front_id) for decision in ordered}
    if len(fronts) > 1:
        raise RecordError("decisions about several fronts are no history of one.")
    if [decision.number for decision in ordered] != list(range(1, len(ordered) + 1)):
        raise RecordError(
            "decisions are missing or there twice.", where=ordered[0].front_id if ordered else None
        )
    return ordered


def standing(decisions: Iterable[Decision]) -> Decision | None:
    """The decision that holds, or None: an undo takes back the last one that stood."""
    stack: list[Decision] = []
    for decision in in_order(decisions):
        if decision.action is not Action.UNDO:
            stack.append(decision)
        elif stack:
            stack.pop()
    return stack[-1] if stack else None


def refuse_out_of_turn(action: Action, stands: Decision | None, *, where: str) -> None:
    """Raise RecordError unless `action` may follow where the decision `stands` holds."""
    if action is Action.UNDO and stands is None:
        raise RecordError(
            "there is no decision to undo.",
            where=where,
            remedy="Accept, reject or replace it instead.",
        )
    if action is not Action.UNDO and stands is not None:
        raise AlreadyDecided(stands)


def following(
    earlier: Sequence[Decision],
    *,
    collection: str,
    front_id: str,
    revision_digest: str,
    action: Action,
    reviewer: str,
    decided_at: datetime,
    reason: DecisionReason | None = None,
    note: str = "",
    line_after: MultiLineString | None = None,
) -> Decision:
    """The decision that comes after `earlier`, those about the front that the person knew of.

    A decision is not replaced by another one: it is taken back first, so that whoever does so
    says so. Raises AlreadyDecided, and RecordError for an undo where nothing stands or for a
    reason that does not go with the action.
    """
    refuse_out_of_turn(action, standing(earlier), where=front_id)
    reason = reason or USUAL_REASON[action]
    if reason not in REASONS_FOR[action]:
        raise RecordError(
            f"{reason} is no reason to {action}.",
            where=front_id,
            remedy=f"Reasons are: {', '.join(REASONS_FOR[action])}.",
        )
    return Decision(
        collection=collection,
        front_id=front_id,
        number=len(earlier) + 1,
        revision_digest=revision_digest,
        action=action,
        reason=reason,
        reviewer=reviewer.strip(),
        decided_at=decided_at,
        note=note.strip(),
        line_after=line_after,
    )


def _is_name(text: str) -> bool:
    return text.isprintable() and text == text.strip() and 0 < len(text) <= LONGEST_NAME
