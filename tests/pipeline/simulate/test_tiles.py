from __future__ import annotations

import numpy as np
import pytest

from pipeline.simulate.tiles import SimulatedTile, SimulatedTiles, simulate_tile

# Measured on the code that trained them.
TILE_4_ICE_SHARE, TILE_4_MEAN_DB, TILE_4_PIXEL_DB = 0.718505859375, -9.948204, -9.865669


@pytest.fixture(scope="module")
def supply() -> SimulatedTiles:
    return SimulatedTiles(seed=3, side_px=96)


def test_a_tile_is_known_by_its_number(supply: SimulatedTiles) -> None:
    once, again = supply(7), SimulatedTiles(seed=3, side_px=96)(7)
    assert np.array_equal(once.sigma0_db, again.sigma0_db, equal_nan=True)
    assert np.array_equal(once.ice, again.ice)


def test_another_seed_gives_other_tiles(supply: SimulatedTiles) -> None:
    assert not np.array_equal(supply(0).sigma0_db, SimulatedTiles(4, 96)(0).sigma0_db)


def test_among_many_tiles_are_all_kinds(supply: SimulatedTiles) -> None:
    tiles = [supply(number) for number in range(120)]
    shares = np.array([tile.ice.mean() for tile in tiles])
    assert (shares == 0).sum() >= 5
    assert (shares == 1).sum() >= 3
    assert ((shares > 0) & (shares < 1)).sum() > 60
    assert any(np.isnan(tile.sigma0_db).any() for tile in tiles)


def test_two_polarisations_give_two_channels() -> None:
    tile = SimulatedTiles(3, 64, ("HH", "HV"))(0)
    assert tile.sigma0_db.shape == (2, 64, 64)
    assert tile.sigma0_db.dtype == np.float32


def test_tiles_are_those_that_the_shipped_weights_were_trained_on() -> None:
    tile = SimulatedTiles(seed=27, side_px=256)(4)
    assert tile.ice.mean() == pytest.approx(TILE_4_ICE_SHARE, abs=1e-9)
    assert np.nanmean(tile.sigma0_db) == pytest.approx(TILE_4_MEAN_DB, abs=1e-3)
    assert tile.sigma0_db[0, 100, 200] == pytest.approx(TILE_4_PIXEL_DB, abs=1e-3)


def test_coarse_pixels_show_the_same_kinds_with_less_speckle() -> None:
    def roughness(pixel_size_m: float) -> float:
        # The spread between neighbours is speckle; surfaces are wider than two pixels.
        spreads = []
        for number in range(8):
            tile = simulate_tile(
                96, ("HH",), np.random.default_rng(number), pixel_size_m=pixel_size_m
            )
            spreads.append(np.nanmedian(np.abs(np.diff(tile.sigma0_db[0], axis=1))))
        return float(np.mean(spreads))

    assert roughness(160.0) < 0.6 * roughness(40.0)


def test_soaked_tiles_show_ice_as_dark_as_water_and_often_nothing_else() -> None:
    def tiles(soaked: bool) -> list[SimulatedTile]:
        return [
            simulate_tile(48, ("HH",), np.random.default_rng(number), soaked=soaked)
            for number in range(60)
        ]

    def ice_db(shown: list[SimulatedTile]) -> float:
        return float(np.nanmedian(np.concatenate([t.sigma0_db[0][t.ice] for t in shown])))

    dry, wet = tiles(soaked=False), tiles(soaked=True)
    assert ice_db(wet) < ice_db(dry) - 5.0
    assert sum(bool(t.ice.all()) for t in wet) > 2 * sum(bool(t.ice.all()) for t in dry)
