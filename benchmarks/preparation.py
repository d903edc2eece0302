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
from pipeline.calibration import Calibrator
from pipeline.grid import Grid
from pipeline.prepare import prepare_scene
from pipeline.safe.open import open_product
from pipeline.simulate.acquisition import Imaging
from pipeline.simulate.safe_product import write_safe
from pipeline.simulate.scenario import scenario_of
from pipeline.simulate.scene import SimulatedScene, simulate_scenes

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
    imaging = Imaging(polarisations=("HH",))
    (scene,) = simulate_scenes(find_part(PART), MOMENT, scenario_of(PART, SEED), SEED, imaging)
    with TemporaryDirectory() as folder:
        path = _calibrated(scene, Path(folder))
        grid = prepare_scene(path, crs=CRS, pixel_size_m=PIXEL_SIZE_M, wanted=("HH",)).grid
        yield [_geocoding(path, grid)]


def _calibrated(scene: SimulatedScene, folder: Path) -> Path:
    """A GeoTIFF of sigma0 with the product's own control points: what both can geocode."""
    product = open_product(write_safe(folder / "scene.zip", scene.channels()).path)
    (channel,) = product.channels
    with rasterio.open(channel.measurement) as raster:
        numbers, (points, system) = raster.read(1), raster.gcps
    power = Calibrator.of(channel.calibration, channel.noise, numbers.shape[1]).power(numbers, 0)
    layout = {"driver": "GTiff", "dtype": "float32", "count": 1, "gcps": points, "crs": system}
    path, (height, width) = folder / "scene.tif", numbers.shape
    with rasterio.open(path, "w", height=height, width=width, **layout) as raster:
        raster.write(np.nan_to_num(power.power), 1)
        raster.set_band_description(1, "HH")
    return path


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
