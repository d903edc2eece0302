"""What a release holds, before there is any file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from catalog.calving import CalvingEvent
from catalog.errors import InvalidName
from catalog.front import Front, Origin
from catalog.observation import Observation
from catalog.release import Pin, Release, Version
from catalog.source import Source
from catalog.stored import StoredItem

SIMULATED = "simulated"
IMPORTED_PREFIX = "imported:"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What a release holds beyond our own fronts."""

    sources: tuple[str, ...] = ()
    simulated: bool = False

    @classmethod
    def parse(cls, options: Iterable[str]) -> Inclusion:
        """From `--include` options: `imported:NAME` or `simulated`; raises InvalidName."""
        wanted = set(options)
        for option in wanted:
            if option != SIMULATED and not option.removeprefix(IMPORTED_PREFIX) != option:
                raise InvalidName(
                    f"{option!r} cannot be included.", remedy="Use imported:NAME or simulated."
                )
        sources = sorted(o.removeprefix(IMPORTED_PREFIX) for o in wanted - {SIMULATED})
        return cls(tuple(sources), SIMULATED in wanted)

    def takes(self, record: Front | CalvingEvent) -> bool:
        if record.origin is Origin.IMPORTED:
            return record.source in self.sources
        return record.origin is Origin.SENTINEL1 or self.simulated


@dataclass(frozen=True, slots=True)
class ReleasedFront:
    """A front with the revision of its record that the release pins."""

    front: Front
    stored: StoredItem


@dataclass(frozen=True, slots=True)
class ReleasedEvent:
    """A calving event with the revision of its record that the release pins."""

    event: CalvingEvent
    stored: StoredItem


@dataclass(frozen=True, slots=True)
class ReleasedObservation:
    """What became of an acquisition; `origin` is None where a gap can be of either."""

    seen: Observation
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Changes:
    """How the fronts, or the events, of a release differ from its predecessor's; counts."""

    new: int
    revised: int
    unchanged: int
    withdrawn: int


NOTHING_CHANGED = Changes(0, 0, 0, 0)


@dataclass(frozen=True)
class FrozenContent:
    """The fronts of one version, with everything that they rest on.

    `inputs` are the scenes, models and ancillary items behind the fronts. `cut_off` is the last
    day of data. `events` are the calving events between the fronts, oldest first.
    """

    version: Version
    cut_off: date
    inclusion: Inclusion
    fronts: tuple[ReleasedFront, ...]
    inputs: tuple[StoredItem, ...]
    observations: tuple[ReleasedObservation, ...]
    predecessor: Release | None
    changes: Changes
    events: tuple[ReleasedEvent, ...] = ()
    event_changes: Changes = NOTHING_CHANGED

    @cached_property
    def pins(self) -> tuple[Pin, ...]:
        fronts = (released.stored for released in self.fronts)
        events = (released.stored for released in self.events)
        pins = (stored.pin for stored in (*fronts, *events, *self.inputs))
        return tuple(sorted(pins, key=lambda pin: (pin.collection, pin.item_id)))

    @cached_property
    def shelves(self) -> tuple[str, ...]:
        return tuple(sorted({f.front.shelf for f in self.fronts}))

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The data sets of others in this release, by name."""
        found = {f.front.source: f.front.imported_from for f in self.fronts}
        return tuple(source for _, source in sorted(found.items()) if source is not None)

    @property
    def has_simulated(self) -> bool:
        return any(f.front.origin is Origin.SIMULATED for f in self.fronts)

    @property
    def has_own(self) -> bool:
        return any(f.front.origin is Origin.SENTINEL1 for f in self.fronts)

    @cached_property
    def years(self) -> str:
        """First and last year of our own fronts: `2014-2026`, or one year; empty without any."""
        years = [f.front.start.year for f in self.fronts if f.front.origin is Origin.SENTINEL1]
        return span_of_years(min(years), max(years)) if years else ""

    @cached_property
    def first_day(self) -> date:
        return min(f.front.start for f in self.fronts).date()

    @cached_property
    def last_day(self) -> date:
        return max(f.front.end for f in self.fronts).date()

    def of_shelf(self, shelf: str) -> tuple[ReleasedFront, ...]:
        return tuple(f for f in self.fronts if f.front.shelf == shelf)


def span_of_years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
