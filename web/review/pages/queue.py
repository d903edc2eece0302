"""The queue: what waits, by shelf and reason, and what was decided lately."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from catalog.reason_words import REASON_WORDS, STATUS_WORDS
from catalog.review_queue import QueueEntry
from web.review.desk import Desk
from web.review.docket import (
    Selection,
    case_path,
    count_by_reason,
    count_by_shelf,
    lately_decided,
    read_queue,
    shelf_title,
)
from web.review.pages.done import read_done
from web.review.preparing import preparing
from web.review.rendering import page
from web.review.visit import Visit
from web.review.wording import decision_words, unit_title, when
from web.site.words import origin_words


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list."""

    path: str
    title: str
    when: str
    why: str
    status: str
    origin: str


@dataclass(frozen=True, slots=True)
class Lately:
    """A decision in the list of the latest."""

    path: str
    front_id: str
    words: str


def selection_of(visit: Visit) -> Selection:
    return Selection.of(visit.query("shelf"), visit.query("reason"))


def show(desk: Desk, visit: Visit) -> Response:
    """The queue as the filter of the address selects it."""
    wanted = selection_of(visit)
    counts = desk.store.review.queue_counts()
    queue = read_queue(desk.store, wanted)
    shown = page(
        visit,
        "queue.html.j2",
        wanted=wanted,
        rows=[_row(entry) for entry in queue],
        total=sum(counts.values()),
        shelves=[(name, shelf_title(name), n) for name, n in count_by_shelf(counts, wanted.reason)],
        reasons=[(r, REASON_WORDS[r], n) for r, n in count_by_reason(counts, wanted.shelf)],
        lately=_lately(desk),
        done=read_done(desk, visit),
    )
    return preparing(shown, desk, queue[0] if queue else None)


def _row(entry: QueueEntry) -> Row:
    return Row(
        path=case_path(entry.collection, entry.front_id),
        title=unit_title(entry.unit),
        when=when(entry.interval, entry.start),
        why="; ".join(REASON_WORDS[reason] for reason in entry.reasons) or "not checked yet",
        status=STATUS_WORDS[entry.status],
        origin=f"{entry.interval}, {origin_words(entry.origin, _source(entry))}",
    )


def _lately(desk: Desk) -> list[Lately]:
    return [
        Lately(case_path(d.collection, d.front_id), d.front_id, decision_words(d))
        for d in lately_decided(desk.store)
    ]


def _source(entry: QueueEntry) -> str:
    """The source as the front's id ends with it."""
    return entry.front_id.rpartition("_")[2]
