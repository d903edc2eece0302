from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import torch
from click.testing import CliRunner

from catalog.cli import program
from pipeline.network.weights import load_model
from tests.pipeline.labelled.samples import write_labelled_folder

RECIPE = """
name = "tiny"
seed = 1
[network]
channels = {channels}
base_channels = 2
[[stages]]
steps = 2
tile_px = 64
batch_size = 2
[stopping]
every_steps = 1
tiles = 2
"""
LABELLED = """
[simulated]
share = 0.5
[labelled]
share = 0.5
"""


@pytest.fixture(autouse=True)
def _same_threads_afterwards() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(program, ["model", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = orjson.loads(result.stdout)
    return document


def train(
    folder: Path, name: str, *more: str, channels: str = '["HH"]', also: str = ""
) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(RECIPE.format(channels=channels) + also)
    return run("train", str(path), "--out", str(folder), "--name", name, *more)


def test_training_leaves_a_model_that_can_be_loaded_listed_and_scored(tmp_path: Path) -> None:
    card = train(tmp_path, "tiny")
    model = load_model(tmp_path / "tiny.safetensors")
    assert model.card.id == card["id"] == "tiny"
    assert model.network.architecture.base_channels == 2
    assert card["training_data"] == "4 simulated HH tiles, of 64 pixels a side"
    assert card["licence"] == "Apache-2.0"
    assert [each["id"] for each in run("list", "--folder", str(tmp_path))["models"]] == ["tiny"]
    assert (tmp_path / "tiny.md").is_file()
    curves = (tmp_path / "tiny.training" / "curves.csv").read_text().splitlines()
    assert len(curves) == 1 + 2
    weights = str(tmp_path / "tiny.safetensors")
    scores = run("evaluate", "--weights", weights, "--tiles", "2", "--cases", "0")["scores"]
    assert scores["simulated_tiles"] == 2


def test_the_same_recipe_gives_the_same_weights(tmp_path: Path) -> None:
    one, other = train(tmp_path, "one"), train(tmp_path, "other")
    assert one["weights_sha256"] == other["weights_sha256"]
    assert one["scores"] == other["scores"]


def test_the_same_command_again_trains_nothing_and_gives_the_same(tmp_path: Path) -> None:
    assert train(tmp_path, "tiny")["weights_sha256"] == train(tmp_path, "tiny")["weights_sha256"]


def test_two_polarisations_make_a_network_of_two_channels(tmp_path: Path) -> None:
    train(tmp_path, "dual", channels='["HH", "HV"]')
    model = load_model(tmp_path / "dual.safetensors")
    assert model.network.in_channels == 2
    assert model.card.input_channels == ("HH", "HV")


def test_labelled_images_are_learned_from_under_their_licence(tmp_path: Path) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A", "B", "C"), each=8)
    card = train(tmp_path, "real", "--data", str(data), "--leave-out", "B", also=LABELLED)
    source = next(source for source in card["sources"] if source["sha256"])
    assert source["note"] == "sites A, C"
    assert source["images"] == 14  # one in eight of a site tells when to stop
    assert card["licence"] == "CC-BY-4.0"
    assert card["recipe"]["labelled"]["left_out_sites"] == ["B"]


def test_a_recipe_for_labelled_images_says_that_it_wants_them(tmp_path: Path) -> None:
    path = tmp_path / "real.toml"
    path.write_text(RECIPE.format(channels='["HH"]') + LABELLED)
    result = CliRunner().invoke(program, ["model", "train", str(path), "--out", str(tmp_path)])
    assert result.exit_code != 0
    assert "--data" in str(result.exception) + result.output


def test_labelled_images_of_one_band_are_refused_for_two(tmp_path: Path) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A",), each=8)
    path = tmp_path / "real.toml"
    path.write_text(RECIPE.format(channels='["HH", "HV"]') + LABELLED)
    arguments = ["model", "train", str(path), "--out", str(tmp_path), "--data", str(data)]
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code != 0
    assert "one polarisation" in str(result.exception)


def test_the_list_says_when_there_are_no_models(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["model", "list", "--folder", str(tmp_path)])
    assert "No models" in result.stdout
