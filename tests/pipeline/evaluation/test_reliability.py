from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.reliability import BINS, Reliability

SHAPE = (40, 50)
EVERYWHERE = np.ones(SHAPE, dtype=np.bool_)


def random_image(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and a truth that is drawn with them."""
    rng = np.random.default_rng(seed)
    probability = rng.random(SHAPE, dtype=np.float32)
    return probability, rng.random(SHAPE) < probability


def test_probabilities_that_are_true_are_reliable() -> None:
    parts = [Reliability.of(*random_image(seed), EVERYWHERE) for seed in range(20)]
    whole = Reliability.pooled(parts)
    assert whole.pixels.sum() == 20 * 40 * 50
    assert whole.observed_share == pytest.approx(whole.mean_probability, abs=0.03)
    assert whole.expected_calibration_error < 0.02


def test_a_network_that_is_too_sure_is_found_out() -> None:
    probability = np.full(SHAPE, 0.95, dtype=np.float32)
    truth = np.zeros(SHAPE, dtype=np.bool_)
    truth[:20] = True
    found = Reliability.of(probability, truth, EVERYWHERE)
    assert found.observed_share[9] == 0.5
    assert found.expected_calibration_error == pytest.approx(0.45)


@given(seed=st.integers(0, 1000))
def test_pooled_images_are_as_one_large_image(seed: int) -> None:
    one, other = random_image(seed), random_image(seed + 1)
    pooled = Reliability.pooled([Reliability.of(*each, EVERYWHERE) for each in (one, other)])
    stacked = [np.concatenate(pair) for pair in zip(one, other, strict=True)]
    large = Reliability.of(stacked[0], stacked[1], np.concatenate([EVERYWHERE, EVERYWHERE]))
    assert pooled.observed_share == pytest.approx(large.observed_share)
    assert pooled.expected_calibration_error == pytest.approx(large.expected_calibration_error)


def test_certainty_falls_into_the_last_bin_and_unknown_pixels_into_none() -> None:
    sure = np.ones(SHAPE, dtype=np.float32)
    known = EVERYWHERE.copy()
    known[0] = False
    found = Reliability.of(sure, EVERYWHERE, known)
    assert found.pixels[BINS - 1] == found.pixels.sum() == 39 * 50
    assert math.isnan(found.observed_share[0])


def test_nothing_has_no_calibration_error() -> None:
    assert math.isnan(Reliability.pooled([]).expected_calibration_error)
