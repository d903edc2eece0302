"""The geoid south of 55 degrees south: how high the mean sea stands over the WGS84 ellipsoid.

EGM96 on a 15-minute grid, in centimetres, from NGA (a work of the United States government, in the
public domain); `scripts/build_geoid.py` says how the file came to be. Against EIGEN-6C4 as
BedMachine v3 gives it in whole metres, over the Larsen and Getz shelves, it differs by a median of
1 m and by 5 m at most, which moves a point of an EW image by a fifth of a pixel at most.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt
import rasterio
from scipy.ndimage import map_coordinates

from pipeline.errors import SceneError

Floats = npt.NDArray[np.float64]

NAME = "EGM96, 15 minutes (NGA)"
NORTHERNMOST_DEG = -55.0
STEP_DEG = 0.25
COLUMNS = 1440
METRES = 0.01


def geoid_height_m(lonlat_deg: Floats) -> Floats:
    """Metres over the WGS84 ellipsoid at longitude and latitude, (n, 2) to (n,), bilinear.

    Raises SceneError north of 55 degrees south.
    """
    longitude, latitude = lonlat_deg.T
    if not (latitude <= NORTHERNMOST_DEG).all():  # not-a-number too
        raise SceneError(
            "reaches north of 55°S, where no geoid is at hand.",
            remedy="Give a DEM of ellipsoidal heights, or one height for all of the scene.",
        )
    rows = (NORTHERNMOST_DEG - latitude) / STEP_DEG
    columns = np.mod(longitude, 360.0) / STEP_DEG
    found: Floats = map_coordinates(_grid(), (rows, columns), order=1, mode="nearest")
    return found


@cache
def _grid() -> Floats:
    """Rows from 55 degrees south to the pole; the first column once more behind the last."""
    packaged = files("pipeline.geometry") / "geoid_files" / "egm96_south_of_55s.tif"
    with as_file(packaged) as path, rasterio.open(path) as grid:
        metres = grid.read(1).astype(np.float64) * METRES
    return np.concatenate((metres, metres[:, :1]), axis=1)
