from __future__ import annotations

import numpy as np
import pytest

from pipeline.simulate.backscatter import (
    LOOKS,
    Appearance,
    draw_texture,
    mean_backscatter_db,
    speckled_sigma0,
)
from pipeline.simulate.noise import rng_of
from pipeline.simulate.surfaces import Surface

SHAPE = (400, 400)
AT_REFERENCE = np.full((1, 400), 33.0, dtype=np.float32)
SMOOTH = Appearance(texture_gain=0.0)
QUIET = Appearance(noise_floor_offset_db=-60.0)
DRY = np.zeros(SHAPE, dtype=np.float32)


@pytest.mark.parametrize("surface", list(Surface))
@pytest.mark.parametrize("polarisation", ["HH", "HV"])
def test_a_smooth_dry_surface_has_its_mean_backscatter(surface: Surface, polarisation: str) -> None:
    surfaces = np.full(SHAPE, surface, dtype=np.uint8)
    texture = draw_texture(SHAPE, rng_of(1))
    mean = mean_backscatter_db(surfaces, DRY, texture, polarisation, SMOOTH, wind_db=0.0)
    assert mean == pytest.approx(LOOKS[surface].mean_db[polarisation])


def test_wind_brightens_water_and_nothing_else() -> None:
    surfaces = np.array([[Surface.OPEN_WATER, Surface.SHELF]], dtype=np.uint8)
    texture = draw_texture((1, 2), rng_of(1))
    dry = np.zeros((1, 2), dtype=np.float32)
    mean = mean_backscatter_db(surfaces, dry, texture, "HH", SMOOTH, wind_db=5.0)
    assert mean[0].tolist() == [-12.0, -6.0]


def test_a_fully_wet_shelf_is_as_dark_as_melt_makes_it() -> None:
    surfaces = np.full(SHAPE, Surface.SHELF, dtype=np.uint8)
    texture = draw_texture(SHAPE, rng_of(1))
    mean = mean_backscatter_db(surfaces, DRY + 1, texture, "HH", SMOOTH, wind_db=0.0)
    assert mean == pytest.approx(-19.0)


def test_speckle_has_the_looks_it_is_told() -> None:
    backscatter = np.full(SHAPE, -10.0, dtype=np.float32)
    sigma0 = speckled_sigma0(backscatter, "HH", AT_REFERENCE, QUIET, rng_of(2))
    assert sigma0.mean() == pytest.approx(0.1, rel=0.01)
    assert (sigma0.mean() / sigma0.std()) ** 2 == pytest.approx(10.7, rel=0.03)


def test_ten_degrees_more_incidence_lose_two_decibels_in_hh() -> None:
    backscatter = np.full(SHAPE, -10.0, dtype=np.float32)
    near = speckled_sigma0(backscatter, "HH", AT_REFERENCE, QUIET, rng_of(3))
    far = speckled_sigma0(backscatter, "HH", AT_REFERENCE + 10, QUIET, rng_of(3))
    assert 10 * np.log10(far.mean() / near.mean()) == pytest.approx(-2.4, abs=0.01)


def test_nothing_is_darker_than_the_noise_floor() -> None:
    backscatter = np.full(SHAPE, -60.0, dtype=np.float32)
    sigma0 = speckled_sigma0(backscatter, "HV", AT_REFERENCE, Appearance(), rng_of(4))
    assert 10 * np.log10(sigma0.mean()) == pytest.approx(-30.0, abs=0.1)
    assert sigma0.min() > 0


def test_both_polarisations_show_the_same_texture() -> None:
    surfaces = np.full(SHAPE, Surface.MELANGE, dtype=np.uint8)
    texture = draw_texture(SHAPE, rng_of(5))
    hh, hv = (
        mean_backscatter_db(surfaces, DRY, texture, polarisation, Appearance(), 0.0)
        for polarisation in ("HH", "HV")
    )
    assert np.allclose(hh - hv, 7.0, atol=1e-4)
