"""The elevation model that SNAP is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.errors import RasterioError
from shapely import Polygon, box

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import Points
from pipeline.geometry.heights import Vertical
from pipeline.snap.graph import ExternalDem

NO_NODATA = -32_768.0  # SNAP's own default, 0, would make holes at sea level


def external_dem(path: Path, vertical: Vertical) -> ExternalDem:
    """A raster of heights for SNAP, with the value that it uses for none; raises SceneError."""
    try:
        with rasterio.open(path) as raster:
            nodata, crs = raster.nodata, raster.crs
    except RasterioError as error:
        raise SceneError(f"cannot be read as a raster of heights ({error}).", where=path) from error
    if crs is None:
        raise SceneError(
            "has no position on a map that SNAP could read.",
            where=path,
            remedy="Convert it with gdal_translate to a GeoTIFF with -a_srs and -a_ullr.",
        )
    usable = nodata is not None and np.isfinite(nodata)
    return ExternalDem(path.absolute(), vertical, float(nodata) if usable else NO_NODATA)


def covers(dem: ExternalDem, border: Points, crs: str) -> bool:
    """Whether the raster reaches over all that `border` (in `crs`) encloses."""
    with rasterio.open(dem.path) as raster:
        to_dem = Transformer.from_crs(crs, raster.crs.to_wkt(), always_xy=True)
        scene = Polygon(np.column_stack(to_dem.transform(border[:, 0], border[:, 1])))
        return bool(box(*raster.bounds).covers(scene))


def described(dem: ExternalDem | None) -> dict[str, str]:
    """For the lineage, in the words of `pipeline.geometry.heights`."""
    if dem is None:
        return {"height": "mean of the scene, by SNAP"}
    about = {"height": "dem", "dem": dem.path.name, "dem_vertical": dem.vertical}
    return {**about, "geoid": "EGM96, by SNAP"}
