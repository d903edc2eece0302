"""The map of a case: drawn by the server as a picture, and as content for the map that moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from markupsafe import Markup
from shapely import MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from catalog.errors import UnknownUnit
from catalog.front import Front
from catalog.line_rules import GRID_M
from catalog.reason_words import verdict_words
from catalog.shelf import find_unit
from web.review.neighbourhood import Neighbourhood
from web.site.basemap import Basemap, load_basemap, polygons_of
from web.site.graticule import graticule, scale_bar
from web.site.plane import Window, lines_of, window_around
from web.site.polar_map import land
from web.site.svg import element, picture
from web.site.words import period_words

WIDTH, HEIGHT = 900.0, 640.0
MARGIN = 0.12
LEAST_M_PER_PX = 12.0
TOLERANCE_PX = 0.4
COAST_MARGIN_M = 150_000.0
VIEW_MARGIN_M = 5_000.0
NEIGHBOUR_TOLERANCE_M = 20.0
UNITS_REMEMBERED = 64
LINES_REMEMBERED = 512
Bounds = tuple[float, float, float, float]
Line = list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class MapKey:
    """One line of the map in words: its class, its name, what it is."""

    kind: str
    name: str
    words: str


def map_keys(near: Neighbourhood) -> tuple[MapKey, ...]:
    """The lines that there are, as the legend lists them."""
    keys = [
        MapKey(kind, name, f"{period_words(front)}, {verdict_words(front)}")
        for kind, name, front in _drawn(near)
    ]
    if near.traced is not None:
        keys.append(MapKey("traced", "As the machine traced it", "before a person drew it anew"))
    return tuple(keys)


def case_picture(near: Neighbourhood, title: str) -> Markup:
    """The map as inline SVG, for the first glance and for browsers without scripts."""
    window = window_around(view_of(near), WIDTH, HEIGHT, MARGIN, LEAST_M_PER_PX)
    return picture(
        WIDTH,
        HEIGHT,
        *land(load_basemap().clipped(window.outline(40)), window),
        *graticule(window),
        element("path", d=window.area_path(_region(near.judged)), class_="region"),
        *(_line("traced", near.traced, window) for _ in range(near.traced is not None)),
        *(_line(kind, front.line, window) for kind, _, front in _drawn(near)),
        *scale_bar(window),
        title=title,
        description="; ".join(f"{key.name}: {key.words}" for key in map_keys(near)),
        key="case-map",
        class_="map case",
    )


def map_content(
    near: Neighbourhood,
    coast: str,
    radar: Mapping[str, Any] | None,
    probability: Mapping[str, Any] | None,
    drawn: Line | None,
) -> dict[str, Any]:
    """What the map that moves is given; lines and areas in EPSG:3031, in metres.

    `radar` and `probability` are pictures with their extents. `drawn` is a line that was refused:
    it is shown again, to be mended.
    """
    return {
        "grid": GRID_M,
        "view": list(view_of(near)),
        "coast": coast,
        "radar": radar,
        "probability": probability,
        "region": _areas(_region(near.judged)),
        "lines": {
            "judged": coordinates_of(near.judged.line),
            "traced": _to_look_at(near.traced),
            "before": _to_look_at(near.before and near.before.line),
            "after": _to_look_at(near.after and near.after.line),
            "drawn": drawn,
        },
    }


def view_of(near: Neighbourhood) -> Bounds:
    """The smallest box around the three lines, as far as they lie near the region.

    Lines of other authors go on for hundreds of kilometres beyond it.
    """
    lines = shapely.union_all([front.line.envelope for _, _, front in _drawn(near)])
    region = shapely.union_all(list(_region(near.judged))).envelope
    near_region = lines.intersection(region.buffer(VIEW_MARGIN_M))
    west, south, east, north = (lines if near_region.is_empty else near_region).bounds
    return (west, south, east, north)


def coast_of(unit: str) -> dict[str, Any]:
    """The coast around a unit, for the map that moves; raises UnknownUnit."""
    region = find_unit(unit).region
    basemap = _coast_around(shapely.box(*region.buffer(COAST_MARGIN_M).bounds).wkb)
    return {"ice": _areas(basemap.ice), "grounded": _areas(basemap.grounded)}


def coordinates_of(line: MultiLineString) -> Line:
    """A line as lists, to a decimetre: what is drawn anew goes to the grid of 10 m."""
    return [shapely.get_coordinates(part).round(1).tolist() for part in line.geoms]


def _to_look_at(line: MultiLineString | None) -> Line | None:
    if line is None:
        return None
    simple = _thinned(line, NEIGHBOUR_TOLERANCE_M)
    return coordinates_of(shapely.MultiLineString(list(lines_of(simple))))


@lru_cache(LINES_REMEMBERED)
def _thinned(line: MultiLineString, tolerance_m: float) -> BaseGeometry:
    """For the eye only: a thinned line may touch itself."""
    return line.simplify(tolerance_m, preserve_topology=False)


@lru_cache(UNITS_REMEMBERED)
def _coast_around(box: bytes) -> Basemap:
    return load_basemap().clipped(shapely.from_wkb(box))


def _drawn(near: Neighbourhood) -> list[tuple[str, str, Front]]:
    entries = (
        ("before", "Front before", near.before),
        ("after", "Front after", near.after),
        ("judged", "This front", near.judged),
    )
    return [(kind, name, front) for kind, name, front in entries if front is not None]


def _line(kind: str, line: MultiLineString, window: Window) -> Markup:
    shape = _thinned(line, TOLERANCE_PX * window.m_per_px)
    path = window.line_path(shape)
    return element(
        "g",
        element("path", d=path, class_="halo"),
        element("path", d=path, class_=f"case-line {kind}"),
    )


def _region(front: Front) -> Sequence[Polygon]:
    try:
        return polygons_of(find_unit(front.unit).region)
    except UnknownUnit:
        return ()


def _areas(shapes: Sequence[Polygon]) -> list[list[list[list[float]]]]:
    return [
        [shapely.get_coordinates(ring).tolist() for ring in (s.exterior, *s.interiors)]
        for s in shapes
    ]
