from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from pipeline.evaluation.shelf import largest_body
from pipeline.evaluation.simulated_cases import (
    CALVING_SIDES,
    Case,
    CaseTiles,
    calved_shelf,
    many_bergs,
    tabular_berg,
)
from pipeline.simulate.noise import rng_of

SIDE_PX = 96
SEED = 11


def contrast_db(case: Case) -> float:
    """How much brighter the shelf is than the water, in the mean over a few tiles."""
    differences = []
    for number in range(4):
        tile = CaseTiles(case, SEED, SIDE_PX)(number)
        differences.append(tile.sigma0_db[0][tile.ice].mean() - tile.sigma0_db[0][~tile.ice].mean())
    return float(np.mean(differences))


@pytest.mark.parametrize("case", list(Case))
def test_a_case_has_a_front_and_data_everywhere(case: Case) -> None:
    side_px = SIDE_PX * (CALVING_SIDES if case is Case.CALVING else 1)
    tile = CaseTiles(case, SEED, SIDE_PX, ("HH", "HV"))(0)
    assert tile.sigma0_db.shape == (2, side_px, side_px)
    assert np.isfinite(tile.sigma0_db).all()
    assert 0.05 < tile.ice.mean() < 0.95


def test_a_tile_is_known_by_its_case_and_number() -> None:
    tiles = CaseTiles(Case.WIND, SEED, SIDE_PX)
    assert np.array_equal(tiles(3).sigma0_db, CaseTiles(Case.WIND, SEED, SIDE_PX)(3).sigma0_db)
    assert not np.array_equal(tiles(3).ice, tiles(4).ice)
    assert not np.array_equal(tiles(3).ice, CaseTiles(Case.MELT, SEED, SIDE_PX)(3).ice)


def test_every_hard_case_takes_contrast_from_the_front() -> None:
    calm = contrast_db(Case.BASELINE)
    for case in (Case.MELT, Case.FAST_ICE, Case.WIND, Case.LOW_CONTRAST):
        assert contrast_db(case) < calm - 3.0, case


def test_one_tile_in_five_has_no_front_but_every_calving_has() -> None:
    shares = [tile.ice.mean() for tile in CaseTiles(Case.BASELINE, SEED, SIDE_PX).tiles(8)]
    assert len(shares) == 10
    assert sorted(share for share in shares if share in (0.0, 1.0)) == [0.0, 1.0]
    assert len(list(CaseTiles(Case.CALVING, SEED, 48).tiles(3))) == 3


def depth_of_bay(ice: np.ndarray) -> float:
    """The share of a tile's side that the front reaches back, looking from the ocean."""
    straight = min((np.rot90(ice, turns) for turns in range(4)), key=lambda turned: turned[0].sum())
    first_ice = straight.argmax(axis=0)
    return float(np.ptp(first_ice)) / len(ice)


def test_a_large_calving_leaves_one_shelf_with_a_deep_bay() -> None:
    for number in range(12):
        ice = calved_shelf(160, rng_of(SEED, number))
        assert np.array_equal(largest_body(ice), ice)
        assert depth_of_bay(ice) > 0.15


def test_the_berg_of_a_calving_is_large_and_leaves_water_before_the_shelf() -> None:
    tile = CaseTiles(Case.CALVING, SEED, 128)(0)
    assert tabular_berg(tile.ice, rng_of(SEED, "berg")).mean() > 0.01
    bright = ndimage.uniform_filter(tile.sigma0_db[0], 5) > -8.0
    beside = ndimage.binary_dilation(tile.ice, iterations=6) & ~tile.ice
    assert (bright & ~tile.ice).mean() > 0.01
    assert (bright & beside).sum() < 0.5 * beside.sum()


def test_many_bergs_cover_about_a_tenth() -> None:
    ice = np.zeros((256, 256), dtype=np.bool_)
    shares = [many_bergs(ice, rng_of(SEED, n)).mean() for n in range(8)]
    assert 0.05 < np.mean(shares) < 0.15
