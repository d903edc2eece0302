"""What the catalogue holds of a front that is made once more: its verdict is not lost."""

from __future__ import annotations

from dataclasses import replace

from catalog.errors import NotRecorded
from catalog.front import Front, Reason
from catalog.items.front import item_to_front
from catalog.review_verdict import is_decided
from catalog.store import CatalogStore


def with_recorded_verdict(front: Front, store: CatalogStore) -> Front:
    """The front with the machine's verdict that the catalogue holds, so that none is undone.

    Where people decided, the record stays if the machine's own front is the same as before. Else
    the front comes back as it was made: its decisions are told and applied by `check` alone, which
    takes a revision without them for the machine's. One that was withdrawn because nothing could
    be traced is judged anew.
    """
    try:
        recorded = item_to_front(store.get(front.collection, front.id).item)
    except NotRecorded:
        return front
    if recorded.lineage.judgements:
        machine = store.review.undecided_front(front.collection, front.id)
        return recorded if _with_verdict_of(machine, front) == machine else front
    if is_decided(recorded) or Reason.INPUTS_WITHDRAWN in recorded.reasons:
        return front
    return _with_verdict_of(recorded, front)


def _with_verdict_of(recorded: Front, front: Front) -> Front:
    return replace(
        front,
        status=recorded.status,
        reasons=recorded.reasons,
        area_change_km2=recorded.area_change_km2,
    )
