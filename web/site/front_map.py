"""The map of one shelf: its fronts by date over the coast, and where on the continent it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import shapely
from markupsafe import Markup
from shapely import MultiLineString, MultiPoint

from catalog.front import Front
from web.site.basemap import load_basemap
from web.site.graticule import graticule, scale_bar
from web.site.plane import Window, window_around
from web.site.polar_map import anchor_of, land
from web.site.series import Kind, middle, one_per_year
from web.site.svg import element, picture
from web.site.words import NOT_KNOWN, coarse_words, month_words, period_words, span, verdict_words

WIDTH = 1080.0
FLATTEST, TALLEST = 0.42, 0.66  # height by width
MARGIN = 0.10
LARGEST_SCALE_M_PER_PX = 90.0  # closer up, no coast would be left to recognise the place by
RAMP_STEPS = 20  # classes `d0` .. `d19` of the style sheet: batlow, clipped for contrast
MOST_LINES = 40
LINE_TOLERANCE_PX = 0.35
LOCATOR = Window(60_000, 40_000, 42_000.0, 150, 136)
LOCATOR_TOLERANCE_M = 22_000.0
LOCATOR_SMALLEST_KM2 = 5_000.0
DAYS_OF_TWO_YEARS = 731


Shapes = Callable[[Window], Iterable[Markup]]


def no_shapes(_window: Window) -> Iterable[Markup]:
    return ()


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


def front_map(
    kind: Kind, name: str, below: Shapes = no_shapes, above: Shapes = no_shapes
) -> FrontMap | None:
    """The fronts of one kind of series by date; None where there are none.

    `below` and `above` draw in the window of the map what lies under and over the fronts.
    """
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
        *graticule(window),
        *below(window),
        *(
            _front_path(front, colour, window, front.id in latest)
            for front, colour in zip(fronts, colours, strict=True)
        ),
        *above(window),
        *scale_bar(window),
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
