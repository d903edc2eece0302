"""CatalogStore: where the records are kept and found again.

One method per question. Items go in as canonical records and come out as they went in; writing
the same record twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any

import orjson
from sqlalchemy import Engine, Row, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from catalog.canonical import canonical_json, sha256_hex
from catalog.collection import FRONT_COLLECTIONS
from catalog.database import open_database, open_session
from catalog.errors import NotRecorded, RevisedMeanwhile
from catalog.front import Front
from catalog.items.envelope import Asset, Item, assets_of
from catalog.items.front import front_to_item, item_to_front, line_asset
from catalog.objects import ObjectStore
from catalog.observation import Observation, month_start
from catalog.query import FrontFilter, Search, View, WorkingState
from catalog.release import Pin, Release, ReleaseState, Version
from catalog.release_document import document_to_release, release_to_document
from catalog.review_store import ReviewStore
from catalog.rows import (
    key_of,
    moment_text,
    observation_of,
    observation_row,
    pin_row,
    revision_row,
    stored_item,
    work_of,
)
from catalog.settings import Settings
from catalog.spatial import exact_test, surely_matches
from catalog.statements import (
    candidates,
    count_query,
    equal_conditions,
    extent_query,
    is_item,
    item_query,
    page_query,
    revisions_of,
    seen_by,
)
from catalog.stored import Page, RecordOutcome, StoredItem, Work
from catalog.tables import JournalRow, ObservationRow, PinRow, ReleaseRow, RevisionRow, WorkRow

Clock = Callable[[], datetime]
RECORDS_PER_TRANSACTION = 500
MOST_TRIES = 10  # of a transaction whose items other processes write at the same time
ROWS_PER_SCAN = 200  # of the rows whose geometry may have to be looked at
WORKING = WorkingState()
ALL_FRONTS = FrontFilter()


def utc_now() -> datetime:
    return datetime.now(UTC)


class CatalogStore:
    """The catalogue of one workspace. Use it as a context manager, or call `close`."""

    def __init__(self, engine: Engine, objects: ObjectStore, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self.objects = objects
        self.review = ReviewStore(engine)

    @classmethod
    def open(cls, settings: Settings, clock: Clock = utc_now) -> CatalogStore:
        """The catalogue that `settings` names; it is made where there is none."""
        return cls(open_database(settings), ObjectStore(settings.workspace.store), clock)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> CatalogStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- items -------------------------------------------------------------------------------

    def record_items(self, items: Iterable[Item]) -> RecordOutcome:
        """Write canonical items; a changed one becomes a new revision, an equal one nothing."""
        batches = _batches(items, RECORDS_PER_TRANSACTION)
        return sum(map(self._record_batch, batches), RecordOutcome())

    def record_fronts(self, fronts: Iterable[tuple[Front, Sequence[Asset]]]) -> RecordOutcome:
        """Write fronts with their further assets; the exact line is kept as asset `line`."""
        return self.record_items(
            front_to_item(front, [line_asset(front, self.objects), *assets])
            for front, assets in fronts
        )

    def revise_front(self, front: Front, read_digest: str | None = None) -> RecordOutcome:
        """Write a new verdict or value of a recorded front; its files stay the same.

        Only a line that was drawn anew gets a new file. `read_digest` is that of the revision
        that `front` was made of: raises RevisedMeanwhile where it is not the current one.
        """
        current = self.get(front.collection, front.id)
        if read_digest is not None and current.digest != read_digest:
            raise _revised_meanwhile(current.collection, current.item_id)
        stored = current.item
        assets = assets_of(stored)
        if item_to_front(stored).line != front.line:
            assets = (line_asset(front, self.objects), *(a for a in assets if a.key != "line"))
        return self._record_batch([front_to_item(front, assets)], current.digest)

    def get(
        self,
        collection: str,
        item_id: str,
        view: View = WORKING,
        revision: int | None = None,
    ) -> StoredItem:
        """One item; raises NotRecorded."""
        query = item_query(collection, item_id, view)
        if revision is not None:
            query = revisions_of(collection, item_id).where(col(RevisionRow.n) == revision)
        with self._session() as session:
            row = session.execute(query).first()
        if row is None:
            raise NotRecorded("is not in the catalogue.", where=f"{collection}/{item_id}")
        return stored_item(row)

    def search(self, search: Search, view: View = WORKING) -> Page:
        """One page of items, newest first; spatial tests are exact on the geometry."""
        with closing(self._matches(search, view)) as matches:
            found = list(islice(matches, search.limit + 1))
        rows = found[: search.limit]
        following = key_of(rows[-1]) if len(found) > search.limit else None
        return Page(tuple(map(stored_item, rows)), following)

    def count(self, search: Search, view: View = WORKING) -> int:
        """How many items match (numberMatched)."""
        with self._session() as session:
            sure = session.scalar(count_query(search, view)) or 0
            if not search.is_spatial:
                return sure
            doubtful = candidates(search, view).where(~surely_matches(search))
            is_match = exact_test(search)
            rows = session.execute(doubtful.with_only_columns(col(RevisionRow.document)))
            return sure + sum(is_match(row.document.encode()) for row in rows)

    def all_items(self, search: Search, view: View = WORKING) -> Iterator[StoredItem]:
        """Every match, page by page."""
        page = self.search(replace(search, limit=RECORDS_PER_TRANSACTION), view)
        yield from page.items
        while page.following:
            after = replace(search, limit=RECORDS_PER_TRANSACTION, after=page.following)
            page = self.search(after, view)
            yield from page.items

    def fronts(self, wanted: FrontFilter = ALL_FRONTS, view: View = WORKING) -> list[Front]:
        """Fronts as values, oldest first, then by id."""
        return [item_to_front(stored.item) for stored in self.stored_fronts(wanted, view)]

    def stored_fronts(
        self, wanted: FrontFilter = ALL_FRONTS, view: View = WORKING
    ) -> list[StoredItem]:
        """As `fronts`, with revision and digest: what a release pins."""
        query = seen_by(view).where(
            col(RevisionRow.collection).in_(FRONT_COLLECTIONS), *equal_conditions(wanted.equal)
        )
        query = query.order_by(col(RevisionRow.start), col(RevisionRow.item_id))
        with self._session() as session:
            return [stored_item(row) for row in session.execute(query)]

    def units_with_fronts(self) -> tuple[str, ...]:
        """The names of all units that have fronts, in order."""
        query = select(col(RevisionRow.unit)).where(
            col(RevisionRow.is_current), col(RevisionRow.collection).in_(FRONT_COLLECTIONS)
        )
        with self._session() as session:
            return tuple(sorted({unit for unit in session.scalars(query.distinct()) if unit}))

    def revisions(self, collection: str, item_id: str) -> tuple[StoredItem, ...]:
        """The whole history of an item, oldest first; empty where there is none."""
        query = revisions_of(collection, item_id).order_by(col(RevisionRow.n))
        with self._session() as session:
            return tuple(stored_item(row) for row in session.execute(query))

    def extent(self, collection: str, view: View = WORKING) -> tuple[str, str] | None:
        """First and last moment of a collection, or None where it is empty."""
        with self._session() as session:
            first, last = session.execute(extent_query(collection, view)).one()
        return (first, last) if first else None

    # --- releases ----------------------------------------------------------------------------

    def save_release(self, release: Release, pins: Iterable[Pin] | None = None) -> None:
        """Write a release, and what it pins when `pins` is given, in one transaction."""
        document = canonical_json(release_to_document(release)).decode()
        version = str(release.version)
        with self._session() as session:
            session.merge(ReleaseRow(version=version, state=release.state, document=document))
            if pins is not None:
                session.execute(delete(PinRow).where(col(PinRow.version) == version))
                session.add_all(pin_row(version, pin) for pin in pins)
            session.commit()

    def releases(self) -> tuple[Release, ...]:
        """All releases, oldest version first."""
        with self._session() as session:
            rows = session.scalars(select(ReleaseRow)).all()
        found = (document_to_release(orjson.loads(row.document)) for row in rows)
        return tuple(sorted(found, key=lambda release: release.version))

    def release(self, version: Version) -> Release:
        """One release; raises NotRecorded."""
        for release in self.releases():
            if release.version == version:
                return release
        raise NotRecorded(
            "is no release of this catalogue.",
            where=str(version),
            remedy=f"Build it with `icelines release build {version}`.",
        )

    def published_versions(self) -> tuple[Version, ...]:
        """The versions that the public may ask for, oldest first."""
        is_published = col(ReleaseRow.state) == ReleaseState.PUBLISHED
        query = select(col(ReleaseRow.version)).where(is_published)
        with self._session() as session:
            return tuple(sorted(map(Version.parse, session.scalars(query))))

    def latest_published(self) -> Release | None:
        """What the public sees by default."""
        published = self.published_versions()
        return self.release(published[-1]) if published else None

    def pins(self, version: Version) -> tuple[Pin, ...]:
        """The item revisions that a release names, by collection and id."""
        query = (
            select(PinRow)
            .where(col(PinRow.version) == str(version))
            .order_by(col(PinRow.collection), col(PinRow.item_id))
        )
        with self._session() as session:
            return tuple(
                Pin(row.collection, row.item_id, row.n, row.digest)
                for row in session.scalars(query)
            )

    def journal(self, version: Version) -> dict[str, Any]:
        """Steps of a publication that are done, with their outcome."""
        query = select(JournalRow).where(col(JournalRow.version) == str(version))
        with self._session() as session:
            return {row.step: orjson.loads(row.outcome) for row in session.scalars(query)}

    def write_journal(self, version: Version, step: str, outcome: Any) -> None:
        """Note that a step of a publication is done."""
        row = JournalRow(
            version=str(version),
            step=step,
            recorded_at=self._moment(),
            outcome=canonical_json(outcome).decode(),
        )
        with self._session() as session:
            session.merge(row)
            session.commit()

    # --- work and observations ---------------------------------------------------------------

    def work(self, key: str) -> Work | None:
        """What the ledger knows of the work with this key."""
        with self._session() as session:
            row = session.get(WorkRow, key)
        return work_of(row) if row else None

    def all_work(self, stage: str, key_prefix: str = "") -> tuple[Work, ...]:
        """Work of a stage, by subject; only that whose key begins with `key_prefix`."""
        query = select(WorkRow).where(col(WorkRow.stage) == stage).order_by(col(WorkRow.subject))
        if key_prefix:
            query = query.where(col(WorkRow.key).startswith(key_prefix, autoescape=True))
        with self._session() as session:
            return tuple(work_of(row) for row in session.scalars(query))

    def write_work(self, work: Work) -> None:
        """Note how a stage ended; `attempts` is what the caller says."""
        row = WorkRow(
            key=work.key,
            stage=work.stage,
            subject=work.subject,
            is_done=work.is_done,
            attempts=work.attempts,
            outcome=canonical_json(work.outcome).decode(),
            recorded_at=self._moment(),
        )
        with self._session() as session:
            session.merge(row)
            session.commit()

    def record_observations(self, observations: Iterable[Observation]) -> None:
        """Write observation states; the same acquisition has one row.

        An acquisition takes the place of the row that said its month had none.
        """
        with self._session() as session:
            for seen in observations:
                session.merge(observation_row(seen))
                if seen.scene_id:
                    session.execute(_month_row_deletion(seen.unit, seen.moment))
            session.commit()

    def withdraw_empty_month(self, unit: str, moment: datetime) -> None:
        """Take back that the month of `moment` had no acquisition of a unit."""
        with self._session() as session:
            session.execute(_month_row_deletion(unit, moment))
            session.commit()

    def observations(self, unit: str | None = None) -> tuple[Observation, ...]:
        """Observation states by unit and time."""
        query = select(ObservationRow).order_by(
            col(ObservationRow.unit), col(ObservationRow.moment), col(ObservationRow.scene_id)
        )
        if unit is not None:
            query = query.where(col(ObservationRow.unit) == unit)
        with self._session() as session:
            return tuple(observation_of(row) for row in session.scalars(query))

    # --- inside ------------------------------------------------------------------------------

    def _record_batch(self, batch: Sequence[Item], read_digest: str | None = None) -> RecordOutcome:
        """Write items in one transaction; what another process wrote first is looked at again.

        The number of a revision is part of its key, so that of two writers the later one fails.
        """
        for _ in range(MOST_TRIES):
            with self._session() as session:
                try:
                    written = [self._record_item(session, item, read_digest) for item in batch]
                    session.commit()
                except IntegrityError:
                    session.rollback()
                else:
                    return sum(written, RecordOutcome())
        raise _revised_meanwhile(batch[0]["collection"], batch[0]["id"])

    def _record_item(
        self, session: Session, item: Item, read_digest: str | None = None
    ) -> RecordOutcome:
        document = canonical_json(item)
        digest = sha256_hex(document)
        name = item["collection"], item["id"]
        current = session.execute(item_query(*name, WORKING)).first()
        if read_digest is not None and (current is None or current.digest != read_digest):
            raise _revised_meanwhile(*name)
        if current is not None and current.digest == digest:
            return RecordOutcome(unchanged=1)
        n = current.n + 1 if current else 1
        if current is not None:
            session.execute(update(RevisionRow).where(is_item(*name)).values(is_current=False))
        session.add(revision_row(item, document, digest, n, self._moment()))
        session.flush()
        return RecordOutcome(revised=1) if current else RecordOutcome(new=1)

    def _moment(self) -> str:
        return moment_text(self._clock())

    def _matches(self, search: Search, view: View) -> Generator[Row[Any], None, None]:
        size = search.limit + 1
        size = max(size, ROWS_PER_SCAN) if search.is_spatial else size
        is_match = exact_test(search)
        with self._session() as session:
            while True:
                rows = session.execute(page_query(search, view, size)).all()
                yield from (r for r in rows if r.is_sure or is_match(r.document.encode()))
                if len(rows) < size:
                    return
                search = replace(search, after=key_of(rows[-1]))

    def _session(self) -> AbstractContextManager[Session]:
        return open_session(self._engine)


def _revised_meanwhile(collection: str, item_id: str) -> RevisedMeanwhile:
    return RevisedMeanwhile(
        "another process wrote this record at the same time; nothing was overwritten.",
        where=f"{collection}/{item_id}",
        remedy="Run it again when the other one has ended.",
    )


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _month_row_deletion(unit: str, moment: datetime) -> Any:
    return delete(ObservationRow).where(
        col(ObservationRow.unit) == unit,
        col(ObservationRow.moment) == moment_text(month_start(moment)),
        col(ObservationRow.scene_id) == "",
    )
