"""Between the plane of EPSG:3031 and the globe, without tearing lines at the antimeridian.

In EPSG:3031 longitude 180 is the half-line x = 0, y < 0, so a line is cut exactly there, in the
plane, before it is transformed; each half then ends at +180 or -180 (RFC 7946, section 3.1.9).
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon

Coordinates = NDArray[np.float64]  # shape (n, 2)
BoundingBox = tuple[float, float, float, float]  # west, south, east, north

LONLAT_DECIMALS = 7  # 1 cm on the ground
FULL_CIRCLE_DEG = 360.0
HALF_CIRCLE_DEG = 180.0
POLE_LATITUDE_DEG = -90.0
FAR_M = 3e7  # beyond the equator in the plane of EPSG:3031
ON_LINE_M = 1e-3
POLE = Point(0.0, 0.0)
NEAR_POLE_M = 1_000_000.0
NEAR_POLE_STEP_M = 10_000.0  # there a straight edge of the plane is far from straight on the globe
ANTIMERIDIAN = LineString([(0.0, 0.0), (0.0, -FAR_M)])  # in EPSG:3031
HALF_PLANES = (
    shapely.box(0.0, -FAR_M, FAR_M, FAR_M),
    shapely.box(-FAR_M, -FAR_M, 0.0, FAR_M),
)


@cache
def _polar_to_lonlat() -> Transformer:
    return Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)


@cache
def _lonlat_to_polar() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)


def to_lonlat(line: MultiLineString) -> MultiLineString:
    """The line of EPSG:3031 in EPSG:4326, cut at the antimeridian, rounded to 1 cm."""
    pieces = [piece for part in line.geoms for piece in cut_at_antimeridian(_coordinates(part))]
    return MultiLineString([_piece_to_lonlat(piece) for piece in pieces])


def to_polar(line: LineString | MultiLineString) -> MultiLineString:
    """A line of EPSG:4326 in EPSG:3031; halves that meet at the antimeridian stay two lines."""
    parts = line.geoms if isinstance(line, MultiLineString) else [line]
    return MultiLineString(
        [np.column_stack(_lonlat_to_polar().transform(*_coordinates(part).T)) for part in parts]
    )


def polygon_to_lonlat(polygon: Polygon | MultiPolygon) -> MultiPolygon:
    """A polygon of EPSG:3031 in EPSG:4326, cut at the antimeridian, rounded to 1 cm.

    Around the pole a piece reaches down to latitude -90 along its edge. Holes are left out. Edges
    that pass within some kilometres of the pole come out roughly.
    """
    if polygon.distance(POLE) < NEAR_POLE_M:
        polygon = shapely.segmentize(polygon, NEAR_POLE_STEP_M)
    pieces = shapely.get_parts(polygon)
    if polygon.intersects(ANTIMERIDIAN):
        halves = [shapely.get_parts(polygon.intersection(half)) for half in HALF_PLANES]
        pieces = np.concatenate(halves)
    rings = (_ring_to_lonlat(p) for p in pieces if isinstance(p, Polygon) and not _is_sliver(p))
    return shapely.orient_polygons(MultiPolygon([Polygon(ring) for ring in rings]))


def polygon_to_polar(polygon: Polygon | MultiPolygon) -> MultiPolygon:
    """The inverse: pieces that meet at the antimeridian become one. Edges run straight in 3031."""
    parts = polygon.geoms if isinstance(polygon, MultiPolygon) else [polygon]
    outlines = [
        Polygon(np.column_stack(_lonlat_to_polar().transform(*_coordinates(part.exterior).T)))
        for part in parts
    ]
    joined = shapely.union_all(outlines, grid_size=ON_LINE_M)
    return MultiPolygon([p for p in shapely.get_parts(joined) if isinstance(p, Polygon)])


def cut_at_antimeridian(coordinates: Coordinates) -> list[Coordinates]:
    """Pieces of one line in EPSG:3031, none of which crosses x = 0 at y < 0."""
    points = _with_crossings(coordinates)
    sides = np.sign(points[:, 0])
    on_cut = (sides == 0) & (points[:, 1] < 0)
    cuts = [int(i) for i in np.flatnonzero(on_cut) if _changes_side(sides, int(i))]
    edges: list[int] = [0, *cuts, len(points) - 1]
    pieces = (points[first : last + 1] for first, last in pairwise(edges))
    return [piece for piece in pieces if len(piece) > 1]


def lonlat_bbox(line: MultiLineString | MultiPolygon) -> BoundingBox:
    """West, south, east, north in EPSG:4326; west > east over the antimeridian."""
    spans = sorted((p.bounds[0], p.bounds[2]) for p in line.geoms)
    west, east = _smallest_interval(spans)
    return (west, line.bounds[1], east, line.bounds[3])


def _coordinates(line: LineString) -> Coordinates:
    return np.asarray(line.coords, dtype=np.float64)[:, :2]


def _ring_to_lonlat(piece: Polygon) -> Coordinates:
    points = _with_pole(_coordinates(piece.exterior)[:-1])
    longitude, latitude = _polar_to_lonlat().transform(*points.T)
    side = np.sign(piece.representative_point().x) or 1.0
    on_cut = (np.abs(points[:, 0]) < ON_LINE_M) & (points[:, 1] < 0)
    longitude = np.where(on_cut, side * HALF_CIRCLE_DEG, longitude)
    is_pole = np.hypot(*points.T) < ON_LINE_M
    # The pole has every longitude: the edge comes down its own meridian and leaves by the next.
    before, after = np.roll(longitude, 1), np.roll(longitude, -1)
    ring = [
        corner
        for i in range(len(points))
        for corner in (
            [(before[i], POLE_LATITUDE_DEG), (after[i], POLE_LATITUDE_DEG)]
            if is_pole[i]
            else [(longitude[i], latitude[i])]
        )
    ]
    return np.round(np.array(ring), LONLAT_DECIMALS)


def _is_sliver(piece: Polygon) -> bool:
    return bool(piece.area < ON_LINE_M * piece.length)


def _with_pole(points: Coordinates) -> Coordinates:
    """A ring's points with the pole among them where an edge runs through it along x = 0."""
    following = np.roll(points, -1, axis=0)
    along = (np.abs(points[:, 0]) < ON_LINE_M) & (np.abs(following[:, 0]) < ON_LINE_M)
    through = np.flatnonzero(along & (points[:, 1] * following[:, 1] < 0))
    return np.insert(points, through + 1, np.zeros((len(through), 2)), axis=0)


def _with_crossings(points: Coordinates) -> Coordinates:
    start, end = points[:-1], points[1:]
    crossing = np.flatnonzero(start[:, 0] * end[:, 0] < 0)
    share = start[crossing, 0] / (start[crossing, 0] - end[crossing, 0])
    y = start[crossing, 1] + share * (end[crossing, 1] - start[crossing, 1])
    new = np.column_stack([np.zeros_like(y), y])[y < 0]
    return np.insert(points, crossing[y < 0] + 1, new, axis=0)


def _changes_side(sides: NDArray[np.float64], index: int) -> bool:
    before = sides[:index][sides[:index] != 0]
    after = sides[index + 1 :][sides[index + 1 :] != 0]
    return bool(len(before) and len(after) and before[-1] != after[0])


def _piece_to_lonlat(piece: Coordinates) -> Coordinates:
    longitude, latitude = _polar_to_lonlat().transform(*piece.T)
    side = np.sign(piece[np.abs(piece[:, 0]).argmax(), 0]) or 1.0
    on_cut = (piece[:, 0] == 0) & (piece[:, 1] < 0)
    longitude = np.where(on_cut, side * HALF_CIRCLE_DEG, longitude)
    # Rounding may push a vertex a hair beside the cut onto the other hemisphere's 180.
    wrong = np.abs(longitude) > HALF_CIRCLE_DEG - 1e-7
    longitude = np.where(wrong, np.copysign(longitude, side), longitude)
    return np.round(np.column_stack([longitude, latitude]), LONLAT_DECIMALS)


def _smallest_interval(spans: list[tuple[float, float]]) -> tuple[float, float]:
    # The shortest arc that covers all spans leaves out the widest gap between them.
    merged = [spans[0]]
    for low, high in spans[1:]:
        if low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    following = [*merged[1:], (merged[0][0] + FULL_CIRCLE_DEG, 0.0)]
    gaps = [after[0] - span[1] for span, after in zip(merged, following, strict=True)]
    widest = int(np.argmax(np.round(gaps, LONLAT_DECIMALS)[::-1]))
    widest = len(gaps) - 1 - widest  # prefer the gap over the antimeridian on a draw
    return merged[(widest + 1) % len(merged)][0], merged[widest][1]
