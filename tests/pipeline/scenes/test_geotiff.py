from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.errors import SceneError
from pipeline.geometry.geocoding import AffinePlacement, ControlPoints
from pipeline.scenes.geotiff import open_scene, read_sigma0
from tests.pipeline.painted_scenes import PART, paint_shelf, write_scene

REAL_SCENE = "sentinel1/S1A_EW_GRDM_1SDH_20161005T142446.tif"


def scene_file(folder: Path, bands: int = 1, **options: object) -> Path:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    name = str(options.pop("name", "scene.tif"))
    stacked = np.repeat(sigma0, bands, axis=0)
    return write_scene(folder / name, stacked, ground, **options)  # type: ignore[arg-type]


def test_the_polarisation_is_what_the_bands_are_called(tmp_path: Path) -> None:
    scene = open_scene(scene_file(tmp_path, bands=2, descriptions=("HH", "HV")))
    assert scene.polarisations == ("HH", "HV")
    assert isinstance(scene.placement, ControlPoints)
    assert scene.placement.pixels.shape == (36, 2)


def test_a_product_name_states_the_polarisation_when_it_fits_the_bands(tmp_path: Path) -> None:
    path = scene_file(tmp_path, name="S1A_EW_GRDM_1SSH_20161005T142446.tif")
    assert open_scene(path).polarisations == ("HH",)


def test_a_polarisation_that_is_not_stated_has_to_be_given(tmp_path: Path) -> None:
    path = scene_file(tmp_path)
    with pytest.raises(SceneError, match=r"does not state its polarisation.*--polarisation HH"):
        open_scene(path)
    assert open_scene(path, ("HV",)).polarisations == ("HV",)


def test_one_band_under_a_name_of_two_polarisations_states_none(tmp_path: Path) -> None:
    path = scene_file(tmp_path, name="S1A_EW_GRDM_1SDH_20161005T142446.tif")
    with pytest.raises(SceneError, match="does not state its polarisation"):
        open_scene(path)


def test_a_word_that_is_no_polarisation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="'HX' is no polarisation"):
        open_scene(scene_file(tmp_path), ("HX",))


def test_one_polarisation_for_two_bands_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="has 2 bands, but 1 polarisations"):
        open_scene(scene_file(tmp_path, bands=2), ("HH",))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"gone\.tif: there is no such file"):
        open_scene(tmp_path / "gone.tif", ("HH",))


def test_a_file_of_zero_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.tif"
    path.touch()
    with pytest.raises(SceneError, match=r"empty\.tif: the file is empty \(0 bytes\)"):
        open_scene(path, ("HH",))


def test_a_file_that_is_no_tiff_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.tif"
    path.write_text("this is no raster")
    with pytest.raises(SceneError, match=r"text\.tif: cannot be read as GeoTIFF"):
        open_scene(path, ("HH",))


@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_truncated_file_is_refused_when_it_is_read(tmp_path: Path, share: float) -> None:
    path = scene_file(tmp_path, descriptions=("HH",))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(SceneError, match=r"cannot be read as GeoTIFF .*Fetch the file again"):
        read_sigma0(open_scene(path), 1)


def test_a_file_without_any_position_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.tif"
    options = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": 8, "width": 8}
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(path, "w", **options) as raster,
    ):
        raster.write(np.ones((1, 8, 8), dtype=np.float32))
    with pytest.raises(SceneError, match="neither ground control points nor a map projection"):
        open_scene(path, ("HH",))


def test_a_file_on_a_map_grid_needs_no_control_points(tmp_path: Path) -> None:
    path = tmp_path / "mapped.tif"
    options = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": 8, "width": 8}
    transform = rasterio.Affine(40, 0, 1000, 0, -40, 2000)
    with rasterio.open(path, "w", crs="EPSG:3031", transform=transform, **options) as raster:
        raster.write(np.ones((1, 8, 8), dtype=np.float32))
    placement = open_scene(path, ("HH",)).placement
    assert isinstance(placement, AffinePlacement)
    assert placement.coefficients == (40, 0, 1000, 0, -40, 2000)


def test_digital_numbers_are_not_taken_for_backscatter(tmp_path: Path) -> None:
    path = tmp_path / "numbers.tif"
    options = {"driver": "GTiff", "dtype": "uint16", "count": 1, "height": 8, "width": 8}
    transform = rasterio.Affine(40, 0, 1000, 0, -40, 2000)
    with rasterio.open(path, "w", crs="EPSG:3031", transform=transform, **options) as raster:
        raster.write(np.ones((1, 8, 8), dtype=np.uint16))
    with pytest.raises(SceneError, match=r"holds uint16 numbers, not backscatter.*Calibrate"):
        open_scene(path, ("HH",))


def test_zero_negative_and_non_finite_values_are_no_data(tmp_path: Path) -> None:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    sigma0[0, 0, :4] = [0.0, -1.0, np.nan, np.inf]
    path = write_scene(tmp_path / "scene.tif", sigma0, ground, descriptions=("HH",))
    read = read_sigma0(open_scene(path), 1)
    assert np.isnan(read[0, :4]).all()
    assert np.array_equal(read[1:], sigma0[0, 1:])


def test_the_real_scene_states_no_polarisation_and_has_102_points(shared_data: Path) -> None:
    path = shared_data / REAL_SCENE
    with pytest.raises(SceneError, match="--polarisation HH"):
        open_scene(path)
    scene = open_scene(path, ("HH",))
    assert isinstance(scene.placement, ControlPoints)
    assert len(scene.placement.pixels) == 102
