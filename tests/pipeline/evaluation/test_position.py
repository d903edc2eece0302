from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.contour import contour, judge
from pipeline.evaluation.position import (
    LARGEST_HALF_WIDTH_PX,
    PIXEL_SIGMA,
    PositionErrors,
    cross_check,
    stated_sigma_px,
)
from pipeline.grid import Grid
from tests.pipeline.evaluation.masks import column

PIXEL_M = 40.0
GEOCODING_SIGMA_M = 25.0


def ramp(slope: float, side_px: int = 24) -> np.ndarray:
    across = 0.5 + slope * (np.arange(side_px) - side_px / 2)
    return np.tile(np.clip(across, 0.0, 1.0).astype(np.float32), (side_px, 1))


@pytest.mark.parametrize("slope", [0.05, 0.1])
def test_a_straight_transition_states_half_the_distance_between_its_quarters(slope: float) -> None:
    stated = stated_sigma_px(ramp(slope), column(12, 24))
    assert stated == pytest.approx(math.hypot(0.25 / slope, PIXEL_SIGMA), rel=1e-5)


def test_the_statement_is_that_of_the_traced_line() -> None:
    probability = ramp(0.1)
    grid = Grid("EPSG:3031", 0.0, 24 * PIXEL_M, PIXEL_M, 24, 24)
    line = contour(probability, grid)
    stated_m = PIXEL_M * stated_sigma_px(probability, column(12, 24))[12]
    with_geocoding = math.hypot(stated_m, GEOCODING_SIGMA_M)
    inner = judge(line, probability, grid).vertex_uncertainty_m[12]  # whole metres
    assert inner == pytest.approx(with_geocoding, abs=0.5)


def test_where_the_slope_is_unknown_the_largest_width_is_stated() -> None:
    flat, missing = ramp(0.0), ramp(0.1)
    missing[:, 13:] = np.nan
    for probability in (flat, missing):
        stated = stated_sigma_px(probability, column(12, 24))
        assert stated == pytest.approx(math.hypot(LARGEST_HALF_WIDTH_PX, PIXEL_SIGMA))


def drawn(seed: int, true_scale: float, pixels: int = 4000) -> PositionErrors:
    """Errors that are normal with `true_scale` times what is stated."""
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(0.5, 5.0, pixels)
    return PositionErrors(sigma, np.abs(rng.normal(0.0, true_scale * sigma)))


def test_normal_errors_are_covered_as_stated() -> None:
    assert drawn(1, 1.0).coverage() == pytest.approx(0.68, abs=0.02)


def test_the_scale_that_is_fitted_covers_what_it_should_elsewhere() -> None:
    found = cross_check([drawn(seed, 2.5) for seed in range(10)])
    assert found.position_scale == pytest.approx(2.5, rel=0.05)
    assert found.coverage_unscaled < 0.4
    assert found.coverage_checked == pytest.approx(0.68, abs=0.02)
    assert found.fitted_pixels == found.checked_pixels == 5 * 4000


def test_the_fitted_scale_covers_at_least_the_stated_share_of_its_own_pixels() -> None:
    errors = PositionErrors(np.ones(5), np.array([0.0, 0.0, 1.0, 2.0, 9.0]))
    assert errors.coverage(errors.position_scale) == 0.8
    assert errors.position_scale == 2.0


def test_no_front_states_nothing() -> None:
    found = cross_check([])
    assert math.isnan(found.position_scale)
    assert math.isnan(found.coverage_checked)
