"""How far a map is from the truth: bright points out of place, even tiles of wrong brightness."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.windows import Window

from benchmarks.preparation.contenders import Contender
from benchmarks.preparation.targets import CLEAR_M, POLARISATIONS, TargetScene
from benchmarks.preparation.task import Task
from pipeline.grid import Grid

Floats = npt.NDArray[np.float64]

SEARCH_M = 1_200.0  # around the place where a point should be
CENTROID_PX = 6  # 1.5 pixels is one sigma of a point
CENTROID_STEPS = 4
LEAST_CONTRAST = 5.0  # of a point's peak over its ground
CALM_M = CLEAR_M + 300.0  # from a point, where its ground ends
EDGE_M = 500.0  # of a tile, where maps that are off show its neighbour
FIT_STEPS = 7
EVERY_PX = 3  # of the map, for the mean of a tile
LEAST_PIXELS = 300


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """`metres` (n,) of the points, NaN where one was not found; `decibels` (m,) of the tiles."""

    metres: Floats
    decibels: Floats


def judge(scene: TargetScene, task: Task, contender: Contender) -> Errors:
    """Errors of what a contender has left in `task.output`, or beside it as `.npy`."""
    if task.output.with_suffix(".npy").exists():
        return Errors(np.empty(0), _in_radar_geometry(scene, task.output.with_suffix(".npy")))
    return _on_the_map(scene, task.output, contender)


def _on_the_map(scene: TargetScene, path: Path, contender: Contender) -> Errors:
    metres: list[float] = []
    decibels: list[float] = []
    with rasterio.open(path) as raster:
        image = _Map(raster, _grid_of(raster), contender.unit)
        places = scene.ground(scene.points)
        for tile, place in enumerate(places):
            if image.holds(place, SEARCH_M):
                metres.append(_off_by_m(image, place))
                decibels += _tile_errors(scene, tile, image, contender)
    return Errors(np.array(metres), np.array(decibels))


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    raster: Any
    grid: Grid
    unit: str

    def holds(self, place: Floats, margin_m: float) -> bool:
        west, south, east, north = self.grid.bounds
        x, y = place
        return bool(
            west + margin_m < x < east - margin_m and south + margin_m < y < north - margin_m
        )

    def power(self, band: int, rows: slice, columns: slice) -> Floats:
        """Linear power, NaN where there is no data."""
        upside_down = self.raster.transform.e > 0
        if upside_down:  # so sarsen writes its maps: the first row in the south
            rows = slice(self.grid.height - rows.stop, self.grid.height - rows.start)
        window = Window.from_slices(rows, columns)
        values = self.raster.read(band, window=window, masked=True).astype(np.float64)
        values = values[::-1] if upside_down else values
        values = values.filled(np.nan) * self.raster.scales[band - 1]
        return np.asarray(10.0 ** (values / 10.0) if self.unit == "dB" else values)


def _grid_of(raster: Any) -> Grid:
    """Its pixels, the north above."""
    west, _, _, north = raster.bounds
    top = max(north, raster.bounds[1])
    return Grid(str(raster.crs), west, top, raster.transform.a, raster.width, raster.height)


def _off_by_m(image: _Map, place: Floats) -> float:
    """Metres between a point's place and the centroid of its brightness over its ground."""
    x, y = place
    box = (x - SEARCH_M, y - SEARCH_M, x + SEARCH_M, y + SEARCH_M)
    rows, columns = image.grid.window(box)
    power = np.nan_to_num(image.power(1, rows, columns))
    ground = float(np.median(power))
    row, column = divmod(int(np.argmax(power)), power.shape[1])
    if power[row, column] < LEAST_CONTRAST * ground:
        return math.nan
    down, across = _centroid(power - ground, float(row), float(column))
    found = (image.grid.column_x[columns.start], image.grid.row_y[rows.start])
    pixel = image.grid.pixel_size_m
    return math.hypot(found[0] + across * pixel - x, found[1] - down * pixel - y)


def _centroid(power: Floats, row: float, column: float) -> tuple[float, float]:
    height, width = power.shape
    down, across = np.mgrid[:height, :width]
    for _ in range(CENTROID_STEPS):
        near = np.hypot(down - row, across - column) < CENTROID_PX
        weight = power[near] / power[near].sum()
        row, column = float(weight @ down[near]), float(weight @ across[near])
    return row, column


def _tile_errors(
    scene: TargetScene, tile: int, image: _Map, contender: Contender
) -> Iterator[float]:
    """Mean power over the even part of a tile against its truth, for each band, dB."""
    first, last, near, far = scene.tile_box(tile)
    corners = np.array([[first, near], [first, far], [last, far], [last, near]], dtype=np.float64)
    ground = scene.ground(corners - 0.5)
    box = (*ground.min(axis=0), *ground.max(axis=0))
    rows, columns = image.grid.window((box[0], box[1], box[2], box[3]))
    inside = _even_part(scene, tile, image.grid, rows, columns)
    factor = scene.brightness_to_sigma0(tile) if contender.quantity == "beta0" else 1.0
    for band, polarisation in enumerate(POLARISATIONS[: contender.bands], start=1):
        power = image.power(band, rows, columns)[::EVERY_PX, ::EVERY_PX][inside]
        power = power[np.isfinite(power)]
        if power.size >= LEAST_PIXELS:
            yield _decibels(power.mean() / (scene.level(tile, polarisation) * factor))


def _even_part(
    scene: TargetScene, tile: int, grid: Grid, rows: slice, columns: slice
) -> npt.NDArray[np.bool_]:
    """Which of every third pixel of a window lie in a tile, off its edges and its point.

    Over one tile the way from the ground to the image is a quadratic to a few metres.
    """
    first, last, near, far = scene.tile_box(tile)
    axes = np.linspace(first, last, FIT_STEPS), np.linspace(near, far, FIT_STEPS)
    known = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    ground = scene.ground(known)
    centre, scale = ground.mean(axis=0), np.ptp(ground, axis=0).max()
    terms, *_ = np.linalg.lstsq(_quadratic((ground - centre) / scale), known, rcond=None)
    x, y = np.meshgrid(grid.column_x[columns][::EVERY_PX], grid.row_y[rows][::EVERY_PX])
    places = (np.column_stack((x.ravel(), y.ravel())) - centre) / scale
    line, pixel = (_quadratic(places) @ terms).T.reshape(2, *x.shape)
    return _is_even(scene, tile, line, pixel)


def _is_even(scene: TargetScene, tile: int, line: Floats, pixel: Floats) -> npt.NDArray[np.bool_]:
    spacing_m = scene.annotation.pixel_spacing_m
    first, last, near, far = scene.tile_box(tile)
    edge, point = EDGE_M / spacing_m, scene.points[tile]
    inside = (line > first + edge) & (line < last - edge)
    inside &= (pixel > near + edge) & (pixel < far - edge)
    return np.asarray(inside & (np.hypot(line - point[0], pixel - point[1]) * spacing_m > CALM_M))


def _in_radar_geometry(scene: TargetScene, path: Path) -> Floats:
    image = np.load(path, mmap_mode="r")
    errors = []
    for tile in range(len(scene.points)):
        first, last, near, far = scene.tile_box(tile)
        if last <= len(image):
            line, pixel = np.mgrid[first:last, near:far].astype(np.float64)
            even = image[first:last, near:far][_is_even(scene, tile, line, pixel)]
            mean = float(np.nanmean(even, dtype=np.float64))
            errors.append(_decibels(mean / scene.level(tile, POLARISATIONS[0])))
    return np.array(errors)


def _quadratic(xy: Floats) -> Floats:
    x, y = xy.T
    return np.column_stack((np.ones_like(x), x, y, x * x, x * y, y * y))


def _decibels(ratio: float) -> float:
    return 10.0 * math.log10(ratio) if ratio > 0 else math.nan
