from __future__ import annotations

import pickle
import struct
from pathlib import Path

import orjson
import pytest
import safetensors.torch
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.errors import InputError
from pipeline.errors import ModelError
from pipeline.network import weights
from pipeline.network.architecture import Alignment, Architecture, Merging
from pipeline.network.weights import (
    load_model,
    network_from_bytes,
    network_from_file,
    save_model,
    weights_bytes,
)
from tests.pipeline.network.models import SMALL, small_network, store_model

NETWORK = small_network()
CONTENT = weights_bytes(NETWORK)
HERE = Path("memory.safetensors")

State = dict[str, torch.Tensor]


def file_of(
    changed: State | None = None, *, without: str = "", said: Architecture | None = SMALL
) -> bytes:
    """A file of the small network, with some tensors changed, that says it is `said`."""
    state = {n: t.clone() for n, t in {**NETWORK.state_dict(), **(changed or {})}.items()}
    state.pop(without, None)
    metadata = {"architecture": orjson.dumps(said.document()).decode()} if said else None
    content: bytes = safetensors.torch.save(state, metadata)
    return content


def filled(name: str, value: float) -> State:
    return {name: torch.full_like(NETWORK.state_dict()[name], value)}


def fault_of(content: bytes) -> str:
    with pytest.raises(ModelError) as refused:
        network_from_bytes(content, HERE)
    return refused.value.fault


def test_a_stored_model_comes_back_ready_to_use(tmp_path: Path) -> None:
    model = load_model(store_model(tmp_path))
    assert not model.network.training
    assert model.card.input_channels == ("HH",)
    assert {tensor.dtype for tensor in model.network.parameters()} == {torch.float32}
    assert all(parameter.requires_grad for parameter in model.network.parameters())


@pytest.mark.parametrize(
    "architecture",
    [
        SMALL,
        Architecture(("HH", "HV"), 2, Merging.LEARNED, squeeze_excitation=True),
        Architecture(("DEM", "HH/HV", "HV", "HH"), 2, Merging.NONE, alignment=Alignment.CENTRES),
    ],
)
def test_full_precision_weights_come_back_bit_for_bit(
    architecture: Architecture, tmp_path: Path
) -> None:
    network = small_network(architecture)
    path = tmp_path / "full.safetensors"
    save_model(network, path, half_precision=False)
    again = network_from_file(path)
    tiles = torch.randn(1, network.in_channels, 32, 32)
    assert again.architecture == architecture
    assert torch.equal(again(tiles), network(tiles))


def test_a_tensor_beyond_half_precision_keeps_its_width() -> None:
    network = small_network()
    network.down[0].norm.running_var.fill_(1e6)  # type: ignore[union-attr, operator]
    state = network_from_bytes(weights_bytes(network), HERE).state_dict()
    assert state["down.0.norm.running_var"].tolist() == [1e6, 1e6]
    assert torch.equal(state["init.weight"], network.init.weight.detach().half().float())


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = save_model(NETWORK, tmp_path / "a.safetensors")
    assert first == save_model(NETWORK, tmp_path / "b.safetensors")


def test_a_loaded_network_owns_its_memory() -> None:
    content = file_of()
    network = network_from_bytes(content, HERE)
    with torch.no_grad():
        network.init.weight.zero_()
    assert network_from_bytes(content, HERE).init.weight.abs().max() > 0


def test_weights_without_an_architecture_are_the_published_one() -> None:
    network = network_from_bytes(file_of(said=None), HERE)
    assert network.architecture == SMALL


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


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not weights",
        bytes(64),
        struct.pack("<Q", 1 << 62) + b"{}",  # a header of four exabytes
        struct.pack("<Q", 2) + b"[]",
        CONTENT[:-1],
        CONTENT + b"\0",
    ],
    ids=["empty", "text", "zeros", "huge header", "no object", "truncated", "too long"],
)
def test_a_file_that_is_no_safetensors_is_refused_even_with_a_fitting_card(
    content: bytes, tmp_path: Path
) -> None:
    path = store_model(tmp_path, content=content)
    with pytest.raises(InputError, match=r"small-hh\.safetensors: is no safetensors file"):
        load_model(path)


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert "empty" in fault_of(b"")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    foreign = safetensors.torch.save(torch.nn.Conv2d(1, 1, 1).state_dict())
    with pytest.raises(ModelError, match="no HED-UNet weights"):
        load_model(store_model(tmp_path, content=foreign))


def test_weights_with_a_tensor_missing_or_more_are_refused() -> None:
    assert "no HED-UNet" in fault_of(file_of(without="heads.0.bias"))
    assert "no HED-UNet" in fault_of(file_of({"extra": torch.zeros(1)}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    path.unlink()
    with pytest.raises(ModelError, match=r"small-hh\.safetensors: cannot be read"):
        load_model(path)


def test_a_folder_in_the_place_of_weights_is_named(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ModelError, match=r"small-hh\.safetensors: cannot be read"):
        load_model(path)


def test_weights_without_a_card_are_refused_with_where_it_should_lie(tmp_path: Path) -> None:
    path = store_model(tmp_path)
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"small-hh\.json: the model card.*beside the weights"):
        load_model(path)


def test_a_file_far_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "LARGEST_BYTES", 100)
    with pytest.raises(ModelError, match="far more than a HED-UNet"):
        load_model(store_model(tmp_path))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_refused(value: float) -> None:
    content = file_of(filled("up.3.norm.weight", value))
    assert fault_of(content) == "up.3.norm.weight holds NaN or infinity."


def test_a_negative_variance_is_refused() -> None:
    content = file_of(filled("down.1.norm.running_var", -1.0))
    assert fault_of(content) == "down.1.norm.running_var holds a variance below zero."


@pytest.mark.parametrize("kind", [torch.float64, torch.int32, torch.uint8, torch.bool])
def test_weights_of_another_type_are_refused(kind: torch.dtype) -> None:
    content = file_of({n: t.to(kind) for n, t in NETWORK.state_dict().items()})
    assert f"is of type {str(kind).removeprefix('torch.')}" in fault_of(content)


def test_weights_with_a_wrong_number_of_channels_are_refused() -> None:
    dual = Architecture(("HH", "HV"), 2)
    assert "of 2 channels and has other weights" in fault_of(file_of(said=dual))


def test_weights_of_another_size_than_they_say_are_refused() -> None:
    wide = Architecture(("HH",), 10**15)
    assert "has other weights" in fault_of(file_of(said=wide))


def test_weights_of_another_merging_than_they_say_are_refused() -> None:
    learned = Architecture(("HH",), 2, Merging.LEARNED)
    assert "no HED-UNet" in fault_of(file_of(said=learned))


@pytest.mark.parametrize(
    "said", ["{", "[]", '"HED-UNet"', '{"family": "U-Net"}', '{"family": "HED-UNet"}']
)
def test_an_architecture_that_cannot_be_read_is_refused(said: str) -> None:
    content = safetensors.torch.save(NETWORK.state_dict(), {"architecture": said})
    assert "architecture" in fault_of(content)


def test_a_card_with_another_number_of_channels_is_refused(tmp_path: Path) -> None:
    path = store_model(tmp_path, input_channels=("HH", "HV"))
    with pytest.raises(ModelError, match="takes 1 channels, its card says 2"):
        load_model(path)


def test_a_card_with_other_channels_is_refused(tmp_path: Path) -> None:
    path = store_model(tmp_path, input_channels=("HV",))
    with pytest.raises(ModelError, match="takes HH, its card says HV"):
        load_model(path)


def test_a_card_with_another_number_of_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="parameters, its card says 1"):
        load_model(store_model(tmp_path, parameters=1))


def test_a_card_with_another_architecture_is_refused(tmp_path: Path) -> None:
    document = {**SMALL.document(), "alignment": "centres"}
    path = store_model(tmp_path, architecture_document=document)
    with pytest.raises(ModelError, match=r"is a HED-UNet, 2 base channels, its card says.*centres"):
        load_model(path)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(CONTENT) - 1))
def test_weights_cut_anywhere_are_a_model_error(length: int) -> None:
    fault_of(CONTENT[:length])


HEADER_END = 8 + int.from_bytes(CONTENT[:8], "little")


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, HEADER_END - 1) | st.integers(0, len(CONTENT) - 1),
    st.integers(1, 255),
)
@example(HEADER_END + 1, 0x7C)
def test_a_changed_byte_is_a_model_error_or_weights_that_the_digest_catches(
    position: int, flips: int
) -> None:
    damaged = bytearray(CONTENT)
    damaged[position] ^= flips
    try:
        network = network_from_bytes(bytes(damaged), HERE)
    except ModelError:
        return
    assert bytes(damaged) != CONTENT  # which is what load_model looks at first
    assert all(bool(torch.isfinite(p).all()) for p in network.parameters())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_a_changed_byte_never_passes_for_the_model(
    tmp_path_factory: pytest.TempPathFactory, position: int, flips: int
) -> None:
    path = store_model(tmp_path_factory.mktemp("damaged"))
    damaged = bytearray(CONTENT)
    damaged[position] ^= flips
    path.write_bytes(damaged)
    with pytest.raises(ModelError, match="SHA-256 differs"):
        load_model(path)
