from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
import torch

from pipeline.network.architecture import Architecture
from pipeline.network.hedunet import HedUnet
from pipeline.training import (
    Batch,
    Progress,
    Recipe,
    balanced_loss,
    batch_of,
    batches,
    deep_loss,
    edge_target,
    oriented,
    train,
)

SIDE_PX = 32


@dataclass(frozen=True, slots=True)
class PlainTile:
    sigma0_db: npt.NDArray[np.float32]
    ice: npt.NDArray[np.bool_]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny tensors on several threads wait for each other more than they compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def half_ice(number: int) -> PlainTile:
    """Bright ice on the left, dark water on the right; the border moves with the number."""
    ice = np.zeros((SIDE_PX, SIDE_PX), dtype=np.bool_)
    ice[:, : 8 + number % 17] = True
    noise = np.random.default_rng(number).normal(0.0, 0.5, ice.shape)
    return PlainTile((np.where(ice, -6.0, -18.0) + noise)[None].astype(np.float32), ice)


def whole(shape: tuple[int, ...], value: float) -> torch.Tensor:
    return torch.full(shape, value)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_tile_of_one_class_still_has_a_loss(target: float) -> None:
    wrong = whole((1, 1, 8, 8), 4.0 if target == 0 else -4.0)
    ones = whole((1, 1, 8, 8), 1.0)
    assert balanced_loss(wrong, whole((1, 1, 8, 8), target), ones, 0.1).item() > 0.1


def test_balance_gives_the_rare_class_as_much_weight_as_the_common_one() -> None:
    target = torch.zeros(1, 1, 10, 10)
    target[..., :2] = 1.0
    logits, ones = torch.zeros(1, 1, 10, 10), torch.ones(1, 1, 10, 10)
    rare, common = logits.clone(), logits.clone()
    rare[..., :2], common[..., 2:] = -3.0, 3.0  # each gets its own class wrong
    assert balanced_loss(rare, target, ones, 0.1).item() == pytest.approx(
        balanced_loss(common, target, ones, 0.1).item()
    )


def test_pixels_without_data_do_not_count() -> None:
    target = torch.zeros(1, 1, 8, 8)
    valid = torch.ones(1, 1, 8, 8)
    valid[..., 4:] = 0.0
    logits = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    changed = logits.clone()
    changed[..., 4:] = 50.0
    assert torch.equal(
        balanced_loss(logits, target, valid, 0.1), balanced_loss(changed, target, valid, 0.1)
    )


def test_an_edge_is_two_pixels_wide_at_every_level() -> None:
    ice = torch.zeros(1, 1, 32, 32)
    ice[..., :13] = 1.0
    for level in range(4):
        pooled = torch.nn.functional.avg_pool2d(ice, 2**level)
        assert edge_target(pooled)[0, 0, 0].sum().item() == 2


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_tile_of_one_class_has_no_edge(value: float) -> None:
    assert edge_target(whole((1, 1, 16, 16), value)).sum() == 0


def test_where_data_ends_there_is_no_edge_to_learn() -> None:
    tile = half_ice(0)
    bordered = tile.sigma0_db.copy()
    bordered[..., 20:] = np.nan
    batch = batch_of([(bordered, tile.ice)])
    output = HedUnet(Architecture(("HH",), 4)).eval().with_side_outputs(batch.tiles)
    flipped = batch.ice.clone()
    flipped[..., 21:] = 1.0
    other = Batch(batch.tiles, flipped, batch.valid)
    finest = deep_loss(output, batch) - deep_loss(output, other)
    assert abs(finest.item()) < 0.2 * deep_loss(output, batch).item()


def test_the_eight_orientations_are_all_different_and_keep_image_and_truth_together() -> None:
    rng = np.random.default_rng(1)
    ice = rng.random((SIDE_PX, SIDE_PX)) > 0.5
    tile = PlainTile(np.where(ice, 1.0, 0.0)[None].astype(np.float32), ice)
    turned = [oriented(tile, symmetry) for symmetry in range(8)]
    assert len({image.tobytes() for image, _ in turned}) == 8
    assert all(np.array_equal(image[0] == 1.0, mask) for image, mask in turned)


def test_batches_show_each_tile_once() -> None:
    seen: list[int] = []

    def supply(number: int) -> PlainTile:
        seen.append(number)
        return half_ice(number)

    shapes = [batch.tiles.shape for batch in batches(Recipe(3, 1, batch_size=2), supply)]
    assert shapes == [(2, 1, SIDE_PX, SIDE_PX)] * 3
    assert seen == [0, 1, 2, 3, 4, 5]


def test_training_learns_what_it_is_shown() -> None:
    progress: list[Progress] = []
    recipe = Recipe(steps=30, seed=1, base_channels=4, batch_size=4, learning_rate=1e-2)
    network = train(recipe, half_ice, progress.append)
    assert [entry.step for entry in progress] == list(range(1, 31))
    assert progress[-1].loss < 0.7 * progress[0].loss
    assert not network.training
    tile = half_ice(5)
    with torch.inference_mode():
        logits = network(batch_of([(tile.sigma0_db, tile.ice)]).tiles)
    assert ((logits[0, 0].numpy() > 0) == tile.ice).mean() > 0.9


def test_the_same_recipe_gives_the_same_weights() -> None:
    recipe = Recipe(steps=3, seed=5, base_channels=4, batch_size=2)
    one, other = train(recipe, half_ice), train(recipe, half_ice)
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_another_seed_gives_other_weights() -> None:
    one = train(Recipe(steps=1, seed=5, base_channels=4, batch_size=2), half_ice)
    other = train(Recipe(steps=1, seed=6, base_channels=4, batch_size=2), half_ice)
    assert not torch.equal(one.init.weight, other.init.weight)
