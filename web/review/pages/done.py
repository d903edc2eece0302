"""What a reviewer has just decided, told on the page that follows, with the way back."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.errors import NotRecorded
from catalog.review import Action
from web.review.desk import Desk
from web.review.docket import Case, read_case
from web.review.visit import Visit
from web.review.wording import done_words

PARAMETER = "done"


@dataclass(frozen=True, slots=True)
class Done:
    """`has_key`: the key `u` undoes this one, and not a decision about the case on the page."""

    case: Case
    words: str
    can_undo: bool
    has_key: bool


def mark_done(case: Case) -> str:
    """The value of the parameter that says what was decided."""
    return f"{case.stored.collection}/{case.stored.item_id}"


def read_done(desk: Desk, visit: Visit, *, shown: Case | None = None) -> Done | None:
    """The decision that the address speaks of, where it is this reviewer's and still the last."""
    collection, _, front_id = visit.query(PARAMETER).partition("/")
    if not front_id or visit.session is None:
        return None
    try:
        case = read_case(desk.store, desk.memory, collection, front_id)
    except NotRecorded:
        return None
    last = case.decisions[-1] if case.decisions else None
    if last is None or last.reviewer != visit.session.name:
        return None
    is_shown = shown is not None and shown.stored.item_id == front_id
    can_undo = last.action is not Action.UNDO and not is_shown
    has_key = can_undo and (shown is None or shown.stands is None)
    return Done(case, done_words(last, case.front), can_undo, has_key)
