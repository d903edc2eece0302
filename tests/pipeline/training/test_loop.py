from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipeline.errors import ModelError
from pipeline.network.hedunet import HedUnet
from pipeline.training.curves import Progress
from pipeline.training.loop import (
    CHECKPOINT,
    CURVES,
    Lesson,
    learning_rate_at,
    train,
    training_batch,
)
from tests.pipeline.training.examples import HalfIce, WrongWay, half_ice, recipe

HELD_OUT = 1000


def lesson() -> Lesson:
    return Lesson(HalfIce(), HalfIce(HELD_OUT))


def same_weights(one: HedUnet, other: HedUnet) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


class Killed(Exception):
    """Stands for SIGKILL: raised between two steps."""


def test_training_learns_what_it_is_shown(tmp_path: Path) -> None:
    progress: list[Progress] = []
    stages = [{"steps": 30, "tile_px": 32, "batch_size": 4}]
    wanted = recipe(stages=stages, learning_rate=1e-2, averaging=0.5)
    network = train(wanted, lesson(), tmp_path, report=progress.append)
    assert [entry.step for entry in progress] == list(range(1, 31))
    assert progress[-1].loss < 0.7 * progress[0].loss
    assert not network.training
    example = half_ice(5)
    with torch.inference_mode():
        logits = network(training_batch(wanted, HalfIce(5), 0).tiles)
    assert ((logits[0, 0].numpy() > 0) == example.ice).mean() > 0.9


def test_the_same_recipe_gives_the_same_weights(tmp_path: Path) -> None:
    one, other = (train(recipe(), lesson(), tmp_path / name) for name in "ab")
    assert same_weights(one, other)


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    one = train(recipe(2, seed=5), lesson(), tmp_path / "a")
    other = train(recipe(2, seed=6), lesson(), tmp_path / "b")
    assert not torch.equal(one.init.weight, other.init.weight)


@pytest.mark.parametrize("killed_after", [1, 3, 4, 5])
def test_a_training_that_was_killed_ends_as_if_it_had_not_been(
    tmp_path: Path, killed_after: int
) -> None:
    whole = train(recipe(6), lesson(), tmp_path / "whole")

    def kill(progress: Progress) -> None:
        if progress.step == killed_after:
            raise Killed

    folder = tmp_path / "killed"
    with pytest.raises(Killed):
        train(recipe(6), lesson(), folder, report=kill)
    again = lesson()
    resumed = train(recipe(6), again, folder)
    assert same_weights(whole, resumed)
    kept = killed_after // 2 * 2 if killed_after % 2 else killed_after
    assert min(again.training.asked) == 2 * kept  # type: ignore[attr-defined]
    curves = [(tmp_path / name / CURVES).read_text() for name in ("whole", "killed")]
    assert curves[0] == curves[1]


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    first = train(recipe(), lesson(), tmp_path)
    again = lesson()
    assert same_weights(first, train(recipe(), again, tmp_path))
    assert again.training.asked == []  # type: ignore[attr-defined]


def test_the_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    train(recipe(2), lesson(), tmp_path)
    with pytest.raises(ModelError, match="checkpoint of another recipe"):
        train(recipe(3), lesson(), tmp_path)


@pytest.mark.parametrize("content", [b"", b"torn", bytes(64)])
def test_a_torn_checkpoint_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CHECKPOINT).write_bytes(content)
    with pytest.raises(ModelError, match=r"checkpoint\.safetensors.*Remove it"):
        train(recipe(2), lesson(), tmp_path)


def test_training_stops_where_it_gets_no_better(tmp_path: Path) -> None:
    """What is taught is the opposite of what is scored."""
    steps: list[int] = []
    stopping = {"every_steps": 2, "tiles": 2, "patience": 2}
    wanted = recipe(60, learning_rate=1e-2, averaging=0.0, stopping=stopping)
    opposite = Lesson(WrongWay(), HalfIce(HELD_OUT))
    train(wanted, opposite, tmp_path, report=lambda p: steps.append(p.step))
    assert steps[-1] < 60


def test_validation_and_training_share_no_example(tmp_path: Path) -> None:
    taught = lesson()
    train(recipe(), taught, tmp_path)
    assert taught.validation.first == HELD_OUT  # type: ignore[attr-defined]
    assert set(taught.validation.asked) == {0, 1}  # type: ignore[attr-defined]
    assert set(taught.training.asked) == set(range(12))  # type: ignore[attr-defined]


def test_stages_change_the_size_of_tiles() -> None:
    stages = [
        {"steps": 2, "tile_px": 32, "batch_size": 3},
        {"steps": 1, "tile_px": 64, "batch_size": 2},
    ]
    wanted = recipe(stages=stages)
    shapes = [tuple(training_batch(wanted, HalfIce(), step).tiles.shape) for step in range(3)]
    assert shapes == [(3, 1, 32, 32), (3, 1, 32, 32), (2, 1, 64, 64)]


def test_the_rate_rises_to_its_height_and_falls_to_nothing() -> None:
    wanted = recipe(100, learning_rate=1.0, warm_up_share=0.2)
    rates = [learning_rate_at(wanted, step) for step in range(100)]
    highest = rates.index(max(rates))
    assert 18 <= highest <= 21
    assert max(rates) <= 1.0
    assert rates[:highest] == sorted(rates[:highest])
    assert rates[-1] < 0.01
