"""Where decisions are kept, and the queue of what waits for one.

Decisions are added and never changed. Two people cannot overwrite each other: the number of a
decision is part of its key, and the revision that was judged must still be the current one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import orjson
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from catalog.database import open_session
from catalog.errors import NotRecorded, RecordError
from catalog.front import Front, Reason
from catalog.items.front import item_to_front
from catalog.query import WorkingState
from catalog.review import Action, Decision, in_order, refuse_out_of_turn, standing
from catalog.review_queue import QUEUE_LIMIT, QueueFilter, QueueKey, QueuePage
from catalog.review_rows import decision_of, decision_row, queue_entry
from catalog.review_statements import decisions_query, queue_counts_query, queue_query
from catalog.rows import stored_item
from catalog.statements import item_query, revisions_of
from catalog.stored import StoredItem
from catalog.tables import DecisionRow, RevisionRow

EVERYTHING = QueueFilter()
DONE_WORDS = {
    Action.ACCEPT: "accepted it",
    Action.REJECT: "rejected it",
    Action.REPLACE: "drew it again",
    Action.UNDO: "took a decision back",
}


class DecisionConflict(RecordError):
    """Somebody else decided, or the record changed, since the person looked at it.

    `meanwhile` is the newest decision that the person did not know of, or None.
    """

    def __init__(self, fault: str, *, where: str, meanwhile: Decision | None = None) -> None:
        self.meanwhile = meanwhile
        super().__init__(fault, where=where, remedy="Look at it again and decide anew.")


class ReviewStore:
    """The review desk's part of the catalogue: `CatalogStore.review`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_decision(self, decision: Decision) -> None:
        """Write a decision down.

        Raises DecisionConflict where its number is taken or the revision that was judged is not
        the current one, NotRecorded where there is no such front, AlreadyDecided where another
        decision stands, and RecordError for an undo where nothing stands.
        """
        with open_session(self._engine) as session:
            earlier = self._decisions(session, decision.collection, decision.front_id)
            _refuse_number(decision, earlier)
            refuse_out_of_turn(decision.action, standing(earlier), where=decision.front_id)
            now = standing((*earlier, decision))
            session.add(decision_row(decision, stands=now.number if now else 0))
            try:
                session.flush()
            except IntegrityError as error:
                session.rollback()
                earlier = self._decisions(session, decision.collection, decision.front_id)
                raise _decided_meanwhile(decision, earlier) from error
            _refuse_revision(decision, _current_and_held(session, decision))
            session.commit()

    def decisions(self, collection: str, front_id: str) -> tuple[Decision, ...]:
        """All decisions about one front, by number; empty where there is none."""
        with open_session(self._engine) as session:
            return self._decisions(session, collection, front_id)

    def all_decisions(self) -> Mapping[tuple[str, str], tuple[Decision, ...]]:
        """All decisions there are, by collection and id of their fronts."""
        found: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        with open_session(self._engine) as session:
            for row in session.scalars(select(DecisionRow)):
                found[row.collection, row.item_id].append(decision_of(row))
        return {front: in_order(decisions) for front, decisions in found.items()}

    def undecided_front(self, collection: str, front_id: str) -> Front:
        """The front as the machine left it: its newest revision without anybody's decision.

        Decisions are applied to this one, so that taking one back brings its line back too.
        Raises NotRecorded.
        """
        query = revisions_of(collection, front_id).order_by(col(RevisionRow.n).desc())
        front: Front | None = None
        with open_session(self._engine) as session:
            for row in session.execute(query):
                front = item_to_front(stored_item(row).item)
                if not front.lineage.judgements:
                    return front
        if front is None:
            raise NotRecorded("is not in the catalogue.", where=f"{collection}/{front_id}")
        return front

    def judged_revision(self, decision: Decision) -> StoredItem:
        """The revision that a person judged, with the line before; raises NotRecorded."""
        query = revisions_of(decision.collection, decision.front_id).where(
            col(RevisionRow.digest) == decision.revision_digest
        )
        with open_session(self._engine) as session:
            row = session.execute(query).first()
        if row is None:
            raise NotRecorded("has no such revision.", where=decision.front_id)
        return stored_item(row)

    def queue(
        self,
        wanted: QueueFilter = EVERYTHING,
        after: QueueKey | None = None,
        limit: int = QUEUE_LIMIT,
    ) -> QueuePage:
        """Fronts that wait for a decision, by shelf and reason.

        Those decided on are gone. What we join of parts is not among them: its parts are.
        """
        with open_session(self._engine) as session:
            rows = session.execute(queue_query(wanted, after, limit + 1)).all()
        entries = tuple(map(queue_entry, rows[:limit]))
        return QueuePage(entries, entries[-1].key if len(rows) > limit else None)

    def queue_counts(
        self, wanted: QueueFilter = EVERYTHING
    ) -> Mapping[tuple[str, tuple[Reason, ...]], int]:
        """How many fronts wait, by shelf and reasons, in the order of the queue."""
        with open_session(self._engine) as session:
            rows = session.execute(queue_counts_query(wanted)).all()
        counts = {(row.shelf, row.reasons): row.n for row in rows}
        return {
            (shelf, tuple(Reason(reason) for reason in orjson.loads(reasons))): counts[
                shelf, reasons
            ]
            for shelf, reasons in sorted(counts)
        }

    def _decisions(self, session: Session, collection: str, front_id: str) -> tuple[Decision, ...]:
        rows = session.scalars(decisions_query(collection, front_id))
        return in_order(map(decision_of, rows))


def _current_and_held(session: Session, decision: Decision) -> StoredItem | None:
    """The newest revision, which nobody can supersede before this transaction ends.

    On SQLite nobody else writes from the flush on. PostgreSQL locks the row, which waits for a
    revision that is being written; only what is read after that is sure to be the newest.
    """
    query = item_query(decision.collection, decision.front_id, WorkingState())
    session.execute(query.with_for_update()).all()
    row = session.execute(query).first()
    return stored_item(row) if row else None


def _refuse_number(decision: Decision, earlier: tuple[Decision, ...]) -> None:
    if decision.number <= len(earlier):
        raise _decided_meanwhile(decision, earlier)
    if decision.number > len(earlier) + 1:
        raise RecordError(
            f"decision {decision.number} would leave a hole after {len(earlier)}.",
            where=decision.front_id,
        )


def _refuse_revision(decision: Decision, current: StoredItem | None) -> None:
    if current is None:
        raise NotRecorded(
            "is not in the catalogue.", where=f"{decision.collection}/{decision.front_id}"
        )
    if current.digest != decision.revision_digest:
        status = current.item["properties"]["icelines:status"]
        raise DecisionConflict(
            f"the record was revised since you looked at it (revision {current.revision}, "
            f"{current.recorded_at[:16].replace('T', ' ')} UTC, now {status}).",
            where=decision.front_id,
        )


def _decided_meanwhile(decision: Decision, earlier: tuple[Decision, ...]) -> DecisionConflict:
    newest = earlier[-1]
    reason = newest.reason.replace("_", " ")
    return DecisionConflict(
        f"{newest.reviewer} {DONE_WORDS[newest.action]} at {newest.decided_at:%Y-%m-%d %H:%M} UTC "
        f"({reason}), after you opened it.",
        where=decision.front_id,
        meanwhile=newest,
    )
