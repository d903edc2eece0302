"""What `icelines review` says, to people and to machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.front import Front
from catalog.items.envelope import format_time
from catalog.reason_words import (
    ACTION_WORDS,
    DECISION_REASON_WORDS,
    REASON_WORDS,
    STATUS_WORDS,
)
from catalog.review import Decision
from catalog.review_case import Case
from catalog.review_queue import QueueEntry, QueuePage


def queue_text(page: QueuePage, total: int) -> str:
    """One line for each front, under its shelf and reasons."""
    if not page.entries:
        return "Nothing waits for a decision."
    lines = list(_queue_lines(page))
    lines.append(f"{len(page.entries)} of {total} that wait.")
    lines.append(f"Next: `icelines review show {page.entries[0].front_id}`.")
    return "\n".join(lines)


def queue_document(page: QueuePage, total: int) -> dict[str, Any]:
    return {"waiting": total, "fronts": [_entry_document(entry) for entry in page.entries]}


def case_text(case: Case) -> str:
    """What speaks against the front, its neighbours, and what was decided."""
    front = case.front
    lines = [front.id, f"  {STATUS_WORDS[front.status]}, revision {case.stored.revision}"]
    lines += [f"  - {REASON_WORDS[reason]}" for reason in front.reasons]
    lines.append(f"  {_measures(front)}")
    lines.append(f"Before: {_neighbour(case.before, front)}")
    lines.append(f"After:  {_neighbour(case.after, front)}")
    lines += [decision_text(decision, case) for decision in case.decisions]
    lines.append(_next_step(case))
    return "\n".join(lines)


def case_document(case: Case) -> dict[str, Any]:
    stands = case.stands
    return {
        "front": {
            **_front_document(case.front),
            "shelf": case.front.shelf,
            "unit": case.front.unit,
            "reasons_in_words": [REASON_WORDS[reason] for reason in case.front.reasons],
            "confidence": case.front.confidence,
            "uncertainty_m": case.front.uncertainty_m,
            "length_km": round(case.front.length_km, 3),
            "revision": case.stored.revision,
            "digest": case.stored.digest,
        },
        "before": _front_document(case.before) if case.before else None,
        "after": _front_document(case.after) if case.after else None,
        "decisions": [decision_document(decision) for decision in case.decisions],
        "stands": stands.number if stands else None,
        "is_applied": case.is_applied,
    }


def decision_text(decision: Decision, case: Case) -> str:
    """`1. Anna Berg, 2026-11-02 12:00 UTC: rejected (fast ice was taken for the shelf)`."""
    stands = case.stands is not None and case.stands.number == decision.number
    note = f" {decision.note!r}" if decision.note else ""
    return (
        f"{decision.number}. {decision.reviewer}, {decision.decided_at:%Y-%m-%d %H:%M} UTC: "
        f"{ACTION_WORDS[decision.action]} ({DECISION_REASON_WORDS[decision.reason]}){note}"
        f"{', stands' if stands else ''}"
    )


def decision_document(decision: Decision) -> dict[str, Any]:
    line = decision.line_after
    return {
        "front_id": decision.front_id,
        "number": decision.number,
        "action": str(decision.action),
        "reason": str(decision.reason),
        "note": decision.note,
        "reviewer": decision.reviewer,
        "decided_at": format_time(decision.decided_at),
        "revision_digest": decision.revision_digest,
        "line_after": None if line is None else [list(map(list, p.coords)) for p in line.geoms],
    }


def _queue_lines(page: QueuePage) -> Iterator[str]:
    heading = ""
    for entry in page.entries:
        reasons = "; ".join(REASON_WORDS[reason] for reason in entry.reasons) or "no reason given"
        if heading != (heading := f"{entry.shelf}: {reasons}"):
            yield heading
        status = STATUS_WORDS[entry.status]
        yield f"  {entry.start:%Y-%m-%d %H:%M}  {entry.unit:14} {status:12}  {entry.front_id}"


def _entry_document(entry: QueueEntry) -> dict[str, Any]:
    return {
        "front_id": entry.front_id,
        "collection": entry.collection,
        "shelf": entry.shelf,
        "unit": entry.unit,
        "interval": str(entry.interval),
        "origin": str(entry.origin),
        "status": str(entry.status),
        "reasons": [str(reason) for reason in entry.reasons],
        "start": format_time(entry.start),
        "digest": entry.digest,
    }


def _front_document(front: Front) -> dict[str, Any]:
    return {
        "front_id": front.id,
        "start": format_time(front.start),
        "end": format_time(front.end),
        "status": str(front.status),
        "reasons": [str(reason) for reason in front.reasons],
        "area_km2": front.area_km2,
    }


def _measures(front: Front) -> str:
    parts = [_area(front), f"length {front.length_km:,.1f} km"]
    if front.confidence is not None:
        parts.append(f"confidence {front.confidence:.2f}")
    if front.uncertainty_m is not None:
        parts.append(f"stated uncertainty {front.uncertainty_m:.0f} m")
    return ", ".join(parts)


def _neighbour(other: Front | None, front: Front) -> str:
    if other is None:
        return "no trusted front"
    days = abs((front.start - other.start).days)
    text = f"{other.start:%Y-%m-%d} ({days} days), {STATUS_WORDS[other.status]}, {_area(other)}"
    if front.area_km2 is None or other.area_km2 is None:
        return text
    earlier, later = sorted((other, front), key=lambda one: one.start)
    change = (later.area_km2 or 0.0) - (earlier.area_km2 or 0.0)
    return f"{text}, change to the later one {change:+,.1f} km2"


def _area(front: Front) -> str:
    return "area not known" if front.area_km2 is None else f"area {front.area_km2:,.1f} km2"


def _next_step(case: Case) -> str:
    front_id = case.front.id
    if not case.is_applied:
        undo = f"; `icelines review undo {front_id}` takes it back" if case.stands else ""
        return f"Next: `icelines check` and `icelines average` apply it{undo}."
    if case.stands is not None:
        return f"It is applied. `icelines review undo {front_id}` takes it back."
    return (
        f"Next: `icelines review accept {front_id}`, "
        "`reject ... --reason fast_ice`, or `replace ... LINE.gpkg`."
    )
