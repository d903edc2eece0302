"""Between rows and values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Row

from catalog.items.envelope import Item, start_and_end
from catalog.observation import Observation, ObservationKind
from catalog.query import SEARCHABLE, PageKey
from catalog.release import Pin
from catalog.stored import StoredItem, Work
from catalog.tables import ObservationRow, PinRow, RevisionRow, WorkRow

MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def moment_text(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and four digits of year, so that text sorts as time does.

    (strftime writes the year 900 with three digits.)
    """
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


def revision_row(item: Item, document: bytes, digest: str, n: int, recorded_at: str) -> RevisionRow:
    west, south, east, north = item["bbox"]
    start, end = map(moment_text, start_and_end(item))
    columns = {name: item["properties"].get(prop) for name, prop in SEARCHABLE.items()}
    return RevisionRow(
        collection=item["collection"],
        item_id=item["id"],
        n=n,
        digest=digest,
        document=document.decode(),
        is_current=True,
        recorded_at=recorded_at,
        start=start,
        end=end,
        west=west,
        south=south,
        east=east,
        north=north,
        **columns,
    )


def stored_item(row: Row[Any]) -> StoredItem:
    return StoredItem(
        row.collection, row.item_id, row.n, row.digest, row.document.encode(), row.recorded_at
    )


def key_of(row: Row[Any]) -> PageKey:
    return PageKey(row.start, row.collection, row.item_id)


def pin_row(version: str, pin: Pin) -> PinRow:
    return PinRow(
        version=version,
        collection=pin.collection,
        item_id=pin.item_id,
        n=pin.revision,
        digest=pin.digest,
    )


def work_of(row: WorkRow) -> Work:
    outcome = orjson.loads(row.outcome)
    return Work(row.key, row.stage, row.subject, row.is_done, row.attempts, outcome)


def observation_row(seen: Observation) -> ObservationRow:
    return ObservationRow(
        unit=seen.unit,
        moment=moment_text(seen.moment),
        scene_id=seen.scene_id,
        kind=seen.kind,
        reason=seen.reason,
        front_id=seen.front_id,
    )


def observation_of(row: ObservationRow) -> Observation:
    moment = datetime.strptime(row.moment, MOMENT_FORMAT).replace(tzinfo=UTC)
    return Observation(
        row.unit, moment, ObservationKind(row.kind), row.reason, row.scene_id, row.front_id
    )
