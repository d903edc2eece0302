from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import (
    AffinePlacement,
    ControlPoints,
    Points,
    SplineMap,
    bounds_of,
    footprint,
    pixel_blocks,
    pixel_map,
)
from pipeline.grid import Grid
from pipeline.scenes.geotiff import open_scene
from tests.pipeline.scenes.test_geotiff import REAL_SCENE

SIDE_PX = 1000.0


def lattice(steps: int = 8) -> Points:
    axis = np.linspace(0, SIDE_PX, steps)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def bent(pixels: Points, bend_m: float = 300.0, turn: float = 0.4) -> Points:
    """A radar image's ground: turned, mirrored and bent."""
    right, up = (pixels / SIDE_PX - 0.5).T * 40_000.0
    up = up + bend_m * np.sin(right / 12_000.0)
    x = 1_200_000 + np.cos(turn) * right + np.sin(turn) * up
    y = 800_000 + np.sin(turn) * right - np.cos(turn) * up
    return np.column_stack([x, y])


def points_at(lonlat: list[tuple[float, float]]) -> ControlPoints:
    pixels = np.array([(0, 0), (100, 0), (0, 100), (100, 100)], dtype=float)
    return ControlPoints(pixels, np.array(lonlat, dtype=float), "EPSG:4326")


ANTARCTIC = [(0.0, -71.0), (0.1, -71.0), (0.0, -71.04), (0.1, -71.04)]
ARCTIC = [(0.0, 86.0), (0.5, 86.0), (0.0, 86.04), (0.5, 86.04)]


def test_the_spline_passes_through_every_control_point() -> None:
    pixels = lattice()
    spline = SplineMap(pixels, bent(pixels))
    assert spline.to_pixels(bent(pixels)) == pytest.approx(pixels, abs=1e-4)
    assert spline.to_ground(pixels) == pytest.approx(bent(pixels), abs=1e-2)


def test_between_control_points_a_bent_image_is_right_to_a_fraction_of_a_pixel() -> None:
    spline = SplineMap(lattice(), bent(lattice()))
    between = lattice(23)
    error = np.hypot(*(spline.to_pixels(bent(between)) - between).T)
    assert error.max() < 0.2


@settings(max_examples=20, deadline=None)
@given(column=st.floats(0, SIDE_PX), row=st.floats(0, SIDE_PX))
def test_going_to_the_ground_and_back_ends_at_the_same_pixel(column: float, row: float) -> None:
    spline = SplineMap(lattice(), bent(lattice()))
    pixel = np.array([[column, row]])
    assert spline.to_pixels(spline.to_ground(pixel)) == pytest.approx(pixel, abs=0.1)


def test_blocks_interpolate_the_map_to_a_hundredth_of_a_pixel() -> None:
    spline = SplineMap(lattice(), bent(lattice()))
    grid = Grid.around((1_190_000, 790_000, 1_209_970, 805_050), "EPSG:3031", 40.0)
    blocks = np.concatenate([block for _, block in pixel_blocks(spline, grid, 100)], axis=1)
    assert blocks.shape == (2, grid.height, grid.width)
    ground = np.stack(np.meshgrid(grid.column_x, grid.row_y), axis=-1).reshape(-1, 2)
    exact = spline.to_pixels(ground).T.reshape(blocks.shape)
    assert np.abs(blocks - exact).max() < 0.01


def test_blocks_come_in_order_and_the_last_may_be_shorter() -> None:
    spline = SplineMap(lattice(), bent(lattice()))
    grid = Grid.around((1_190_000, 790_000, 1_200_000, 800_000), "EPSG:3031", 40.0)
    blocks = list(pixel_blocks(spline, grid, 100))
    assert [first for first, _ in blocks] == [0, 100, 200]
    assert [block.shape[1] for _, block in blocks] == [100, 100, 50]


def test_an_image_over_the_antimeridian_is_not_torn() -> None:
    ground = bent(lattice()) - [1_200_000, 2_100_000]  # around x = 0, y < 0
    to_lonlat = Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
    lonlat = np.column_stack(to_lonlat.transform(*ground.T))
    assert np.ptp(lonlat[:, 0]) > 300
    found = pixel_map(ControlPoints(lattice(), lonlat, "EPSG:4326"), "EPSG:3031")
    between = lattice(11)
    expected = bent(between) - [1_200_000, 2_100_000]
    assert np.hypot(*(found.to_ground(between) - expected).T).max() < 4.0


def test_a_scene_on_a_map_grid_is_placed_in_another_system() -> None:
    placement = AffinePlacement((40.0, 0.0, 500_000.0, 0.0, -40.0, 2_000_000.0), "EPSG:3031")
    found = pixel_map(placement, "EPSG:6932")
    pixels = np.array([[0.0, 0.0], [10.0, 20.0]])
    assert found.to_pixels(found.to_ground(pixels)) == pytest.approx(pixels, abs=1e-4)
    expected = Transformer.from_crs(3031, 6932, always_xy=True).transform(500_400, 1_999_200)
    assert found.to_ground(pixels)[1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("crs", "fault"),
    [
        ("EPSG:999999", "is no coordinate system"),
        ("nonsense", "is no coordinate system"),
        ("EPSG:4326", "not a map projection in metres"),
        ("EPSG:2222", "not a map projection in metres"),  # feet
    ],
)
def test_a_system_that_is_none_or_not_in_metres_is_refused(crs: str, fault: str) -> None:
    with pytest.raises(SceneError, match=fault):
        pixel_map(points_at(ANTARCTIC), crs)


def test_an_arctic_scene_does_not_fit_the_antarctic_system() -> None:
    with pytest.raises(SceneError, match=r"EPSG:3031 .* at 86\.0°N.*--crs EPSG:3413"):
        pixel_map(points_at(ARCTIC), "EPSG:3031")


def test_an_antarctic_scene_does_not_fit_the_arctic_system() -> None:
    with pytest.raises(SceneError, match=r"EPSG:3413 .* at 71\.0°S.*--crs EPSG:3031"):
        pixel_map(points_at(ANTARCTIC), "EPSG:3413")


def test_a_scene_beside_the_zone_of_its_system_is_refused() -> None:
    with pytest.raises(SceneError, match="cannot hold a scene"):
        pixel_map(points_at(ANTARCTIC), "EPSG:32758")


def test_control_points_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(SceneError, match="too few or not finite"):
        pixel_map(points_at([*ANTARCTIC[:3], (np.nan, -71.0)]), "EPSG:3031")


def test_three_control_points_are_too_few() -> None:
    points = ControlPoints(np.eye(3, 2) * 100, np.array(ANTARCTIC[:3]), "EPSG:4326")
    with pytest.raises(SceneError, match="its 3 ground control points are too few"):
        pixel_map(points, "EPSG:3031")


def test_control_points_off_the_globe_are_refused() -> None:
    with pytest.raises(SceneError, match="not on the globe"):
        pixel_map(points_at([*ANTARCTIC[:3], (0.0, -95.0)]), "EPSG:3031")


def test_control_points_on_one_line_are_refused() -> None:
    pixels = np.column_stack([np.arange(5.0), np.arange(5.0)]) * 100
    positions = np.column_stack([np.linspace(0, 1, 5), np.full(5, -71.0)])
    found = pixel_map(ControlPoints(pixels, positions, "EPSG:4326"), "EPSG:3031")
    with pytest.raises(SceneError, match="on one line or on top of each other"):
        found.to_ground(pixels)


def test_the_footprint_is_closed_and_goes_around_the_image() -> None:
    border = footprint(SplineMap(lattice(), bent(lattice())), 1000, 1000)
    assert np.array_equal(border[0], border[-1])
    west, south, east, north = bounds_of(border)
    assert 40_000 < east - west < 60_000
    assert 40_000 < north - south < 60_000


def test_leaving_out_a_control_point_of_the_real_scene_moves_it_by_decimetres(
    shared_data: Path,
) -> None:
    placement = open_scene(shared_data / REAL_SCENE, ("HH",)).placement
    assert isinstance(placement, ControlPoints)
    to_map = Transformer.from_crs("EPSG:4326", "EPSG:3413", always_xy=True)
    ground = np.column_stack(to_map.transform(*placement.positions.T))
    errors_m = []
    for left_out in range(0, len(ground), 7):
        kept = np.arange(len(ground)) != left_out
        spline = SplineMap(placement.pixels[kept], ground[kept])
        found = spline.to_pixels(ground[left_out : left_out + 1])[0]
        errors_m.append(40.0 * np.hypot(*(found - placement.pixels[left_out])))
    assert np.median(errors_m) < 1.0
