"""Between rows and values of the review desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import shapely
from shapely import MultiLineString
from sqlalchemy import Row

from catalog.front import Interval, Origin, Reason, Status
from catalog.review import Action, Decision, DecisionReason
from catalog.review_queue import QueueEntry
from catalog.rows import moment_text
from catalog.tables import DecisionRow


def decision_row(decision: Decision, stands: int) -> DecisionRow:
    return DecisionRow(
        collection=decision.collection,
        item_id=decision.front_id,
        number=decision.number,
        stands=stands,
        revision_digest=decision.revision_digest,
        action=decision.action,
        reason=decision.reason,
        reviewer=decision.reviewer,
        decided_at=moment_text(decision.decided_at),
        note=decision.note,
        line=None if decision.line_after is None else _line_text(decision.line_after),
    )


def decision_of(row: DecisionRow) -> Decision:
    return Decision(
        collection=row.collection,
        front_id=row.item_id,
        number=row.number,
        revision_digest=row.revision_digest,
        action=Action(row.action),
        reason=DecisionReason(row.reason),
        reviewer=row.reviewer,
        decided_at=_moment(row.decided_at),
        note=row.note,
        line_after=None if row.line is None else MultiLineString(orjson.loads(row.line)),
    )


def queue_entry(row: Row[Any]) -> QueueEntry:
    return QueueEntry(
        collection=row.collection,
        front_id=row.item_id,
        digest=row.digest,
        unit=row.unit,
        shelf=row.shelf,
        interval=Interval(row.interval),
        origin=Origin(row.origin),
        status=Status(row.status),
        reasons=tuple(Reason(reason) for reason in orjson.loads(row.reasons)),
        start=_moment(row.start),
    )


def _line_text(line: MultiLineString) -> str:
    coordinates = [shapely.get_coordinates(part).tolist() for part in line.geoms]
    return orjson.dumps(coordinates).decode()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)  # in UTC, as it was written
