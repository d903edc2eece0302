"""The map of one shelf: its fronts by date over the coast, and where on the continent it lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import shapely
from markupsafe import Markup
from shapely import LineString, MultiLineString, MultiPoint

from catalog.front import Front
from web.site.axes import round_step
from web.site.basemap import load_basemap
from web.site.plane import (
    Window,
    clip_lines,
    lines_of,
    meridian,
    parallel,
    to_lonlat,
    window_around,
)
from web.site.polar_map import anchor_of, land
from web.site.series import Kind, middle, one_per_year
from web.site.svg import Point, element, picture, short
from web.site.words import NOT_KNOWN, coarse_words, month_words, period_words, span, verdict_words

WIDTH = 1080.0
FLATTEST, TALLEST = 0.42, 0.66  # height by width
MARGIN = 0.10
LARGEST_SCALE_M_PER_PX = 90.0  # closer up, no coast would be left to recognise the place by
RAMP_STEPS = 20  # classes `d0` .. `d19` of the style sheet: batlow, clipped for contrast
MOST_LINES = 40
LINE_TOLERANCE_PX = 0.35
LONGITUDE_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
LATITUDE_STEPS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)
GRID_LINES = 5
NAME_DISTANCE = 70.0
LOCATOR = Window(60_000, 40_000, 42_000.0, 150, 136)
LOCATOR_TOLERANCE_M = 22_000.0
LOCATOR_SMALLEST_KM2 = 5_000.0
DAYS_OF_TWO_YEARS = 731


@dataclass(frozen=True, slots=True)
class DatedLine:
    """An entry of the legend: its words and its colour class."""

    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class FrontMap:
    """The drawing, the legend in order of time, and what it shows in words."""

    svg: Markup
    legend: tuple[DatedLine, ...]
    caption: str


def front_map(kind: Kind, name: str) -> FrontMap | None:
    """The fronts of one kind of series by date; None where there are none."""
    fronts = mapped_fronts(kind)
    if not fronts:
        return None
    window = _window(fronts)
    first, last = middle(fronts[0]).timestamp(), middle(fronts[-1]).timestamp()
    colours = [_colour(middle(f).timestamp(), first, last) for f in fronts]
    latest = {series.line[-1].id for series in kind.series if series.line}
    caption = _caption(kind, fronts)
    svg = picture(
        window.width,
        window.height,
        *land(load_basemap().clipped(window.outline(40)), window),
        *_graticule(window),
        *(
            _front_path(front, colour, window, front.id in latest)
            for front, colour in zip(fronts, colours, strict=True)
        ),
        *_scale_bar(window),
        title=f"Fronts of {name}",
        description=caption,
        key="front-map",
        class_="map fronts",
    )
    words = dict(zip((_legend_words(f, fronts) for f in fronts), colours, strict=True))
    return FrontMap(svg, tuple(DatedLine(w, c) for w, c in words.items()), caption)


def mapped_fronts(kind: Kind) -> tuple[Front, ...]:
    """Oldest first: every front of a short series, one of each year of a long one."""
    fronts: list[Front] = []
    for series in kind.series:
        is_long = len(series.line) > MOST_LINES or _days(series.line) > DAYS_OF_TWO_YEARS
        fronts += one_per_year(series.line) if is_long else series.line
    return tuple(sorted(fronts, key=lambda f: (f.start, f.unit)))


def locator(lines: Sequence[MultiLineString], name: str) -> Markup:
    """A small Antarctica with a mark where the shelf is."""
    anchors = [anchor_of(line) for line in lines]
    mark = LOCATOR.pixel(*_centre(anchors))
    return picture(
        LOCATOR.width,
        LOCATOR.height,
        element("path", d=_locator_ice(), class_="shelf-ice"),
        element("circle", cx=mark[0], cy=mark[1], r=5, class_="locator-mark"),
        title=f"Where {name} is",
        description="Antarctica seen from above the pole, the shelf marked on its coast.",
        key="locator",
        class_="map locator",
    )


@cache
def _locator_ice() -> str:
    small = load_basemap().simplified(LOCATOR_TOLERANCE_M, LOCATOR_SMALLEST_KM2)
    return LOCATOR.area_path(small.ice)


def _centre(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    centre = MultiPoint(list(points)).centroid
    return (float(centre.x), float(centre.y))


def _window(fronts: Sequence[Front]) -> Window:
    west, south, east, north = shapely.union_all([f.line.envelope for f in fronts]).bounds
    shape = (north - south) / max(east - west, 1.0)
    height = WIDTH * min(max(shape, FLATTEST), TALLEST)
    bounds = (west, south, east, north)
    return window_around(bounds, WIDTH, round(height), MARGIN, LARGEST_SCALE_M_PER_PX)


def _colour(moment: float, first: float, last: float) -> str:
    share = (moment - first) / (last - first) if last > first else 1.0
    return f"d{round(share * (RAMP_STEPS - 1))}"


def _front_path(front: Front, colour: str, window: Window, is_last: bool) -> Markup:
    line = front.line.simplify(LINE_TOLERANCE_PX * window.m_per_px)
    reading = f"{front.unit}, {period_words(front)}, {verdict_words(front)}"
    return element(
        "path",
        element("title", reading),
        d=window.line_path(line),
        class_=f"dated {colour} latest" if is_last else f"dated {colour}",
    )


def _legend_words(front: Front, fronts: Sequence[Front]) -> str:
    return str(front.start.year) if _days(fronts) > DAYS_OF_TWO_YEARS else month_words(front.start)


def _days(fronts: Sequence[Front]) -> int:
    return (fronts[-1].end - fronts[0].start).days if fronts else 0


def _caption(kind: Kind, fronts: Sequence[Front]) -> str:
    years = span(coarse_words(fronts[0]), coarse_words(fronts[-1])) if fronts else NOT_KNOWN
    every = "the last front of each year" if len(fronts) < kind.fronts else "every front"
    return f"{every.capitalize()}, {years}, coloured by date; the latest is drawn bold."


def _graticule(window: Window) -> list[Markup]:
    outline = window.outline()
    lonlats = [to_lonlat(*c) for c in outline.segmentize(window.m_per_px * 20).exterior.coords]
    latitudes = sorted(lat for _, lat in lonlats)
    south, north = latitudes[0], latitudes[-1]
    step = _grid_step(north - south, LATITUDE_STEPS)
    first = math.ceil(south / step)
    lines = [
        (parallel(index * step), _latitude(index * step))
        for index in range(first, math.floor(north / step) + 1)
    ]
    for longitude in _meridians(lonlats):
        line = meridian(longitude, max(south - 1, -89.5), north + 1)
        lines.append((line, _longitude(longitude)))
    return _grid_lines(window, lines)


def _meridians(lonlats: Sequence[tuple[float, float]]) -> list[float]:
    """Round longitudes within the window, also where it lies over 180 degrees."""
    longitudes = [lon for lon, _ in lonlats]
    if max(longitudes) - min(longitudes) > 180:
        longitudes = [lon % 360 for lon in longitudes]
    step = _grid_step(max(longitudes) - min(longitudes), LONGITUDE_STEPS)
    first, last = math.ceil(min(longitudes) / step), math.floor(max(longitudes) / step)
    return [(index * step + 180) % 360 - 180 for index in range(first, last + 1)]


def _grid_step(degrees: float, steps: Sequence[float]) -> float:
    return next((step for step in steps if degrees / step <= GRID_LINES), steps[-1])


def _grid_lines(window: Window, lines: Sequence[tuple[LineString, str]]) -> list[Markup]:
    """Lines with their names where they leave the map at the left or at the top."""
    parts: list[Markup] = []
    taken: list[Point] = []
    for line, name in lines:
        inside = clip_lines(line, window.outline())
        if inside.is_empty:
            continue
        parts.append(element("path", d=window.line_path(inside), class_="graticule"))
        spot = _name_spot(window, inside)
        if spot is not None and all(math.dist(spot, other) > NAME_DISTANCE for other in taken):
            taken.append(spot)
            parts.append(element("text", name, x=spot[0], y=spot[1], class_="grid-name"))
    return parts


def _name_spot(window: Window, inside: MultiLineString) -> Point | None:
    ends = [window.pixel(*c) for piece in lines_of(inside) for c in piece.coords]
    left, top = min(ends), min(ends, key=lambda end: end[1])
    if left[0] < 2 and 24 < left[1] < window.height - 40:
        return (6.0, left[1] - 4)
    if top[1] < 2 and 10 < top[0] < window.width - 60:
        return (top[0] + 5, 24.0)
    return None


def _scale_bar(window: Window) -> list[Markup]:
    length_km = round_step(window.width * window.m_per_px / 1000 / 5, 1)
    pixels = length_km * 1000 / window.m_per_px
    x, y = window.width - 20 - pixels, window.height - 18
    ends = f"M{short(x)} {short(y - 6)}v6h{short(pixels)}v-6"
    middle_x = x + pixels / 2
    return [
        element("path", d=ends, class_="scale-bar"),
        element(
            "text", f"{length_km:g} km", x=middle_x, y=y - 7, class_="scale-name",
            text_anchor="middle",
        ),
    ]  # fmt: skip


def _latitude(value: float) -> str:
    return f"{abs(value):g}° S"


def _longitude(value: float) -> str:
    if value in (0.0, -180.0):
        return f"{abs(value):g}°"
    return f"{abs(value):g}° {'E' if value > 0 else 'W'}"
