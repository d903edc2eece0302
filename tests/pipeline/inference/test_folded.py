from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import TileSizeError
from pipeline.inference.folded import FoldedHedUnet
from pipeline.inference.tiling import Core
from pipeline.network.architecture import Alignment, Merging
from pipeline.network.hedunet import HedUnet
from tests.pipeline.inference.networks import random_network, random_tiles

SIDE_PX = 160
WHOLE = Core(0, SIDE_PX, 0, SIDE_PX)
MOST_CHANGE = 1e-5  # of a probability


@torch.inference_mode()
def change(network: HedUnet, core: Core) -> float:
    """The largest difference of a probability to what the network itself says."""
    tiles = random_tiles(network.in_channels, SIDE_PX)
    whole = torch.sigmoid(network(tiles))
    plain = whole[:, :, core.rows, core.columns]
    folded = torch.sigmoid(FoldedHedUnet(network)(tiles, core))
    assert folded.shape == plain.shape
    assert whole.std() > 0.005  # or anything would agree
    return float((folded - plain).abs().max())


@pytest.mark.parametrize("alignment", list(Alignment))
@pytest.mark.parametrize("merging", list(Merging))
@pytest.mark.parametrize("squeeze", [False, True])
def test_every_architecture_says_the_same_when_folded(
    alignment: Alignment, merging: Merging, squeeze: bool
) -> None:
    network = random_network(
        ("HH", "HV"), merging=merging, squeeze_excitation=squeeze, alignment=alignment
    )
    assert change(network, WHOLE) < MOST_CHANGE
    assert change(network, Core(64, 96, 33, 130)) < MOST_CHANGE


edges = st.integers(0, SIDE_PX - 1).flatmap(
    lambda first: st.tuples(st.just(first), st.integers(first + 1, SIDE_PX))
)


@settings(max_examples=10, deadline=None)
@given(rows=edges, columns=edges)
def test_any_core_is_the_same_as_in_the_whole_tile(
    rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    assert change(random_network(), Core(*rows, *columns)) < MOST_CHANGE


def test_the_network_itself_is_left_as_it_was() -> None:
    network, tiles = random_network(), random_tiles(1, 64)
    with torch.inference_mode():
        before = network(tiles)
        FoldedHedUnet(network)(tiles, Core(0, 64, 0, 64))
        assert torch.equal(network(tiles), before)


@torch.inference_mode()
def test_outside_the_core_the_fine_levels_are_not_computed() -> None:
    folded, shapes = FoldedHedUnet(random_network()), []
    folded.heads[0].register_forward_hook(lambda _m, given, _o: shapes.append(given[0].shape))
    folded(random_tiles(1, SIDE_PX, 1), Core(64, 96, 70, 100))
    assert shapes == [(1, 2, 32, 30)]


def test_a_tile_that_cannot_be_halved_is_refused() -> None:
    with pytest.raises(TileSizeError):
        FoldedHedUnet(random_network())(random_tiles(1, 48), Core(0, 48, 0, 48))
