from __future__ import annotations

import numpy as np
import pytest

from pipeline.network.channels import NODATA_INPUT, network_input


def test_the_network_sees_the_natural_logarithm_of_backscatter() -> None:
    seen = network_input(np.array([[[0.0, -10.0, -20.0]]], dtype=np.float32))
    assert seen.ravel() == pytest.approx(np.log([1.0, 0.1, 0.01]), rel=1e-6)


def test_backscatter_below_forty_decibels_is_clamped() -> None:
    seen = network_input(np.array([[[-55.0, -np.inf]]], dtype=np.float32))
    assert seen.ravel() == pytest.approx(np.log([1e-4, 1e-4]))


def test_no_data_looks_like_no_echo() -> None:
    seen = network_input(np.full((2, 3, 4), np.nan, dtype=np.float32))
    assert seen.shape == (2, 3, 4)
    assert seen.dtype == np.float32
    assert np.all(seen == np.float32(NODATA_INPUT))


def test_the_input_is_left_as_it_was() -> None:
    sigma0_db = np.array([[[np.nan, -10.0]]], dtype=np.float32)
    network_input(sigma0_db)
    assert np.isnan(sigma0_db[0, 0, 0])
