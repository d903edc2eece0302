from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.labelled.folder import open_labelled
from pipeline.training.loop import training_batch
from pipeline.training.supply import (
    LabelledSupply,
    MixedSupply,
    SimulatedSupply,
    labelled_example,
    supply_of,
)
from pipeline.training.targets import Example, batch_of
from tests.pipeline.labelled.samples import write_labelled_folder
from tests.pipeline.training.examples import HalfIce, recipe

LABELLED: dict[str, Any] = {"labelled": {"share": 1.0}, "simulated": {"share": 0.0}}


@pytest.fixture
def labelled(tmp_path: Path) -> LabelledSupply:
    folder = open_labelled(write_labelled_folder(tmp_path, ("A", "B"), each=2))
    return LabelledSupply.of(list(folder.images()), recipe(**LABELLED))


def test_an_example_is_known_by_its_number(labelled: LabelledSupply) -> None:
    for supply in (labelled, SimulatedSupply(3, ("HH",))):
        once, again, other = (supply.example(number, 64) for number in (7, 7, 8))
        assert np.array_equal(once.bands, again.bands, equal_nan=True)
        assert not np.array_equal(once.bands, other.bands, equal_nan=True)


def test_simulated_examples_have_fronts_on_every_edge() -> None:
    example = SimulatedSupply(3, ("HH", "HV"), (40.0, 160.0), (1.0, 1.0)).example(1, 64)
    assert example.bands.shape == (2, 64, 64)
    assert example.front.all()


def test_rock_is_not_ocean_and_its_coast_no_front(tmp_path: Path) -> None:
    folder = open_labelled(write_labelled_folder(tmp_path))
    image = folder.read(folder.rows[0])
    example = labelled_example(image)
    assert example.ice[-3, 3]  # rock
    assert example.front[image.front].all()
    assert not example.front[-3, 3]


def test_every_site_is_shown_as_often(tmp_path: Path) -> None:
    root = write_labelled_folder(tmp_path, ("A",), each=3)
    index = (root / "index.csv").read_text().replace("A_002,A,", "A_002,B,")
    (root / "index.csv").write_text(index)
    supply = LabelledSupply.of(list(open_labelled(root).images()), recipe(**LABELLED))
    assert sorted(len(site) for site in supply.sites) == [1, 2]


@pytest.mark.parametrize(("share", "expected"), [(0.25, 5), (0.5, 10), (0.9, 18)])
def test_a_mixture_takes_its_share_from_each(share: float, expected: int) -> None:
    simulated, labelled = HalfIce(), HalfIce(100)
    mixed = MixedSupply(simulated, labelled, share)
    for number in range(20):
        mixed.example(number, 32)
    assert len(labelled.asked) == expected
    assert len(simulated.asked) == 20 - expected


def test_the_recipe_decides_what_is_shown(tmp_path: Path) -> None:
    images = list(open_labelled(write_labelled_folder(tmp_path)).images())
    both = recipe(simulated={"share": 0.5}, labelled={"share": 0.5})
    assert isinstance(supply_of(recipe(), []), SimulatedSupply)
    assert isinstance(supply_of(recipe(**LABELLED), images), LabelledSupply)
    assert isinstance(supply_of(both, images), MixedSupply)


@pytest.mark.parametrize(
    ("channels", "bands"),
    [(["HH", "HV", "HH/HV"], 2), (["HH", "DEM"], 2), (["HH", "HV", "HH/HV", "DEM"], 3)],
)
def test_more_channels_are_made_from_simulated_bands(channels: list[str], bands: int) -> None:
    wanted = recipe(network={"channels": channels, "base_channels": 2})
    supply = supply_of(wanted, [])
    assert supply.example(0, 32).bands.shape == (bands, 32, 32)
    tiles = training_batch(wanted, supply, 0).tiles
    assert tiles.shape == (2, len(channels), 32, 32)
    assert bool(tiles.isfinite().all())


def test_levels_are_changed_by_chance_and_what_other_dates_add_is_not(tmp_path: Path) -> None:
    folder = open_labelled(write_labelled_folder(tmp_path, ("A",), each=3))
    images = [
        replace(image, persistence=np.full((3, 64, 64), 0.5, dtype=np.float32))
        for image in folder.images()
    ]
    supply = LabelledSupply.of(images, recipe(labelled={"share": 1.0, "alone_share": 0.5}))
    bands = [supply.example(number, 64).bands for number in range(12)]
    assert {each.shape for each in bands} == {(4, 64, 64)}
    alone = [bool(np.isnan(each[1:]).all()) for each in bands]
    assert 0 < sum(alone) < len(alone)
    for each in (each for each, is_alone in zip(bands, alone, strict=True) if not is_alone):
        shown = each[1:][np.isfinite(each[1:])]
        assert np.allclose(shown, 0.5, atol=1e-5)


def test_what_other_dates_do_not_know_counts_for_learning_all_the_same() -> None:
    bands = np.full((4, 32, 32), -10.0, dtype=np.float32)
    bands[1:] = np.nan
    bands[0, :4] = np.nan
    example = Example(bands, np.ones((32, 32), bool), np.ones((32, 32), bool))
    batch = batch_of([example], ("HH", "PERSISTENCE"))
    assert batch.tiles.shape == (1, 2, 32, 32)
    assert float(batch.tiles[0, 1].abs().max()) == 0.0
    assert not bool(batch.data[0, 0, :4].any())
    assert bool(batch.data[0, 0, 4:].all())
