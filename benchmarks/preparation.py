"""Geocoding a scene beside GDAL's warper with the same thin-plate spline of its control points."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject

from benchmarks.pairs import Pair
from catalog.shelf import find_part
from pipeline.grid import Grid
from pipeline.prepare import prepare_scene
from pipeline.simulate.geotiff import geotiff_bytes
from pipeline.simulate.scenario import scenario_of
from pipeline.simulate.scene import simulate_scene

PART = "Mertz"
MOMENT = datetime(2026, 10, 5, 20, 0, tzinfo=UTC)
SEED = 2026
CRS = "EPSG:3031"
PIXEL_SIZE_M = 40.0
LARGEST_MEDIAN_DIFFERENCE_DB = 0.2  # both are bilinear; GDAL approximates its transformer

Image = npt.NDArray[np.float32]


@contextmanager
def preparation_pairs() -> Iterator[list[Pair]]:
    """One simulated scene of a small shelf, one polarisation, to the same 40 m grid."""
    scene = simulate_scene(find_part(PART), MOMENT, scenario_of(PART, SEED), SEED)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scene.tif"
        path.write_bytes(geotiff_bytes(scene))
        grid = prepare_scene(path, crs=CRS, pixel_size_m=PIXEL_SIZE_M, wanted=("HH",)).grid
        yield [_geocoding(path, grid)]


def _geocoding(path: Path, grid: Grid) -> Pair:
    def ours() -> Image:
        prepared = prepare_scene(path, crs=CRS, pixel_size_m=PIXEL_SIZE_M, wanted=("HH",))
        band: Image = prepared.sigma0_db[0]
        return band

    def peer() -> Image:
        power = np.full((grid.height, grid.width), np.nan, dtype=np.float32)
        with rasterio.open(path) as scene:
            points, system = scene.gcps
            reproject(
                scene.read(1), power, gcps=points, src_crs=system, src_nodata=0.0,
                dst_crs=CRS, dst_nodata=np.nan, resampling=Resampling.bilinear,
                dst_transform=from_origin(grid.west, grid.north, PIXEL_SIZE_M, PIXEL_SIZE_M),
                METHOD="GCP_TPS",
            )  # fmt: skip
        return np.asarray(10.0 * np.log10(power), dtype=np.float32)

    return Pair("geocode a scene (one band)", "GDAL warp, GCP_TPS", ours, peer, _agree)


def _agree(ours: Image, theirs: Image) -> bool:
    both = np.isfinite(ours) & np.isfinite(theirs)
    median = float(np.median(np.abs(ours[both] - theirs[both])))
    return bool(both.mean() > 0.3) and median < LARGEST_MEDIAN_DIFFERENCE_DB
