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

SMALL = (
    *("--base-channels", "2", "--steps", "2", "--batch-size", "2", "--tile-px", "32"),
    *("--held-out", "3", "--seed", "1"),
)


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


def train(folder: Path, name: str, *more: str) -> dict[str, Any]:
    return run("train", "--name", name, "--out", str(folder), *SMALL, *more)


def test_training_leaves_a_model_that_can_be_loaded_listed_and_scored(tmp_path: Path) -> None:
    card = train(tmp_path, "tiny")
    model = load_model(tmp_path / "tiny.safetensors")
    assert model.card.id == card["id"] == "tiny"
    assert model.network.architecture.base_channels == 2
    assert card["scores"]["simulated_tiles"] == 3
    assert "4 simulated HH tiles of 32 x 32 pixels" in card["training_data"]
    assert [each["id"] for each in run("list", "--folder", str(tmp_path))["models"]] == ["tiny"]
    weights = str(tmp_path / "tiny.safetensors")
    scores = run("evaluate", "--weights", weights, "--tiles", "2", "--cases", "0")["scores"]
    assert scores["simulated_tiles"] == 2


def test_the_same_recipe_gives_the_same_weights(tmp_path: Path) -> None:
    one, other = train(tmp_path, "one"), train(tmp_path, "other")
    assert one["weights_sha256"] == other["weights_sha256"]
    assert one["scores"] == other["scores"]


def test_two_polarisations_make_a_network_of_two_channels(tmp_path: Path) -> None:
    train(tmp_path, "dual", "--polarisation", "HH", "--polarisation", "HV")
    model = load_model(tmp_path / "dual.safetensors")
    assert model.network.in_channels == 2
    assert model.card.input_channels == ("HH", "HV")


def test_the_list_says_when_there_are_no_models(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["model", "list", "--folder", str(tmp_path)])
    assert "No models" in result.stdout
