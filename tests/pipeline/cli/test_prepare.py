from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import rasterio
from click.testing import CliRunner, Result

from catalog.cli import program
from catalog.errors import SettingsError
from pipeline.errors import SceneError
from tests.pipeline.simulate.products import written


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("safe")).path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["prepare", *arguments], catch_exceptions=False)


def prepare(scene: Path, out: Path, *arguments: str) -> dict[str, Any]:
    result = invoke(str(scene), "--out", str(out), "--json", *arguments)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = orjson.loads(result.stdout)
    return document


def test_a_product_becomes_a_raster_on_the_map(product: Path, tmp_path: Path) -> None:
    document = prepare(product, tmp_path / "scene.tif")
    with rasterio.open(tmp_path / "scene.tif") as raster:
        assert raster.descriptions == ("HH", "HV")
        assert raster.crs.to_epsg() == 3031
        assert list(raster.bounds) == document["grid"]["bounds"]
    assert document["grid"]["pixel_size_m"] == 40.0
    assert set(document["statistics"]) == {"HH", "HV"}
    assert document["lineage"]["account"]["geocoding"] == "range-Doppler"


def test_every_option_reaches_the_lineage(product: Path, tmp_path: Path) -> None:
    options = ("--gamma0", "--no-denoise", "--speckle", "--freeboard", "45", "--pixel-size", "80")
    document = prepare(product, tmp_path / "scene.tif", *options, "--crs", "EPSG:6932")
    account, parameters = document["lineage"]["account"], document["lineage"]["parameters"]
    assert parameters["quantity"] == account["quantity"] == "gamma0"
    assert account["polarisations"]["HH"]["noise_removed"] is False
    assert account["speckle"] == "Lee, 5 px"
    assert account["surface"]["freeboard_m"] == "45"
    assert account["looks"] == 2
    assert document["grid"]["crs"] == "EPSG:6932"


def test_a_person_reads_levels_and_what_comes_next(product: Path, tmp_path: Path) -> None:
    result = invoke(str(product), "--out", str(tmp_path / "scene.tif"))
    assert "pixels, EPSG:3031" in result.stdout
    assert "HV: mean " in result.stdout
    assert "Next: " in result.stdout


@pytest.mark.parametrize("alone", [("--dem", "dem.tif"), ("--dem-vertical", "geoid")])
def test_a_model_without_its_reference_is_used_wrongly(
    product: Path, tmp_path: Path, alone: tuple[str, str]
) -> None:
    result = invoke(str(product), "--out", str(tmp_path / "scene.tif"), *alone)
    assert result.exit_code == 2
    assert "belong together" in result.output


def test_a_scene_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"no\.SAFE"):
        prepare(tmp_path / "no.SAFE", tmp_path / "scene.tif")
    assert list(tmp_path.iterdir()) == []


def test_snap_is_asked_for_by_name_and_missed_by_name(
    product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICELINES_SNAP_GPT", str(tmp_path / "gpt"))
    with pytest.raises(SettingsError, match="gpt"):
        prepare(product, tmp_path / "scene.tif", "--backend", "snap")


def test_help_shows_an_example() -> None:
    assert "--out scene.tif" in invoke("--help").stdout
