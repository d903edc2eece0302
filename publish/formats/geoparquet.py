"""GeoParquet 1.1 in EPSG:3031: sorted in space, a box for each row so that readers can skip."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from publish.errors import PackagingFailed
from publish.formats.event_features import EventFeature, event_frame
from publish.formats.features import Feature, feature_frame

if TYPE_CHECKING:
    import geopandas

MEDIA_TYPE = "application/vnd.apache.parquet"
ROWS_PER_GROUP = 500


def write_geoparquet(path: Path, features: Iterable[Feature]) -> None:
    """All features in one table; `vertex_uncertainty_m` is a list of metres, one per vertex."""
    kept = tuple(features)
    frame = feature_frame(kept)
    frame.insert(
        len(frame.columns) - 1,
        "vertex_uncertainty_m",
        [list(feature.front.vertex_uncertainty_m) for feature in kept],
    )
    _write(path, frame)


def write_events_geoparquet(path: Path, features: Iterable[EventFeature]) -> None:
    """All events in one table, their polygons in EPSG:3031."""
    _write(path, event_frame(features))


def _write(path: Path, frame: geopandas.GeoDataFrame) -> None:
    """Spatially sorted, with the box of each geometry as columns."""
    frame["place"] = frame.hilbert_distance()
    frame = frame.sort_values(["place", "id"], kind="stable").drop(columns="place")
    try:
        frame.to_parquet(
            path,
            index=False,
            compression="zstd",
            schema_version="1.1.0",
            write_covering_bbox=True,
            row_group_size=ROWS_PER_GROUP,
        )
    except (ValueError, TypeError) as error:
        raise PackagingFailed(f"cannot be written ({error}).", where=path.name) from error
