"""Which fronts a release holds: chosen, pinned, and refused where they may not be released.

Our own accepted fronts are in; imported and simulated ones only when a release names them. With
them go the calving events between them, and the scenes and models that they were made from, so
that every `derived_from` resolves inside the release.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from catalog.calving import COLLECTION as CALVING_EVENTS
from catalog.collection import FRONT_COLLECTIONS
from catalog.errors import NotRecorded
from catalog.front import Front, Origin, Status
from catalog.items.front import COLLECTION_OF_INPUT, item_to_front
from catalog.lineage import InputKind
from catalog.observation import Observation
from catalog.query import FrontFilter
from catalog.release import Pin, Release, ReleaseState, Version
from catalog.store import CatalogStore
from catalog.stored import StoredItem
from publish.content import (
    IMPORTED_PREFIX,
    SIMULATED,
    Changes,
    FrozenContent,
    Inclusion,
    ReleasedEvent,
    ReleasedFront,
    ReleasedObservation,
)
from publish.errors import (
    BadVersionOrder,
    DanglingLineage,
    DecisionsNotApplied,
    EmptyRelease,
    NothingNew,
)
from publish.events import choose_events
from publish.stale import refuse_stale_lineage

AVERAGE_AGAIN = "Run `icelines average`, which makes it anew."
CHECK_AGAIN = "Run `icelines check`, then `icelines average`: they apply what was decided."
AVERAGE_AGAIN_AS_DECIDED = "Run `icelines average`, which applies what was decided."


def default_cut_off(version: Version) -> date:
    """The last day of the month before that of publication."""
    return date(version.year, version.month, 1) - timedelta(days=1)


def freeze(
    store: CatalogStore,
    version: Version,
    inclusion: Inclusion,
    cut_off: date,
    releases: tuple[Release, ...],
) -> FrozenContent:
    """Choose and pin; raises a PublicationError that says why a release cannot be made so."""
    fronts = _choose(store, version, inclusion, cut_off)
    _refuse_decisions_to_come(store, fronts)
    digests = {f.front.id: f.stored.digest for f in fronts}
    refuse_stale_lineage(digests, ((f.front.id, f.front.lineage) for f in fronts), AVERAGE_AGAIN)
    events = choose_events(store, digests, inclusion, cut_off)
    has_simulated = any(f.front.origin is Origin.SIMULATED for f in fronts)
    predecessor = predecessor_of(version, releases, has_simulated=has_simulated)
    inputs = _inputs_of(store, fronts)
    before = store.pins(predecessor.version) if predecessor else ()
    content = FrozenContent(
        version=version,
        cut_off=cut_off,
        inclusion=inclusion,
        fronts=fronts,
        inputs=inputs,
        observations=_observations_of(store, fronts, inclusion, cut_off),
        predecessor=predecessor,
        changes=_changes(fronts, before, FRONT_COLLECTIONS),
        events=events,
        event_changes=_changes(events, before, (CALVING_EVENTS,)),
    )
    if predecessor and set(content.pins) == set(before):
        raise NothingNew(
            f"would be the same as {predecessor.version}: not one record differs.",
            where=str(version),
            remedy="Wait for new fronts.",
        )
    return content


def predecessor_of(
    version: Version, releases: tuple[Release, ...], *, has_simulated: bool
) -> Release | None:
    """The release that `version` follows; raises BadVersionOrder.

    A release with a live DOI goes before a rehearsed one: readers can have cited only that. One
    with simulated fronts is followed by its like only.
    """
    published = [r for r in releases if r.state is ReleaseState.PUBLISHED]
    later = [r.version for r in published if r.version > version and not r.dry_run]
    if later:
        raise BadVersionOrder(
            f"comes before {max(later)}, which is published.",
            where=str(version),
            remedy="Releases follow each other: choose a later version.",
        )
    earlier = [r for r in published if r.version < version]
    _refuse_a_correction_of_nothing(version, {r.version for r in earlier})
    alike = [r for r in earlier if has_simulated or not r.has_simulated]
    return max(alike, key=lambda r: (not r.dry_run, r.version), default=None)


def _refuse_a_correction_of_nothing(version: Version, published: set[Version]) -> None:
    corrected = Version(version.year, version.month, version.correction - 1)
    if version.correction and corrected not in published:
        raise BadVersionOrder(
            f"corrects {corrected}, which is not published.",
            where=str(version),
            remedy=f"Publish {corrected} first, or build it again.",
        )


def _choose(
    store: CatalogStore, version: Version, inclusion: Inclusion, cut_off: date
) -> tuple[ReleasedFront, ...]:
    accepted = store.stored_fronts(FrontFilter(statuses=(Status.ACCEPTED,)))
    fronts = [ReleasedFront(item_to_front(stored.item), stored) for stored in accepted]
    _refuse_absent_sources(fronts, version, inclusion)
    chosen = tuple(f for f in fronts if inclusion.takes(f.front) and f.front.end.date() <= cut_off)
    if not chosen:
        raise EmptyRelease(
            f"has no accepted front up to {cut_off}.",
            where=str(version),
            remedy=_what_could_be_included(fronts),
        )
    return chosen


def _refuse_decisions_to_come(store: CatalogStore, fronts: tuple[ReleasedFront, ...]) -> None:
    decisions = store.review.all_decisions()
    for released in fronts:
        front = released.front
        made = len(decisions.get((front.collection, front.id), ()))
        told = len(front.lineage.judgements)
        if told < made:
            raise DecisionsNotApplied(
                f"people decided about it {made} times, of which its record tells {told}.",
                where=front.id,
                remedy=AVERAGE_AGAIN_AS_DECIDED if front.is_composed else CHECK_AGAIN,
            )


def _refuse_absent_sources(
    fronts: list[ReleasedFront], version: Version, inclusion: Inclusion
) -> None:
    known = {f.front.source for f in fronts if f.front.origin is Origin.IMPORTED}
    for source in inclusion.sources:
        if source not in known:
            raise EmptyRelease(
                f"names the source {source!r}, of which there is no accepted front.",
                where=str(version),
                remedy=f"On record: {', '.join(sorted(known)) or 'no imported source'}.",
            )


def _what_could_be_included(fronts: list[ReleasedFront]) -> str:
    options = sorted(
        {
            SIMULATED if f.front.origin is Origin.SIMULATED else IMPORTED_PREFIX + f.front.source
            for f in fronts
            if f.front.origin is not Origin.SENTINEL1
        }
    )
    if not options:
        return "Process scenes or import fronts first, then check and review them."
    return "On record: " + ", ".join(f"--include {option}" for option in options) + "."


def _inputs_of(store: CatalogStore, fronts: tuple[ReleasedFront, ...]) -> tuple[StoredItem, ...]:
    wanted = {
        (COLLECTION_OF_INPUT[entry.kind], entry.name): released.front
        for released in fronts
        for entry in released.front.lineage.inputs
        if entry.kind in COLLECTION_OF_INPUT
    }
    inputs = tuple(_input(store, *key, wanted[key]) for key in sorted(wanted))
    _refuse_simulation_in_disguise(fronts, inputs)
    return inputs


def _input(store: CatalogStore, collection: str, item_id: str, front: Front) -> StoredItem:
    try:
        return store.get(collection, item_id)
    except NotRecorded as error:
        raise DanglingLineage(
            f"was made from {collection}/{item_id}, which is not in the catalogue.",
            where=front.id,
            remedy="Process its scene again, so that the record is complete.",
        ) from error


def _refuse_simulation_in_disguise(
    fronts: tuple[ReleasedFront, ...], inputs: tuple[StoredItem, ...]
) -> None:
    simulated = {i.item_id for i in inputs if is_simulated_scene(i)}
    for released in fronts:
        scenes = {i.name for i in released.front.lineage.inputs_of(InputKind.SCENE)}
        if released.front.origin is Origin.SENTINEL1 and scenes & simulated:
            raise DanglingLineage(
                f"says it comes from Sentinel-1, but {min(scenes & simulated)} is simulated.",
                where=released.front.id,
                remedy="Process its scene again, so that its origin is right.",
            )


def is_simulated_scene(stored: StoredItem) -> bool:
    return bool(stored.item["properties"].get("icelines:simulated", False))


def _observations_of(
    store: CatalogStore,
    fronts: tuple[ReleasedFront, ...],
    inclusion: Inclusion,
    cut_off: date,
) -> tuple[ReleasedObservation, ...]:
    origins: dict[str, set[Origin]] = {}
    for released in fronts:
        # Imported series have no acquisitions of ours.
        if released.front.origin is not Origin.IMPORTED:
            origins.setdefault(released.front.unit, set()).add(released.front.origin)
    wanted = (
        seen
        for seen in store.observations()
        if seen.unit in origins and seen.moment.date() <= cut_off
    )
    known = (ReleasedObservation(s, _origin_of(store, s, origins[s.unit])) for s in wanted)
    return tuple(o for o in known if inclusion.simulated or o.origin is not Origin.SIMULATED)


def _origin_of(store: CatalogStore, seen: Observation, of_unit: set[Origin]) -> Origin | None:
    # A rejected acquisition gave no front, so no front leads to its scene: ask for it by name.
    try:
        scene = store.get("scenes", seen.scene_id)
    except NotRecorded:
        return next(iter(of_unit)) if len(of_unit) == 1 else None
    return Origin.SIMULATED if is_simulated_scene(scene) else Origin.SENTINEL1


def _changes(
    released: Iterable[ReleasedFront | ReleasedEvent],
    before: tuple[Pin, ...],
    collections: tuple[str, ...],
) -> Changes:
    old = {(p.collection, p.item_id): p.digest for p in before if p.collection in collections}
    now = {(r.stored.collection, r.stored.item_id): r.stored.digest for r in released}
    return Changes(
        new=len(now.keys() - old.keys()),
        revised=sum(1 for key, digest in now.items() if old.get(key, digest) != digest),
        unchanged=sum(1 for key, digest in now.items() if old.get(key) == digest),
        withdrawn=len(old.keys() - now.keys()),
    )
