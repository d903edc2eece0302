"""From known truth to a product in a zip file, and back through the preparation to the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import gaussian_filter
from shapely import Polygon

from pipeline.geometry.surface_choice import SHELF_FREEBOARD_M, SurfaceChoice
from pipeline.grid import Bounds, Grid
from pipeline.prepare import PreparedScene, prepare_scene
from pipeline.simulate.acquisition import Imaging
from pipeline.simulate.backscatter import Appearance
from pipeline.simulate.noise import rng_of
from pipeline.simulate.safe_product import write_safe
from pipeline.simulate.scenario import Conditions, SeaIce
from pipeline.simulate.scene import SimulatedScene, simulate_scenes
from pipeline.simulate.scenery import Scenery
from pipeline.simulate.surfaces import Surface
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario

CRS = "EPSG:3031"
RADIUS_M = 4_000.0
FINE = 8  # parts of a pixel in which a disc's edge is drawn
CALM = Conditions(melt=0.0, sea_ice=SeaIce.NONE, wind_db=0.0, polarisations=("HH",))

Image = npt.NDArray[np.float64]


def scene_of(imaging: Imaging, pass_number: int = 0) -> SimulatedScene:
    moment = NOON.replace(day=15 + pass_number)
    (scene,) = simulate_scenes(make_part(), moment, make_scenario(), SEED, imaging)
    return scene


def a_disc(scene: SimulatedScene) -> tuple[SimulatedScene, Polygon]:
    """The scene with a round shelf in calm water instead of what it shows."""
    disc = scene.frame.outline().centroid.buffer(RADIUS_M, quad_segs=64)
    smooth = Appearance(texture_gain=0.0)
    scenery = Scenery.of(scene.frame, disc, [], CALM, rng_of(1), smooth)
    ocean = scenery.ocean
    no_melange = replace(ocean.reach, nodes=np.full_like(ocean.reach.nodes, -9.0))
    bare = replace(ocean, reach=no_melange, bergs=np.zeros_like(ocean.bergs))
    return replace(scene, scenery=replace(scenery, ocean=bare)), disc


def prepared(
    scene: SimulatedScene,
    folder: Path,
    pixel_size_m: float = 40.0,
    freeboard_m: float = 0.0,
    within: Bounds | None = None,
) -> PreparedScene:
    written = write_safe(folder / "scene.zip", scene.channels())
    return prepare_scene(
        written.path,
        crs=CRS,
        pixel_size_m=pixel_size_m,
        within=within,
        surface=SurfaceChoice(freeboard_m=freeboard_m),
    )


def share_of(disc: Polygon, grid: Grid) -> Image:
    """How much of each pixel the disc covers."""
    fine = Grid(
        CRS, grid.west, grid.north, grid.pixel_size_m / FINE, grid.width * FINE, grid.height * FINE
    )
    parts = fine.covered_by(disc).reshape(grid.height, FINE, grid.width, FINE)
    return np.asarray(parts.mean(axis=(1, 3)))


def shift_m(image: PreparedScene, disc: Polygon) -> npt.NDArray[np.float64]:
    """By how much the disc in the image lies east and north of where it should.

    Least squares on brightness, with the disc's own gradient as what a shift adds: linear in the
    shift, so found twice, the second time from where the first has left.
    """
    grid, found = image.grid, np.zeros(2)
    power = 10.0 ** (image.sigma0_db[0].astype(np.float64) / 10.0)
    seen = np.isfinite(power)
    smooth = gaussian_filter(np.where(seen, power, np.nanmedian(power)), 1.5)
    for _ in range(3):
        moved = Polygon(np.asarray(disc.exterior.coords) + found)
        model = gaussian_filter(share_of(moved, grid), 1.5)
        down, right = np.gradient(model)
        near = (np.hypot(down, right) > 1e-3) & seen
        columns = [np.ones(near.sum()), model[near], -right[near], down[near]]
        _, height, east, north = np.linalg.lstsq(np.stack(columns, 1), smooth[near], rcond=None)[0]
        found = found + np.array([east, north]) / height * grid.pixel_size_m
    return found


@pytest.mark.parametrize("pass_number", [0, 1])
@pytest.mark.parametrize(("mode", "pixel_size_m"), [("EW", 40.0), ("IW", 40.0), ("IW", 10.0)])
def test_the_map_shows_the_truth_within_a_tenth_of_a_pixel(
    tmp_path: Path, mode: str, pixel_size_m: float, pass_number: int
) -> None:
    scene, disc = a_disc(scene_of(Imaging(mode), pass_number))
    west, south, east, north = disc.buffer(1_500.0).bounds
    image = prepared(scene, tmp_path, pixel_size_m, SHELF_FREEBOARD_M, (west, south, east, north))
    assert np.hypot(*shift_m(image, disc)) < 0.1 * max(pixel_size_m, 20.0)


def test_fifty_metres_of_height_left_out_move_an_image_as_steeply_as_it_is_seen(
    tmp_path: Path,
) -> None:
    scene, disc = a_disc(scene_of(Imaging(freeboard_m=50.0)))
    right = shift_m(prepared(scene, tmp_path, freeboard_m=50.0), disc)
    wrong = shift_m(prepared(scene, tmp_path, freeboard_m=0.0), disc)
    incidence = np.radians(scene.frame.incidence_deg()[0, scene.frame.columns // 2])
    assert np.hypot(*right) < 4.0
    assert np.hypot(*wrong) == pytest.approx(50.0 / np.tan(incidence), rel=0.05)


def test_on_the_map_each_surface_has_the_backscatter_that_was_simulated(tmp_path: Path) -> None:
    scene = scene_of(Imaging(polarisations=("HH",)))
    image = prepared(scene, tmp_path, freeboard_m=SHELF_FREEBOARD_M)
    x, y = np.meshgrid(image.grid.column_x, image.grid.row_y)
    row, column = (np.floor(axis) for axis in scene.frame.position(x.ravel(), y.ravel()))
    inside = (row > 0) & (row < scene.frame.rows - 1) & (column > 0)
    inside &= (column < scene.frame.columns - 1) & np.isfinite(image.sigma0_db[0].ravel())
    at = row[inside].astype(int), column[inside].astype(int)
    surfaces = scene.scenery.surfaces(slice(None))[at]
    simulated = scene.scenery.sigma0(slice(None), ("HH",))[0][at]
    measured = 10.0 ** (image.sigma0_db[0].ravel()[inside] / 10.0)
    for surface in (Surface.SHELF, Surface.OPEN_WATER):
        here = (surfaces == surface) & np.isfinite(simulated)
        ratio = measured[here].mean(dtype=np.float64) / simulated[here].mean(dtype=np.float64)
        assert abs(10 * np.log10(ratio)) < 0.1


def test_the_same_scene_makes_the_same_file_and_another_seed_another(tmp_path: Path) -> None:
    def content(name: str, seed: int) -> bytes:
        (scene,) = simulate_scenes(make_part(), NOON, make_scenario(), seed)
        return write_safe(tmp_path / f"{name}.zip", scene.channels()).path.read_bytes()

    assert content("one", SEED) == content("two", SEED)
    assert content("one", SEED) != content("three", SEED + 1)
