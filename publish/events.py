"""Which calving events a release holds: those that stand between its fronts.

An event may be confirmed by fronts after the cut-off, as a front may be accepted thanks to them:
what is known when a release is built goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog.calving import COLLECTION, CalvingEvent, EventStatus
from catalog.errors import NotRecorded
from catalog.front import Origin, Status
from catalog.items.calving import item_to_calving
from catalog.query import Search
from catalog.store import CatalogStore
from publish.content import Inclusion, ReleasedEvent
from publish.errors import DanglingLineage
from publish.stale import refuse_stale_lineage


def choose_events(
    store: CatalogStore, digests: Mapping[str, str], inclusion: Inclusion, cut_off: date
) -> tuple[ReleasedEvent, ...]:
    """Standing events whose window ends by `cut_off`, oldest first.

    `digests` are those of the fronts of the release, by id. Raises DanglingLineage for an event
    that other revisions of its fronts were looked at for, or that rejected fronts confirm.
    """
    recorded = store.all_items(Search(collections=(COLLECTION,)))
    events = (ReleasedEvent(item_to_calving(stored.item), stored) for stored in recorded)
    chosen = [one for one in events if _belongs(one.event, inclusion, cut_off)]
    for event in (one.event for one in chosen):
        refuse_stale_lineage(digests, [(event.id, event.lineage)], _find_again(event))
        _refuse_lost_confirmation(store, digests, event)
    return tuple(sorted(chosen, key=lambda one: (one.event.start, one.event.id)))


def _belongs(event: CalvingEvent, inclusion: Inclusion, cut_off: date) -> bool:
    stands = event.status is not EventStatus.WITHDRAWN
    return stands and inclusion.takes(event) and event.end.date() <= cut_off


def _refuse_lost_confirmation(
    store: CatalogStore, digests: Mapping[str, str], event: CalvingEvent
) -> None:
    collection = f"fronts-{event.interval}"
    for front_id in event.confirmed_by:
        if front_id not in digests and not _is_accepted(store, collection, front_id):
            raise DanglingLineage(
                f"is confirmed by {front_id}, which is no accepted front.",
                where=event.id,
                remedy=_find_again(event),
            )


def _is_accepted(store: CatalogStore, collection: str, front_id: str) -> bool:
    try:
        item = store.get(collection, front_id).item
    except NotRecorded:
        return False
    return bool(item["properties"]["icelines:status"] == Status.ACCEPTED)


def _find_again(event: CalvingEvent) -> str:
    # Fronts of others are looked at only when their source is named.
    named = f" --source {event.source}" if event.origin is Origin.IMPORTED else ""
    return f"Run `icelines calve{named}`, which looks at the series again."
