from __future__ import annotations

import bisect
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.radiometry.calibration import Calibrator, Quantity
from pipeline.radiometry.floor import SIGMA0_FLOOR
from pipeline.safe.tables import (
    CalibrationTable,
    CalibrationVector,
    NoiseBlock,
    NoiseTable,
    NoiseVector,
)
from tests.pipeline.esa_tables import LINES, PIXELS, real_tables

WIDTH = 50
Floats = npt.NDArray[np.float64]


def flat_calibration(amplitude: float = 500.0, gamma: float = 400.0) -> CalibrationTable:
    ends = np.array([0, WIDTH - 1])
    values = np.full(2, amplitude), np.full(2, gamma)
    return CalibrationTable(
        "HH", tuple(CalibrationVector(line, ends, *values) for line in (0, 100))
    )


def noise_of(
    *powers: tuple[int, float], blocks: tuple[NoiseBlock, ...] = (), at: tuple[int, ...] = (0, 49)
) -> NoiseTable:
    """Noise constant along range: pairs of line and power."""
    vectors = (NoiseVector(line, np.array(at), np.full(len(at), p)) for line, p in powers)
    return NoiseTable("HH", tuple(vectors), blocks)


def numbers(value: int, rows: int = 4) -> npt.NDArray[np.uint16]:
    return np.full((rows, WIDTH), value, dtype=np.uint16)


# -- a scalar reference: slow, plain, and written apart from the kernels -----------------------


def scalar_along(at: list[int], values: list[float], pixel: int) -> float:
    """Linear between points, held beyond them."""
    if pixel <= at[0]:
        return values[0]
    if pixel >= at[-1]:
        return values[-1]
    after = bisect.bisect_right(at, pixel)
    share = (pixel - at[after - 1]) / (at[after] - at[after - 1])
    return values[after - 1] + share * (values[after] - values[after - 1])


def scalar_between(lines: list[int], at_line: list[float], line: int) -> float:
    return scalar_along(lines, at_line, line)


def scalar_amplitude(table: CalibrationTable, line: int, pixel: int) -> float:
    values = [scalar_along(list(v.pixels), list(v.sigma_nought), pixel) for v in table.vectors]
    return scalar_between([v.line for v in table.vectors], values, line)


def scalar_is_gap(vector: NoiseVector, pixel: int) -> bool:
    """True where the points around the pixel are zero: nothing was imaged there."""
    if pixel in vector.pixels:
        return bool(vector.power[list(vector.pixels).index(pixel)] == 0)
    after = int(np.searchsorted(vector.pixels, pixel))
    return bool(vector.power[after - 1] == 0 and vector.power[after] == 0)


def scalar_range_noise(table: NoiseTable, line: int, pixel: int) -> float:
    bridged: dict[int, float] = {}
    for vector in table.range_vectors:
        points = [(p, v) for p, v in zip(vector.pixels, vector.power, strict=True) if v > 0]
        bridged[vector.line] = scalar_along([p for p, _ in points], [v for _, v in points], pixel)
    imaged = [v.line for v in table.range_vectors if not scalar_is_gap(v, pixel)] or list(bridged)
    nearest = [min(imaged, key=lambda k: (abs(k - at), k)) for at in bridged]
    return scalar_between(list(bridged), [bridged[k] for k in nearest], line)


def scalar_factor(table: NoiseTable, line: int, pixel: int) -> float:
    for block in table.azimuth:
        in_lines = block.first_line <= line <= block.last_line
        if in_lines and block.first_pixel <= pixel <= block.last_pixel:
            return scalar_along(list(block.lines), list(block.factors), line)
    return 1.0


def scalar_sigma0(
    tables: tuple[CalibrationTable, NoiseTable], number: int, line: int, pixel: int
) -> float:
    calibration, noise = tables
    if number == 0:
        return float("nan")
    removed = scalar_range_noise(noise, line, pixel) * scalar_factor(noise, line, pixel)
    return (number**2 - removed) / scalar_amplitude(calibration, line, pixel) ** 2


# -- tests --------------------------------------------------------------------------------------


@pytest.mark.parametrize("polarisation", ["HH", "HV"])
def test_the_real_ew_tables_agree_with_a_scalar_calculation(
    shared_data: Path, polarisation: str
) -> None:
    tables = real_tables(shared_data, polarisation)
    calibrator = Calibrator.of(*tables, PIXELS)
    rng = np.random.default_rng(5)
    # The blocks' borders and the slanted start are where mistakes hide.
    lines = [0, 78, 79, 127, 128, 166, 167, 225, 226, 333, 334, 422, 1344, 1345, 10_707]
    pixels = [0, 1, 3111, 3112, 3117, 3118, 3129, 3130, 5032, 5033, 8965, 8966, 10_480, 10_486]
    for line in [*lines, *rng.integers(0, LINES, 6)]:
        row = rng.integers(150, 2_000, (1, PIXELS)).astype(np.uint16)
        row[0, ::97] = 0
        found = calibrator.power(row, int(line)).power[0]
        for pixel in [*pixels, 97, *rng.integers(0, PIXELS, 6)]:
            expected = scalar_sigma0(tables, int(row[0, pixel]), int(line), int(pixel))
            assert found[pixel] == pytest.approx(expected, rel=1e-6, abs=1e-12, nan_ok=True)


def test_blocks_of_rows_give_the_same_as_the_whole(shared_data: Path) -> None:
    calibrator = Calibrator.of(*real_tables(shared_data, "HH"), PIXELS)
    image = np.random.default_rng(2).integers(0, 900, (40, PIXELS)).astype(np.uint16)
    whole = calibrator.power(image, 110)
    halves = [calibrator.power(image[:17], 110), calibrator.power(image[17:], 127)]
    assert np.array_equal(
        whole.power, np.concatenate([half.power for half in halves]), equal_nan=True
    )
    assert whole.low == sum(half.low for half in halves)
    assert whole.valid == sum(half.valid for half in halves) == np.count_nonzero(image)


def test_backscatter_is_the_square_of_number_over_amplitude() -> None:
    found = Calibrator.of(flat_calibration(500.0), None, WIDTH).power(numbers(250), 7)
    assert np.all(found.power == 0.25)


def test_gamma0_takes_its_own_table() -> None:
    calibrator = Calibrator.of(flat_calibration(gamma=250.0), None, WIDTH, Quantity.GAMMA0)
    assert np.all(calibrator.power(numbers(250), 0).power == 1.0)


def test_zero_is_no_data_even_where_noise_is_removed() -> None:
    image = numbers(0)
    image[1, 3] = 300
    found = Calibrator.of(flat_calibration(), noise_of((0, 900.0)), WIDTH).power(image, 0)
    assert found.valid == 1
    assert np.isfinite(found.power).sum() == 1


@given(st.integers(1, 65_535), st.floats(1.0, 1e6), st.integers(-50, 300))
def test_denoised_power_and_the_noise_add_up_to_the_power(
    number: int, noise: float, line: int
) -> None:
    plain = Calibrator.of(flat_calibration(), None, WIDTH)
    denoising = Calibrator.of(flat_calibration(), noise_of((0, noise), (90, 2 * noise)), WIDTH)
    total = plain.power(numbers(number), line).power.astype(np.float64)
    left = denoising.power(numbers(number), line).power.astype(np.float64)
    removed = denoising.noise_equivalent(line, 4)
    assert np.allclose(left + removed, total, rtol=1e-6, atol=1e-6 * removed.max())


def test_denoised_power_may_be_negative_and_is_counted() -> None:
    calibrator = Calibrator.of(flat_calibration(), noise_of((0, 400.0)), WIDTH)
    found = calibrator.power(numbers(10), 0)
    assert np.all(found.power < 0)
    assert (found.low, found.valid) == (4 * WIDTH, 4 * WIDTH)
    strong = calibrator.power(numbers(2_000), 0)
    assert strong.low == 0
    assert SIGMA0_FLOOR == 1e-4


def test_values_are_held_beyond_the_tables() -> None:
    table = noise_of((10, 100.0), (20, 200.0), at=(5, 40))
    noise = Calibrator.of(flat_calibration(1.0), table, WIDTH).noise_equivalent(0, 40)
    assert np.all(noise[:11] == 100.0)
    assert np.all(noise[20:] == 200.0)
    assert np.allclose(noise[15], 150.0)


def test_the_azimuth_factor_counts_within_its_block_alone() -> None:
    block = NoiseBlock("EW1", 2, 5, 10, 19, np.array([2, 4]), np.array([1.0, 2.0]))
    table = noise_of((0, 100.0), blocks=(block,))
    noise = Calibrator.of(flat_calibration(1.0), table, WIDTH).noise_equivalent(0, 8)
    assert noise[:, 10].tolist() == [100, 100, 100, 150, 200, 200, 100, 100]
    assert noise[3].tolist() == [100.0] * 10 + [150.0] * 10 + [100.0] * 30


def test_a_block_may_reach_beyond_the_image() -> None:
    block = NoiseBlock("EW1", -5, 500, -3, 900, np.array([-5, 500]), np.array([2.0, 2.0]))
    table = noise_of((0, 100.0), blocks=(block,))
    noise = Calibrator.of(flat_calibration(1.0), table, WIDTH).noise_equivalent(0, 3)
    assert np.all(noise == 200.0)


def test_noise_that_is_zero_where_nothing_was_imaged_does_not_thin_its_neighbours() -> None:
    at = np.array([0, 20, 21, 49])
    vectors = (
        NoiseVector(0, at, np.array([100.0, 100.0, 0.0, 0.0])),
        NoiseVector(10, at, np.array([100.0, 100.0, 300.0, 300.0])),
    )
    calibrator = Calibrator.of(flat_calibration(1.0), NoiseTable("HH", vectors), WIDTH)
    noise = calibrator.noise_equivalent(0, 11)
    assert np.all(noise[:, 21:] == 300.0)
    assert np.all(noise[:, :21] == 100.0)


def test_points_that_are_not_numbers_are_bridged() -> None:
    vector = CalibrationVector(
        0, np.array([0, 20, 49]), np.array([500.0, np.nan, 500.0]), np.zeros(3)
    )
    table = CalibrationTable("HH", (vector,))
    assert np.all(Calibrator.of(table, None, WIDTH).power(numbers(250), 0).power == 0.25)


@pytest.mark.parametrize("value", [np.nan, 0.0, -1.0])
def test_a_table_without_a_single_value_is_refused(value: float) -> None:
    with pytest.raises(SceneError, match="calibration holds no usable value"):
        Calibrator.of(flat_calibration(value), None, WIDTH)
    with pytest.raises(SceneError, match="noise holds no usable value"):
        Calibrator.of(flat_calibration(), noise_of((0, value)), WIDTH)


def test_points_out_of_order_are_refused() -> None:
    ends = np.array([30, 10]), np.ones(2), np.ones(2)
    table = CalibrationTable("HH", (CalibrationVector(0, *ends),))
    with pytest.raises(SceneError, match="do not grow"):
        Calibrator.of(table, None, WIDTH)
