from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from shapely.geometry import shape

from catalog.canonical import sha256_of_file
from catalog.errors import InputError
from pipeline.errors import ModelError, SceneError
from pipeline.run_file import FileRequest, process_file
from pipeline.settings import ProcessingSettings
from tests.pipeline.networks import store_threshold_model
from tests.pipeline.painted_scenes import PART, SOUTH, paint_shelf, write_scene
from tests.pipeline.scenes.test_geotiff import REAL_SCENE
from tests.pipeline.simulate.products import SMALL, written

SETTINGS = ProcessingSettings(pixel_size_m=80.0, threads=1)
FRONT_M = 8_000.0
FILES = {
    "line.geojson", "line_lonlat.geojson", "probability.tif", "process.json", "quicklook.png",
    "sigma0_db.tif",
}  # fmt: skip


@pytest.fixture
def request_for_line(tmp_path: Path) -> FileRequest:
    sigma0, ground, _ = paint_shelf(PART, FRONT_M)
    scene = write_scene(tmp_path / "S1A_EW_GRDM_1SDH_20260305T073000.tif", sigma0, ground)
    weights = store_threshold_model(tmp_path)
    return FileRequest(scene, tmp_path / "out", "EPSG:3031", ("HH",), weights)


def test_a_file_becomes_a_folder_with_its_line(request_for_line: FileRequest) -> None:
    report = process_file(request_for_line, SETTINGS)
    assert report.has_line
    assert {path.name for path in report.out.iterdir()} == FILES
    document = json.loads((report.out / "line.geojson").read_bytes())
    line = shape(document["features"][0]["geometry"])
    y = shapely.get_coordinates(line)[:, 1]
    assert np.abs(y - SOUTH - FRONT_M).max() < 80.0


def test_the_account_names_a_line_and_what_made_it(request_for_line: FileRequest) -> None:
    account = process_file(request_for_line, SETTINGS).account
    assert account["kind"] == "line"
    assert "not an ice-shelf front" in account["meaning"]
    assert account["acquired"] == "2026-03-05T07:30:00Z"
    assert account["attribution"] == "Contains modified Copernicus Sentinel data 2026"
    lineage = account["lineage"]
    assert lineage["parameters"]["polarisations_stated_by"] == "user"
    assert lineage["parameters"]["model_choice"] == "named by the user"
    assert lineage["inputs"][0]["sha256"] == sha256_of_file(request_for_line.scene)
    for name, file in account["files"].items():
        path = request_for_line.out / name
        assert (sha256_of_file(path), path.stat().st_size) == (file["sha256"], file["size_bytes"])


def test_a_sure_line_of_calibrated_values_raises_no_doubt(request_for_line: FileRequest) -> None:
    report = process_file(request_for_line, SETTINGS)
    assert report.doubts == ()
    assert report.account["levels_db"]["HH"]["p50"] == pytest.approx(-15.0, abs=3.0)


def test_a_line_that_the_model_is_not_sure_of_says_so(request_for_line: FileRequest) -> None:
    stern = SETTINGS.model_copy(update={"least_confidence": 1.1})
    report = process_file(request_for_line, stern)
    (doubt,) = report.doubts
    assert report.account["line"]["is_sure"] is False
    assert doubt.startswith("The model is not sure of this line (confidence 1.00)")


def test_values_that_are_too_dark_for_their_polarisation_are_pointed_at(
    request_for_line: FileRequest,
) -> None:
    sigma0, ground, _ = paint_shelf(PART, FRONT_M)
    write_scene(request_for_line.scene, (sigma0 / 20).astype(np.float32), ground)
    doubts = process_file(request_for_line, SETTINGS).doubts
    assert "is it the cross-polarised band, or not calibrated?" in doubts[0]
    assert "darker than HH" in doubts[0]


def test_the_same_request_again_does_nothing(request_for_line: FileRequest) -> None:
    process_file(request_for_line, SETTINGS)
    before = {path: path.stat().st_mtime_ns for path in request_for_line.out.iterdir()}
    report = process_file(request_for_line, SETTINGS)
    assert report.was_done_before
    assert report.has_line
    assert {path: path.stat().st_mtime_ns for path in request_for_line.out.iterdir()} == before


def test_the_same_scene_makes_the_same_bytes(request_for_line: FileRequest) -> None:
    other = replace(request_for_line, out=request_for_line.out.with_name("again"))
    first, second = (process_file(r, SETTINGS).out for r in (request_for_line, other))
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {
        p.name: p.read_bytes() for p in second.iterdir()
    }


def test_a_folder_with_something_else_is_left_alone(request_for_line: FileRequest) -> None:
    request_for_line.out.mkdir()
    (request_for_line.out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"out: is there already and holds something else"):
        process_file(request_for_line, SETTINGS)
    assert [path.name for path in request_for_line.out.iterdir()] == ["mine.txt"]


def test_a_folder_with_another_line_is_left_alone(request_for_line: FileRequest) -> None:
    process_file(request_for_line, SETTINGS)
    with pytest.raises(InputError, match="holds something else"):
        process_file(request_for_line, SETTINGS.model_copy(update={"overlap_px": 64}))


def test_an_empty_folder_may_be_there(request_for_line: FileRequest) -> None:
    request_for_line.out.mkdir()
    assert process_file(request_for_line, SETTINGS).has_line
    assert {path.name for path in request_for_line.out.iterdir()} == FILES


def test_a_scene_of_ice_alone_says_why_there_is_no_line(request_for_line: FileRequest) -> None:
    sigma0, ground, _ = paint_shelf(PART, 50_000.0)
    write_scene(request_for_line.scene, sigma0, ground)
    report = process_file(request_for_line, SETTINGS)
    assert not report.has_line
    assert report.account["why_no_line"] == "no_open_sea"
    assert {path.name for path in report.out.iterdir()} == {
        name for name in FILES if not name.startswith("line")
    }


def test_nothing_is_left_of_a_request_that_fails(request_for_line: FileRequest) -> None:
    for wrong in (
        replace(request_for_line, crs="EPSG:3413"),
        replace(request_for_line, polarisations=()),
        replace(request_for_line, scene=request_for_line.scene.with_name("gone.tif")),
    ):
        with pytest.raises(SceneError):
            process_file(wrong, SETTINGS)
    with pytest.raises(ModelError):
        process_file(replace(request_for_line, weights=request_for_line.scene), SETTINGS)
    assert not request_for_line.out.exists()


def test_the_pack_ice_edge_of_the_real_scene_is_a_line(shared_data: Path, tmp_path: Path) -> None:
    # Its values are those of HV over pack ice; a threshold between its two surfaces is the model.
    weights = store_threshold_model(tmp_path, ("HH",), threshold_db=-26.0)
    request = FileRequest(shared_data / REAL_SCENE, tmp_path / "out", "EPSG:3413", ("HH",), weights)
    report = process_file(request, ProcessingSettings(threads=1))
    assert report.account["line"]["length_km"] > 80
    assert "The median of HH is -22" in report.doubts[0]
    with rasterio.open(report.out / "sigma0_db.tif") as raster:
        assert raster.crs.to_epsg() == 3413
        assert raster.res == (40.0, 40.0)
        assert raster.transform.c % 40 == 0
        assert raster.transform.f % 40 == 0
    document = json.loads((report.out / "line_lonlat.geojson").read_bytes())
    latitude = shapely.get_coordinates(shape(document["features"][0]["geometry"]))[:, 1]
    assert latitude.min() > 86.2
    assert latitude.max() < 86.9


@pytest.mark.parametrize("name", ["product.zip", "folder"])
def test_a_product_is_calibrated_first_and_says_what_it_is(tmp_path: Path, name: str) -> None:
    made = written(tmp_path / name, replace(SMALL, lines=300, pixels=300))
    scene = tmp_path / name if name.endswith(".zip") else tmp_path / name / f"{made.name}.SAFE"
    weights = store_threshold_model(tmp_path)
    account = process_file(
        FileRequest(scene, tmp_path / "out", "EPSG:3031", (), weights), SETTINGS
    ).account
    assert account["attribution"] == "Simulated, no observation"
    assert account["acquired"].startswith("2026-09-04T20:13")
    parameters = account["lineage"]["parameters"]
    assert parameters["scene"]["geocoding"] == "range-Doppler"
    assert parameters["scene"]["polarisations"]["HH"]["noise_removed"] is True
    assert account["levels_db"]["HH"]["p50"] == pytest.approx(-10.0, abs=2.0)  # 0.01 to 0.2
