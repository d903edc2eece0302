"""What waits for a person: the queue of the review desk as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.rows import moment_text

WAITING_STATUSES = (Status.IN_REVIEW, Status.PROVISIONAL)
QUEUE_LIMIT = 50


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which fronts to judge; an empty tuple leaves that side open. A front with several reasons
    is found by each of them."""

    shelves: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    statuses: tuple[Status, ...] = WAITING_STATUSES


@dataclass(frozen=True, slots=True)
class QueueKey:
    """Where a front stands in the queue: by shelf, then reasons, part and time."""

    shelf: str
    reasons: str
    unit: str
    start: str
    front_id: str

    @classmethod
    def of(cls, front: Front) -> QueueKey:
        """The place of `front`, also after it has left the queue."""
        return cls(
            front.shelf,
            reasons_text(front.reasons),
            front.unit,
            moment_text(front.start),
            front.id,
        )


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A front that waits. `digest` names the revision to judge."""

    collection: str
    front_id: str
    digest: str
    unit: str
    shelf: str
    interval: Interval
    origin: Origin
    status: Status
    reasons: tuple[Reason, ...]
    start: datetime

    @property
    def key(self) -> QueueKey:
        return QueueKey(
            self.shelf,
            reasons_text(self.reasons),
            self.unit,
            moment_text(self.start),
            self.front_id,
        )


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Entries in the order of the queue, and the place after which the next page starts."""

    entries: tuple[QueueEntry, ...]
    following: QueueKey | None


def reasons_text(reasons: tuple[Reason, ...]) -> str:
    """The reasons as they stand in the canonical document: what the queue is sorted by."""
    return "[" + ",".join(f'"{reason}"' for reason in reasons) + "]"
