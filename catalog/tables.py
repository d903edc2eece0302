"""The tables that are the truth, on SQLite and on PostgreSQL.

Moments are text, RFC 3339 in UTC with microseconds, so that they sort as time does everywhere;
documents are canonical JSON as text, so that what was hashed is what is stored.
"""

from __future__ import annotations

from sqlalchemy import Index, String, desc, text
from sqlmodel import AutoString, Field, SQLModel

SCHEMA_VERSION = 1
# What the review desk looks for; literal, because SQLite takes a partial index for a query only
# where it finds the very same condition in it. Fronts that wait are few and their reasons lie in
# the document, so on SQLite the index holds these too.
WAITING = "is_current AND status IN ('in_review', 'provisional')"
REASONS_IN_SQLITE = "json_extract(document, '$.properties.\"icelines:reasons\"')"


class MetaRow(SQLModel, table=True):
    """Facts about the catalogue itself."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


class RevisionRow(SQLModel, table=True):
    """One revision of one item, with what searches need beside the document."""

    __tablename__ = "revision"
    __table_args__ = (
        Index("revision_newest", "is_current", desc("start"), "collection", "item_id"),
        Index("revision_collection", "is_current", "collection", desc("start"), "item_id"),
        # In the order of pages, or SQLite would rather walk through all items in that order.
        Index("revision_of_unit", "unit", "is_current", desc("start"), "collection", "item_id"),
        Index("revision_of_status", "status", "is_current", desc("start"), "collection", "item_id"),
    )

    collection: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    digest: str
    is_current: bool
    recorded_at: str
    start: str
    end: str
    west: float
    south: float
    east: float
    north: float
    unit: str | None = None
    shelf: str | None = None
    interval: str | None = None
    origin: str | None = None
    source: str | None = None
    status: str | None = None
    # Last, because SQLite reads through a long text to reach the columns after it.
    document: str


_revision = SQLModel.metadata.tables["revision"].c
WAITING_INDEX = Index(
    "revision_waiting",
    _revision.shelf,
    text(REASONS_IN_SQLITE),
    _revision.unit,
    _revision.start,
    _revision.item_id,
    sqlite_where=text(WAITING),
).ddl_if(dialect="sqlite")


class ReleaseRow(SQLModel, table=True):
    """What is known of a release; `document` is the whole `Release` value."""

    __tablename__ = "release"

    version: str = Field(primary_key=True)
    state: str
    document: str


class PinRow(SQLModel, table=True):
    """An item revision that a release names."""

    __tablename__ = "pin"

    version: str = Field(primary_key=True)
    collection: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    n: int
    digest: str


class JournalRow(SQLModel, table=True):
    """A step of a publication that is done, with what it found out."""

    __tablename__ = "journal"

    version: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    recorded_at: str
    outcome: str


class WorkRow(SQLModel, table=True):
    """A stage of processing, keyed by the digest of everything that goes into it."""

    __tablename__ = "work"

    key: str = Field(primary_key=True)
    stage: str
    subject: str
    is_done: bool
    attempts: int
    outcome: str
    recorded_at: str


class ObservationRow(SQLModel, table=True):
    """What became of one acquisition of one unit."""

    __tablename__ = "observation"

    unit: str = Field(primary_key=True)
    moment: str = Field(primary_key=True)
    scene_id: str = Field(primary_key=True)
    kind: str
    reason: str
    front_id: str


class DecisionRow(SQLModel, table=True):
    """A decision at the review desk; rows are added and never changed.

    The key is what keeps two people apart: the second to take a number is refused. `stands` is
    the number of the decision that holds after this one, 0 for none.
    """

    __tablename__ = "decision"

    collection: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    stands: int
    revision_digest: str
    action: str
    reason: str
    reviewer: str
    decided_at: str
    note: str
    line: str | None = None  # GeoJSON in EPSG:3031


TABLES = (
    MetaRow,
    RevisionRow,
    ReleaseRow,
    PinRow,
    JournalRow,
    WorkRow,
    ObservationRow,
    DecisionRow,
)


# Text is compared byte by byte, as SQLite and Python do. PostgreSQL would go by the language of
# the installation, and put what follows a place of the queue, or of a page, before it.
for _table in (SQLModel.metadata.tables[str(row.__tablename__)] for row in TABLES):
    for _column in _table.columns:
        if isinstance(_column.type, AutoString):
            _column.type = _column.type.with_variant(String(collation="C"), "postgresql")
