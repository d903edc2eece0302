"""The network against the slow reference, for every combination of options."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.network.architecture import Alignment, Architecture, Merging
from pipeline.network.hedunet import HedUnet
from tests.pipeline.network.slow_reference import Array, State, features_by_level, forward

OPTIONS = [
    Architecture(("HH", "HV"), 2, merging, excitation, alignment)
    for merging, excitation, alignment in product(Merging, (False, True), Alignment)
]
CHANNEL_SETS = [("HH",), ("HH", "HV"), ("HH", "HV", "HH/HV"), ("HH", "HV", "HH/HV", "DEM")]
HEIGHT, WIDTH = 32, 64


def name_of(architecture: Architecture) -> str:
    excitation = "excited" if architecture.squeeze_excitation else "plain"
    return f"{architecture.merging}-{architecture.alignment}-{excitation}"


def trained_looking(architecture: Architecture, seed: int) -> HedUnet:
    """Random weights, and statistics of batch normalisation as after training."""
    generator = torch.Generator().manual_seed(seed)
    network = HedUnet(architecture).double().eval()
    for name, tensor in network.state_dict().items():
        if not tensor.is_floating_point():
            continue
        drawn = torch.randn(tensor.shape, generator=generator, dtype=torch.float64)
        if name.endswith("running_var"):
            tensor.copy_(0.5 + drawn.abs())
        elif tensor.dim() > 1:
            tensor.copy_(drawn * (2.0 / tensor[0].numel()) ** 0.5)
        else:
            tensor.copy_(0.5 * drawn + (1.0 if name.endswith("weight") else 0.0))
    return network


def random_tiles(architecture: Architecture, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed + 1)
    shape = (2, len(architecture.channels), HEIGHT, WIDTH)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def state_of(network: HedUnet) -> State:
    return {name: tensor.double().numpy() for name, tensor in network.state_dict().items()}


def reference(network: HedUnet, tiles: torch.Tensor, alignment: str | None = None) -> Array:
    architecture = network.architecture
    return forward(
        state_of(network),
        tiles.numpy(),
        merging=str(architecture.merging),
        alignment=alignment or str(architecture.alignment),
    )


def relative_error(found: torch.Tensor, expected: Array) -> float:
    return float(np.abs(found.double().numpy() - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("architecture", OPTIONS, ids=name_of)
def test_the_network_is_the_reference(architecture: Architecture) -> None:
    network, tiles = trained_looking(architecture, 1), random_tiles(architecture, 1)
    expected = reference(network, tiles)
    with torch.inference_mode():
        assert relative_error(network(tiles), expected) < 1e-9
        assert relative_error(network.float()(tiles.float()), expected) < 1e-4


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(CHANNEL_SETS), st.sampled_from(OPTIONS), st.integers(0, 2**31))
def test_the_network_is_the_reference_for_all_channels_and_weights(
    channels: tuple[str, ...], options: Architecture, seed: int
) -> None:
    architecture = Architecture(
        channels, 2, options.merging, options.squeeze_excitation, options.alignment
    )
    network, tiles = trained_looking(architecture, seed), random_tiles(architecture, seed)
    with torch.inference_mode():
        assert relative_error(network(tiles), reference(network, tiles)) < 1e-9


def test_the_options_make_a_difference_that_parity_would_see() -> None:
    architecture = Architecture(("HH",), 2)
    network, tiles = trained_looking(architecture, 3), random_tiles(architecture, 3)
    with torch.inference_mode():
        assert relative_error(network(tiles), reference(network, tiles, "centres")) > 1e-3


def test_the_levels_have_the_widths_of_the_paper() -> None:
    network = HedUnet(Architecture(("HH", "HV")))
    assert [head.weight.shape[1] for head in network.heads] == [16, 32, 64, 128, 256, 512]  # type: ignore[index]
    small = trained_looking(Architecture(("HH", "HV"), 2), 4)
    levels = features_by_level(state_of(small), np.zeros((1, 2, HEIGHT, WIDTH)))
    shapes = [level.shape[1:] for level in levels]
    assert shapes == [(2 * 2**n, HEIGHT // 2**n, WIDTH // 2**n) for n in range(6)]
