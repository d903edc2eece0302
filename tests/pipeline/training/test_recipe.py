from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.network.choice import MODEL_FOLDER
from pipeline.training.recipe import read_recipe
from tests.pipeline.training.examples import recipe


@pytest.mark.parametrize("path", sorted(MODEL_FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_recipes_can_be_read(path: Path) -> None:
    assert read_recipe(path).name == path.stem


def test_a_recipe_is_known_by_its_digest() -> None:
    assert recipe().sha256 == recipe().sha256
    assert recipe(seed=6).sha256 != recipe().sha256


def test_the_digest_does_not_depend_on_what_is_left_to_defaults() -> None:
    assert recipe(weight_decay=1e-2).sha256 == recipe().sha256


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name = 1", "name"),
        ('name = "a"', "stages"),
        ('name = "a"\nstages = []', "stages"),
        ('name = "A b"\n[[stages]]\nsteps=1\ntile_px=32\nbatch_size=2', "name"),
        ('name = "a"\n[[stages]]\nsteps=1\ntile_px=33\nbatch_size=2', r"stages\.0\.tile_px"),
        ('name = "a"\nsped = 1\n[[stages]]\nsteps=1\ntile_px=32\nbatch_size=2', "sped"),
        ("name =", "cannot be read"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_named_with_its_fault(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ModelError, match=rf"mine\.toml.*{fault}"):
        read_recipe(path)


def test_a_step_has_its_stage() -> None:
    stages = [
        {"steps": 2, "tile_px": 32, "batch_size": 4},
        {"steps": 3, "tile_px": 64, "batch_size": 2},
    ]
    wanted = recipe(stages=stages)
    assert [wanted.stage_at(step).tile_px for step in range(5)] == [32, 32, 64, 64, 64]
    with pytest.raises(IndexError):
        wanted.stage_at(5)
