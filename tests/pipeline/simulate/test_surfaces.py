from __future__ import annotations

import numpy as np
import pytest

from pipeline.simulate.noise import Field, rng_of
from pipeline.simulate.scenario import Conditions, SeaIce
from pipeline.simulate.surfaces import (
    OceanCover,
    SeawardDistance,
    Surface,
    lay_surfaces,
    signed_distance_m,
    wetness,
)


def straight_coast(side_px: int = 300) -> Field:
    """Shelf on the left half, ocean on the right, 40 m pixels."""
    column = np.arange(side_px) - side_px / 2 + 0.5
    return np.repeat((column * 40.0)[None, :], side_px, axis=0).astype(np.float32)


def conditions(sea_ice: SeaIce) -> Conditions:
    return Conditions(melt=0.0, sea_ice=sea_ice, wind_db=0.0, polarisations=("HH",))


def shares(sea_ice: SeaIce) -> dict[Surface, float]:
    surfaces = lay_surfaces(straight_coast(), None, conditions(sea_ice), rng_of(1, sea_ice))
    ocean = surfaces[:, 150:]
    return {surface: float((ocean == surface).mean()) for surface in Surface}


def test_the_shelf_ends_exactly_at_the_front() -> None:
    for kind in SeaIce:
        surfaces = lay_surfaces(straight_coast(), None, conditions(kind), rng_of(2, kind))
        assert np.array_equal(surfaces == Surface.SHELF, straight_coast() <= 0)


def test_without_sea_ice_the_ocean_is_mostly_open() -> None:
    assert shares(SeaIce.NONE)[Surface.OPEN_WATER] > 0.9


def test_fast_ice_lies_against_the_front() -> None:
    surfaces = lay_surfaces(straight_coast(), None, conditions(SeaIce.FAST), rng_of(3))
    beside_the_front = surfaces[:, 150:155]
    assert (beside_the_front == Surface.OPEN_WATER).mean() == 0.0
    assert shares(SeaIce.FAST)[Surface.SEA_ICE] > 0.8


def test_pack_ice_leaves_open_water_at_the_front() -> None:
    surfaces = lay_surfaces(straight_coast(), None, conditions(SeaIce.PACK), rng_of(4))
    assert (surfaces[:, 150:160] == Surface.OPEN_WATER).mean() > 0.5
    assert (surfaces[:, 260:] == Surface.SEA_ICE).mean() > 0.5


def test_a_calved_berg_never_touches_the_shelf() -> None:
    everywhere = np.ones((300, 300), dtype=np.bool_)
    surfaces = lay_surfaces(straight_coast(), everywhere, conditions(SeaIce.NONE), rng_of(5))
    assert (surfaces == Surface.ICEBERG).any()
    assert not (surfaces[:, 145:157] == Surface.ICEBERG).any()


def test_a_dry_shelf_has_no_wetness_and_a_melting_one_is_mostly_wet() -> None:
    assert wetness((64, 64), 0.0, rng_of(6)).max() == 0.0
    melting = wetness((400, 400), 0.9, rng_of(6))
    assert 0.6 < melting.mean() < 1.0


def test_signed_distance_is_negative_on_ice() -> None:
    ice = np.zeros((5, 10), dtype=np.bool_)
    ice[:, :5] = True
    distance = signed_distance_m(ice, 40.0)
    assert distance[0].tolist() == [-200, -160, -120, -80, -40, 40, 80, 120, 160, 200]


def test_the_coarse_distance_has_the_exact_sign_and_nearly_the_size() -> None:
    y, x = np.mgrid[:203, :301]
    ice = x < 150 + 30 * np.sin(y / 20)
    coarse, exact = SeawardDistance.of(ice, 40.0).rows(slice(None)), signed_distance_m(ice, 40.0)
    assert np.array_equal(coarse <= 0, ice)
    assert np.abs(coarse - exact).max() < 300.0


def test_rows_of_the_coarse_distance_are_those_of_the_whole() -> None:
    y, x = np.mgrid[:203, :301]
    distance = SeawardDistance.of(x < 150 + 30 * np.sin(y / 20), 40.0)
    pieces = [distance.rows(slice(first, first + 50)) for first in range(0, 203, 50)]
    assert np.array_equal(np.concatenate(pieces), distance.rows(slice(None)))


def test_finer_pixels_show_the_same_bergs_larger() -> None:
    bergs = [
        OceanCover.draw((4 * gain * 100, 4 * gain * 100), SeaIce.NONE, rng_of(7), float(gain)).bergs
        for gain in (4, 8)
    ]
    assert bergs[1].mean() == pytest.approx(bergs[0].mean(), rel=0.5)


def test_a_tile_without_front_is_far_from_any() -> None:
    assert signed_distance_m(np.ones((4, 4), dtype=np.bool_), 40.0).max() < -1e5
    assert signed_distance_m(np.zeros((4, 4), dtype=np.bool_), 40.0).min() > 1e5
