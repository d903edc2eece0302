from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
import rasterio

from catalog.canonical import sha256_of_file
from pipeline.backscatter_file import SCALE_DB
from pipeline.errors import SceneError
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.prepare import Preparation, place_scene, prepare_scene
from pipeline.run_prepare import prepare_to_file
from pipeline.scenes.safe_scene import Radiometry
from tests.pipeline.painted_scenes import PART, paint_shelf, write_scene
from tests.pipeline.simulate.products import SMALL, SMALL_IW, written

CRS = "EPSG:3031"
ASKED = Preparation(CRS, 40.0)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EW, HH and HV, as a zip file."""
    acquisition = replace(SMALL, lines=400, pixels=450)
    return written(tmp_path_factory.mktemp("ew") / "scene.zip", acquisition).path


def test_the_file_holds_what_is_prepared_in_memory(product: Path, tmp_path: Path) -> None:
    report = prepare_to_file(product, tmp_path / "scene.tif", ASKED)
    scene = prepare_scene(product, crs=CRS, pixel_size_m=40.0)
    with rasterio.open(report.out) as raster:
        found = np.ma.filled(raster.read(masked=True).astype(np.float32), np.nan) * SCALE_DB
        assert raster.descriptions == scene.polarisations == ("HH", "HV")
        assert tuple(raster.bounds) == scene.grid.bounds
    assert np.array_equal(np.isnan(found), np.isnan(scene.sigma0_db))
    assert np.nanmax(np.abs(found - scene.sigma0_db)) < 0.0051
    assert report.grid == scene.grid


def test_a_part_lies_pixel_on_pixel_in_the_whole(product: Path) -> None:
    whole = prepare_scene(product, crs=CRS, pixel_size_m=40.0)
    west, south, east, north = whole.grid.bounds
    within = (west + 4_000, south + 5_000, east - 6_000, north - 3_000)
    part = prepare_scene(product, crs=CRS, pixel_size_m=40.0, within=within)
    same = whole.sigma0_db[:, *whole.grid.window(within)]
    assert part.sigma0_db.shape == same.shape
    assert np.array_equal(np.isnan(part.sigma0_db), np.isnan(same))
    assert np.nanmax(np.abs(part.sigma0_db - same)) < 0.01


def test_strips_do_not_depend_on_what_fits_in_memory_together(
    product: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = list(place_scene(product, ASKED).strips())
    monkeypatch.setattr("pipeline.prepare.LARGEST_IMAGES_BYTES", 0)
    apart = list(place_scene(product, ASKED).strips())
    assert [strip.polarisation for strip in together[:2]] == ["HH", "HV"]
    assert [strip.polarisation for strip in apart[:2]] == ["HH", "HH"]
    for one in together:
        (other,) = (s for s in apart if (s.polarisation, s.row) == (one.polarisation, one.row))
        assert np.array_equal(one.sigma0_db, other.sigma0_db, equal_nan=True)


def test_tags_say_what_made_the_file(product: Path, tmp_path: Path) -> None:
    asked = replace(ASKED, radiometry=Radiometry(denoise=False))
    report = prepare_to_file(product, tmp_path / "scene.tif", asked)
    with rasterio.open(report.out) as raster:
        tags = raster.tags()
    lineage = orjson.loads(tags["LINEAGE"])
    assert lineage == orjson.loads(orjson.dumps(dict(report.lineage)))
    assert lineage["inputs"] == [
        {"kind": "scene", "name": "scene.zip", "sha256": sha256_of_file(product)}
    ]
    assert lineage["parameters"]["denoise"] is False
    assert lineage["account"]["geocoding"] == tags["GEOCODING"] == "range-Doppler"
    assert lineage["account"]["polarisations"]["HV"]["noise_removed"] is False
    assert lineage["account"]["surface"]["height"] == "geoid"
    assert tags["SIMULATED"] == "true"
    assert tags["ATTRIBUTION"] == "Simulated, no observation"
    assert tags["IPF"] == lineage["account"]["ipf"]
    assert tags["SCENE"].startswith("S1A_EW_GRDM_1SDH_")
    assert str(product.parent) not in tags["LINEAGE"]


def test_a_folder_is_accounted_for_file_by_file(product: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(product) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.glob("*.SAFE")
    report = prepare_to_file(folder, tmp_path / "scene.tif", ASKED)
    names = [given["name"] for given in report.lineage["inputs"]]
    assert f"{folder.name}/manifest.safe" in names
    assert len(names) == len([path for path in folder.rglob("*") if path.is_file()])
    zipped = prepare_to_file(product, tmp_path / "zipped.tif", ASKED)
    assert zipped.statistics == report.statistics


def test_the_same_scene_gives_the_same_bytes(product: Path, tmp_path: Path) -> None:
    first, second = (prepare_to_file(product, tmp_path / f"{n}.tif", ASKED).out for n in (1, 2))
    assert first.read_bytes() == second.read_bytes()


def test_a_higher_surface_moves_the_scene_away_from_the_radar(product: Path) -> None:
    low, high = (
        place_scene(product, replace(ASKED, surface=SurfaceChoice(freeboard_m=height))).footprint
        for height in (0.0, 50.0)
    )
    moved = np.linalg.norm(high - low, axis=1)
    assert 40.0 < np.median(moved) < 150.0


def test_iw_comes_to_the_grid_averaged(tmp_path: Path) -> None:
    acquisition = replace(SMALL_IW, lines=240, pixels=320)
    safe = written(tmp_path, acquisition).path
    report = prepare_to_file(safe, tmp_path / "scene.tif", ASKED)
    assert report.lineage["account"]["looks"] == 4
    assert min(report.grid.width, report.grid.height) >= 55
    assert max(report.grid.width, report.grid.height) <= 120


def test_a_geotiff_with_control_points_can_be_prepared_too(tmp_path: Path) -> None:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    path = write_scene(tmp_path / "painted.tif", sigma0, ground, descriptions=("HH",))
    report = prepare_to_file(path, tmp_path / "scene.tif", Preparation(CRS, 400.0))
    account = report.lineage["account"]
    assert account["geocoding"] == "ground control points, thin-plate spline"
    assert account["polarisations"]["HH"]["noise_removed"] == "as in the file"


def test_a_scene_without_data_leaves_no_file(tmp_path: Path) -> None:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=400.0)
    empty = np.zeros_like(sigma0)
    path = write_scene(tmp_path / "empty.tif", empty, ground, descriptions=("HH",))
    with pytest.raises(SceneError, match=r"empty\.tif: holds no data"):
        prepare_to_file(path, tmp_path / "out" / "scene.tif", Preparation(CRS, 400.0))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_scene_outside_of_what_is_mapped_is_refused_by_name(product: Path) -> None:
    with pytest.raises(SceneError, match=r"scene\.zip: lies outside"):
        prepare_scene(product, crs=CRS, pixel_size_m=40.0, within=(-9e5, -9e5, -8e5, -8e5))


def test_a_map_of_the_other_pole_is_refused(product: Path) -> None:
    with pytest.raises(SceneError, match=r"scene\.zip: EPSG:3413 .* cannot hold a scene"):
        prepare_scene(product, crs="EPSG:3413", pixel_size_m=40.0)


def test_progress_sees_every_strip(product: Path, tmp_path: Path) -> None:
    seen: list[int] = []

    def tracked(strips, total):  # type: ignore[no-untyped-def]
        for number, strip in enumerate(strips, start=1):
            seen.append(number)
            yield strip
        assert number <= total

    prepare_to_file(product, tmp_path / "scene.tif", ASKED, tracked=tracked)
    assert len(seen) >= 2
