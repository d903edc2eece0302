"""The outline of an image on the globe, in two halves over the antimeridian."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from pipeline.errors import SceneError
from pipeline.safe.annotation import GeolocationGrid

LONLAT_DECIMALS = 7
HALF_CIRCLE_DEG = 180.0


def outline_of(grid: GeolocationGrid) -> Polygon:
    """The border of ESA's geolocation grid in EPSG:3031; raises SceneError where it is no border.

    In the plane, so that neither the antimeridian nor an image near the pole needs care.
    """
    sides = (np.s_[0, :], np.s_[1:, -1], np.s_[-1, -2::-1], np.s_[-2:0:-1, 0])
    longitude, latitude = (
        np.concatenate([axis[side] for side in sides])
        for axis in (grid.longitudes_deg, grid.latitudes_deg)
    )
    x, y = Transformer.from_crs(4326, 3031, always_xy=True).transform(longitude, latitude)
    ring = np.column_stack([x, y])
    if len(ring) < 4 or not np.isfinite(ring).all() or not Polygon(ring).is_valid:
        raise SceneError(
            "the geolocation grid goes round no area.", remedy="Fetch the product again."
        )
    return Polygon(ring)


def footprint(outline: Polygon) -> MultiPolygon:
    """An outline of EPSG:3031 as footprint in EPSG:4326, counterclockwise (RFC 7946).

    In EPSG:3031 the antimeridian is x = 0, y < 0: it is cut there, in the plane. Outlines must
    not hold the pole.
    """
    return MultiPolygon([_to_lonlat(half) for half in _halves(outline)])


def _halves(outline: Polygon) -> list[Polygon]:
    west, south, east, north = outline.bounds
    if west >= 0 or east <= 0 or south >= 0:
        return [outline]
    sides = shapely.box(west, south, 0, north), shapely.box(0, south, east, north)
    pieces = [piece for side in sides for piece in shapely.get_parts(outline.intersection(side))]
    return [piece for piece in pieces if isinstance(piece, Polygon)]


def _to_lonlat(half: Polygon) -> Polygon:
    side = 1.0 if half.centroid.x > 0 else -1.0
    x, y = np.asarray(half.exterior.coords).T
    longitude, latitude = Transformer.from_crs(3031, 4326, always_xy=True).transform(x, y)
    on_cut = (np.abs(x) < 1e-6) & (y < 0)
    longitude = np.where(on_cut, side * HALF_CIRCLE_DEG, longitude)
    return orient(Polygon(np.round(np.column_stack([longitude, latitude]), LONLAT_DECIMALS)))
