from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.subswaths import beam_blocks, incidence_deg
from pipeline.simulate.tables import calibration_table, noise_table, rounded
from tests.pipeline.esa_tables import real_tables
from tests.pipeline.simulate.products import MOMENT, SMALL, SMALL_IW, TARGET

FULL = simulated_annotation(Acquisition(TARGET, MOMENT), "HH")


def noise_equivalent_db(polarisation: str) -> np.ndarray:
    annotation = replace(FULL, polarisation=polarisation)
    vector = noise_table(annotation).range_vectors[3]
    amplitude = calibration_table(annotation).vectors[4]
    level = np.interp(vector.pixels, amplitude.pixels, amplitude.sigma_nought)
    return np.asarray(10 * np.log10(vector.power / level**2))


def test_calibration_follows_the_incidence() -> None:
    vector = calibration_table(FULL).vectors[1]
    angle = np.radians(incidence_deg(FULL, np.array([vector.line]), vector.pixels.astype(float))[0])

    # sigma0 = gamma0 cos(incidence): amplitudes go with the root.
    ratio = (vector.gamma / vector.sigma_nought) ** 2
    np.testing.assert_allclose(ratio, np.cos(angle), rtol=1e-5)


def test_calibration_vectors_surround_the_image_every_second_and_forty_pixels() -> None:
    vectors = calibration_table(FULL).vectors
    lines = [vector.line for vector in vectors]

    assert lines[0] < 0
    assert lines[-1] > FULL.lines
    np.testing.assert_allclose(np.diff(lines) * FULL.line_interval_s, 1.0, atol=0.01)
    assert (np.diff(vectors[0].pixels)[:-1] == 40).all()
    assert vectors[0].pixels[-1] == FULL.pixels - 1


def test_the_levels_are_those_of_the_real_product(shared_data: Path) -> None:
    real, _ = real_tables(shared_data, "HH")
    ours = calibration_table(FULL)

    at = np.linspace(0, 10_486, 50)
    theirs = np.interp(at, real.vectors[3].pixels, real.vectors[3].sigma_nought)
    found = np.interp(at, ours.vectors[3].pixels, ours.vectors[3].sigma_nought)
    np.testing.assert_allclose(found, theirs, rtol=0.01)


@pytest.mark.parametrize(("polarisation", "low", "high"), [("HH", -33, -20), ("HV", -34, -21)])
def test_the_noise_lies_between_that_of_real_scenes(
    polarisation: str, low: float, high: float
) -> None:
    noise = noise_equivalent_db(polarisation)

    assert low <= noise.min() < low + 3
    assert high - 3 < noise.max() <= high


def test_ew_noise_vectors_differ_in_length_and_others_do_not() -> None:
    lengths = {len(vector.pixels) for vector in noise_table(FULL).range_vectors}
    assert len(lengths) > 1

    iw = noise_table(simulated_annotation(SMALL_IW, "HH"))
    first = iw.range_vectors[0].pixels
    assert all(np.array_equal(vector.pixels, first) for vector in iw.range_vectors)


def test_azimuth_blocks_tile_the_image() -> None:
    covered = np.zeros((FULL.lines, FULL.pixels), dtype=np.uint8)
    for block in noise_table(FULL).azimuth:
        covered[
            block.first_line : block.last_line + 1, block.first_pixel : block.last_pixel + 1
        ] += 1
        assert block.lines[0] == block.first_line
        assert block.lines[-1] == block.last_line
        assert (np.diff(block.lines) > 0).all()

    assert (covered == 1).all()
    assert {block.swath for block in noise_table(FULL).azimuth} == {f"EW{n}" for n in range(1, 6)}


def test_scalloping_goes_from_nought_to_one_decibel_and_repeats_with_the_bursts() -> None:
    block = noise_table(FULL).azimuth[-1]
    factors_db = 10 * np.log10(block.factors)

    assert factors_db.min() == pytest.approx(0.0, abs=0.01)
    assert factors_db.max() == pytest.approx(1.0, abs=0.02)
    at_each_line = np.interp(np.arange(FULL.lines), block.lines, factors_db)
    peaks = np.flatnonzero((at_each_line[1:-1] > 0.97) & (np.diff(at_each_line)[1:] <= 0))
    peaks = peaks[np.diff(peaks, prepend=-100) > 10]
    assert len(peaks) > 15
    np.testing.assert_allclose(np.diff(peaks) * FULL.line_interval_s, 3.04, atol=0.02)


def test_cut_outs_show_only_the_beams_in_sight() -> None:
    assert len({block.beam.name for block in beam_blocks(simulated_annotation(SMALL, "HH"))}) == 1
    steep = simulated_annotation(replace(SMALL, incidence_deg=20.0), "HH")
    flat = simulated_annotation(replace(SMALL, incidence_deg=45.0), "HH")
    assert [block.beam.name for block in beam_blocks(steep)] == ["EW1", "EW1"]
    assert [block.beam.name for block in beam_blocks(flat)] == ["EW5", "EW5"]


def test_noise_without_azimuth_and_that_of_stripmap_have_no_blocks() -> None:
    assert noise_table(FULL, with_azimuth=False).azimuth == ()
    assert noise_table(simulated_annotation(replace(SMALL, mode="SM"), "VV")).azimuth == ()


def test_values_are_what_the_files_keep() -> None:
    values = np.array([1234.56789, 0.000123456789, 9.99999999, 0.0, 98765432.1])

    kept = [float(f"{value:.6e}") for value in values]

    np.testing.assert_allclose(rounded(values), kept, rtol=1e-15)
