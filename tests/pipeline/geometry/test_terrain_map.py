from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from scipy.ndimage import gaussian_filter

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import BlockwiseMap, bounds_of, footprint, pixel_blocks
from pipeline.geometry.heights import ConstantHeight, GeoidHeight, SurfaceHeight
from pipeline.geometry.range_doppler import RadarGeometry
from pipeline.geometry.relief import Relief
from pipeline.geometry.terrain_map import RangeDopplerMap
from pipeline.grid import Bounds, Grid
from pipeline.safe.annotation import Annotation
from tests.conftest import shared_folder
from tests.pipeline.annotations import Floats, grid_points, real_annotation, turned_south

CRS = "EPSG:3031"
PIXEL_M = 40.0


class RoughSurface:
    """Hills of 300 m over an area, some of them steep."""

    def __init__(self, bounds: Bounds, step_m: float = 250.0) -> None:
        west, south, east, north = bounds
        shape = (int((north - south) / step_m) + 2, int((east - west) / step_m) + 2)
        hills = gaussian_filter(np.random.default_rng(7).standard_normal(shape), 4)
        heights = (1_000.0 + 300.0 * hills / hills.std()).astype(np.float32)
        self.relief = Relief(heights, west, north, step_m)
        self.description: Mapping[str, str] = {}

    def at(self, ground: Floats) -> Floats:
        return self.relief.at(ground)


def southern(shared_data: Path | None = None) -> Annotation:
    return turned_south(real_annotation(shared_data or shared_folder("data")))


def whole_grid(pixels: RangeDopplerMap) -> Grid:
    annotation = pixels.geometry.annotation
    rows, columns = pixels.multilook
    border = footprint(pixels, annotation.pixels // columns, annotation.lines // rows)
    return Grid.around(bounds_of(border), CRS, PIXEL_M)


def part(grid: Grid, row: int, column: int, side: int = 200) -> Grid:
    return grid.cut(slice(row, row + side), slice(column, column + side))


def dense(pixels: RangeDopplerMap, grid: Grid) -> Floats:
    """Every pixel by itself, (2, rows, columns)."""
    ground = np.stack(np.meshgrid(grid.column_x, grid.row_y), axis=-1).reshape(-1, 2)
    return pixels.to_pixels(ground).T.reshape(2, grid.height, grid.width)


def away_from_switches(pixels: RangeDopplerMap, rows: Floats) -> np.ndarray:
    """Not within a hundredth of a line from where another polynomial takes over."""
    lines = rows * pixels.multilook[0] - 0.5
    ground_range = pixels.geometry.ground_range
    before, after = ground_range.of_line(lines - 0.02), ground_range.of_line(lines + 0.02)
    return np.asarray(before == after)


def errors_m(pixels: RangeDopplerMap, grid: Grid) -> Floats:
    """Between interpolated and dense positions, where these lie in the image, in metres."""
    exact = dense(pixels, grid)
    (found,) = (block for _, block in pixel_blocks(pixels, grid, grid.height))
    annotation = pixels.geometry.annotation
    looks = np.array(pixels.multilook[::-1])[:, None, None]
    size = np.array([annotation.pixels, annotation.lines])[:, None, None] / looks
    counts = ((exact > 0) & (exact < size)).all(axis=0) & away_from_switches(pixels, exact[1])
    apart = (found - exact) * looks * annotation.pixel_spacing_m
    return np.asarray(np.hypot(*apart)[counts])


def surfaces(bounds: Bounds) -> dict[str, SurfaceHeight]:
    return {"sea": GeoidHeight(CRS), "rough": RoughSurface(bounds)}


@pytest.mark.parametrize(("name", "multilook"), [("sea", (1, 1)), ("rough", (4, 3))])
def test_interpolated_positions_are_within_a_metre_of_dense_ones(
    shared_data: Path, name: str, multilook: tuple[int, int]
) -> None:
    annotation = southern(shared_data)
    bounds = whole_grid(RangeDopplerMap(annotation, CRS, ConstantHeight(0.0))).bounds
    pixels = RangeDopplerMap(annotation, CRS, surfaces(bounds)[name], multilook)
    grid = whole_grid(pixels)
    starts = [(r, c) for r in range(0, grid.height, 2_000) for c in range(0, grid.width, 2_000)]
    errors = np.concatenate([errors_m(pixels, part(grid, *start, side=50)) for start in starts])
    assert errors.size > 40_000
    assert errors.max() < 1.0
    assert np.median(errors) < 0.2


def test_the_grid_of_esa_is_met_through_the_map(shared_data: Path) -> None:
    annotation = southern(shared_data)
    image, lonlat, heights = grid_points(annotation)
    level = np.abs(heights) < 0.01
    to_map = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
    ground = np.column_stack(to_map.transform(*lonlat[level].T))
    found = RangeDopplerMap(annotation, CRS, ConstantHeight(0.0)).to_pixels(ground)
    assert level.sum() > 400
    assert found == pytest.approx(image[level][:, ::-1] + 0.5, abs=0.002)


@pytest.mark.parametrize("multilook", [(1, 1), (2, 2), (5, 3)])
def test_the_images_corner_is_the_corner_at_every_number_of_looks(
    shared_data: Path, multilook: tuple[int, int]
) -> None:
    annotation = southern(shared_data)
    corner = RangeDopplerMap(annotation, CRS, ConstantHeight(0.0)).to_ground(
        np.array([[0.0, 0.0], [600.0, 900.0]])
    )
    found = RangeDopplerMap(annotation, CRS, ConstantHeight(0.0), multilook).to_pixels(corner)
    rows, columns = multilook
    expected = [[0.0, 0.0], [600.0 / columns, 900.0 / rows]]
    assert found == pytest.approx(np.array(expected), abs=1e-3)


@settings(max_examples=20)
@given(column=st.floats(1.0, 10_486.0), row=st.floats(1.0, 10_707.0))
def test_to_the_sea_and_back_ends_at_the_same_pixel(column: float, row: float) -> None:
    pixels = RangeDopplerMap(southern(), CRS, GeoidHeight(CRS, 35.0))
    if abs(row % 1.0) > 1e-3:  # between two lines either polynomial may be chosen
        there = pixels.to_ground(np.array([[column, row]]))
        assert pixels.to_pixels(there) == pytest.approx(np.array([[column, row]]), abs=0.01)


def test_blocks_of_the_image_are_those_of_the_grid_without_what_lies_outside(
    shared_data: Path,
) -> None:
    annotation = southern(shared_data)
    pixels = RangeDopplerMap(annotation, CRS, GeoidHeight(CRS))
    grid = whole_grid(pixels)
    coarse = Grid(CRS, grid.west, grid.north, 400.0, grid.width // 10, grid.height // 10)
    everything = np.concatenate([block for _, block in pixel_blocks(pixels, coarse, 64)], axis=1)
    seen = np.zeros(everything.shape[1:], dtype=np.bool_)
    for block in pixels.image_blocks(coarse, 64):
        _, rows, columns = block.positions.shape
        window = np.s_[block.row : block.row + rows, block.column : block.column + columns]
        assert np.array_equal(everything[(slice(None), *window)], block.positions)
        seen[window] = True
    column, row = everything
    inside = (column > 0) & (column < annotation.pixels) & (row > 0) & (row < annotation.lines)
    assert inside.mean() > 0.4
    assert not (inside & ~seen).any()
    assert seen.mean() < inside.mean() + 0.15


def test_each_pixel_counts_with_its_own_height(shared_data: Path) -> None:
    annotation = southern(shared_data)
    flat = RangeDopplerMap(annotation, CRS, ConstantHeight(0.0))
    grid = part(whole_grid(flat), 6_000, 7_000, side=120)
    tower = np.zeros((grid.height, grid.width), dtype=np.float32)
    tower[50, 60] = 80.0  # far smaller than the lattice

    class Tower:
        relief = Relief(tower, float(grid.column_x[0]), float(grid.row_y[0]), PIXEL_M)
        description: Mapping[str, str] = {}

        def at(self, ground: Floats) -> Floats:
            return self.relief.at(ground)

    ((_, raised),) = pixel_blocks(RangeDopplerMap(annotation, CRS, Tower()), grid, 120)
    ((_, level),) = pixel_blocks(flat, grid, 120)
    moved = np.hypot(*(raised - level))
    assert np.argwhere(moved > 0.05).tolist() == [[50, 60]]
    exact = dense(RangeDopplerMap(annotation, CRS, Tower()), grid)
    assert raised[:, 50, 60] == pytest.approx(exact[:, 50, 60], abs=0.02)
    assert raised[0, 50, 60] < level[0, 50, 60]  # towards the radar


def test_ignoring_50_m_of_height_moves_the_map_by_some_70_m(shared_data: Path) -> None:
    annotation = southern(shared_data)
    places = grid_points(annotation)[0][:, ::-1] + 0.5
    low, high = (
        RangeDopplerMap(annotation, CRS, ConstantHeight(height)).to_ground(places)
        for height in (0.0, 50.0)
    )
    assert 65.0 < np.median(np.hypot(*(high - low).T)) < 80.0


def test_it_serves_pixel_blocks_by_its_own_way(shared_data: Path) -> None:
    pixels = RangeDopplerMap(southern(shared_data), CRS, ConstantHeight(0.0))
    assert isinstance(pixels, BlockwiseMap)
    blocks = list(pixel_blocks(pixels, part(whole_grid(pixels), 5_000, 5_000, 130), 50))
    assert [(first, block.shape) for first, block in blocks] == [
        (0, (2, 50, 130)),
        (50, (2, 50, 130)),
        (100, (2, 30, 130)),
    ]


def test_a_system_that_is_not_in_metres_is_refused(shared_data: Path) -> None:
    with pytest.raises(SceneError, match="not a map projection in metres"):
        RangeDopplerMap(southern(shared_data), "EPSG:4326", ConstantHeight(0.0))


def test_a_northern_scene_over_the_bundled_geoid_says_what_to_do(shared_data: Path) -> None:
    north = real_annotation(shared_data)
    pixels = RangeDopplerMap(north, "EPSG:3413", GeoidHeight("EPSG:3413"))
    with pytest.raises(SceneError, match="north of 55°S"):
        pixels.to_ground(np.array([[10.0, 10.0]]))
    assert RadarGeometry(north).annotation is north
