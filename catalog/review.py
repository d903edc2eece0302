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

    Raises RecordError for an undo where nothing stands.
    """
    if action is Action.UNDO and standing(earlier) is None:
        raise RecordError(
            "there is no decision to undo.",
            where=front_id,
            remedy="Accept, reject or replace it instead.",
        )
    return Decision(
        collection=collection,
        front_id=front_id,
        number=len(earlier) + 1,
        revision_digest=revision_digest,
        action=action,
        reason=reason or USUAL_REASON[action],
        reviewer=reviewer.strip(),
        decided_at=decided_at,
        note=note.strip(),
        line_after=line_after,
    )


def _is_name(text: str) -> bool:
    return text.isprintable() and text == text.strip() and 0 < len(text) <= LONGEST_NAME
