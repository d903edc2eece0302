"""Reasons in words: one place for the command line, the review desk and the site."""

from __future__ import annotations

from catalog.front import Front, Reason, Status
from catalog.review import Action, DecisionReason

STATUS_WORDS = {
    Status.ACCEPTED: "accepted",
    Status.PROVISIONAL: "provisional",
    Status.IN_REVIEW: "under review",
    Status.REJECTED: "rejected",
}

REASON_WORDS = {
    Reason.ADVANCE_TOO_FAST: "advances faster than the shelf can flow",
    Reason.AREA_LOST_AND_REGAINED: "loses area that the next front has again",
    Reason.RETREAT_UNCONFIRMED: "a retreat that later fronts must confirm",
    Reason.RETREAT_CONFIRMED: "a retreat that later fronts confirm",
    Reason.LOW_CONFIDENCE: "the model was not confident",
    Reason.MELT_SEASON: "seen in the months of melt, so that a dry month must confirm it",
    Reason.DISINTEGRATION: "falls apart: it retreats again and again, or much is lost at once",
    Reason.SHIFTED: "the whole line lies aside by the same distance, as if placed wrongly",
    Reason.FAR_OFF: "lies far from where the fronts before and after lie",
    Reason.NEIGHBOURS_DISAGREE: "the fronts next to it in time do not bear it out",
    Reason.LENGTH_JUMP: "its length is unlike that of the fronts before and after",
    Reason.TOO_WINDING: "winds far more than the other fronts",
    Reason.PARTLY_COVERED: "covers too little of the front of its part",
    Reason.NOT_COMPARED: "could not be compared with any other front",
    Reason.INCOMPLETE: "the line does not separate ice from ocean everywhere",
    Reason.ELIMINATED_BY_SOURCE: "set apart by its source",
    Reason.SHOWS_BEFORE_CALVING: (
        "ice calved in its time: the line shows the state before, which held longer"
    ),
    Reason.SHOWS_AFTER_CALVING: (
        "ice calved in its time: the line shows the state after, which held longer"
    ),
    Reason.PART_MISSING: "a part of the shelf has no front at this time",
    Reason.INPUTS_WITHDRAWN: "what it was made of gives no front any more",
    Reason.ACCEPTED_BY_REVIEWER: "looked at and accepted by a person",
    Reason.REJECTED_BY_REVIEWER: "looked at and rejected by a person",
    Reason.REDRAWN_BY_REVIEWER: "drawn anew by a person",
}

ACTION_WORDS = {
    Action.ACCEPT: "accepted",
    Action.REJECT: "rejected",
    Action.REPLACE: "drawn anew",
    Action.UNDO: "decision taken back",
}

DECISION_REASON_WORDS = {
    DecisionReason.FAST_ICE: "fast ice was taken for the shelf",
    DecisionReason.MELT: "surface melt hides the front",
    DecisionReason.WRONG_LINE: "another edge was traced",
    DecisionReason.SHIFTED: "the scene lies beside its place",
    DecisionReason.HALF_FRONT: "a piece of the front is missing",
    DecisionReason.SEA_ICE: "sea ice was taken for the shelf",
    DecisionReason.BERG: "an iceberg was taken for the shelf",
    DecisionReason.CALVING_CONFIRMED: "the ice did calve",
    DecisionReason.LOOKS_RIGHT: "the line follows the front",
    DecisionReason.MISTAKE: "the decision was a mistake",
    DecisionReason.OTHER: "see the note",
}


def verdict_words(front: Front) -> str:
    """The status and why: `under review: advances faster than the shelf can flow`."""
    reasons = "; ".join(REASON_WORDS[reason] for reason in front.reasons)
    status = STATUS_WORDS[front.status]
    return f"{status}: {reasons}" if reasons else status
