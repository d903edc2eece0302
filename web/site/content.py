"""What the site is made from: plain values, gathered once, read by every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalog.calving import CalvingEvent
from catalog.front import Front, Origin, Status
from catalog.publisher import Creator
from catalog.release import Release, ReleaseFile, ReleaseState
from catalog.shelf import Shelf
from catalog.source import Source

LOCAL_URL = "http://127.0.0.1:8765"  # where `icelines serve` answers by default


@dataclass(frozen=True, slots=True)
class Citation:
    """How a release is cited: its parts, and the forms ready to copy (`citation.json`).

    `is_filled_in` is False while names of the publisher are placeholders.
    """

    title: str
    publisher: str
    creators: tuple[Creator, ...]
    licence: str
    text: str
    bibtex: str
    ris: str
    csl: str
    is_filled_in: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """Fronts of a release against its predecessor's; counts."""

    new: int
    revised: int
    unchanged: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """A release with what its landing page says.

    `folder` holds the frozen files. `fronts` and `shelves` count what it contains, `first_day` and
    `last_day` are the earliest and the latest day of data, `scenes` counts what own fronts were
    made from and `models` are the ids of the models. `withheld` are the paths of files that do
    not match the manifest.
    """

    release: Release
    citation: Citation
    folder: Path
    fronts: int
    shelves: int
    first_day: date | None
    last_day: date | None
    attribution: str
    changes: Changes
    scenes: int = 0
    models: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    withheld: frozenset[str] = frozenset()
    calving_events: int = 0

    @property
    def offered(self) -> tuple[ReleaseFile, ...]:
        """The files that readers may have: none of a withdrawn release."""
        if self.release.state is ReleaseState.WITHDRAWN:
            return ()
        return tuple(file for file in self.release.files if file.path not in self.withheld)

    @property
    def version(self) -> str:
        return str(self.release.version)


@dataclass(frozen=True, slots=True)
class ShelfContent:
    """One shelf: its `released` fronts, and the `working` ones that nobody has accepted yet.

    `events` are the calving events that stand between the released fronts.
    """

    shelf: Shelf
    released: tuple[Front, ...]
    working: tuple[Front, ...] = ()
    events: tuple[CalvingEvent, ...] = ()

    def unit_title(self, unit: str) -> str:
        """The name of a part, a section or the shelf itself for people."""
        pieces = (*self.shelf.parts, *self.shelf.sections)
        titles = {piece.name: piece.title for piece in pieces if piece.title}
        return titles.get(unit, self.shelf.title if unit == self.shelf.name else unit)

    @property
    def under_review(self) -> int:
        ids = {front.id for front in self.all_fronts if front.status is Status.IN_REVIEW}
        return len(ids)

    @property
    def all_fronts(self) -> tuple[Front, ...]:
        return (*self.released, *self.working)

    @property
    def has_simulated(self) -> bool:
        return any(front.origin is Origin.SIMULATED for front in self.all_fronts)


@dataclass(frozen=True, slots=True)
class SiteContent:
    """Everything the pages say.

    `releases` are sorted, newest first. `shown` is the release whose fronts the maps and charts
    show: the latest published one, else the latest frozen one, else none (the working state).
    `public_url` has no trailing slash; it and `contact` are None while nobody has named one.
    """

    title: str
    public_url: str | None
    contact: str | None
    shelves: tuple[ShelfContent, ...]
    releases: tuple[ReleaseContent, ...] = ()

    @property
    def base_url(self) -> str:
        """Where to send programs: the public address, or this machine's while there is none."""
        return self.public_url or LOCAL_URL

    @property
    def shown(self) -> ReleaseContent | None:
        return latest_of(self.releases)

    @property
    def has_simulated(self) -> bool:
        return any(shelf.has_simulated for shelf in self.shelves)


def latest_of(releases: tuple[ReleaseContent, ...]) -> ReleaseContent | None:
    """The newest published release, else the newest that is frozen but not withdrawn."""
    open_to_readers = [r for r in releases if r.release.state is ReleaseState.PUBLISHED] or [
        r
        for r in releases
        if r.release.state not in (ReleaseState.BUILDING, ReleaseState.WITHDRAWN)
    ]
    return max(open_to_readers, key=lambda r: r.release.version, default=None)
