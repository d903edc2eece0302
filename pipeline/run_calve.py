"""Find the calving events of all series on record, and write down what changed.

An event that later fronts no longer show is withdrawn, with the reason and with what took its
place; nothing is deleted. Running again over the same fronts changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.calving import COLLECTION, CalvingEvent, EventStatus
from catalog.errors import UnknownUnit
from catalog.front import Interval, Origin, SeriesKey, Status
from catalog.items.calving import calving_to_item, item_to_calving
from catalog.items.front import item_to_front
from catalog.query import FrontFilter, Search
from catalog.shelf import Unit
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome
from catalog.vanished_shelves import find_charted_unit
from pipeline.calving_events import find_events
from pipeline.calving_rules import DEFAULT_RULES, CalvingRules
from pipeline.sightings import Sighting

# Fronts of others are looked at when their source is asked for: their series mix sensors.
OWN_ORIGINS = (Origin.SENTINEL1, Origin.SIMULATED)
FINEST_FIRST = tuple(Interval)
NOT_SHOWN = "the accepted fronts no longer show it"
REPLACED = "other fronts bound the same loss now"


@dataclass(frozen=True, slots=True)
class CalveReport:
    """How a search for events ended.

    `series` and `fronts` count what was looked at. `events` are those that stand, oldest first;
    `withdrawn` the ids withdrawn by this run; `without_region` units of which no region is on
    record, so no path leads across them.
    """

    series: int
    fronts: int
    events: tuple[CalvingEvent, ...]
    outcome: RecordOutcome
    withdrawn: tuple[str, ...]
    slow_retreats: int
    without_region: tuple[str, ...]

    @property
    def by_status(self) -> Mapping[str, int]:
        return Counter(str(event.status) for event in self.events)


def calve_catalogue(
    store: CatalogStore, wanted: FrontFilter, rules: CalvingRules = DEFAULT_RULES
) -> CalveReport:
    """Look at every series that `wanted` names, in its finest interval.

    Without sources in `wanted`, only our own fronts are looked at.
    """
    series = _series_on_record(store, wanted)
    recorded = _events_on_record(store, wanted)
    found: dict[tuple[str, Origin, str], tuple[CalvingEvent, ...]] = {}
    slow = 0
    without_region = set()
    for key, sightings in sorted(series.items()):
        unit = _unit_of(key.unit)
        if unit is None:
            without_region.add(key.unit)
            continue
        events = find_events(sightings, unit, rules)
        found[_whose(key)] = events.events
        slow += events.slow_retreats
    standing = [event for events in found.values() for event in events]
    fallen = [
        event
        for whose, events in sorted(recorded.items())
        for event in _fallen(events, found.get(whose, ()))
    ]
    outcome = store.record_items(map(calving_to_item, (*standing, *fallen)))
    return CalveReport(
        series=len(found),
        fronts=sum(len(sightings) for key, sightings in series.items() if _whose(key) in found),
        events=tuple(sorted(standing, key=lambda event: (event.end, event.id))),
        outcome=outcome,
        withdrawn=tuple(event.id for event in fallen),
        slow_retreats=slow,
        without_region=tuple(sorted(without_region)),
    )


def _fallen(
    recorded: Sequence[CalvingEvent], standing: Sequence[CalvingEvent]
) -> list[CalvingEvent]:
    """Recorded events that are not found any more, withdrawn."""
    names = {event.id for event in standing}
    gone = [e for e in recorded if e.id not in names and e.status is not EventStatus.WITHDRAWN]
    return [_withdrawn(event, standing) for event in gone]


def _withdrawn(event: CalvingEvent, standing: Sequence[CalvingEvent]) -> CalvingEvent:
    heirs = tuple(other.id for other in standing if _is_same_ice(event, other))
    return event.withdraw(REPLACED if heirs else NOT_SHOWN, heirs)


def _is_same_ice(one: CalvingEvent, other: CalvingEvent) -> bool:
    overlap_in_time = one.start < other.end and other.start < one.end
    return overlap_in_time and bool(one.polygon.intersection(other.polygon).area > 0)


def _series_on_record(store: CatalogStore, wanted: FrontFilter) -> dict[SeriesKey, list[Sighting]]:
    """Accepted fronts by series, only the finest interval of each unit, origin and source."""
    accepted = FrontFilter(
        units=wanted.units,
        shelves=wanted.shelves,
        intervals=wanted.intervals,
        origins=_origins(wanted),
        sources=wanted.sources,
        statuses=(Status.ACCEPTED,),
    )
    series: dict[SeriesKey, list[Sighting]] = defaultdict(list)
    for stored in store.stored_fronts(accepted):
        front = item_to_front(stored.item)
        if front.is_composed:  # its parts are looked at one by one
            continue
        series[front.series].append(Sighting(front, stored.digest))
    return _finest(series)


def _finest(series: Mapping[SeriesKey, list[Sighting]]) -> dict[SeriesKey, list[Sighting]]:
    kept: dict[tuple[str, Origin, str], SeriesKey] = {}
    for key in sorted(series, key=lambda key: FINEST_FIRST.index(key.interval)):
        kept.setdefault(_whose(key), key)
    return {key: series[key] for key in kept.values()}


def _events_on_record(
    store: CatalogStore, wanted: FrontFilter
) -> dict[tuple[str, Origin, str], list[CalvingEvent]]:
    equal = {
        "unit": wanted.units,
        "shelf": wanted.shelves,
        "origin": tuple(map(str, _origins(wanted))),
        "source": wanted.sources,
        "interval": tuple(map(str, wanted.intervals)),
    }
    search = Search(
        collections=(COLLECTION,), equal={name: values for name, values in equal.items() if values}
    )
    events: dict[tuple[str, Origin, str], list[CalvingEvent]] = defaultdict(list)
    for stored in store.all_items(search):
        event = item_to_calving(stored.item)
        events[event.unit, event.origin, event.source].append(event)
    return events


def _whose(key: SeriesKey) -> tuple[str, Origin, str]:
    return key.unit, key.origin, key.source


def _origins(wanted: FrontFilter) -> tuple[Origin, ...]:
    return wanted.origins or (() if wanted.sources else OWN_ORIGINS)


def _unit_of(name: str) -> Unit | None:
    try:
        unit = find_charted_unit(name)
    except UnknownUnit:
        return None
    return unit if unit.name == name else None
