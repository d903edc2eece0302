from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.radiometry.calibration import Calibrator
from pipeline.simulate.acquisition import Imaging
from pipeline.simulate.moving_front import front_at, front_line
from pipeline.simulate.scenario import slices_taken
from pipeline.simulate.scene import SimulatedScene, simulate_scenes
from pipeline.simulate.surfaces import Surface
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario

JULY = datetime(2026, 7, 2, 6, 30, 15, tzinfo=UTC)
MARCH = datetime(2026, 3, 15, 12, tzinfo=UTC)


def simulate(moment: datetime = NOON, seed: int = SEED, **imaging: object) -> SimulatedScene:
    chosen = Imaging(**imaging)  # type: ignore[arg-type]
    (scene,) = simulate_scenes(make_part(), moment, make_scenario(), seed, chosen)
    return scene


def numbers_of(scene: SimulatedScene, channel: int = 0) -> npt.NDArray[np.uint16]:
    return np.concatenate(list(scene.channels()[channel].blocks))


@pytest.fixture(scope="module")
def dual() -> SimulatedScene:
    return simulate()


def moments_of(taken: tuple[int, ...]) -> datetime:
    """A day in March on which these slices come."""
    days = (MARCH + timedelta(minutes=n) for n in range(1_000))
    part, scenario = make_part(), make_scenario()
    return next(d for d in days if slices_taken(d, part.name, scenario, SEED) == taken)


def test_the_same_arguments_give_the_same_scene(dual: SimulatedScene) -> None:
    again = simulate()
    assert again.truth.equals_exact(dual.truth, 0.0)
    assert np.array_equal(numbers_of(again), numbers_of(dual))


def test_another_seed_gives_another_scene(dual: SimulatedScene) -> None:
    assert not simulate(seed=SEED + 1).truth.equals_exact(dual.truth, 1.0)


def test_a_scene_is_named_for_its_mode_polarisations_time_and_part(dual: SimulatedScene) -> None:
    assert dual.id == "SIM_EW_GRDM_1SDH_20261115T120000_Testland"
    assert simulate(JULY).id == "SIM_EW_GRDM_1SSH_20260702T063015_Testland"
    assert simulate(JULY, mode="IW").id == "SIM_IW_GRDH_1SSH_20260702T063015_Testland"


def test_polarisations_follow_the_season_unless_they_are_asked_for(dual: SimulatedScene) -> None:
    assert [c.annotation.polarisation for c in dual.channels()] == ["HH", "HV"]
    assert [c.annotation.polarisation for c in simulate(JULY).channels()] == ["HH"]
    asked = simulate(JULY, polarisations=("HH", "HV"))
    assert [c.annotation.polarisation for c in asked.channels()] == ["HH", "HV"]


def test_the_shelf_is_brighter_than_the_ocean_on_either_side_of_the_truth() -> None:
    scene = simulate()
    sigma0 = scene.scenery.sigma0(slice(None), ("HH",))[0]
    seaward = scene.scenery.seaward.rows(slice(None))
    shelf = np.nanmean(sigma0[(seaward < 0) & (seaward > -2000)])
    ocean = np.nanmean(sigma0[(seaward > 0) & (seaward < 2000)])
    assert 10 * np.log10(shelf / ocean) > 6.0


def test_the_truth_is_the_edge_of_the_shelf_in_the_image(dual: SimulatedScene) -> None:
    (line,) = dual.truth.geoms
    x, y = np.array(line.segmentize(100.0).coords).T
    row, column = (axis.astype(int) for axis in dual.frame.position(x, y))
    shelf = dual.scenery.surfaces(slice(None)) == Surface.SHELF
    around = np.stack([shelf[row + i, column + j] for i in (-1, 0, 1) for j in (-1, 0, 1)])
    assert (around.any(axis=0) & ~around.all(axis=0)).mean() > 0.99


def test_borders_hold_no_data_in_all_channels_and_the_rest_does(dual: SimulatedScene) -> None:
    hh, hv = numbers_of(dual), numbers_of(dual, 1)
    border = dual.scenery.border.rows(slice(None))
    assert np.array_equal(hh == 0, border)
    assert np.array_equal(hv == 0, border)
    assert 0.0 < border.mean() < 0.2


@pytest.mark.parametrize("mode", ["EW", "IW"])
def test_each_surface_has_its_backscatter_once_noise_is_off(mode: str) -> None:
    """Within a tenth of a decibel, where enough pixels are averaged to tell."""
    scene = simulate(mode=mode)
    surfaces = scene.scenery.surfaces(slice(None))
    sigma0 = scene.scenery.sigma0(slice(None), scene.polarisations)
    for number, channel in enumerate(scene.channels()):
        calibrator = Calibrator.of(channel.calibration, channel.noise, scene.frame.columns)
        measured = calibrator.power(np.concatenate(list(channel.blocks)), 0).power
        for surface in np.unique(surfaces):
            here = (surfaces == surface) & np.isfinite(sigma0[number])
            signal = sigma0[number][here].mean(dtype=np.float64)
            spread = measured[here].std() / signal / np.sqrt(here.sum())
            if spread < 0.008:
                ratio = measured[here].mean(dtype=np.float64) / signal
                assert abs(10 * np.log10(ratio)) < 0.1, (Surface(surface), channel.annotation)
            else:
                assert surface not in (Surface.SHELF, Surface.OPEN_WATER)


def test_without_denoising_calm_water_in_hv_is_brighter_than_it_is(dual: SimulatedScene) -> None:
    channel = dual.channels()[1]
    water = dual.scenery.surfaces(slice(None)) == Surface.OPEN_WATER
    plain = Calibrator.of(channel.calibration, None, dual.frame.columns)
    measured = plain.power(np.concatenate(list(channel.blocks)), 0).power
    signal = dual.scenery.sigma0(slice(None), ("HV",))[0]
    assert 10 * np.log10(np.nanmean(measured[water]) / np.nanmean(signal[water])) > 1.0


def test_blocks_of_rows_fit_together(dual: SimulatedScene) -> None:
    whole = dual.scenery.sigma0(slice(None), ("HH", "HV"))
    pieces = [dual.scenery.sigma0(slice(n, n + 97), ("HH", "HV")) for n in range(0, 2_000, 97)]
    assert np.array_equal(np.concatenate(pieces, axis=1), whole, equal_nan=True)


def test_after_a_calving_its_bergs_drift_in_the_image() -> None:
    part, scenario = make_part(width_m=30_000.0), make_scenario(calving=NOON - timedelta(days=10))
    (scene,) = simulate_scenes(part, NOON, scenario, SEED)
    surfaces = scene.scenery.surfaces(slice(None))
    assert scene.scenery.calved is not None
    assert (surfaces[scene.scenery.calved] == Surface.ICEBERG).mean() > 0.8


def test_two_slices_of_a_pass_meet(dual: SimulatedScene) -> None:
    first, second = simulate_scenes(make_part(), moments_of((0, 1)), make_scenario(), SEED)
    assert first.id != second.id
    assert first.start < first.end < second.start < second.end
    gap = (second.start - first.end).total_seconds()
    assert gap == pytest.approx(first.frame.annotation.line_interval_s, abs=3e-6)
    assert second.first_row == first.frame.rows
    assert first.frame.rows + second.frame.rows == first.scenery.border.shape[0]
    assert numbers_of(first).shape == first.frame.shape
    assert numbers_of(second).shape == second.frame.shape


def test_a_slice_shows_its_share_of_the_front() -> None:
    first, second = simulate_scenes(make_part(), moments_of((0, 1)), make_scenario(), SEED)
    whole = front_line(make_part(), front_at(make_part(), first.start, make_scenario(), SEED))
    assert first.truth.length + second.truth.length == pytest.approx(whole.length, rel=0.01)
    for one in (first, second):
        assert one.frame.outline().buffer(1.0).contains(one.truth)


@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_slice_leaves_the_other(number: int) -> None:
    (only,) = simulate_scenes(make_part(), moments_of((number,)), make_scenario(), SEED)
    assert (only.first_row > 0) == bool(number)
    assert only.frame.rows < only.scenery.border.shape[0]
