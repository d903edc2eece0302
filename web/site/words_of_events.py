"""Calving events as people read them."""

from __future__ import annotations

from catalog.calving import CalvingEvent, CalvingKind, EventStatus
from web.site.words import (
    EN_DASH,
    MONTHS,
    THIN_SPACE,
    area,
    count,
    decimals_for,
    number,
)

MOST_DECIMALS = 3
KIND_WORDS = {
    CalvingKind.CALVING: "calving",
    CalvingKind.DISINTEGRATION: "disintegration",
}


def window_words(event: CalvingEvent) -> str:
    """`12-24 Sep 2026`, `28 Sep - 3 Oct 2026`, `20 Dec 2026 - 3 Jan 2027`."""
    start, end = event.start, event.end
    last = f"{end.day} {MONTHS[end.month - 1][:3]} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last if start.day == end.day else f"{start.day}{EN_DASH}{last}"
    first = f"{start.day} {MONTHS[start.month - 1][:3]}"
    year = "" if start.year == end.year else f" {start.year}"
    return f"{first}{year} {EN_DASH} {last}"


def lost_words(event: CalvingEvent) -> str:
    """`206 ± 2 km²`, `3.25 ± 0.04 km²`: as many decimals as the error needs to be seen."""
    decimals, error = decimals_for(event.area_km2), event.area_uncertainty_km2
    while decimals < MOST_DECIMALS and 0 < error < 0.5 * 10**-decimals:
        decimals += 1
    both = f"{THIN_SPACE}±{THIN_SPACE}".join(
        number(value, decimals) for value in (event.area_km2, error)
    )
    return f"{both}{THIN_SPACE}km²"


def standing_words(event: CalvingEvent) -> str:
    """Whether later fronts say the same."""
    if event.status is EventStatus.CONFIRMED:
        return f"confirmed by {count(len(event.confirmed_by), 'later front')}"
    return "not confirmed yet: no later front has looked there"


def event_reading(event: CalvingEvent) -> str:
    """What a mark says when it is pointed at."""
    status = "" if event.status is EventStatus.CONFIRMED else ", not confirmed yet"
    what = KIND_WORDS[event.kind].capitalize()
    return f"{what}, {event.unit}, {window_words(event)}: {area(event.area_km2)} lost{status}"
