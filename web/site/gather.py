"""What the site says, read from the catalogue and from the frozen release folders."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalog.calving import COLLECTION as CALVING_EVENTS
from catalog.calving import CalvingEvent, EventStatus
from catalog.front import Front, Origin, Status
from catalog.items.calving import item_to_calving
from catalog.publisher import PLACEHOLDER, Creator, Publisher
from catalog.query import FrontFilter, Released, Search, View, WorkingState
from catalog.release import Pin, Release, ReleaseState
from catalog.settings import Settings
from catalog.shelf import Shelf, all_shelves
from catalog.source import Source
from catalog.store import CatalogStore
from web.errors import SiteError
from web.site.content import (
    Changes,
    Citation,
    ReleaseContent,
    ShelfContent,
    SiteContent,
    latest_of,
)
from web.site.words import span

MANIFEST, CITATION = "manifest.json", "citation.json"
GOOD = (Status.ACCEPTED, Status.PROVISIONAL)
DOUBTFUL = (Status.PROVISIONAL, Status.IN_REVIEW, Status.REJECTED)
WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The content, and what had to be left out of it and why."""

    content: SiteContent
    failures: tuple[str, ...]


def gather_content(store: CatalogStore, settings: Settings, publisher: Publisher) -> Gathered:
    """Read everything once. A release whose folder cannot be read is left out and named."""
    records = [r for r in store.releases() if r.state is not ReleaseState.BUILDING]
    sources = _imported_sources(store)
    releases, failures = [], []
    for record in sorted(records, key=lambda r: r.version, reverse=True):
        try:
            folder = settings.workspace.releases / str(record.version)
            releases.append(
                release_content(record, folder, store.pins(record.version), publisher, sources)
            )
        except SiteError as error:
            failures.append(str(error))
    content = SiteContent(
        title=publisher.title,
        public_url=_unless_placeholder(settings.public_url or publisher.public_url),
        contact=_unless_placeholder(publisher.contact),
        shelves=_shelves(store, latest_of(tuple(releases))),
        releases=tuple(releases),
    )
    return Gathered(content, tuple(failures))


def release_content(
    record: Release,
    folder: Path,
    pins: tuple[Pin, ...],
    publisher: Publisher,
    sources: dict[str, Source],
) -> ReleaseContent:
    """A release from its record and its frozen papers; raises SiteError."""
    manifest, citation = _read(folder / MANIFEST), _read(folder / CITATION)
    years = own_years(pins, not_ours={*record.included_sources, str(Origin.SIMULATED)})
    try:
        return ReleaseContent(
            release=record,
            citation=_citation(citation),
            folder=folder,
            fronts=manifest["fronts"],
            shelves=len(manifest["shelves"]),
            first_day=date.fromisoformat(manifest["first_day"]),
            last_day=date.fromisoformat(manifest["last_day"]),
            attribution=publisher.attribution_for(years) if years else "",
            changes=Changes(**manifest["changes"]),
            scenes=sum(1 for pin in pins if pin.collection == "scenes"),
            models=tuple(pin.item_id for pin in pins if pin.collection == "models"),
            calving_events=manifest.get("calving_events", 0),  # older releases have none
            sources=tuple(sources[n] for n in record.included_sources if n in sources),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, f"lacks or misstates {error}") from error


def own_years(pins: Iterable[Pin], not_ours: Container[str]) -> str:
    """First and last year of the fronts made from Sentinel-1, as their item ids tell.

    `not_ours` are the sources whose fronts do not count.
    """
    fronts = (p.item_id.split("_") for p in pins if p.collection.startswith("fronts-"))
    years = [words[2][:4] for words in fronts if words[3] not in not_ours]
    return span(min(years), max(years)) if years else ""


def shelf_title(name: str) -> str:
    """A title for a shelf that the table does not know: `LarsenB` becomes `Larsen B`."""
    return WORD_START.sub(" ", name)


def _shelves(store: CatalogStore, shown: ReleaseContent | None) -> tuple[ShelfContent, ...]:
    if shown is None:
        released = store.fronts(FrontFilter(statuses=GOOD))
        working = store.fronts(FrontFilter(statuses=(Status.IN_REVIEW, Status.REJECTED)))
        events = _events(store, WorkingState())
    else:
        view = Released(shown.release.version)
        released, events = store.fronts(view=view), _events(store, view)
        working = _of_same_kind(store.fronts(FrontFilter(statuses=DOUBTFUL)), released)
    by_shelf = _by_shelf(released), _by_shelf(working)
    table = {shelf.name: shelf for shelf in all_shelves()}
    names = sorted({*table, *by_shelf[0], *by_shelf[1]})
    shelves = [table.get(name) or Shelf(name, shelf_title(name), (), ()) for name in names]
    return tuple(
        ShelfContent(
            shelf,
            tuple(by_shelf[0][shelf.name]),
            tuple(by_shelf[1][shelf.name]),
            tuple(event for event in events if event.shelf == shelf.name),
        )
        for shelf in sorted(shelves, key=lambda shelf: shelf.title)
    )


def _events(store: CatalogStore, view: View) -> list[CalvingEvent]:
    """The events that stand, oldest first."""
    found = store.all_items(Search(collections=(CALVING_EVENTS,)), view)
    events = [item_to_calving(stored.item) for stored in found]
    standing = (event for event in events if event.status is not EventStatus.WITHDRAWN)
    return sorted(standing, key=lambda event: (event.end, event.id))


def _of_same_kind(working: list[Front], released: list[Front]) -> list[Front]:
    # What a release leaves out (simulated fronts, other sources) is not shown beside it either.
    kinds = {(front.origin, front.source) for front in released}
    return [f for f in working if f.origin is Origin.SENTINEL1 or (f.origin, f.source) in kinds]


def _by_shelf(fronts: Iterable[Front]) -> defaultdict[str, list[Front]]:
    found: defaultdict[str, list[Front]] = defaultdict(list)
    for front in fronts:
        found[front.shelf].append(front)
    return found


def _imported_sources(store: CatalogStore) -> dict[str, Source]:
    imported = store.fronts(FrontFilter(origins=(Origin.IMPORTED,)))
    return {f.source: f.imported_from for f in imported if f.imported_from is not None}


def _citation(document: dict[str, Any]) -> Citation:
    names = ("family_name", "given_name", "orcid", "affiliation", "affiliation_ror")
    return Citation(
        title=document["title"],
        publisher=document["publisher"],
        creators=tuple(Creator(**{n: c[n] for n in names}) for c in document["creators"]),
        licence=document["licence"],
        text=document["text"],
        bibtex=document["bibtex"],
        ris=document["ris"],
        csl=json.dumps(document["csl"], indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        is_filled_in=PLACEHOLDER not in document["text"],
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(path, f"cannot be read ({error})") from error
    if not isinstance(document, dict):
        raise _damaged(path, "is no JSON object")
    return document


def _damaged(place: Path, fault: str) -> SiteError:
    return SiteError(
        f"{fault}, so this release has no page.",
        where=place,
        remedy="Restore the release folder from the archive.",
    )


def _unless_placeholder(text: str) -> str | None:
    return None if PLACEHOLDER in text else text
