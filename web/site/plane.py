"""From metres in EPSG:3031 to pixels of a map, and the graticule that lies over it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from pyproj import Transformer
from shapely import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from web.site.svg import Point, paths_of

CIRCLE_VERTICES = 361
POLE_LATITUDE = -90.0


@dataclass(frozen=True, slots=True)
class Window:
    """A map of `width` x `height` pixels around a centre in EPSG:3031, at `m_per_px`."""

    centre_x: float
    centre_y: float
    m_per_px: float
    width: float
    height: float

    def pixel(self, x: float, y: float) -> Point:
        return (
            self.width / 2 + (x - self.centre_x) / self.m_per_px,
            self.height / 2 - (y - self.centre_y) / self.m_per_px,
        )

    def pixels(self, coordinates: Iterable[Sequence[float]]) -> list[Point]:
        return [self.pixel(c[0], c[1]) for c in coordinates]

    def outline(self, margin_px: float = 0.0) -> Polygon:
        """The window in EPSG:3031, widened by a margin."""
        half_x = (self.width / 2 + margin_px) * self.m_per_px
        half_y = (self.height / 2 + margin_px) * self.m_per_px
        return shapely.box(
            self.centre_x - half_x, self.centre_y - half_y,
            self.centre_x + half_x, self.centre_y + half_y,
        )  # fmt: skip

    def area_path(self, shapes: Iterable[Polygon]) -> str:
        """Path data of polygons; holes are drawn by the even-odd rule."""
        rings = [ring for p in shapes for ring in (p.exterior, *p.interiors)]
        return paths_of([self.pixels(ring.coords[:-1]) for ring in rings], closed=True)

    def line_path(self, shape: BaseGeometry) -> str:
        return paths_of([self.pixels(line.coords) for line in lines_of(shape)])


def window_around(
    bounds: tuple[float, float, float, float],
    width: float,
    height: float,
    margin: float,
    least_m_per_px: float,
) -> Window:
    """The window that holds `bounds` (m) with a margin (share of its size) on all sides."""
    west, south, east, north = bounds
    scale = max((east - west) / width, (north - south) / height) * (1 + 2 * margin)
    centre = (west + east) / 2, (south + north) / 2
    return Window(*centre, max(scale, least_m_per_px), width, height)


def lines_of(shape: BaseGeometry) -> tuple[LineString, ...]:
    """The lines of any shape; points and areas are left out."""
    if isinstance(shape, LineString):
        return () if shape.is_empty else (shape,)
    return tuple(line for part in getattr(shape, "geoms", ()) for line in lines_of(part))


@cache
def _to_plane() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)


def from_lonlat(longitude: float, latitude: float) -> Point:
    x, y = _to_plane().transform(longitude, latitude)
    return float(x), float(y)


def to_lonlat(x: float, y: float) -> Point:
    longitude, latitude = _to_plane().transform(x, y, direction="INVERSE")
    return float(longitude), float(latitude)


def parallel(latitude: float) -> LineString:
    """A circle of latitude; in EPSG:3031 it is a circle around the origin."""
    radius = math.hypot(*from_lonlat(0.0, latitude))
    angle = np.linspace(0.0, 2 * np.pi, CIRCLE_VERTICES)
    return LineString(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))


def meridian(longitude: float, south: float, north: float) -> LineString:
    """A meridian between two latitudes; in EPSG:3031 it is straight."""
    return LineString([from_lonlat(longitude, south), from_lonlat(longitude, north)])


def clip_lines(shape: BaseGeometry, window: Polygon) -> MultiLineString:
    return MultiLineString(list(lines_of(shape.intersection(window))))
