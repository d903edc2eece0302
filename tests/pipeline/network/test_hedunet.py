from __future__ import annotations

import pytest
import torch

from pipeline.errors import TileSizeError
from pipeline.network.architecture import Architecture
from pipeline.network.hedunet import HedUnet, count_parameters
from pipeline.network.merging import merge_levels

DUAL = ("HH", "HV")
SMALL = Architecture(("HH",), 4)


def test_the_network_of_the_paper_has_exactly_its_parameters() -> None:
    assert count_parameters(HedUnet(Architecture(DUAL))) == 8_130_568


def test_half_the_base_channels_make_a_quarter_of_the_parameters() -> None:
    assert count_parameters(HedUnet(Architecture(DUAL, 8))) == 2_035_664


@pytest.mark.parametrize("channels", [1, 2])
def test_logits_have_two_channels_and_the_size_of_the_tile(channels: int) -> None:
    network = HedUnet(Architecture(DUAL[:channels], 4)).eval()
    with torch.inference_mode():
        logits = network(torch.zeros(3, channels, 64, 96))
    assert logits.shape == (3, 2, 64, 96)


def test_side_outputs_halve_their_sides_from_level_to_level() -> None:
    network = HedUnet(SMALL).eval()
    output = network.with_side_outputs(torch.zeros(1, 1, 64, 96))
    sizes = [tuple(side.shape[-2:]) for side in output.sides]
    assert sizes == [(64, 96), (32, 48), (16, 24), (8, 12), (4, 6), (2, 3)]
    assert {side.shape[1] for side in output.sides} == {2}


def test_merged_output_is_that_of_the_forward_pass() -> None:
    torch.manual_seed(1)
    network = HedUnet(SMALL).eval()
    tiles = torch.randn(2, 1, 64, 64)
    assert torch.equal(network(tiles), network.with_side_outputs(tiles).merged)


def test_the_merge_follows_the_level_that_asks_loudest() -> None:
    loud = torch.tensor([3.0, -2.0, 50.0, 50.0]).reshape(1, 4, 1, 1).expand(1, 4, 4, 4)
    quiet = torch.tensor([9.0, 9.0, 0.0, 0.0]).reshape(1, 4, 1, 1).expand(1, 4, 2, 2)
    merged = merge_levels([loud, quiet], torch.Size((4, 4)), SMALL)
    assert torch.allclose(merged[0, 0], torch.full((4, 4), 3.0))
    assert torch.allclose(merged[0, 1], torch.full((4, 4), -2.0))


def test_levels_that_ask_alike_are_averaged() -> None:
    heads = [torch.tensor([v, v, 0.0, 0.0]).reshape(1, 4, 1, 1) for v in (1.0, 3.0)]
    assert merge_levels(heads, torch.Size((1, 1)), SMALL).flatten().tolist() == [2.0, 2.0]


@pytest.mark.parametrize(("height", "width"), [(100, 64), (64, 33), (0, 64)])
def test_a_tile_that_cannot_be_halved_five_times_is_refused(height: int, width: int) -> None:
    network = HedUnet(SMALL).eval()
    with pytest.raises(TileSizeError, match="multiples of 32"):
        network(torch.zeros(1, 1, height, width))
