"""A small catalogue of generated fronts, and a naive search to hold the real one against."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin
from pathlib import Path
from typing import Any

from shapely import LineString, MultiLineString, Point, box
from shapely.geometry import shape

from catalog.front import Front, Interval, Status
from catalog.items.envelope import Item, start_and_end
from catalog.items.front import front_to_item
from catalog.query import Search
from catalog.settings import load_settings
from catalog.store import CatalogStore
from tests.factories import make_front, make_imported_front

SHELVES = ("Amery", "Getz", "PineIsland", "Ross", "Totten")
FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)
CLOCK_AT = datetime(2026, 11, 2, tzinfo=UTC)


def open_store(folder: Path) -> CatalogStore:
    """A store of this folder whose clock stands still."""
    return CatalogStore.open(load_settings(folder), clock=lambda: CLOCK_AT)


def generated_fronts(count: int, seed: int = 7) -> list[Front]:
    """Fronts all around the continent, several of them over the antimeridian and touching it."""
    chance = random.Random(seed)  # noqa: S311
    special = [
        make_imported_front(),
        make_front(unit="Pole", shelf="Ross", line=_ring_around_the_pole()),
        make_front(unit="Edge", shelf="Ross", line=MultiLineString([[(0, -1.3e6), (5e4, -1.3e6)]])),
    ]
    return special + [_generated_front(i, chance) for i in range(count - len(special))]


def generated_items(count: int, seed: int = 7) -> list[Item]:
    return [front_to_item(front, []) for front in generated_fronts(count, seed)]


def found_naively(
    items: Iterable[Item], search: Search, holds: Callable[[Item], bool]
) -> list[str]:
    """Ids of all matches in the order of pages, by looking at every item."""
    matches = [item for item in items if _matches(item, search) and holds(item)]
    # Stable sorts, the last key first: newest, then collection, then id.
    by_name = sorted(matches, key=lambda item: (item["collection"], item["id"]))
    return [i["id"] for i in sorted(by_name, key=lambda i: start_and_end(i)[0], reverse=True)]


def paged_ids(store: CatalogStore, search: Search, **options: Any) -> list[str]:
    return [stored.item_id for stored in store.all_items(search, **options)]


def _generated_front(number: int, chance: random.Random) -> Front:
    shelf = chance.choice(SHELVES)
    # Every third one around longitude 180 (x = 0, y < 0 in EPSG:3031).
    angle = -pi / 2 + chance.uniform(-0.2, 0.2) if number % 3 == 0 else chance.uniform(-pi, pi)
    distance_m = chance.uniform(1.1e6, 2.4e6)
    x, y = distance_m * cos(angle), distance_m * sin(angle)
    points = [(x := x + chance.gauss(0, 3e4), y := y + chance.gauss(0, 3e4)) for _ in range(6)]
    start = FIRST_DAY + timedelta(hours=12 * chance.randrange(400))
    interval = chance.choice([Interval.DAILY, Interval.MONTHLY])
    return make_front(
        unit=f"{shelf}{number}",
        shelf=shelf,
        interval=interval,
        line=MultiLineString([points]),
        start=start,
        end=start if interval is Interval.DAILY else start + timedelta(days=29),
        status=chance.choice([Status.ACCEPTED, Status.PROVISIONAL]),
        area_km2=chance.choice([None, round(chance.uniform(0, 100), 1)]),
        confidence=round(chance.random(), 2),
    )


def _ring_around_the_pole() -> MultiLineString:
    corners = [(1, 1), (-1, 1), (-1, -1), (1, -1), (1, 1)]
    return MultiLineString([[(9e5 * x, 9e5 * y) for x, y in corners]])


def _matches(item: Item, search: Search) -> bool:
    properties = item["properties"]
    start, end = start_and_end(item)
    return (
        (not search.collections or item["collection"] in search.collections)
        and (not search.ids or item["id"] in search.ids)
        and (search.start is None or end >= search.start)
        and (search.end is None or start <= search.end)
        and all(properties.get(f"icelines:{c}") in v for c, v in search.equal.items())
        and (search.bbox is None or _meets_box(item, search.bbox))
        and (search.intersects is None or shape(item["geometry"]).intersects(search.intersects))
    )


def _meets_box(item: Item, bbox: Sequence[float]) -> bool:
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    geometry = shape(item["geometry"])
    return any(geometry.intersects(_box(w, south, e, north)) for w, e in spans)


def _box(west: float, south: float, east: float, north: float) -> Any:
    if west < east and south < north:
        return box(west, south, east, north)
    corners = [(west, south), (east, north)]
    return LineString(corners) if corners[0] != corners[1] else Point(corners[0])
