"""Prepare: a scene in radar geometry becomes backscatter in dB on the shared map grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import PixelMap, Points, bounds_of, footprint, pixel_blocks
from pipeline.geometry.surface_choice import MEAN_SEA, SurfaceChoice
from pipeline.geometry.terrain_map import RangeDopplerMap
from pipeline.grid import Bounds, Grid, common_bounds
from pipeline.safe.open import open_product
from pipeline.scenes.geotiff_scene import GeoTiffScene
from pipeline.scenes.measurement import FETCH_AGAIN
from pipeline.scenes.resampling import decibels, resample
from pipeline.scenes.safe_scene import STANDARD, Radiometry, SafeScene
from pipeline.scenes.source import Band, Placed, SceneSource

BLOCK_ROWS = 64  # positions of a strip then take 13 MB, and memory is used again
LARGEST_SIDE_M = 2_000_000.0  # an EW scene is 400 km wide; more means wrong control points
LARGEST_IMAGES_BYTES = 300 << 20  # of polarisations that share one pass over the map
MARGIN_ROWS = 128  # of the image, for what lies between the points asked
SAMPLES = 65


@dataclass(frozen=True, slots=True)
class PreparedScene:
    """A geocoded scene.

    `sigma0_db` has shape (polarisations, height, width), float32, NaN where there is no data.
    `footprint` is the border of the whole scene in the grid's system, shape (n, 2). `account` says
    in plain values how it was made, for the lineage (gamma0, where asked for, is said there).
    """

    grid: Grid
    polarisations: tuple[str, ...]
    sigma0_db: npt.NDArray[np.float32]
    footprint: Points
    account: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is asked for. `radiometry` and `surface` concern SAFE products alone.

    `polarisations` names the bands where a GeoTIFF does not; `wanted` chooses and orders those of
    the result (None: all); `within` (in `crs`) cuts it to what is needed.
    """

    crs: str
    pixel_size_m: float
    polarisations: tuple[str, ...] = ()
    wanted: tuple[str, ...] | None = None
    within: Bounds | None = None
    radiometry: Radiometry = STANDARD
    surface: SurfaceChoice = MEAN_SEA


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Rows of the map from `row`, columns from `column` on, in dB, of one polarisation.

    What no strip covers has no data. `account` is that of the polarisation.
    """

    polarisation: str
    row: int
    column: int
    sigma0_db: npt.NDArray[np.float32]
    account: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedScene:
    """A scene whose grid is known and whose pixels are not read yet."""

    path: Path
    source: SceneSource
    placed: Placed
    grid: Grid
    polarisations: tuple[str, ...]
    footprint: Points

    def strips(self) -> Iterator[Strip]:
        """Block by block of rows, all of one polarisation after the other or, where their images
        fit in memory together, in turn; raises SceneError."""
        with _naming(self.path):
            rows = _rows_needed(self.placed.pixels, self.grid, self.source.height)
            for group in self._groups(rows):
                bands = {name: self.source.read(name, rows) for name in group}
                yield from _geocoded(bands, self.placed.pixels, self.grid)
                del bands  # before the next is read: an EW image is 0.45 GB

    def account(self, bands: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """How the whole was made; `bands` are the accounts of the polarisations."""
        said = {**self.source.account, **self.placed.account, "polarisations": dict(bands)}
        return said | {
            "degradations": [*self.source.degradations, *self.placed.degradations],
        }

    def _groups(self, rows: slice) -> list[tuple[str, ...]]:
        band_bytes = (rows.stop - rows.start) * self.source.width * 4
        if band_bytes * len(self.polarisations) <= LARGEST_IMAGES_BYTES:
            return [self.polarisations]
        return [(name,) for name in self.polarisations]


def prepare_scene(
    path: Path,
    *,
    crs: str,
    pixel_size_m: float,
    polarisations: tuple[str, ...] = (),
    wanted: tuple[str, ...] | None = None,
    within: Bounds | None = None,
    radiometry: Radiometry = STANDARD,
    surface: SurfaceChoice = MEAN_SEA,
) -> PreparedScene:
    """Geocode `path` in memory; raises SceneError. The arguments are those of `Preparation`."""
    return prepared_in_memory(
        place_scene(
            path,
            Preparation(crs, pixel_size_m, polarisations, wanted, within, radiometry, surface),
        )
    )


def prepared_in_memory(scene: PlacedScene) -> PreparedScene:
    """All of a scene's pixels; raises SceneError."""
    names, grid = scene.polarisations, scene.grid
    sigma0_db = np.full((len(names), grid.height, grid.width), np.nan, dtype=np.float32)
    accounts = {}
    for strip in scene.strips():
        rows, columns = strip.sigma0_db.shape
        band = sigma0_db[names.index(strip.polarisation)]
        band[strip.row : strip.row + rows, strip.column : strip.column + columns] = strip.sigma0_db
        accounts[strip.polarisation] = strip.account
    if np.isnan(sigma0_db).all():
        raise holds_no_data(scene.path)
    return PreparedScene(grid, names, sigma0_db, scene.footprint, scene.account(accounts))


def holds_no_data(path: Path) -> SceneError:
    return SceneError("holds no data: every pixel is zero or not a number.", where=path)


def place_scene(path: Path, asked: Preparation) -> PlacedScene:
    """Open `path` and lay the grid; raises SceneError."""
    with _naming(path):
        source = _open(path, asked)
        chosen = _chosen(source, asked.wanted)
        placed = source.place(asked.crs, asked.within)
        border = footprint(placed.pixels, source.width, source.height)
        grid = Grid.around(_extent(border, asked.within), asked.crs, asked.pixel_size_m)
    return PlacedScene(path, source, placed, grid, chosen, border)


def polarisations_in(path: Path, stated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What a scene offers, before it is placed; raises SceneError."""
    if is_product(path):
        return open_product(path).polarisations
    return GeoTiffScene.of(path, stated).polarisations


def is_product(path: Path) -> bool:
    """Whether `path` is to be read as a SAFE product rather than as a raster."""
    return path.is_dir() or path.suffix.lower() == ".zip"


def _open(path: Path, asked: Preparation) -> SceneSource:
    if is_product(path):
        return SafeScene.of(open_product(path), asked.pixel_size_m, asked.radiometry, asked.surface)
    return GeoTiffScene.of(path, asked.polarisations)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors that name no place name the scene."""
    try:
        yield
    except SceneError as error:
        raise SceneError(error.fault, where=error.where or path, remedy=error.remedy) from error


def _geocoded(bands: Mapping[str, Band], pixels: PixelMap, grid: Grid) -> Iterator[Strip]:
    for row, column, positions in _positions(pixels, grid):
        for name, band in bands.items():
            block = decibels(resample(band.image, positions, band.first_row))
            yield Strip(name, row, column, block, band.account)


def _positions(pixels: PixelMap, grid: Grid) -> Iterator[tuple[int, int, npt.NDArray[np.float64]]]:
    """First row and column of windows of the grid with their positions in the scene."""
    if isinstance(pixels, RangeDopplerMap):
        for block in pixels.image_blocks(grid, BLOCK_ROWS):
            yield block.row, block.column, block.positions
    else:
        for row, positions in pixel_blocks(pixels, grid, BLOCK_ROWS):
            yield row, 0, positions


def _rows_needed(pixels: PixelMap, grid: Grid, height: int) -> slice:
    """The rows of the scene that the grid may ask for."""
    west, south, east, north = grid.bounds
    x, y = np.meshgrid(np.linspace(west, east, SAMPLES), np.linspace(south, north, SAMPLES))
    rows = pixels.to_pixels(np.column_stack((x.ravel(), y.ravel())))[:, 1]
    first, last = np.nanmin(rows) - MARGIN_ROWS, np.nanmax(rows) + MARGIN_ROWS
    return slice(int(np.clip(first, 0, height)), int(np.clip(np.ceil(last), 0, height)))


def _chosen(source: SceneSource, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    if wanted is not None and not set(wanted) <= set(source.polarisations):
        has, needs = "+".join(source.polarisations), "+".join(wanted)
        lost = source.degradations
        raise SceneError(
            " ".join([f"has {has}, but the model needs {needs}.", *lost]),
            remedy=FETCH_AGAIN if lost else "Choose another model with --weights.",
        )
    return source.polarisations if wanted is None else wanted


def _extent(border: Points, within: Bounds | None) -> Bounds:
    if not np.isfinite(border).all():
        raise SceneError("its border cannot be placed on the ground.")
    extent = bounds_of(border)
    if max(extent[2] - extent[0], extent[3] - extent[1]) > LARGEST_SIDE_M:
        raise SceneError(
            f"would be more than {LARGEST_SIDE_M / 1000:.0f} km wide: its points are wrong.",
            remedy="Use the GRD product as delivered.",
        )
    common = extent if within is None else common_bounds(extent, within)
    if common is None:
        raise SceneError("lies outside of what is to be mapped.")
    return common
