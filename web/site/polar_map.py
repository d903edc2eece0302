"""The map of the home page: Antarctica from above the pole, a circle for each shelf's change."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from markupsafe import Markup
from shapely import MultiLineString, Polygon
from shapely.ops import nearest_points

from catalog.shelf import Shelf
from web.site.axes import ROUND_STEPS
from web.site.basemap import Basemap, load_basemap
from web.site.labels import Label, Place, place_labels, text_width
from web.site.plane import Window, clip_lines, from_lonlat, meridian, parallel
from web.site.svg import Point, element, picture
from web.site.words import area, sign_of, signed_area

WINDOW = Window(40_000, 40_000, 7_200.0, 880, 790)
TOLERANCE_M = 5_000.0
SMALLEST_KM2 = 400.0
FRONT_TOLERANCE_M = 4_000.0
PARALLELS = (-60.0, -70.0, -80.0)
MERIDIANS = range(-180, 180, 30)
NORTHERN_EDGE = -45.0
# Longitude and latitude of the middle of each name.
SEAS = {
    "Weddell Sea": (-40.0, -68.2),
    "Bellingshausen Sea": (-86.1, -67.1),
    "Amundsen Sea": (-118.0, -67.6),
    "Ross Sea": (-176.0, -72.2),
    "Davis Sea": (94.0, -65.2),
}
LANDS = {"East Antarctica": (75.0, -80.5), "West Antarctica": (-112.0, -81.2)}
KIND_OF_ICE = re.compile(r" (?:Ice Shelf|Ice Tongue|Glacier)\b")
REGION_SIZE = 13.0
REGION_SPACING = 1.5


@dataclass(frozen=True, slots=True)
class Dress:
    """Sizes for one width of screen, in units of the drawing."""

    name: str
    font_size: float
    largest_radius: float
    smallest_radius: float
    most_labels: int


WIDE = Dress("wide", 16.5, 30, 4, 99)
NARROW = Dress("narrow", 31, 40, 9, 9)


@dataclass(frozen=True, slots=True)
class MappedShelf:
    """What the map says of a shelf: its name, page, latest lines and change in area (km²)."""

    name: str
    href: str
    lines: MultiLineString
    change_km2: float | None
    period: str

    @property
    def reading(self) -> str:
        if self.change_km2 is None:
            return f"{self.name}: no change in area known"
        return f"{self.name}: {signed_area(self.change_km2)}, {self.period}"


def short_name(shelf: Shelf) -> str:
    """The name on the map: `Brunt` for `Brunt Ice Shelf and Stancomb-Wills Ice Tongue`."""
    return KIND_OF_ICE.split(shelf.title)[0]


def polar_map(shelves: Sequence[MappedShelf], title: str, description: str) -> Markup:
    """The whole map as inline SVG. Names and circles come twice, for wide and narrow screens."""
    basemap = load_basemap().simplified(TOLERANCE_M, SMALLEST_KM2)
    placed = [s for s in shelves if not s.lines.is_empty]
    placed.sort(key=lambda s: (-abs(s.change_km2 or 0.0), s.name))
    return picture(
        WINDOW.width,
        WINDOW.height,
        *land(basemap, WINDOW),
        *_graticule(),
        element("g", *_regions(), class_="regions"),
        _fronts(placed),
        *(_dressed(placed, dress, basemap) for dress in (WIDE, NARROW)),
        title=title,
        description=description,
        key="polar-map",
        class_="map polar",
        role="group",
    )


def land(basemap: Basemap, window: Window) -> tuple[Markup, ...]:
    """Sea, ice shelves and grounded ice as three areas."""
    return (
        element("rect", width=window.width, height=window.height, class_="sea"),
        element("path", d=window.area_path(basemap.ice), class_="shelf-ice"),
        element("path", d=window.area_path(basemap.grounded), class_="grounded"),
    )


def _graticule() -> list[Markup]:
    outline = WINDOW.outline()
    circles = [clip_lines(parallel(latitude), outline) for latitude in PARALLELS]
    rays = [clip_lines(meridian(lon, -85.0, NORTHERN_EDGE), outline) for lon in MERIDIANS]
    lines = "".join(WINDOW.line_path(line) for line in [*circles, *rays])
    return [element("path", d=lines, class_="graticule"), *_graticule_labels()]


def _graticule_labels() -> list[Markup]:
    labels = []
    for latitude in PARALLELS[1:]:
        radius = abs(parallel(latitude).coords[0][1])
        angle = math.radians(-45)
        x, y = WINDOW.pixel(radius * math.sin(angle), radius * math.cos(angle))
        labels.append(element("text", f"{-latitude:.0f}° S", x=x + 4, y=y - 4, class_="grid-name"))
    names = {0: "0°", 90: "90° E", 180: "180°", -90: "90° W"}
    spots = {
        0: (WINDOW.pixel(0, 0)[0] + 5, 22.0),
        90: (WINDOW.width - 6, WINDOW.pixel(0, 0)[1] - 5),
        180: (WINDOW.pixel(0, 0)[0] + 5, WINDOW.height - 6),
        -90: (6.0, WINDOW.pixel(0, 0)[1] + 15),
    }
    for longitude, (x, y) in spots.items():
        side = "end" if longitude == 90 else None
        text = element("text", names[longitude], x=x, y=y, class_="grid-name", text_anchor=side)
        labels.append(text)
    return labels


def _regions() -> list[Markup]:
    """Names of seas and lands, as an atlas has them: the map can be read without its title."""
    parts = []
    for kind, regions in (("sea-name", SEAS), ("land-name", LANDS)):
        for name, lonlat in regions.items():
            x, y = WINDOW.pixel(*from_lonlat(*lonlat))
            parts.append(element("text", name, x=x, y=y, class_=kind, text_anchor="middle"))
    return parts


def _region_boxes() -> list[Polygon]:
    boxes = []
    for name, lonlat in {**SEAS, **LANDS}.items():
        x, y = WINDOW.pixel(*from_lonlat(*lonlat))
        half = (text_width(name, REGION_SIZE) + len(name) * REGION_SPACING) / 2
        boxes.append(shapely.box(x - half, y - REGION_SIZE, x + half, y + REGION_SIZE / 3))
    return boxes


def _fronts(shelves: Sequence[MappedShelf]) -> Markup:
    lines = (shelf.lines.simplify(FRONT_TOLERANCE_M) for shelf in shelves)
    return element("path", d="".join(WINDOW.line_path(line) for line in lines), class_="front")


def _dressed(shelves: Sequence[MappedShelf], dress: Dress, basemap: Basemap) -> Markup:
    largest = max((abs(s.change_km2 or 0.0) for s in shelves), default=0.0)
    places = [_place(shelf, dress, largest or 1.0) for shelf in shelves]
    ice = shapely.union_all([_in_pixels(shape) for shape in basemap.ice])
    frame = shapely.box(6, 18, WINDOW.width - 6, WINDOW.height - 20)
    reserved = shapely.union_all([_legend_box(dress), *_names_in_sight(dress)])
    labels = place_labels(places[: dress.most_labels], dress.font_size, ice, frame - reserved)
    marks = [
        _mark(shelf, place, labels.get(index))
        for index, (shelf, place) in enumerate(zip(shelves, places, strict=True))
    ]
    legend = _legend(dress, largest) if largest else []
    return element("g", *marks, *legend, class_=f"names {dress.name}")


def _names_in_sight(dress: Dress) -> list[Polygon]:
    return _region_boxes() if dress is WIDE else []


def _place(shelf: MappedShelf, dress: Dress, largest_km2: float) -> Place:
    at = WINDOW.pixel(*anchor_of(shelf.lines))
    pole = WINDOW.pixel(0, 0)
    away = (at[0] - pole[0], at[1] - pole[1])
    length = math.hypot(*away) or 1.0
    outward = (away[0] / length, away[1] / length)
    return Place(shelf.name, at, _radius(shelf.change_km2, dress, largest_km2), outward)


def anchor_of(lines: MultiLineString) -> Point:
    """The place on the lines that is nearest to their centroid."""
    place, _ = nearest_points(lines, lines.centroid)
    return (float(place.x), float(place.y))


def _radius(change_km2: float | None, dress: Dress, largest_km2: float) -> float:
    share = math.sqrt(abs(change_km2 or 0.0) / largest_km2)
    return max(dress.largest_radius * share, dress.smallest_radius)


def _mark(shelf: MappedShelf, place: Place, label: Label | None) -> Markup:
    sign = sign_of(shelf.change_km2) or "none"
    parts = [
        element("title", shelf.reading),
        element("circle", cx=place.at[0], cy=place.at[1], r=place.radius, class_=f"change {sign}"),
    ]
    if label is not None:
        parts += [_leader(label)] if label.leader else []
        x, y = label.baseline
        parts.append(element("text", label.text, x=x, y=y, class_="shelf-name"))
    return element("a", *parts, href=shelf.href)


def _leader(label: Label) -> Markup:
    start, end = label.leader or ((0.0, 0.0), (0.0, 0.0))
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_="leader")


def _legend_box(dress: Dress) -> Polygon:
    width, height = (236, 130) if dress is WIDE else (360, 190)
    return shapely.box(0, WINDOW.height - height, width, WINDOW.height)


def _legend(dress: Dress, largest_km2: float) -> list[Markup]:
    """Two circles with their areas: the scale that the map is read by."""
    values = [_round_down(largest_km2), _round_down(largest_km2 / 5)]
    line = dress.font_size * 1.3
    base = WINDOW.height - 24
    x = 22 + dress.largest_radius
    heading_y = base - 2 * dress.largest_radius - dress.font_size * 0.7
    marks = [element("text", "Change in shelf area", x=20, y=heading_y, class_="legend")]
    for position, value in enumerate(values):
        radius = dress.largest_radius * math.sqrt(value / largest_km2)
        y = base - radius
        marks.append(element("circle", cx=x, cy=y, r=radius, class_="legend-circle"))
        text_y = base - (len(values) - 1 - position) * line - dress.font_size * 0.1
        marks.append(
            element("text", area(value), x=x + dress.largest_radius + 12, y=text_y, class_="legend")
        )
    return marks


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return max(step * power for step in ROUND_STEPS if step * power <= value)


def _in_pixels(shape: Polygon) -> Polygon:
    return Polygon(WINDOW.pixels(shape.exterior.coords))
