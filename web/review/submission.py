"""What the form of a case says, read once and checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely import MultiLineString

from catalog.line_rules import UnusableLine, line_of_unit
from catalog.review import LONGEST_NOTE, Action, DecisionReason
from web.review.errors import ForgedForm, UnusableForm

MOST_DIGITS = 6
ACTIONS, REASONS = frozenset(Action), frozenset(DecisionReason)
Line = list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class Submission:
    """`expected` is the number that the decision would have, as the page knew it, and `digest`
    names the revision that the reviewer saw. `drawn` is a line as drawn, in EPSG:3031."""

    action: Action
    reason: DecisionReason | None
    expected: int
    digest: str
    note: str
    drawn: Line | None

    @property
    def is_undo(self) -> bool:
        return self.action is Action.UNDO

    def line_for(self, unit: str) -> MultiLineString | None:
        """The drawn line as a front of `unit`; raises UnusableForm with every fault in words."""
        if self.action is not Action.REPLACE:
            return None
        if not self.drawn:
            raise UnusableForm(("No line was drawn. Press e, draw it on the map, then Enter.",))
        try:
            return line_of_unit(shapely.MultiLineString(self.drawn), unit)
        except UnusableLine as error:
            raise UnusableForm(tuple(f"It {fault}." for fault in error.faults)) from error
        except (ValueError, shapely.errors.ShapelyError) as error:
            raise UnusableForm(("It needs at least two vertices in each part.",)) from error


def read_submission(form: Mapping[str, str]) -> Submission:
    """Raises ForgedForm for what no page of ours would send. A note is cut where it is too long."""
    verb, _, reason = form.get("do", "").partition(" ")
    expected = form.get("expected", "")
    is_number = expected.isdecimal() and len(expected) <= MOST_DIGITS and int(expected) > 0
    if verb not in ACTIONS or not is_number:
        raise ForgedForm("The form says no decision. Nothing was recorded.")
    if reason and reason not in REASONS:
        raise ForgedForm("The form gives a reason that there is not. Nothing was recorded.")
    note = form.get("note", "").strip()
    return Submission(
        action=Action(verb),
        reason=DecisionReason(reason) if reason else None,
        expected=int(expected),
        digest=form.get("digest", ""),
        note=note[:LONGEST_NOTE],
        drawn=_read_line(form.get("line", "")),
    )


def _read_line(text: str) -> Line | None:
    if not text:
        return None
    try:
        parts = json.loads(text)
        return [[_point(point) for point in part] for part in parts]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ForgedForm("The drawn line cannot be read. Nothing was recorded.") from error


def _point(point: object) -> list[float]:
    if not isinstance(point, list) or len(point) != 2:
        raise TypeError("no point")
    x, y = map(float, point)
    if not (math.isfinite(x) and math.isfinite(y)):  # JSON knows neither, Python's reader does
        raise ValueError("no place")
    return [x, y]
