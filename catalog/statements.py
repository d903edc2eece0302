"""The SELECT statements of the catalogue: which revisions a view shows, which a search wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlmodel import col

from catalog.query import PageKey, Search, View, WorkingState
from catalog.rows import MOMENT_FORMAT
from catalog.spatial import bbox_condition
from catalog.tables import PinRow, RevisionRow


def seen_by(view: View) -> Select[Any]:
    if isinstance(view, WorkingState):
        return select(RevisionRow).where(col(RevisionRow.is_current).is_(True))
    pinned = and_(
        col(PinRow.collection) == col(RevisionRow.collection),
        col(PinRow.item_id) == col(RevisionRow.item_id),
        col(PinRow.n) == col(RevisionRow.n),
    )
    return select(RevisionRow).join(PinRow, pinned).where(col(PinRow.version) == str(view.version))


def page_query(search: Search, view: View) -> Select[Any]:
    query = seen_by(view).where(*equal_conditions(search.equal))
    if search.collections:
        query = query.where(col(RevisionRow.collection).in_(search.collections))
    if search.ids:
        query = query.where(col(RevisionRow.item_id).in_(search.ids))
    if search.start is not None:
        query = query.where(col(RevisionRow.end) >= search.start.strftime(MOMENT_FORMAT))
    if search.end is not None:
        query = query.where(col(RevisionRow.start) <= search.end.strftime(MOMENT_FORMAT))
    if search.bbox is not None:
        query = query.where(bbox_condition(search.bbox))
    if search.after is not None:
        query = query.where(_after(search.after))
    return query.order_by(
        col(RevisionRow.start).desc(), col(RevisionRow.collection), col(RevisionRow.item_id)
    )


def _after(key: PageKey) -> Any:
    same_start = col(RevisionRow.start) == key.start
    later_name = tuple_(col(RevisionRow.collection), col(RevisionRow.item_id)) > tuple_(
        key.collection, key.item_id
    )
    return or_(col(RevisionRow.start) < key.start, and_(same_start, later_name))


def equal_conditions(equal: Mapping[str, tuple[str, ...]]) -> list[Any]:
    return [col(getattr(RevisionRow, name)).in_(values) for name, values in equal.items()]
