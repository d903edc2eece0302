"""Rasters that scenes are prepared with: put on record, and found again as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
import shapely
from pyproj import Transformer
from rasterio.errors import RasterioError
from shapely import MultiPolygon, Polygon, box

from catalog.ancillary import Ancillary, AncillaryKind, VerticalDatum
from catalog.geometry import polygon_to_lonlat
from catalog.items.ancillary import COLLECTION, ancillary_to_item, item_to_ancillary
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome
from pipeline.errors import SceneError
from pipeline.geometry.dem import placed

EDGE_STEPS = 64  # points along each side, so that an outline follows the other map system
GLOBE = box(-180.0, -90.0, 180.0, 90.0)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {".tif": "image/tiff; application=geotiff", ".tiff": "image/tiff; application=geotiff",
     ".nc": "application/netcdf"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AncillaryText:
    """What a person says of a raster, since the file does not."""

    id: str
    kind: AncillaryKind
    title: str
    licence: str
    represents: date
    vertical: VerticalDatum | None = None
    layer: str | None = None
    citation: str | None = None
    doi: str | None = None


def record_ancillary(
    store: CatalogStore, file: Path, text: AncillaryText
) -> tuple[Ancillary, RecordOutcome]:
    """Copy a raster into the store and put it on record; the same one again changes nothing.

    Raises SceneError where the file has no position on a map, and RecordError and InvalidName as
    `Ancillary` does.
    """
    footprint, shape_px, crs = _placed_on_globe(file, text.layer)
    described = {name: getattr(text, name) for name in AncillaryText.__slots__}
    media_type = MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")
    known = {"footprint": footprint, "shape_px": shape_px, "crs": crs, "media_type": media_type}
    # Made once before anything is copied, so that what is refused leaves nothing behind.
    Ancillary(**described, **known, sha256="", size_bytes=0, href="")
    kept = store.objects.put_file(file)
    ancillary = Ancillary(
        **described, **known, sha256=kept.sha256, size_bytes=kept.size_bytes, href=kept.href
    )
    return ancillary, store.record_items([ancillary_to_item(ancillary)])


def recorded_ancillary(store: CatalogStore, item_id: str) -> Ancillary:
    """A raster on record; raises NotRecorded."""
    return item_to_ancillary(store.get(COLLECTION, item_id).item)


def raster_path(store: CatalogStore, ancillary: Ancillary) -> str:
    """What GDAL opens it by; raises NotRecorded where the file is missing from the store."""
    return _gdal_path(store.objects.existing_path(ancillary.href), ancillary.layer)


def _gdal_path(file: Path, layer: str | None) -> str:
    return f"netcdf:{file}:{layer}" if layer else str(file)


def _placed_on_globe(
    file: Path, layer: str | None
) -> tuple[MultiPolygon, tuple[int, int], str | None]:
    try:
        with placed(_gdal_path(file, layer)) as source:
            authority = source.crs.to_authority()
            footprint = _footprint(source.crs.to_wkt(), source.bounds, source.crs.is_geographic)
            code = ":".join(authority) if authority else None
            return footprint, (source.height, source.width), code
    except (RasterioError, OSError, ValueError, AttributeError) as error:
        raise SceneError(
            f"cannot be used as a raster ({error}).",
            where=file,
            remedy="Give a raster that `gdalinfo` places on a map; of a netCDF file, one --layer.",
        ) from error


def _footprint(
    crs: str, bounds: tuple[float, float, float, float], is_geographic: bool
) -> MultiPolygon:
    if is_geographic:
        return MultiPolygon(list(shapely.get_parts(box(*bounds).intersection(GLOBE))))
    outline = shapely.segmentize(box(*bounds), _step(bounds))
    to_polar = Transformer.from_crs(crs, "EPSG:3031", always_xy=True)
    corners = np.column_stack(to_polar.transform(*shapely.get_coordinates(outline).T))
    return polygon_to_lonlat(Polygon(corners))


def _step(bounds: tuple[float, float, float, float]) -> float:
    west, south, east, north = bounds
    return max(east - west, north - south) / EDGE_STEPS
