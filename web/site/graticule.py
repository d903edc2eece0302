"""Meridians, parallels and the scale of a map of a part of Antarctica."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup
from shapely import LineString, MultiLineString

from web.site.axes import round_step
from web.site.plane import Window, clip_lines, lines_of, meridian, parallel, to_lonlat
from web.site.svg import Point, element, short

LONGITUDE_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
LATITUDE_STEPS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)
GRID_LINES = 5
NAME_DISTANCE = 70.0


def graticule(window: Window) -> list[Markup]:
    """Meridians and parallels at round degrees, named where they leave the map."""
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


def scale_bar(window: Window) -> list[Markup]:
    """A bar of a round length in the lower right corner, true to scale at 71 S."""
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
