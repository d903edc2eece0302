"""Small scenes painted for tests: GeoTIFFs with control points, ice landward and water seaward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import Transformer
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from shapely import LineString, Polygon, box

from catalog.canonical import sha256_of_file
from catalog.items.scene import scene_to_item
from catalog.scene import Scene
from catalog.shelf import Part
from catalog.store import CatalogStore
from pipeline.geometry.footprint import footprint

Axis = npt.NDArray[np.float64]
Ground = Callable[[Axis, Axis], tuple[Axis, Axis]]
Image = npt.NDArray[np.float32]

ICE_DB, WATER_DB = -6.0, -17.0
MOMENT = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)

# A part of 24 x 20 km at about 71 S, landward at the bottom, sea at the top.
WEST, SOUTH, WIDTH_M, DEPTH_M = 100_000.0, 2_000_000.0, 24_000.0, 20_000.0
REGION = box(WEST, SOUTH, WEST + WIDTH_M, SOUTH + DEPTH_M)
REFERENCE = LineString([(WEST, SOUTH), (WEST + WIDTH_M, SOUTH)])
PART = Part("Testshelf", "Testshelf", REGION, REFERENCE, is_approximate=False)


def write_scene(
    path: Path,
    sigma0: Image,
    ground: Ground,
    *,
    crs: str = "EPSG:3031",
    descriptions: tuple[str, ...] | None = None,
    points_per_side: int = 6,
) -> Path:
    """A float32 GeoTIFF, striped, with control points in EPSG:4326; `ground(row, column)` in `crs`.

    (0, 0) is the outer corner of the first pixel.
    """
    count, height, width = sigma0.shape
    row, column = (
        axis.ravel()
        for axis in np.meshgrid(
            np.linspace(0, height, points_per_side),
            np.linspace(0, width, points_per_side),
            indexing="ij",
        )
    )
    lonlat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*ground(row, column))
    points = [
        GroundControlPoint(row=r, col=c, x=x, y=y, id=str(i))
        for i, (r, c, x, y) in enumerate(zip(row, column, *lonlat, strict=True))
    ]
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=count, height=height, width=width,
        gcps=points, crs=CRS.from_epsg(4326),
    ) as raster:  # fmt: skip
        raster.write(sigma0)
        if descriptions:
            raster.descriptions = descriptions
    return path


def paint_shelf(
    part: Part, front_m: float, *, pixel_m: float = 80.0, margin_m: float = 2_000.0, seed: int = 1
) -> tuple[Image, Ground, Polygon]:
    """HH backscatter of a part whose front lies `front_m` seaward of its reference; no turning.

    Returns linear sigma0 (1, rows, columns), its ground and its outline.
    """
    west, south, east, north = part.region.buffer(margin_m, join_style="mitre").bounds
    rows, columns = round((north - south) / pixel_m), round((east - west) / pixel_m)
    x = west + (np.arange(columns) + 0.5)[None, :] * pixel_m
    y = north - (np.arange(rows) + 0.5)[:, None] * pixel_m
    is_ice = _seaward_m(part, x, y) < front_m
    speckle = np.random.default_rng(seed).gamma(10.0, 1 / 10.0, is_ice.shape)
    sigma0 = 10 ** (np.where(is_ice, ICE_DB, WATER_DB) / 10) * speckle

    def ground(row: Axis, column: Axis) -> tuple[Axis, Axis]:
        return west + column * pixel_m, north - row * pixel_m

    return sigma0.astype(np.float32)[None], ground, box(west, south, east, north)


def record_scene(
    store: CatalogStore,
    folder: Path,
    front_m: float,
    moment: datetime = MOMENT,
    part: Part = PART,
    content: bytes | None = None,
    pixel_m: float = 80.0,
) -> Scene:
    """A painted scene (or `content` instead of its file) on record as simulated."""
    sigma0, ground, outline = paint_shelf(part, front_m, seed=moment.toordinal(), pixel_m=pixel_m)
    path = folder / "scene.tif"
    path.unlink(missing_ok=True)
    write_scene(path, sigma0, ground, descriptions=("HH",))
    if content is not None:
        path.write_bytes(content)
    stored = store.objects.put_file(path)
    scene = Scene(
        id=f"SIM_EW_GRDM_1SSH_{moment:%Y%m%dT%H%M%S}_{part.name}",
        platform="simulated",
        mode="EW",
        product_type="GRDM",
        polarisations=("HH",),
        start=moment,
        end=moment,
        footprint=footprint(outline.segmentize(5_000.0)),
        sha256=sha256_of_file(path),
        size_bytes=stored.size_bytes,
        href=stored.href,
        simulated=True,
    )
    store.record_items([scene_to_item(scene)])
    return scene


def _seaward_m(part: Part, x: Axis, y: Axis) -> Axis:
    """How far points lie from the line through the ends of the reference, towards the sea."""
    (x0, y0), (x1, y1) = part.reference.coords[0], part.reference.coords[-1]
    length = np.hypot(x1 - x0, y1 - y0)
    middle = part.region.centroid
    to_middle = (middle.y - y0) * (x1 - x0) - (middle.x - x0) * (y1 - y0)
    side = np.sign(to_middle) / length
    return np.asarray(side * ((y - y0) * (x1 - x0) - (x - x0) * (y1 - y0)))
