"""The SELECT statements of the catalogue: which revisions a view shows, which a search wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select, true, tuple_
from sqlmodel import col

from catalog.filtering.compiling import predicate
from catalog.filtering.expression import EVERYTHING
from catalog.query import NothingPublished, PageKey, Search, View, WorkingState
from catalog.rows import moment_text
from catalog.spatial import may_match, surely_matches
from catalog.tables import PinRow, RevisionRow

Rows = Select[*tuple[Any, ...]]
# What `stored_item` and `key_of` read; whole rows through the ORM take three times as long.
STORED: tuple[Any, ...] = (
    col(RevisionRow.collection),
    col(RevisionRow.item_id),
    col(RevisionRow.n),
    col(RevisionRow.digest),
    col(RevisionRow.document),
    col(RevisionRow.recorded_at),
    col(RevisionRow.start),
)

KEY: tuple[Any, ...] = (
    col(RevisionRow.collection),
    col(RevisionRow.item_id),
    col(RevisionRow.n),
)
PAGE_ORDER = (
    col(RevisionRow.start).desc(),
    col(RevisionRow.collection),
    col(RevisionRow.item_id),
)


def revisions_of(collection: str, item_id: str) -> Rows:
    """Every revision of one item."""
    return select(*STORED).where(is_item(collection, item_id))


def item_query(collection: str, item_id: str, view: View) -> Rows:
    """The revision of one item that a view shows."""
    if isinstance(view, WorkingState):
        # The newest by the primary key: asked for `is_current`, SQLite takes an index that has
        # it look at every item of the collection.
        newest = revisions_of(collection, item_id).order_by(col(RevisionRow.n).desc())
        return newest.limit(1)
    return seen_by(view).where(is_item(collection, item_id))


def is_item(collection: str, item_id: str) -> Any:
    return and_(col(RevisionRow.collection) == collection, col(RevisionRow.item_id) == item_id)


def seen_by(view: View) -> Rows:
    """The revisions that a view shows."""
    if isinstance(view, WorkingState):
        return select(*STORED).where(col(RevisionRow.is_current).is_(True))
    if isinstance(view, NothingPublished):
        return select(*STORED).where(false())
    pinned = and_(
        col(PinRow.collection) == col(RevisionRow.collection),
        col(PinRow.item_id) == col(RevisionRow.item_id),
        col(PinRow.n) == col(RevisionRow.n),
    )
    rows = select(*STORED).select_from(RevisionRow).join(PinRow, pinned)
    return rows.where(col(PinRow.version) == str(view.version))


def page_query(search: Search, view: View, size: int) -> Rows:
    """The first `size` rows that match, or may (`is_sure` tells), in the order of pages."""
    query = candidates(search, view)
    if search.after is not None:
        query = query.where(_after(search.after))
    # Keys are sorted first and documents read afterwards, for this page only: sorted together,
    # the documents of all candidates would be.
    is_sure = surely_matches(search).label("is_sure")
    keys = query.with_only_columns(*KEY, is_sure, maintain_column_froms=True)
    page = keys.order_by(*PAGE_ORDER).limit(size).subquery()
    same = and_(*(column == page.c[column.name] for column in KEY))
    rows = select(*STORED, page.c.is_sure).select_from(page).join(RevisionRow, same)
    return rows.order_by(*PAGE_ORDER)


def count_query(search: Search, view: View) -> Rows:
    """How many rows match for sure."""
    sure = candidates(search, view).where(surely_matches(search))
    return sure.with_only_columns(func.count(), maintain_column_froms=True)


def candidates(search: Search, view: View) -> Rows:
    """Rows of the items that match, with all that fulfil the rough spatial test."""
    query = seen_by(view).where(*equal_conditions(search.equal), may_match(search))
    if search.collections:
        query = query.where(col(RevisionRow.collection).in_(search.collections))
    if search.ids:
        query = query.where(col(RevisionRow.item_id).in_(search.ids))
    if search.start is not None:
        query = query.where(col(RevisionRow.end) >= moment_text(search.start))
    if search.end is not None:
        query = query.where(col(RevisionRow.start) <= moment_text(search.end))
    return query if search.where == EVERYTHING else query.where(predicate(search.where))


def extent_query(collection: str, view: View) -> Rows:
    """First start and last end in a collection."""
    rows = seen_by(view).where(col(RevisionRow.collection) == collection)
    ends = func.min(col(RevisionRow.start)), func.max(col(RevisionRow.end))
    return rows.with_only_columns(*ends, maintain_column_froms=True)


def equal_conditions(equal: Mapping[str, tuple[str, ...]]) -> list[Any]:
    return [true(), *(col(getattr(RevisionRow, name)).in_(v) for name, v in equal.items())]


def _after(key: PageKey) -> Any:
    same_start = col(RevisionRow.start) == key.start
    later_name = tuple_(col(RevisionRow.collection), col(RevisionRow.item_id)) > tuple_(
        key.collection, key.item_id
    )
    return or_(col(RevisionRow.start) < key.start, and_(same_start, later_name))
