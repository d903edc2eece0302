"""Ours and the peers' ways from a product to a map, or to backscatter in radar geometry.

Each does what its own documentation shows for the task, single-threaded where it can be told to be.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.warp import Resampling, reproject

from benchmarks.preparation.targets import CRS, FREEBOARD_M, MAP_PIXEL_M, POLARISATIONS
from benchmarks.preparation.task import Task
from pipeline.backscatter_file import backscatter_file
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.prepare import Preparation, place_scene
from pipeline.safe.open import open_product
from pipeline.scenes.safe_scene import SafeScene

Image = npt.NDArray[np.float32]
BLOCK_PX = 512
GDAL_CACHE_BYTES = 256 << 20  # by default a twentieth of the machine's memory
SEA = SurfaceChoice(freeboard_m=FREEBOARD_M)


@dataclass(frozen=True, slots=True)
class Contender:
    """`run` fills `task.output`, or returns one polarisation's sigma0 in radar geometry.

    `does` says what is in its time and what is not; `unit` of its pixels: "dB" or "power";
    `quantity`: sigma0 or beta0; `needs` are packages that may not be installed.
    """

    title: str
    does: str
    run: Callable[[Task], Image | None]
    unit: str = "power"
    quantity: str = "sigma0"
    needs: tuple[str, ...] = ()
    bands: int = len(POLARISATIONS)

    @property
    def missing(self) -> tuple[str, ...]:
        """Packages that are not installed."""
        return tuple(name for name in self.needs if find_spec(name) is None)


def ours(surface: Callable[[Task], SurfaceChoice], wanted: tuple[str, ...] | None = None) -> Any:
    """From the product to the file as `icelines prepare` makes it."""

    def run(task: Task) -> None:
        asked = Preparation(
            CRS, MAP_PIXEL_M, wanted=wanted, within=task.bounds, surface=surface(task)
        )
        scene = place_scene(task.safe, asked)
        with backscatter_file(task.output, scene.grid, scene.polarisations, {}) as writer:
            for strip in scene.strips():
                writer.write(strip.polarisation, strip.row, strip.column, strip.sigma0_db)

    return run


def our_calibration(task: Task) -> Image:
    """Read, denoise and calibrate one polarisation, at the product's own spacing."""
    product = open_product(task.safe)
    spacing_m = product.channels[0].annotation.pixel_spacing_m
    return SafeScene.of(product, spacing_m).read(POLARISATIONS[0], slice(0, task.lines)).image


def gdal_warp(**method: Any) -> Callable[[Task], None]:
    """GDAL's warper through control points, from calibrated power to power."""

    def run(task: Task) -> None:
        grid = task.grid
        with (
            rasterio.Env(GDAL_CACHEMAX=GDAL_CACHE_BYTES),
            rasterio.open(task.calibrated) as source,
            rasterio.open(
                task.output, "w", driver="GTiff", dtype="float32", count=source.count,
                width=grid.width, height=grid.height, crs=grid.crs, transform=grid.transform,
                nodata=np.nan, compress="zstd", zstd_level=1, predictor=3, tiled=True,
                blockxsize=BLOCK_PX, blockysize=BLOCK_PX, sparse_ok=True, bigtiff="IF_SAFER",
                interleave="band",
            ) as target,
        ):  # fmt: skip
            points, system = source.gcps
            bands = list(range(1, source.count + 1))
            reproject(
                rasterio.band(source, bands), rasterio.band(target, bands), gcps=points,
                src_crs=system, src_nodata=np.nan, dst_crs=grid.crs, dst_nodata=np.nan,
                dst_transform=grid.transform, resampling=Resampling.bilinear, **method,
            )  # fmt: skip

    return run


def xarray_sentinel_calibration(task: Task) -> Image:
    """Its calibration, and noise from its own noise datasets, as its README combines them."""
    import xarray
    import xarray_sentinel

    def group(name: str, **options: Any) -> Any:
        where = f"{_mode(task)}/{POLARISATIONS[0]}{name}"
        return xarray.open_dataset(str(task.safe), engine="sentinel-1", group=where, **options)

    numbers = group("", chunks=2048).measurement.isel(azimuth_time=slice(0, task.lines))
    calibration, noise = group("/calibration"), group("/noise_range")
    azimuth = group("/noise_azimuth")
    power = noise.noiseRangeLut.interp(line=numbers.line, pixel=numbers.pixel)
    # Of all blocks it returns the first one's factors, for lines of the first block.
    factor = azimuth.noiseAzimuthLut.interp(line=numbers.line).fillna(1.0)
    calibrated = xarray_sentinel.calibrate_intensity(numbers, calibration.sigmaNought)
    amplitude = calibration.sigmaNought.interp(line=numbers.line, pixel=numbers.pixel)
    sigma0 = calibrated - power * factor / amplitude**2
    return np.asarray(sigma0.astype(np.float32).values)


def sarsen_correction(task: Task) -> None:
    """Its terrain correction of the GRD product, bilinear; one polarisation at a time."""
    import sarsen

    product = sarsen.Sentinel1SarProduct(str(task.safe), f"{_mode(task)}/{POLARISATIONS[0]}")
    sarsen.terrain_correction(
        product, str(task.fine_dem), output_urlpath=str(task.output), interp_method="linear"
    )


def _mode(task: Task) -> str:
    return task.safe.name.split("_")[1]


GEOCODING = {
    "ours": Contender(
        "IceLines, mean sea + 40 m",
        "reads, denoises, calibrates, geocodes by range-Doppler, dB, COG with overviews and "
        "statistics",
        ours(lambda _task: SEA),
        unit="dB",
    ),
    "ours-dem": Contender(
        "IceLines, elevation model",
        "the same, each pixel at its own height",
        ours(lambda task: SurfaceChoice(dem=task.dem)),
        unit="dB",
    ),
    "gdal-tps": Contender(
        "GDAL warp, thin-plate spline",
        "resamples sigma0 that we calibrated before (not in its time), plain GeoTIFF; no heights",
        gdal_warp(METHOD="GCP_TPS"),
    ),
    "gdal-poly3": Contender(
        "GDAL warp, polynomial of order 3",
        "as above",
        gdal_warp(METHOD="GCP_POLYNOMIAL", MAX_GCP_ORDER=3),
    ),
    "gdal-poly2": Contender(
        "GDAL warp, polynomial of order 2",
        "as above",
        gdal_warp(METHOD="GCP_POLYNOMIAL", MAX_GCP_ORDER=2),
    ),
}
WINDOWED = {
    "ours-window": Contender(
        "IceLines, elevation model",
        "the whole chain, one polarisation, as above",
        ours(lambda task: SurfaceChoice(dem=task.dem), POLARISATIONS[:1]),
        unit="dB",
        bands=1,
    ),
    "sarsen-window": Contender(
        "sarsen",
        "reads, calibrates to beta0, terrain-corrects, plain GeoTIFF; no denoising, no averaging "
        "of finer pixels, no dB",
        sarsen_correction,
        quantity="beta0",
        needs=("sarsen",),
        bands=1,
    ),
}
CALIBRATION = {
    "ours-calibration": Contender(
        "IceLines", "reads, denoises, calibrates, border noise", our_calibration, bands=1
    ),
    "xarray-calibration": Contender(
        "xarray-sentinel",
        "reads, calibrates; noise from its datasets, put together by hand",
        xarray_sentinel_calibration,
        needs=("xarray_sentinel", "dask"),
        bands=1,
    ),
}
CONTENDERS = {**GEOCODING, **WINDOWED, **CALIBRATION}


def quiet() -> None:
    """Peers warn about their own dependencies."""
    warnings.simplefilter("ignore")
