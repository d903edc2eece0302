"""The docket: one case with its decisions, the queue as a reviewer goes through it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shapely import MultiLineString

from catalog.errors import UnknownUnit
from catalog.front import Front, Reason
from catalog.review import Action, Decision
from catalog.review_case import Judged
from catalog.review_queue import QueueEntry, QueueFilter, QueueKey
from catalog.review_verdict import decided_front
from catalog.shelf import find_shelf
from catalog.store import CatalogStore
from web.review.neighbourhood import FrontMemory

LONGEST_QUEUE = 10_000  # beyond that the rest waits until some is done
MOST_LATELY = 12


@dataclass(frozen=True, slots=True)
class Case(Judged):
    """A front that people judge, as the desk addresses it."""

    @property
    def path(self) -> str:
        return case_path(self.stored.collection, self.stored.item_id)

    @property
    def expected(self) -> int:
        """The number of a decision that knows of all others."""
        return len(self.decisions) + 1


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases a reviewer goes through; None leaves that side open."""

    shelf: str | None = None
    reason: Reason | None = None

    @classmethod
    def of(cls, shelf: str, reason: str) -> Selection:
        """From what an address says; a reason that is none is left out."""
        is_reason = reason in frozenset(Reason)
        return cls(shelf or None, Reason(reason) if is_reason else None)

    @property
    def filter(self) -> QueueFilter:
        return QueueFilter(
            shelves=(self.shelf,) if self.shelf else (),
            reasons=(self.reason,) if self.reason else (),
        )

    @property
    def query(self) -> dict[str, str]:
        """The same as parameters of an address."""
        pairs = {"shelf": self.shelf, "reason": self.reason}
        return {name: str(value) for name, value in pairs.items() if value}

    def with_shelf(self, shelf: str | None) -> Selection:
        return replace(self, shelf=shelf)

    def with_reason(self, reason: Reason | None) -> Selection:
        return replace(self, reason=reason)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a case stands in the queue; `place` is None for one that no longer waits."""

    before: QueueEntry | None
    after: QueueEntry | None
    place: int | None
    total: int


def read_case(store: CatalogStore, memory: FrontMemory, collection: str, front_id: str) -> Case:
    """A case by the name of its front; raises NotRecorded."""
    stored = store.get(collection, front_id)
    return Case(stored, memory.front(stored), store.review.decisions(collection, front_id))


def as_decided(store: CatalogStore, case: Case) -> tuple[Front, MultiLineString | None]:
    """The front with what people decided, and the machine's line where they drew another one.

    `check` may have applied their decisions already, or may be still to come.
    """
    if not any(decision.action is Action.REPLACE for decision in case.decisions):
        return case.front, None
    machine = store.review.undecided_front(case.stored.collection, case.stored.item_id)
    decided = decided_front(machine, case.decisions)
    return decided, machine.line if decided.line != machine.line else None


def read_queue(store: CatalogStore, wanted: Selection) -> tuple[QueueEntry, ...]:
    """What waits, by shelf and reason, the oldest of each first."""
    return store.review.queue(wanted.filter, limit=LONGEST_QUEUE).entries


def turn_of(front: Front, queue: Sequence[QueueEntry]) -> Turn:
    """The neighbours of a case in the queue, which it may have left."""
    place = bisect_left(queue, _order(QueueKey.of(front)), key=lambda entry: _order(entry.key))
    is_waiting = place < len(queue) and queue[place].front_id == front.id
    rest = queue[place + is_waiting :]
    return Turn(
        queue[place - 1] if place else None,
        rest[0] if rest else None,
        place + 1 if is_waiting else None,
        len(queue),
    )


def next_waiting(store: CatalogStore, front: Front, wanted: Selection) -> QueueEntry | None:
    """The case to go on with after `front` was decided: the next one, else the first left."""
    for after in (QueueKey.of(front), None):
        entries = store.review.queue(wanted.filter, after, limit=1).entries
        if entries:
            return entries[0]
    return None


def lately_decided(store: CatalogStore) -> list[Decision]:
    """The last decisions of all reviewers, the newest first."""
    everything = (d for history in store.review.all_decisions().values() for d in history)
    return sorted(everything, key=lambda d: (d.decided_at, d.number), reverse=True)[:MOST_LATELY]


Counts = Mapping[tuple[str, tuple[Reason, ...]], int]


def count_by_shelf(counts: Counts, reason: Reason | None) -> list[tuple[str, int]]:
    """Shelves with their number of cases that have `reason`, by name."""
    counted: Counter[str] = Counter()
    for (shelf, reasons), number in counts.items():
        counted[shelf] += number if reason is None or reason in reasons else 0
    return sorted((shelf, number) for shelf, number in counted.items() if number)


def count_by_reason(counts: Counts, shelf: str | None) -> list[tuple[Reason, int]]:
    """Reasons with their number of cases of `shelf`, the most frequent first."""
    counted: Counter[Reason] = Counter()
    for (name, reasons), number in counts.items():
        counted.update(dict.fromkeys(reasons, number if shelf in (None, name) else 0))
    pairs = (pair for pair in counted.items() if pair[1])
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def case_path(collection: str, front_id: str) -> str:
    return f"cases/{collection}/{front_id}"


def shelf_title(shelf: str) -> str:
    """The name of a shelf for people; one that the table does not know keeps its own."""
    try:
        return find_shelf(shelf).title
    except UnknownUnit:
        return shelf


def titles(shelves: Iterable[str]) -> dict[str, str]:
    return {shelf: shelf_title(shelf) for shelf in shelves}


def _order(key: QueueKey) -> tuple[str, ...]:
    return (key.shelf, key.reasons, key.unit, key.start, key.front_id)
