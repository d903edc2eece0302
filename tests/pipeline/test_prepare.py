from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.errors import SceneError
from pipeline.prepare import prepare_scene
from pipeline.scenes.resampling import resample
from tests.pipeline.painted_scenes import (
    ICE_DB,
    PART,
    SOUTH,
    WATER_DB,
    WEST,
    paint_shelf,
    write_scene,
)
from tests.pipeline.scenes.test_geotiff import REAL_SCENE

CRS = "EPSG:3031"
Axis = npt.NDArray[np.float64]


def shelf_file(folder: Path, front_m: float = 8_000.0, **options: object) -> Path:
    sigma0, ground, _ = paint_shelf(PART, front_m)
    descriptions = ("HH",)
    return write_scene(folder / "scene.tif", sigma0, ground, descriptions=descriptions, **options)  # type: ignore[arg-type]


def test_a_shelf_lands_where_it_lies(tmp_path: Path) -> None:
    scene = prepare_scene(shelf_file(tmp_path), crs=CRS, pixel_size_m=40.0)
    rows, columns = scene.grid.window((WEST, SOUTH + 7_000, WEST + 5_000, SOUTH + 9_000))
    ice, water = scene.sigma0_db[0, rows, columns][25:], scene.sigma0_db[0, rows, columns][:25]
    assert np.mean(ice) == pytest.approx(ICE_DB, abs=0.4)
    assert np.mean(water) == pytest.approx(WATER_DB, abs=0.4)


def test_values_are_placed_to_a_fraction_of_a_pixel(tmp_path: Path) -> None:
    rows, columns, pixel_m = 300, 280, 40.0
    turn = 0.3

    def ground(row: Axis, column: Axis) -> tuple[Axis, Axis]:
        x = WEST + (np.cos(turn) * column - np.sin(turn) * row) * pixel_m
        return x, SOUTH - (np.sin(turn) * column + np.cos(turn) * row) * pixel_m

    centres = np.meshgrid(np.arange(rows) + 0.5, np.arange(columns) + 0.5, indexing="ij")
    x, _ = ground(*centres)
    power = (1.0 + (x - WEST) / 10_000.0)[None].astype(np.float32)
    path = write_scene(tmp_path / "ramp.tif", power, ground, descriptions=("HH",))
    scene = prepare_scene(path, crs=CRS, pixel_size_m=pixel_m)
    found_x = (10 ** (scene.sigma0_db[0] / 10) - 1.0) * 10_000.0 + WEST
    error_m = np.abs(found_x - scene.grid.column_x[None])
    # Half a pixel along the border is held constant, for lack of a neighbour.
    assert np.nanpercentile(error_m, 95) < 2.0
    assert np.nanmax(error_m) < 25.0


def test_preparing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    path = shelf_file(tmp_path)
    first, second = (prepare_scene(path, crs=CRS, pixel_size_m=40.0) for _ in range(2))
    assert first.sigma0_db.tobytes() == second.sigma0_db.tobytes()


def test_what_lies_around_the_image_is_no_data(tmp_path: Path) -> None:
    path = shelf_file(tmp_path)
    wide = prepare_scene(path, crs="EPSG:6932", pixel_size_m=40.0)
    assert np.isnan(wide.sigma0_db[0, 0]).any()
    assert np.isfinite(wide.sigma0_db).mean() > 0.9


def test_only_what_is_needed_is_prepared(tmp_path: Path) -> None:
    path = shelf_file(tmp_path)
    whole = prepare_scene(path, crs=CRS, pixel_size_m=40.0)
    within = (WEST, SOUTH, WEST + 4_000, SOUTH + 4_000)
    cut = prepare_scene(path, crs=CRS, pixel_size_m=40.0, within=within)
    assert cut.sigma0_db.shape == (1, 100, 100)
    same = whole.sigma0_db[0][whole.grid.window(within)]
    assert np.allclose(cut.sigma0_db[0], same, atol=0.02, equal_nan=True)


def test_a_scene_beside_what_is_mapped_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="outside of what is to be mapped"):
        prepare_scene(shelf_file(tmp_path), crs=CRS, pixel_size_m=40.0, within=(0, 0, 1e4, 1e4))


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_scene_without_a_single_value_is_refused(tmp_path: Path, value: float) -> None:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    empty = np.full_like(sigma0, value)
    path = write_scene(tmp_path / "empty.tif", empty, ground, descriptions=("HH",))
    with pytest.raises(SceneError, match=r"empty\.tif: holds no data"):
        prepare_scene(path, crs=CRS, pixel_size_m=400.0)


def test_points_that_make_a_scene_absurdly_wide_are_refused(tmp_path: Path) -> None:
    sigma0, _, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    path = write_scene(
        tmp_path / "wide.tif",
        sigma0,
        lambda row, column: (column * 40_000.0 - 1e6, 2e6 - row * 40_000.0),
        descriptions=("HH",),
    )
    with pytest.raises(SceneError, match=r"wide\.tif: would be more than 2000 km wide"):
        prepare_scene(path, crs=CRS, pixel_size_m=400.0)


def test_errors_of_the_map_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"scene\.tif: EPSG:3413"):
        prepare_scene(shelf_file(tmp_path), crs="EPSG:3413", pixel_size_m=40.0)


def test_bands_are_chosen_by_name(tmp_path: Path) -> None:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    both = np.concatenate([sigma0, sigma0 / 10])
    path = write_scene(tmp_path / "dual.tif", both, ground, descriptions=("HH", "HV"))
    scene = prepare_scene(path, crs=CRS, pixel_size_m=400.0)
    only = prepare_scene(path, crs=CRS, pixel_size_m=400.0, wanted=("HV",))
    assert only.polarisations == ("HV",)
    assert np.array_equal(only.sigma0_db[0], scene.sigma0_db[1], equal_nan=True)
    assert np.nanmean(scene.sigma0_db[0] - scene.sigma0_db[1]) == pytest.approx(10.0, abs=0.01)


def test_a_band_that_is_not_there_cannot_be_wanted(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"has HH, but the model needs HH\+HV"):
        prepare_scene(shelf_file(tmp_path), crs=CRS, pixel_size_m=400.0, wanted=("HH", "HV"))


def test_missing_pixels_do_not_darken_their_neighbours() -> None:
    image = np.full((4, 4), 2.0, dtype=np.float32)
    image[:, 0] = np.nan
    beside = np.array([[1.3, 1.6], [2.0, 2.0]])  # (column, row): 0.8 and 1.1 columns from the edge
    values = resample(image, beside)
    assert values.tolist() == [2.0, 2.0]


def test_a_position_that_rests_on_missing_pixels_has_no_value() -> None:
    image = np.full((4, 4), 2.0, dtype=np.float32)
    image[:, :2] = np.nan
    positions = np.array([[1.9, 3.0, -5.0], [2.0, 2.0, 2.0]])
    assert np.isnan(resample(image, positions)).tolist() == [True, False, True]


def test_power_is_averaged_and_not_decibels() -> None:
    image = np.array([[1.0, 0.01]], dtype=np.float32)
    assert resample(image, np.array([[1.0], [0.5]]))[0] == pytest.approx(0.505)


def test_the_real_scene_covers_forty_kilometres_of_pack_ice(shared_data: Path) -> None:
    scene = prepare_scene(
        shared_data / REAL_SCENE, crs="EPSG:3413", pixel_size_m=40.0, polarisations=("HH",)
    )
    _, height, width = scene.sigma0_db.shape
    assert 1000 < height < 1250
    assert 1000 < width < 1250
    known = np.isfinite(scene.sigma0_db[0])
    assert 0.7 < known.mean() < 0.85  # the image is turned against the map
    assert -24 < np.median(scene.sigma0_db[0][known]) < -21
