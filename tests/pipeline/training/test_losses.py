from __future__ import annotations

import pytest
import torch

from pipeline.network.architecture import Architecture
from pipeline.network.hedunet import HedUnet
from pipeline.training.losses import balanced_loss, deep_loss
from pipeline.training.recipe import LossTable
from pipeline.training.targets import Batch, Example, batch_of
from tests.pipeline.training.examples import PUBLISHED_LOSS, half_ice

MENDED = LossTable()
Shape = tuple[int, ...]


def whole(shape: Shape, value: float) -> torch.Tensor:
    return torch.full(shape, value)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_tile_of_one_class_still_has_a_loss(target: float) -> None:
    wrong = whole((1, 1, 8, 8), 4.0 if target == 0 else -4.0)
    ones = whole((1, 1, 8, 8), 1.0)
    asked = whole((1, 1, 8, 8), target)
    assert balanced_loss(wrong, asked, ones, MENDED.smallest_ice_share).item() > 0.1
    assert balanced_loss(wrong, asked, ones, PUBLISHED_LOSS.smallest_ice_share).item() == 0.0


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
    target, data = torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8)
    data[..., 4:] = 0.0
    logits = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    changed = logits.clone()
    changed[..., 4:] = 50.0
    assert torch.equal(
        balanced_loss(logits, target, data, 0.1), balanced_loss(changed, target, data, 0.1)
    )


def bordered() -> tuple[Batch, Batch]:
    """A tile whose right third has no data, and the same with another truth there."""
    example = half_ice(0)
    levels = example.bands.copy()
    levels[..., 20:] = float("nan")
    batch = batch_of([Example(levels, example.ice, example.front)])
    flipped = batch.ice.clone()
    flipped[..., 24:] = 1.0
    return batch, Batch(batch.tiles, flipped, batch.front, batch.data)


def test_what_lies_where_there_are_no_data_changes_no_loss_at_the_finest_levels() -> None:
    one, other = bordered()
    output = HedUnet(Architecture(("HH",), 4)).eval().with_side_outputs(one.tiles)
    mended = [deep_loss(output, batch, MENDED).item() for batch in (one, other)]
    published = [deep_loss(output, batch, PUBLISHED_LOSS).item() for batch in (one, other)]
    assert abs(mended[0] - mended[1]) < 0.05 * mended[0]
    assert abs(published[0] - published[1]) > 0.05 * published[0]


def test_every_level_teaches() -> None:
    batch = batch_of([half_ice(number, 64) for number in range(2)])
    network = HedUnet(Architecture(("HH",), 4))
    deep_loss(network.with_side_outputs(batch.tiles), batch, MENDED).backward()  # type: ignore[no-untyped-call]
    for head in network.heads:
        assert head.weight.grad.abs().sum() > 0  # type: ignore[union-attr,operator]
