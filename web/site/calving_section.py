"""The calving events of a shelf: rows of the table, and their drawing on the map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import dist

import shapely
from markupsafe import Markup
from shapely import MultiPolygon

from catalog.calving import CalvingEvent, CalvingKind
from catalog.front import Front, Origin, SeriesKey
from web.site.basemap import polygons_of
from web.site.content import ShelfContent
from web.site.plane import Window
from web.site.svg import Point, element
from web.site.words import NOT_KNOWN, area, count, number, origin_words, period_words, span
from web.site.words_of_events import (
    KIND_WORDS,
    event_reading,
    lost_words,
    standing_words,
    window_words,
)

TOLERANCE_PX = 0.35
LEAST_NUMBERED_PX2 = 500.0  # a smaller polygon would hide behind its number
NUMERALS_APART_PX = 34.0
NUMBER_DROP = 5.0  # from the middle of a numeral to its baseline


@dataclass(frozen=True, slots=True)
class FrontLink:
    """A front that bounds an event; `anchor` is empty where the page does not list it."""

    words: str
    id: str
    anchor: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event in the table; `number` is the one on the map."""

    number: int
    event: CalvingEvent
    window: str
    days: str
    part: str
    kind: str
    lost: str
    calved: str
    width: str
    before: FrontLink
    after: FrontLink
    standing: str
    origin: str  # empty where all events are of one, which `common_origin` says


def event_rows(shelf: ShelfContent) -> list[EventRow]:
    """Newest first, numbered from the oldest on, so that a number stays when more come."""
    fronts = {front.id: front for front in shelf.all_fronts}
    said_once = bool(common_origin(shelf))
    rows = [_row(place, event, shelf, fronts) for place, event in numbered(shelf.events)]
    return [replace(row, origin="") if said_once else row for row in rows[::-1]]


def common_origin(shelf: ShelfContent) -> str:
    """Where the fronts of all events come from, when it is one place; else nothing."""
    origins = {origin_words(event.origin, event.source) for event in shelf.events}
    return origins.pop() if len(origins) == 1 else ""


def events_summary(shelf: ShelfContent) -> str:
    """`21 events, 2000-2021, the largest: 5 606 ± 9 km², 15 Mar 2017 - 15 Mar 2018.`"""
    if not shelf.events:
        return ""
    years = [str(event.end.year) for _, event in numbered(shelf.events)]
    largest = max(shelf.events, key=lambda event: (event.area_km2, event.id))
    counted = f"{count(len(years), 'event')}, {span(years[0], years[-1])}"
    source = f", in fronts {common_origin(shelf)}" if _is_imported(shelf) else ""
    which = "" if len(years) == 1 else "; the largest"
    return f"{counted}{source}{which}: {lost_words(largest)}, {window_words(largest)}."


def _is_imported(shelf: ShelfContent) -> bool:
    return all(event.origin is Origin.IMPORTED for event in shelf.events) and bool(
        common_origin(shelf)
    )


def numbered(events: Iterable[CalvingEvent]) -> list[tuple[int, CalvingEvent]]:
    return list(enumerate(sorted(events, key=lambda e: (e.end, e.start, e.id)), start=1))


def events_of(shelf: ShelfContent, key: SeriesKey) -> tuple[CalvingEvent, ...]:
    """What happened to the fronts of a series; found once, in the finest interval there is."""
    whose = key.unit, key.origin, key.source
    return tuple(e for e in shelf.events if (e.unit, e.origin, e.source) == whose)


def front_anchor(front_id: str) -> str:
    """The id of a front's row on the page of its shelf."""
    return f"front-{front_id}"


def event_shapes(
    shelf: ShelfContent, origin: Origin, source: str, window: Window
) -> Iterable[Markup]:
    """The polygons of the events of one source, to lie below the fronts."""
    for _, event in _numbered_of(shelf, origin, source):
        shape = event.polygon.simplify(TOLERANCE_PX * window.m_per_px)
        yield element(
            "path", element("title", event_reading(event)), d=window.area_path(polygons_of(shape)),
            class_="calved",
        )  # fmt: skip


def event_numerals(
    shelf: ShelfContent, origin: Origin, source: str, window: Window
) -> Iterable[Markup]:
    """The numbers of the largest of them, to lie above the fronts."""
    for place, (x, y) in _numerals(_numbered_of(shelf, origin, source), window):
        yield element(
            "text", str(place), x=x, y=y + NUMBER_DROP, class_="calved-number", text_anchor="middle"
        )


def _numbered_of(
    shelf: ShelfContent, origin: Origin, source: str
) -> list[tuple[int, CalvingEvent]]:
    whose = (origin, source)
    return [one for one in numbered(shelf.events) if (one[1].origin, one[1].source) == whose]


def _row(
    place: int, event: CalvingEvent, shelf: ShelfContent, fronts: dict[str, Front]
) -> EventRow:
    is_plain = event.kind is CalvingKind.CALVING
    before, after = (_link(front, fronts) for front in (event.front_before, event.front_after))
    if before.words == after.words:  # two fronts of one year: only days tell them apart
        before, after = (replace(link, words=_day_in(link.id)) for link in (before, after))
    return EventRow(
        number=place,
        event=event,
        window=window_words(event),
        days=_days(event),
        part="" if event.unit == shelf.shelf.name else shelf.unit_title(event.unit),
        kind="" if is_plain else KIND_WORDS[event.kind],
        lost=lost_words(event),
        calved=area(event.calved_km2),
        width=f"{number(event.width_km)} km",
        before=before,
        after=after,
        standing=standing_words(event),
        origin=origin_words(event.origin, event.source),
    )


def _days(event: CalvingEvent) -> str:
    days = max(round(event.window_days), 1)
    unit = "day" if days == 1 else "days"
    wide = ", a wide window" if event.is_wide else ""
    return f"{number(days)} {unit}{wide}"


def _link(front_id: str, fronts: dict[str, Front]) -> FrontLink:
    front = fronts.get(front_id)
    words = period_words(front) if front else _day_in(front_id)
    return FrontLink(words, front_id, front_anchor(front_id) if front else "")


def _day_in(front_id: str) -> str:
    """The day that the id of a front tells, for one that the page does not list."""
    words = front_id.split("_")
    day = words[2][:8] if len(words) > 3 else ""
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day.isdigit() else NOT_KNOWN


def _numerals(own: list[tuple[int, CalvingEvent]], window: Window) -> list[tuple[int, Point]]:
    """Where the numbers stand that can be told apart; the largest events choose first."""
    found: list[tuple[int, Point]] = []
    for place, event in sorted(own, key=lambda one: (-one[1].polygon.area, one[0])):
        at = window.pixel(*_inside(event.polygon))
        is_large = event.polygon.area >= LEAST_NUMBERED_PX2 * window.m_per_px**2
        if is_large and all(dist(at, other) >= NUMERALS_APART_PX for _, other in found):
            found.append((place, at))
    return found


def _inside(polygon: MultiPolygon) -> tuple[float, float]:
    largest = max(polygon.geoms, key=lambda part: part.area)
    point = shapely.point_on_surface(largest)
    return float(point.x), float(point.y)
