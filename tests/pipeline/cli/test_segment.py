from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import rasterio
from click.testing import CliRunner, Result

from catalog.cli.context import CommandContext
from pipeline.backscatter_file import ALIGNMENT_PX, backscatter_file
from pipeline.cli.segment import segment
from pipeline.errors import ModelError, SceneError
from pipeline.grid import Grid
from pipeline.inference.choices import Segmentation, Tiling
from pipeline.probability import PROBABILITY_NODATA
from pipeline.products import read_probabilities
from pipeline.segment import segment_scene
from tests.pipeline.networks import store_threshold_model, threshold_network

GRID = Grid("EPSG:3031", -40_000.0, 1_600_000.0, 40.0, 300, 260)
TILES = {"ICELINES_PROCESS_LARGEST_TILE_PX": "128", "ICELINES_PROCESS_OVERLAP_PX": "32"}


def backscatter() -> np.ndarray[Any, np.dtype[np.float32]]:
    noise = np.random.default_rng(7).normal(-17, 1, (GRID.height, GRID.width))
    sigma0_db = np.round(noise, 2).astype(np.float32)
    sigma0_db[120:] += 11.0
    sigma0_db[:, :40] = np.nan
    return sigma0_db


def prepared(path: Path, sigma0_db: np.ndarray[Any, np.dtype[np.float32]]) -> Path:
    """As `icelines prepare` writes it."""
    tags = {"SCENE": "S1A_TEST", "SIMULATED": "true"}
    with backscatter_file(path, GRID, ("HH",), tags) as writer:
        for row in range(0, GRID.height, ALIGNMENT_PX):
            writer.write("HH", row, 0, sigma0_db[row : row + ALIGNMENT_PX])
    return path


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return prepared(tmp_path / "scene.tif", backscatter())


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return store_threshold_model(tmp_path)


def invoke(*arguments: str | Path) -> Result:
    return CliRunner(env=TILES).invoke(
        segment, list(map(str, arguments)), obj=CommandContext(), catch_exceptions=False
    )


def test_a_prepared_raster_becomes_probabilities(
    raster: Path, weights: Path, tmp_path: Path
) -> None:
    result = invoke(raster, "--out", tmp_path / "ice.tif", "--weights", weights, "--json")
    document = orjson.loads(result.stdout)
    found, grid = read_probabilities(str(tmp_path / "ice.tif"))
    in_memory = segment_scene(
        backscatter()[None], threshold_network(), Segmentation(Tiling(128, 32), threads=2)
    )
    assert grid == GRID
    assert np.abs(found.ice.astype(int) - in_memory.ice).max() <= 1
    assert np.array_equal(found.ice == PROBABILITY_NODATA, np.isnan(backscatter()))
    assert document["known_share"] == pytest.approx(260 / 300, abs=1e-4)
    assert document["lineage"]["mode"] == "exact"


def test_the_file_says_what_made_it_and_is_for_the_cloud(
    raster: Path, weights: Path, tmp_path: Path
) -> None:
    invoke(raster, "--out", tmp_path / "ice.tif", "--weights", weights, "--mode", "fast")
    with rasterio.open(tmp_path / "ice.tif") as written:
        tags = written.tags()
        assert written.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert written.descriptions == ("probability of ice", "probability of an edge")
        assert written.scales == (1 / 254, 1 / 254)
    assert tags["SCENE"] == "S1A_TEST"
    assert tags["SIMULATED"] == "true"
    assert tags["MODEL"] == "threshold-hh"
    assert orjson.loads(tags["LINEAGE"])["mode"] == "fast"


def test_a_raster_without_data_is_said_to_be_so(weights: Path, tmp_path: Path) -> None:
    empty = prepared(tmp_path / "empty.tif", np.full((260, 300), np.nan, dtype=np.float32))
    result = invoke(empty, "--out", tmp_path / "ice.tif", "--weights", weights)
    assert "no pixel with data" in result.output
    assert np.all(read_probabilities(str(tmp_path / "ice.tif"))[0].ice == PROBABILITY_NODATA)


def test_a_missing_band_is_named(raster: Path, tmp_path: Path) -> None:
    dual = store_threshold_model(tmp_path, ("HH", "HV"))
    with pytest.raises(SceneError, match=r"no band HV \(its bands: HH\)"):
        invoke(raster, "--out", tmp_path / "ice.tif", "--weights", dual)
    assert not (tmp_path / "ice.tif").exists()


def test_what_is_no_raster_is_refused(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(SceneError, match=r"text\.tif"):
        invoke(tmp_path / "text.tif", "--out", tmp_path / "ice.tif", "--weights", weights)


def test_missing_weights_are_named(raster: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.safetensors|none\.json"):
        invoke(raster, "--out", tmp_path / "ice.tif", "--weights", tmp_path / "none.safetensors")


def test_a_damaged_raster_leaves_nothing_behind(raster: Path, weights: Path) -> None:
    content = bytearray(raster.read_bytes())
    content[len(content) // 3 : 2 * len(content) // 3] = bytes(len(content) // 3)
    raster.write_bytes(content)
    out = raster.parent / "out"
    with pytest.raises(SceneError, match=r"scene\.tif"):
        invoke(raster, "--out", out / "ice.tif", "--weights", weights)
    assert list(out.glob("*")) == []


def test_help_shows_an_example() -> None:
    assert "--out ice.tif" in invoke("--help").stdout
