from __future__ import annotations

import numpy as np
import pytest

from pipeline.labelled.levels import MEDIAN_DB, nominal_sigma0_db


def noisy(low: int, high: int) -> np.typing.NDArray[np.uint8]:
    return np.random.default_rng(1).integers(low, high, (64, 64)).astype(np.uint8)


def test_the_median_of_every_image_lies_at_one_level() -> None:
    for grey in (noisy(1, 60), noisy(100, 250)):
        assert float(np.median(nominal_sigma0_db(grey))) == pytest.approx(MEDIAN_DB, abs=0.3)


def test_brighter_stays_brighter() -> None:
    grey = noisy(1, 255)
    level = nominal_sigma0_db(grey)
    order = np.argsort(grey.ravel(), kind="stable")
    assert np.all(np.diff(level.ravel()[order]) >= 0)


def test_broad_black_areas_are_no_data_and_single_black_pixels_are_not() -> None:
    grey = noisy(20, 200)
    grey[:20, :20] = 0
    grey[40, 40] = 0
    level = nominal_sigma0_db(grey)
    assert np.isnan(level[:18, :18]).all()
    assert np.isfinite(level[40, 40])


def test_an_image_of_one_grey_is_flat_and_a_black_one_void() -> None:
    assert np.ptp(nominal_sigma0_db(np.full((32, 32), 90, dtype=np.uint8))) == 0
    assert np.isnan(nominal_sigma0_db(np.zeros((32, 32), dtype=np.uint8))).all()
