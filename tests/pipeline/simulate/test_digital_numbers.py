import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.radiometry.calibration import Calibrator
from pipeline.safe.tables import (
    CalibrationTable,
    CalibrationVector,
    NoiseBlock,
    NoiseTable,
    NoiseVector,
)
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.digital_numbers import LARGEST, SyntheticDn
from pipeline.simulate.tables import calibration_table, noise_table
from tests.pipeline.simulate.products import MOMENT, TARGET

PIXELS = 9


def flat_calibration(amplitude: float) -> CalibrationTable:
    pixels = np.array([0, PIXELS - 1])
    level = np.full(2, amplitude)
    vectors = tuple(CalibrationVector(line, pixels, level, level) for line in (-10, 30))
    return CalibrationTable("HH", vectors)


NOISE = NoiseTable(
    "HH",
    (
        NoiseVector(0, np.array([0, 4, 8]), np.array([100.0, 200.0, 100.0])),
        NoiseVector(10, np.array([0, 8]), np.array([300.0, 300.0])),
    ),
    (
        NoiseBlock("EW1", 0, 4, 0, 3, np.array([0, 4]), np.array([1.0, 2.0])),
        NoiseBlock("EW2", 0, 20, 4, 6, np.array([0]), np.array([3.0])),
    ),
)


@given(st.floats(1e-4, 2.0), st.floats(300.0, 2000.0))
def test_calibrating_digital_numbers_gives_sigma0_back_to_half_a_number(
    sigma0: float, amplitude: float
) -> None:
    synthetic = SyntheticDn(flat_calibration(amplitude), None, PIXELS)

    numbers = synthetic.block(0, np.full((3, PIXELS), sigma0, dtype=np.float32))

    assert abs(float(numbers[0, 0]) - np.sqrt(sigma0) * amplitude) <= 0.5 + 1e-3
    assert (numbers == numbers[0, 0]).all()


def test_noise_is_straight_between_vectors_and_times_the_factor_of_its_block() -> None:
    synthetic = SyntheticDn(flat_calibration(500.0), NOISE, PIXELS)

    power = synthetic.noise_power(np.array([0, 2, 5, 10]))

    # line 2 is a fifth of the way from (100, 200, 100) to 300; factor 1.5 in block EW1
    assert power[0, 0] == pytest.approx(100.0)
    assert power[1, 0] == pytest.approx((100 + 0.2 * 200) * 1.5)
    assert power[1, 5] == pytest.approx((175 + 0.2 * 125) * 3.0)
    assert power[2, 2] == pytest.approx((150 + 0.5 * 150) * 1.0)  # below EW1, outside of blocks
    assert power[3, 8] == pytest.approx(300.0)


def test_pixels_without_data_are_zero_and_no_others_are() -> None:
    sigma0 = np.zeros((2, PIXELS), dtype=np.float32)
    sigma0[0, :3] = np.nan

    numbers = SyntheticDn(flat_calibration(500.0), None, PIXELS).block(0, sigma0)

    assert (numbers[0, :3] == 0).all()
    assert (numbers[0, 3:] == 1).all()
    assert (numbers[1] == 1).all()


def test_the_brightest_targets_saturate() -> None:
    sigma0 = np.full((1, PIXELS), 1e6, dtype=np.float32)

    numbers = SyntheticDn(flat_calibration(500.0), None, PIXELS).block(0, sigma0)

    assert (numbers == LARGEST).all()


def test_speckle_multiplies_signal_and_noise_together() -> None:
    synthetic = SyntheticDn(flat_calibration(500.0), NOISE, PIXELS)
    sigma0 = np.full((4, PIXELS), 0.04, dtype=np.float32)
    speckle = np.full((4, PIXELS), 4.0, dtype=np.float32)

    plain, speckled = synthetic.block(3, sigma0), synthetic.block(3, sigma0, speckle)

    np.testing.assert_allclose(speckled, 2.0 * plain, atol=1.01)


@pytest.mark.parametrize("polarisation", ["HH", "HV"])
def test_our_calibration_leads_back_to_sigma0_over_a_full_swath(polarisation: str) -> None:
    annotation = simulated_annotation(Acquisition(TARGET, MOMENT), polarisation)
    calibration, noise = calibration_table(annotation), noise_table(annotation)
    row = np.geomspace(0.003, 0.5, annotation.pixels).astype(np.float32)
    sigma0 = np.repeat(row[None], 40, axis=0)
    first_line = 240  # over the line at which the seams move

    numbers = SyntheticDn(calibration, noise, annotation.pixels).block(first_line, sigma0)
    found = Calibrator.of(calibration, noise, annotation.pixels).power(numbers, first_line).power

    # Half a digital number of some 100: the root of (signal + noise) times the amplitude.
    error = np.abs(found - sigma0) / sigma0
    assert error.max() < 0.05
    assert abs(10 * np.log10((found / sigma0).mean())) < 0.001


def test_speckled_noise_is_removed_in_the_mean() -> None:
    annotation = simulated_annotation(Acquisition(TARGET, MOMENT), "HV")
    calibration, noise = calibration_table(annotation), noise_table(annotation)
    rng = np.random.default_rng(5)
    sigma0 = np.full((200, annotation.pixels), 0.003, dtype=np.float32)
    speckle = rng.gamma(10.7, 1 / 10.7, sigma0.shape).astype(np.float32)

    numbers = SyntheticDn(calibration, noise, annotation.pixels).block(3000, sigma0, speckle)
    found = Calibrator.of(calibration, noise, annotation.pixels).power(numbers, 3000).power

    assert abs(10 * np.log10(float(found.mean()) / 0.003)) < 0.01
