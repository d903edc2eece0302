from __future__ import annotations

import numpy as np
import pytest

from pipeline.golden_tile import GRID, golden_bands, golden_digest, true_ice

# Written down once: on every machine, with every version of numpy, the tile is this one.
DIGEST = "1d4a7bd046b5ced5fd78ac66f2dc8967494c146214f5c372cc468b90ff45077b"


def test_the_tile_is_the_same_on_every_machine() -> None:
    assert golden_digest() == DIGEST


def test_the_bands_are_whole_and_in_single_precision() -> None:
    for band in golden_bands().values():
        assert band.shape == (GRID.height, GRID.width)
        assert band.dtype == np.float32
        assert np.isfinite(band).all()


@pytest.mark.parametrize("name", ["HH", "HV"])
def test_ice_is_bright_and_water_dark(name: str) -> None:
    band, ice = golden_bands()[name], true_ice()
    assert 0.4 < ice.mean() < 0.6
    assert band[ice].mean() - band[~ice].mean() == pytest.approx(11.5, abs=1.0)
    assert 1.0 < band[ice].std() < 2.5  # speckle and texture


def test_the_shelf_stands_above_the_sea() -> None:
    heights, ice = golden_bands()["DEM"], true_ice()
    assert (heights[ice] > 0).mean() > 0.99
    assert not heights[~ice].any()
