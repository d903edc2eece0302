"""GeoPackage: a layer for each interval, the vertices of fronts with a known error each, events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from publish.formats.event_features import (
    EVENT_GEOMETRY_TYPE,
    EVENTS_LAYER,
    EventFeature,
    event_frame,
)
from publish.formats.features import (
    GEOMETRY_TYPE,
    Feature,
    by_interval,
    feature_frame,
)
from publish.formats.gdal import gdal_writing

if TYPE_CHECKING:
    import geopandas

MEDIA_TYPE = "application/geopackage+sqlite3"
VERTICES_LAYER = "front_vertices"


def write_geopackage(
    path: Path,
    features: Iterable[Feature],
    day: date,
    description: str,
    events: Sequence[EventFeature] = (),
) -> None:
    """Layers `fronts_daily`, `fronts_monthly` ..., `calving_events` where there are any.

    `day` is what the file gives as its date.
    """
    import pyogrio

    kept = tuple(features)
    with gdal_writing(path, day):
        for interval, group in by_interval(kept).items():
            pyogrio.write_dataframe(
                feature_frame(group),
                path,
                layer=f"fronts_{interval}",
                driver="GPKG",
                geometry_type=GEOMETRY_TYPE,
                layer_options={"DESCRIPTION": description},
            )
        if any(feature.front.vertex_uncertainty_m for feature in kept):
            pyogrio.write_dataframe(
                vertices_frame(kept),
                path,
                layer=VERTICES_LAYER,
                driver="GPKG",
                geometry_type="Point",
                layer_options={"DESCRIPTION": description},
            )
        if events:
            pyogrio.write_dataframe(
                event_frame(events),
                path,
                layer=EVENTS_LAYER,
                driver="GPKG",
                geometry_type=EVENT_GEOMETRY_TYPE,
                layer_options={"DESCRIPTION": description},
            )


def vertices_frame(features: Iterable[Feature]) -> geopandas.GeoDataFrame:
    """One point for each vertex of a front that has an error for each of them."""
    import geopandas
    import shapely

    rows = [
        (feature.front.id, str(feature.front.origin), number, uncertainty_m, x, y)
        for feature in features
        if feature.front.vertex_uncertainty_m
        for number, (uncertainty_m, (x, y)) in enumerate(
            zip(
                feature.front.vertex_uncertainty_m,
                shapely.get_coordinates(feature.front.line),
                strict=True,
            )
        )
    ]
    front_id, origin, vertex, uncertainty_m, x, y = zip(*rows, strict=True)
    columns = {
        "front_id": front_id,
        "origin": origin,
        "vertex": vertex,
        "uncertainty_m": uncertainty_m,
    }
    points = geopandas.points_from_xy(x, y)
    return geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:3031")
