from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import safetensors.torch
import torch

from catalog.canonical import sha256_hex
from catalog.errors import InputError
from catalog.model_card import ModelCard
from pipeline.errors import ModelError
from pipeline.network.architecture import Architecture
from pipeline.network.hedunet import HedUnet, count_parameters
from pipeline.network.weights import (
    default_model_path,
    known_models,
    load_model,
    save_model,
    write_card,
)


def store_model(folder: Path, name: str = "small-hh", channels: tuple[str, ...] = ("HH",)) -> Path:
    torch.manual_seed(7)
    network = HedUnet(Architecture(channels, 4)).eval()
    path = folder / f"{name}.safetensors"
    sha256, size_bytes = save_model(network, path)
    write_card(make_card(name, channels, network, sha256, size_bytes), path.with_suffix(".json"))
    return path


def make_card(
    name: str, channels: tuple[str, ...], network: HedUnet, sha256: str, size_bytes: int
) -> ModelCard:
    return ModelCard(
        id=name,
        architecture="HED-UNet, base 4",
        parameters=count_parameters(network),
        input_channels=channels,
        weights_sha256=sha256,
        weights_size_bytes=size_bytes,
        weights_href=f"{name}.safetensors",
        training_data="none: random weights",
        training_seed=7,
        trained_on=date(2026, 1, 1),
        scores={},
        limits="of no use",
        framework="torch",
        framework_version=torch.__version__,
    )


def test_a_stored_model_comes_back_ready_to_use(tmp_path: Path) -> None:
    model = load_model(store_model(tmp_path))
    assert not model.network.training
    assert model.card.input_channels == ("HH",)
    assert {tensor.dtype for tensor in model.network.parameters()} == {torch.float32}


def test_full_precision_weights_come_back_bit_for_bit(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = HedUnet(Architecture(("HH",), 4)).eval()
    path = tmp_path / "full.safetensors"
    sha256, size_bytes = save_model(network, path, half_precision=False)
    card = make_card("full", ("HH",), network, sha256, size_bytes)
    write_card(card, tmp_path / "full.json")
    tiles = torch.randn(1, 1, 32, 32)
    assert torch.equal(load_model(path).network(tiles), network(tiles))


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    network = HedUnet(Architecture(("HH",), 4))
    assert save_model(network, tmp_path / "a.safetensors") == save_model(
        network, tmp_path / "b.safetensors"
    )


def test_pickled_weights_are_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(pickle.dumps({"init.weight": 1}))
    with pytest.raises(ModelError, match="only safetensors"):
        load_model(path)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="SHA-256 differs"):
        load_model(path)


@pytest.mark.parametrize("content", [b"", b"not weights", bytes(64)])
def test_a_file_that_is_no_safetensors_is_refused_even_with_a_fitting_card(
    tmp_path: Path, content: bytes
) -> None:
    path = store_model(tmp_path)
    path.write_bytes(content)
    card_path = path.with_suffix(".json")
    card = known_models(tmp_path)[0]
    write_card(replace(card, weights_sha256=sha256_hex(content)), card_path)
    with pytest.raises(InputError, match=r"small-hh\.safetensors: is no safetensors file"):
        load_model(path)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    content = safetensors.torch.save(torch.nn.Conv2d(1, 1, 1).state_dict())
    path.write_bytes(content)
    sha256 = sha256_hex(content)
    write_card(replace(known_models(tmp_path)[0], weights_sha256=sha256), path.with_suffix(".json"))
    with pytest.raises(ModelError, match="no HED-UNet weights"):
        load_model(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    path.unlink()
    with pytest.raises(ModelError, match=r"small-hh\.safetensors: cannot be read"):
        load_model(path)


def test_a_broken_card_is_named(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    path.with_suffix(".json").write_text('{"id": "x"}')
    with pytest.raises(ModelError, match=r"small-hh\.json: is no model card"):
        load_model(path)


def test_a_card_with_another_number_of_channels_is_refused(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    card = replace(known_models(tmp_path)[0], input_channels=("HH", "HV"))
    write_card(card, path.with_suffix(".json"))
    with pytest.raises(ModelError, match="takes 1 channels, its card says 2"):
        load_model(path)


def test_the_model_with_the_most_channels_that_the_scene_has_is_chosen(tmp_path: Path) -> None:
    single = store_model(tmp_path, "one", ("HH",))
    dual = store_model(tmp_path, "two", ("HH", "HV"))
    assert default_model_path(("HH", "HV"), tmp_path) == dual
    assert default_model_path(("HH",), tmp_path) == single


def test_no_model_for_a_polarisation_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    store_model(tmp_path, "one", ("HH",))
    with pytest.raises(ModelError, match=r"no model works on VV.*--polarisation"):
        default_model_path(("VV",), tmp_path)
