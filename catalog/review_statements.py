"""The SELECT statements of the review desk, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, and_, exists, func, or_, select, text, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from catalog.front import Origin
from catalog.review_queue import QueueFilter, QueueKey
from catalog.shelf import all_shelves
from catalog.tables import REASONS_IN_SQLITE, WAITING, DecisionRow, RevisionRow

Rows = Select[*tuple[Any, ...]]


class _Reasons(FunctionElement[str]):
    """`(document)`: its reasons as the text of a JSON array."""

    inherit_cache = True
    type = String()


REASONS = _Reasons(col(RevisionRow.document))
ORDER = (
    col(RevisionRow.shelf),
    REASONS,
    col(RevisionRow.unit),
    col(RevisionRow.start),
    col(RevisionRow.item_id),
)
ENTRY: tuple[Any, ...] = (
    col(RevisionRow.collection),
    col(RevisionRow.item_id),
    col(RevisionRow.digest),
    col(RevisionRow.unit),
    col(RevisionRow.shelf),
    col(RevisionRow.interval),
    col(RevisionRow.origin),
    col(RevisionRow.status),
    col(RevisionRow.start),
    REASONS.label("reasons"),
)


def queue_query(wanted: QueueFilter, after: QueueKey | None, size: int) -> Rows:
    """The first `size` fronts that wait, in the order of the queue."""
    query = _waiting(select(*ENTRY), wanted)
    if after is not None:
        place = (after.shelf, after.reasons, after.unit, after.start, after.front_id)
        query = query.where(tuple_(*ORDER) > tuple_(*place))
    return query.order_by(*ORDER).limit(size)


def queue_counts_query(wanted: QueueFilter) -> Rows:
    """How many fronts wait, by shelf and reasons."""
    grouped = select(col(RevisionRow.shelf), REASONS.label("reasons"), func.count().label("n"))
    return _waiting(grouped, wanted).group_by(col(RevisionRow.shelf), REASONS)


def decisions_query(collection: str, front_id: str) -> Rows:
    return (
        select(DecisionRow)
        .where(col(DecisionRow.collection) == collection, col(DecisionRow.item_id) == front_id)
        .order_by(col(DecisionRow.number))
    )


def _waiting(query: Rows, wanted: QueueFilter) -> Rows:
    query = query.where(
        text(WAITING),
        # Not a list of collections: SQLite would look at every item of each.
        col(RevisionRow.collection).startswith("fronts-"),
        col(RevisionRow.status).in_([str(status) for status in wanted.statuses]),
        ~_is_joined(),
        ~_is_decided(),
    )
    if wanted.shelves:
        query = query.where(col(RevisionRow.shelf).in_(wanted.shelves))
    if wanted.units:
        query = query.where(col(RevisionRow.unit).in_(wanted.units))
    if wanted.reasons:
        query = query.where(
            or_(*(REASONS.contains(f'"{reason}"', autoescape=True) for reason in wanted.reasons))
        )
    return query


def _is_joined() -> Any:
    """Joined of parts by us: it is as good as its parts, and these are judged."""
    names = [shelf.name for shelf in all_shelves() if len(shelf.parts) > 1]
    return and_(col(RevisionRow.unit).in_(names), col(RevisionRow.origin) != str(Origin.IMPORTED))


def _is_decided() -> Any:
    """A decision stands that `check` has not applied yet."""
    last, later = aliased(DecisionRow), aliased(DecisionRow)
    is_later = and_(
        col(later.collection) == col(last.collection),
        col(later.item_id) == col(last.item_id),
        col(later.number) > col(last.number),
    )
    return exists().where(
        col(last.collection) == col(RevisionRow.collection),
        col(last.item_id) == col(RevisionRow.item_id),
        col(last.stands) > 0,
        ~exists().where(is_later),
    )


@compiles(_Reasons, "sqlite")
def _sqlite_reasons(_element: Any, _compiler: Any, **_options: Any) -> str:
    return REASONS_IN_SQLITE


@compiles(_Reasons, "postgresql")
def _postgresql_reasons(element: Any, compiler: Any, **options: Any) -> str:
    (document,) = element.clauses
    stored = compiler.process(document, **options)
    # Compared byte by byte, as SQLite does and as `QueueKey` expects.
    return f"(CAST({stored} AS json) -> 'properties' ->> 'icelines:reasons') COLLATE \"C\""
