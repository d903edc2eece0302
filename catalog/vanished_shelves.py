"""Shelves that are gone: none of the 36 of the table, but others map their fronts to this day.

Their regions are drawn as those of the table are (whole kilometres of EPSG:3031, read from the
fronts of Greene et al. 2022), so that the loss of a whole shelf is an event and a mask like any
other. No scene is sought for them and no front of ours is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from shapely import LineString, Polygon

from catalog.errors import UnknownUnit
from catalog.shelf import M_PER_KM, Unit, find_unit, name_key

# Name, title, landward and seaward chain, both walked with the sea on the left.
TABLE = (
    (
        "LarsenB",
        "Larsen B Ice Shelf (1997)",
        ((-2387, 1371), (-2397, 1358), (-2412, 1342), (-2442, 1328), (-2438, 1255),
         (-2329, 1255)),
        ((-2340, 1394), (-2301, 1325)),
    ),
    (
        "Wordie",
        "Wordie Ice Shelf (1997)",
        ((-2100, 845), (-2083, 858), (-2082, 872), (-2090, 895), (-2105, 904), (-2123, 911)),
        ((-2122, 846), (-2135, 868), (-2143, 886)),
    ),
)  # fmt: skip


@cache
def vanished_units() -> tuple[Unit, ...]:
    """The shelves that are gone, each as one unit."""
    return tuple(
        Unit(
            name=name,
            shelf=name,
            title=title,
            region=Polygon([*_metres(reference), *reversed(list(_metres(seaward)))]),
            reference=LineString(list(_metres(reference))),
            is_approximate=True,
        )
        for name, title, reference, seaward in TABLE
    )


def find_charted_unit(text: str) -> Unit:
    """The unit of the table, or the vanished shelf, that `text` names; raises UnknownUnit."""
    try:
        return find_unit(text)
    except UnknownUnit:
        vanished = {name_key(unit.name): unit for unit in vanished_units()}
        if (key := name_key(text)) in vanished:
            return vanished[key]
        raise


def _metres(chain_km: tuple[tuple[int, int], ...]) -> Iterator[tuple[float, float]]:
    return ((x * M_PER_KM, y * M_PER_KM) for x, y in chain_km)
