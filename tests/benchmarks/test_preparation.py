"""The benchmark of the preparation, on scenes so small that its numbers mean little but order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks.preparation.__main__ import QUICK, in_a_window, insert, make_bench
from benchmarks.preparation.contenders import CONTENDERS
from benchmarks.preparation.judging import judge
from benchmarks.preparation.measuring import Bench, Outcome, compare, measured_split
from benchmarks.preparation.report import Comparison, Scene, markdown
from benchmarks.preparation.targets import POLARISATIONS, TargetScene
from pipeline.geometry.range_doppler import RadarGeometry

SMALL = {
    "EW": replace(QUICK["EW"], shape=(500, 600), tiles=(2, 2), lines=500, window_m=24_000.0),
    "IW": replace(QUICK["IW"], shape=(1_000, 1_100), tiles=(1, 1), lines=1_000, window_m=12_000.0),
}


@pytest.fixture(scope="module", params=["EW", "IW"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(request.param, SMALL[request.param], tmp_path_factory.mktemp(request.param))


def test_truth_and_our_range_doppler_agree_to_centimetres() -> None:
    scene = TargetScene.of("EW", (500, 600), (3, 3))
    lonlat = np.array([[71.0, -68.5]])
    geometry = RadarGeometry(scene.annotation)
    image = geometry.lonlat_to_image(lonlat, np.array([scene.annotation.terrain_height_m]))
    assert np.abs(image - scene.acquisition.target_position).max() < 0.01
    assert len(scene.points) == 9


def test_every_contender_is_measured_or_says_why_not(bench: Bench) -> None:
    ours, dem, spline = compare(bench, ["ours", "ours-dem", "gdal-tps"], 1)

    assert [each.failure for each in (ours, dem, spline)] == [None] * 3
    assert ours.ratio == 1.0
    assert 0.0 < ours.cpu_s < 60.0
    assert 50.0 < ours.peak_mb < 3_000.0
    for each, most_m, most_db in ((ours, 2.0, 0.1), (dem, 2.0, 0.1), (spline, 60.0, 0.1)):
        assert each.errors is not None
        assert each.errors.metres.size
        assert each.errors.decibels.size
        assert each.errors.metres.max() < most_m
        assert np.abs(each.errors.decibels).max() < most_db


def test_peers_that_do_less_show_it(bench: Bench, tmp_path: Path) -> None:
    mode = bench.scene.annotation.mode
    windowed = in_a_window(bench, SMALL[mode], tmp_path)
    ours, sarsen = compare(windowed, ["ours-window", "sarsen-window"], 1)
    assert ours.errors is not None
    assert sarsen.errors is not None
    assert sarsen.errors.metres.max() < 20.0
    assert np.abs(sarsen.errors.decibels).mean() > np.abs(ours.errors.decibels).mean()


def test_xarray_sentinel_cannot_read_the_noise_of_ew_and_agrees_on_iw(bench: Bench) -> None:
    ours, peer = compare(bench, ["ours-calibration", "xarray-calibration"], 1)
    assert ours.errors is not None
    assert np.abs(ours.errors.decibels).max() < 0.1
    if bench.scene.annotation.mode == "EW":
        assert peer.failure is not None
        assert peer.failure.startswith("fails: ValueError")
    else:
        assert peer.errors is not None
        assert np.abs(peer.errors.decibels).max() < 0.5


def test_the_split_adds_up_and_names_every_stage(bench: Bench) -> None:
    split = measured_split(bench, 1)
    assert len(split["stages"]) == 8
    assert split["map_pixels_with_data"] < split["map_pixels"]
    assert 0.0 < split["copy_s"] < sum(split["stages"].values())


def test_a_map_moved_by_a_pixel_is_judged_to_be_so(bench: Bench) -> None:
    CONTENDERS["gdal-poly3"].run(bench.task)
    right = judge(bench.scene, bench.task, CONTENDERS["gdal-poly3"]).metres
    with rasterio.open(bench.task.output, "r+") as raster:
        raster.transform = raster.transform @ raster.transform.translation(1.0, 0.0)
    moved = judge(bench.scene, bench.task, CONTENDERS["gdal-poly3"]).metres
    bench.task.output.unlink()
    np.testing.assert_allclose(moved, 40.0, atol=right.max() + 0.5)


def test_the_page_gets_the_table_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n")
    failed = Outcome("sarsen-window", failure="not installed: sarsen")
    split = {"stages": {"read": 1.0}, "input_pixels": 1, "map_pixels": 2, "map_pixels_with_data": 1}
    split |= {"bytes_moved": 4, "copy_s": 0.5, "bandwidth_gb_s": 8e-9}
    text = markdown([Scene("EW", [Comparison("A map", "Small.", [failed])], split)], 1)

    insert(page, text)
    insert(page, text)

    said = page.read_text()
    assert said.startswith("before\n<!-- results -->\n")
    assert said.endswith("<!-- end of results -->\nafter\n")
    assert said.count("not installed: sarsen") == 1
    assert "we take 2 times that" in said
    assert len(POLARISATIONS) == 2
