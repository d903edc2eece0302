"""Simulated scenes as GeoTIFF: linear sigma0 with ground control points, marked as simulated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.io import MemoryFile

from pipeline.simulate.scene import SimulatedScene

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
LAYOUT = {
    "driver": "GTiff",
    "dtype": "float32",
    "tiled": True,
    "blockxsize": 256,
    "blockysize": 256,
    "compress": "deflate",
    "zlevel": 1,
    "predictor": 3,
}
# Speckle makes the last bits worthless: 8 bits of mantissa (a step of 0.4 %, finer than the digital
# numbers of real products) halve the file.
DROPPED_BITS = 15


def geotiff_bytes(scene: SimulatedScene) -> bytes:
    """The scene's file: a band for each polarisation, 10 x 10 control points in EPSG:4326."""
    count, height, width = scene.sigma0.shape
    with MemoryFile() as memory:
        with memory.open(
            count=count,
            height=height,
            width=width,
            gcps=_control_points(scene),
            crs=CRS.from_epsg(4326),
            **LAYOUT,
        ) as raster:
            raster.write(rounded(scene.sigma0))
            raster.descriptions = scene.polarisations
            raster.update_tags(**tags_of(scene))
        return bytes(memory.read())


def tags_of(scene: SimulatedScene) -> dict[str, str]:
    """What the file says of itself."""
    return {
        "TIFFTAG_IMAGEDESCRIPTION": f"Simulated EW GRD scene of {scene.part}, no observation",
        "SIMULATED": "true",
        "SCENE_ID": scene.id,
        "POLARISATIONS": " ".join(scene.polarisations),
        "QUANTITY": "sigma0, linear; 0 is no data",
        "SEED": str(scene.seed),
        "time_coverage_start": scene.start.strftime(TIME_FORMAT),
        "time_coverage_end": scene.end.strftime(TIME_FORMAT),
    }


def rounded(sigma0: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The values to 8 bits of mantissa, rounded to nearest."""
    half = np.uint32(1 << (DROPPED_BITS - 1))
    mask = np.uint32(0xFFFFFFFF ^ ((1 << DROPPED_BITS) - 1))
    return ((sigma0.view(np.uint32) + half) & mask).view(np.float32)


def _control_points(scene: SimulatedScene) -> list[GroundControlPoint]:
    row, column, x, y = scene.frame.control_points()
    longitude, latitude = Transformer.from_crs(3031, 4326, always_xy=True).transform(x, y)
    return [
        GroundControlPoint(row=r, col=c, x=lon, y=lat, z=0.0, id=str(number))
        for number, (r, c, lon, lat) in enumerate(
            zip(row, column, longitude, latitude, strict=True), start=1
        )
    ]
