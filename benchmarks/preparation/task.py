"""What a contender is given: files, and the map it has to fill. Passed to its process as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.control import GroundControlPoint
from rasterio.windows import Window

from benchmarks.preparation.targets import CRS, FREEBOARD_M, MAP_PIXEL_M, TargetScene
from pipeline.geometry.geoid import geoid_height_m
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.grid import Bounds, Grid
from pipeline.prepare import Preparation, place_scene
from pipeline.safe.open import open_product
from pipeline.scenes.safe_scene import SafeScene

DEM_STEP_M = 1_000.0
DEM_MARGIN_M = 30_000.0
CALIBRATED_ROWS = 512


@dataclass(frozen=True, slots=True)
class Task:
    """One scene and one map of it. `calibrated`: sigma0 in radar geometry with control points,
    float32, for programs that cannot calibrate; `lines` limits those that do not map."""

    safe: Path
    dem: Path
    fine_dem: Path
    calibrated: Path
    output: Path
    bounds: Bounds
    lines: int

    @property
    def grid(self) -> Grid:
        return Grid.around(self.bounds, CRS, MAP_PIXEL_M)

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Task:
        said = json.loads(text)
        paths = ("safe", "dem", "fine_dem", "calibrated", "output")
        return cls(**{k: Path(v) if k in paths else v for k, v in said.items()} | {
            "bounds": tuple(said["bounds"])
        })  # fmt: skip

    def within(self, bounds: Bounds, fine_dem: Path) -> Task:
        """The same scene for a part of the map, with heights on the map's own pixels."""
        return replace(self, bounds=bounds, fine_dem=fine_dem)


def make_task(scene: TargetScene, folder: Path, lines: int) -> Task:
    """Write the product and what the contenders need beside it; none of this is timed."""
    folder.mkdir(parents=True, exist_ok=True)
    safe = scene.write(folder)
    surface = SurfaceChoice(freeboard_m=FREEBOARD_M)
    grid = place_scene(safe, Preparation(CRS, MAP_PIXEL_M, surface=surface)).grid
    west, south, east, north = grid.bounds
    far = (west - DEM_MARGIN_M, south - DEM_MARGIN_M, east + DEM_MARGIN_M, north + DEM_MARGIN_M)
    dem = write_dem(folder / "dem.tif", Grid.around(far, CRS, DEM_STEP_M))
    calibrated = _write_calibrated(safe, folder / "calibrated.tif")
    return Task(safe, dem, dem, calibrated, folder / "out.tif", grid.bounds, lines)


def middle_window(grid: Grid, side_m: float) -> Bounds:
    """A square in the middle of the map, on its pixels."""
    west, south, east, north = grid.bounds
    x, y, half = (west + east) / 2, (south + north) / 2, side_m / 2
    return Grid.around((x - half, y - half, x + half, y + half), CRS, grid.pixel_size_m).bounds


def write_dem(path: Path, grid: Grid) -> Path:
    """The true surface on the pixels of a grid, float32 metres above the ellipsoid."""
    to_lonlat = Transformer.from_crs(CRS, 4326, always_xy=True)
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=1, width=grid.width, height=grid.height,
        crs=grid.crs, transform=grid.transform, compress="deflate", tiled=True,
    ) as raster:  # fmt: skip
        for row, y in enumerate(grid.row_y):
            lonlat = np.column_stack(to_lonlat.transform(grid.column_x, np.full(grid.width, y)))
            heights = geoid_height_m(lonlat) + FREEBOARD_M
            raster.write(
                heights.astype(np.float32)[None, None], window=Window(0, row, grid.width, 1)
            )
    return path


def _write_calibrated(safe: Path, path: Path) -> Path:
    """Denoised sigma0 by our own calibration, with the product's control points.

    ESA's points name pixel centres and GDAL reads outer edges: half a pixel is added, or all of
    GDAL's maps would be off by half a pixel both ways.
    """
    product = open_product(safe)
    annotation = product.channels[0].annotation
    scene = SafeScene.of(product, annotation.pixel_spacing_m)
    grid = annotation.geolocation
    columns = (grid.lines + 0.5, grid.pixels + 0.5, grid.longitudes_deg, grid.latitudes_deg)
    rows = np.column_stack([column.ravel() for column in (*columns, grid.heights_m)]).tolist()
    points = [GroundControlPoint(row=r, col=c, x=x, y=y, z=z) for r, c, x, y, z in rows]
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=len(product.channels), nodata=np.nan,
        width=annotation.pixels, height=annotation.lines, gcps=points, crs="EPSG:4326",
        interleave="band", bigtiff="IF_SAFER",
    ) as raster:  # fmt: skip
        for number, name in enumerate(scene.polarisations, start=1):
            for first in range(0, annotation.lines, CALIBRATED_ROWS):
                last = min(first + CALIBRATED_ROWS, annotation.lines)
                image = scene.read(name, slice(first, last)).image
                raster.write(
                    image, number, window=Window(0, first, annotation.pixels, last - first)
                )
    return path
