from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

from catalog.errors import SettingsError
from pipeline.errors import SceneError
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.prepare import PreparedScene
from pipeline.scenes.safe_scene import Radiometry
from pipeline.snap.preparation import prepare_scene_with_snap
from pipeline.snap.settings import SnapSettings
from tests.pipeline.snap import fake_gpt
from tests.pipeline.snap.elevation import write_dem
from tests.pipeline.snap.installation import PRODUCT, install_fake, make_product

CRS, PIXEL_M = "EPSG:3031", 40.0
WEST, NORTH = fake_gpt.FIRST_COLUMN * PIXEL_M, fake_gpt.FIRST_ROW * PIXEL_M
EAST, SOUTH = WEST + fake_gpt.COLUMNS * PIXEL_M, NORTH - fake_gpt.ROWS * PIXEL_M


@pytest.fixture
def snap(tmp_path: Path) -> SnapSettings:
    return SnapSettings(gpt=install_fake(tmp_path))


@pytest.fixture
def product(tmp_path: Path) -> Path:
    return make_product(tmp_path)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder, so that what is left in it can be seen."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def prepared(product: Path, snap: SnapSettings, **options: object) -> PreparedScene:
    return prepare_scene_with_snap(
        product,
        crs=CRS,
        pixel_size_m=PIXEL_M,
        settings=snap,
        **options,  # type: ignore[arg-type]
    )


def expected(polarisation: str) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    margin = fake_gpt.MARGIN
    values = fake_gpt.image(polarisation)[margin:-margin, margin:-margin]
    values[fake_gpt.WEAK] = -40.0  # the floor of our own chain
    return np.asarray(values)


def test_what_snap_wrote_becomes_a_prepared_scene(
    product: Path, snap: SnapSettings, scratch: Path
) -> None:
    scene = prepared(product, snap)
    assert scene.polarisations == ("HH", "HV")
    assert scene.grid.bounds == (WEST, SOUTH, EAST, NORTH)
    for index, polarisation in enumerate(scene.polarisations):
        np.testing.assert_allclose(scene.sigma0_db[index], expected(polarisation), atol=1e-5)
    assert scene.sigma0_db.dtype == np.float32
    corners = {(WEST, SOUTH), (WEST, NORTH), (EAST, SOUTH), (EAST, NORTH)}
    assert set(map(tuple, scene.footprint)) == corners
    assert scene.account["backend"] == "SNAP"
    assert scene.account["snap_version"] == "13.0.0"
    assert scene.account["shift_px"] is None
    assert not list(scratch.iterdir())


def test_polarisations_come_in_the_order_wanted(product: Path, snap: SnapSettings) -> None:
    scene = prepared(product, snap, wanted=("HV",))
    assert scene.polarisations == ("HV",)
    np.testing.assert_allclose(scene.sigma0_db[0], expected("HV"), atol=1e-5)


def test_only_what_is_needed_is_cut_out(product: Path, snap: SnapSettings) -> None:
    box = (WEST + 130, SOUTH + 90, WEST + 410, NORTH + 5_000)
    scene = prepared(product, snap, wanted=("HH",), within=box)
    assert scene.grid.bounds == (WEST + 120, SOUTH + 80, WEST + 440, NORTH)
    np.testing.assert_allclose(scene.sigma0_db[0], expected("HH")[:-2, 3:11], atol=1e-5)
    with pytest.raises(SceneError, match="lies outside"):
        prepared(product, snap, within=(EAST + 1_000, SOUTH, EAST + 2_000, NORTH))


def test_a_grid_between_ours_is_interpolated_as_power(
    product: Path, snap: SnapSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GPT", "half a pixel")
    scene = prepared(product, snap, wanted=("HH",))
    # Half a pixel east and north: every pixel of ours is the mean of four of SNAP's.
    assert scene.grid.bounds == (WEST, SOUTH, EAST + PIXEL_M, NORTH + PIXEL_M)
    power = 10 ** (expected("HH") / 10)
    mean = (power[:-1, :-1] + power[:-1, 1:] + power[1:, :-1] + power[1:, 1:]) / 4
    np.testing.assert_allclose(scene.sigma0_db[0, 1:-1, 1:-1], 10 * np.log10(mean), atol=1e-5)
    assert np.abs(scene.account["shift_px"]) == pytest.approx([0.5, 0.5])


FAULTS = [
    ("fails", r"gpt ended with 3;(?s:.*)Java heap space"),
    ("writes nothing", "did not write HH.tif"),
    ("garbage", "HH.tif is no GeoTIFF"),
    ("two bands", "HH.tif has 2 bands, not one"),
    ("integers", "HH.tif holds int16, not decibels"),
    ("wrong system", "HH.tif is not in EPSG:3031"),
    ("no system", "HH.tif names no map projection"),
    ("coarse", "has pixels of 80 x 80, not of 40 m"),
    ("empty", "HH.tif holds no data"),
]


@pytest.mark.parametrize(("behaviour", "fault"), FAULTS)
def test_what_is_wrong_is_said_of_the_scene_and_nothing_is_left(
    behaviour: str,
    fault: str,
    product: Path,
    snap: SnapSettings,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAKE_GPT", behaviour)
    with pytest.raises(SceneError, match=fault) as caught:
        prepared(product, snap)
    assert caught.value.where == str(product)
    assert not list(scratch.iterdir())


def test_a_hanging_gpt_leaves_nothing_half(
    product: Path, snap: SnapSettings, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GPT", "hangs")
    monkeypatch.setenv("FAKE_GPT_CHILD", str(product / "child"))
    with pytest.raises(SceneError, match="stopped after 5 s"):
        prepared(product, snap.model_copy(update={"time_limit_s": 5.0}))
    assert not list(scratch.iterdir())


def test_a_product_under_another_name_is_given_to_snap_under_its_own(
    tmp_path: Path, snap: SnapSettings, shared_data: Path
) -> None:
    archive = shared_data / "sentinel1/stactools_EW_GRDM_SAFE.tar.xz"
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    [product] = tmp_path.glob("*/S1A_EW_*")
    zipped = shutil.make_archive(str(tmp_path / "p"), "zip", product.parent, product.name)
    kept = Path(zipped).rename(tmp_path / "9f86d081")
    assert prepared(kept, snap).polarisations == ("HH", "HV")


def test_what_is_no_product_is_refused_before_snap_starts(
    tmp_path: Path, snap: SnapSettings
) -> None:
    with pytest.raises(SceneError, match=r"scene\.SAFE"):
        prepared(make_product(tmp_path, "scene.SAFE"), snap)


def test_a_product_without_a_name_is_refused(
    tmp_path: Path, snap: SnapSettings, shared_data: Path
) -> None:
    with tarfile.open(shared_data / "sentinel1/stactools_EW_GRDM_SAFE.tar.xz") as files:
        files.extractall(tmp_path, filter="data")
    [product] = tmp_path.glob("*/S1A_EW_*")
    with pytest.raises(SceneError, match="is not named like a product"):
        prepared(product.rename(tmp_path / "nameless"), snap)


def test_a_polarisation_that_was_not_sent_is_refused(product: Path, snap: SnapSettings) -> None:
    with pytest.raises(SceneError, match=r"has HH\+HV, but the model needs VV"):
        prepared(product, snap, wanted=("VV",))


def test_a_folder_without_a_manifest_is_refused(product: Path, snap: SnapSettings) -> None:
    (product / "manifest.safe").unlink()
    with pytest.raises(SceneError, match=r"manifest\.safe: there is no such file"):
        prepared(product, snap)


def test_a_zip_file_goes_to_snap_as_it_is(tmp_path: Path, snap: SnapSettings) -> None:
    archive = tmp_path / PRODUCT.replace(".SAFE", ".zip")
    archive.write_bytes(b"PK")
    assert prepared(archive, snap, wanted=("HH",)).polarisations == ("HH",)


@pytest.mark.parametrize(
    ("kind", "looks"), [("EW_GRDM", 1), ("EW_GRDH", 2), ("IW_GRDH", 4), ("IW_GRDM", 1)]
)
def test_a_product_finer_than_the_map_is_averaged(
    kind: str, looks: int, tmp_path: Path, snap: SnapSettings
) -> None:
    product = make_product(tmp_path, PRODUCT.replace("EW_GRDM", kind))
    assert prepared(product, snap, wanted=("HH",)).account["looks"] == looks


def test_a_speckle_filter_is_refused_rather_than_left_away(
    product: Path, snap: SnapSettings
) -> None:
    with pytest.raises(SettingsError, match="does not filter speckle"):
        prepared(product, snap, radiometry=Radiometry(speckle_window=5))


def test_the_account_says_what_was_missing(
    product: Path, snap: SnapSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = prepared(product, snap, wanted=("HH",)).account
    assert without["degradations"] == ["no heights were given: one mean height for the whole scene"]
    covering = SurfaceChoice(write_dem(tmp_path / "a.tif", WEST - 2_000, NORTH))
    complete = prepared(product, snap, wanted=("HH",), surface=covering).account
    assert complete["degradations"] == []
    assert complete["surface"]["dem"] == "a.tif"
    assert complete["surface"]["dem_vertical"] == "ellipsoid"
    partial = SurfaceChoice(write_dem(tmp_path / "b.tif", WEST + 500, NORTH), "geoid")
    monkeypatch.setenv("FAKE_GPT", "no orbit")
    degraded = prepared(product, snap, wanted=("HH",), surface=partial).account
    assert len(degraded["degradations"]) == 2
    assert "no precise orbit" in degraded["degradations"][0]
    assert "do not cover" in degraded["degradations"][1]
