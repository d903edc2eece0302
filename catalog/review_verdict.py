"""Decisions of people applied to a front: what `check` does with what the desk recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shapely import MultiLineString

from catalog.area import ice_area_km2
from catalog.errors import UnknownUnit
from catalog.front import Front, Reason, Status
from catalog.line_rules import GRID_M
from catalog.lineage import Judgement
from catalog.review import Action, Decision, in_order, standing
from catalog.shelf import find_unit

AREA_DECIMALS = 3
VERDICTS = {
    Action.ACCEPT: (Status.ACCEPTED, Reason.ACCEPTED_BY_REVIEWER),
    Action.REJECT: (Status.REJECTED, Reason.REJECTED_BY_REVIEWER),
    Action.REPLACE: (Status.ACCEPTED, Reason.REDRAWN_BY_REVIEWER),
}
REVIEWER_REASONS = frozenset(reason for _, reason in VERDICTS.values())


def is_decided(front: Front) -> bool:
    """Whether the status of `front` is a person's; then no machine may change it."""
    return any(reason in REVIEWER_REASONS for reason in front.reasons)


def decided_front(front: Front, decisions: Iterable[Decision]) -> Front:
    """`front`, as the machine left it, with what people decided about it.

    Every decision enters the lineage; the one that stands sets status, reason and, where the line
    was drawn anew, the line, its area and what no longer holds of it. Applying the same decisions
    again changes nothing. Raises RecordError where they do not follow one another.
    """
    history = in_order(decisions)
    if not history:
        return front
    judgements = tuple(map(_judgement, history))
    told = replace(front, lineage=replace(front.lineage, judgements=judgements))
    decision = standing(history)
    if decision is None:
        return told
    status, reason = VERDICTS[decision.action]
    judged = replace(told, status=status, reasons=(reason,))
    return judged if decision.line_after is None else _redrawn(judged, decision.line_after)


def _redrawn(front: Front, line: MultiLineString) -> Front:
    """What the model said of its own line does not hold for another one."""
    return replace(
        front,
        line=line,
        grid_m=GRID_M,
        area_km2=_area_km2(front.unit, line),
        area_change_km2=None,
        confidence=None,
        uncertainty_m=None,
        vertex_uncertainty_m=(),
        spread_m=None,
    )


def _area_km2(unit_name: str, line: MultiLineString) -> float | None:
    try:
        unit = find_unit(unit_name)
    except UnknownUnit:  # an imported front of a shelf that the table does not have
        return None
    area = ice_area_km2(line, unit.region, unit.reference)
    return None if area is None else round(area, AREA_DECIMALS)


def _judgement(decision: Decision) -> Judgement:
    return Judgement(
        number=decision.number,
        action=decision.action,
        reason=decision.reason,
        reviewer=decision.reviewer,
        decided_at=decision.decided_at,
        revision_sha256=decision.revision_digest,
    )
