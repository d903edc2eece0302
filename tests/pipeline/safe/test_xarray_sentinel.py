"""Our reader beside xarray-sentinel, which shares no code with it.

xarray-sentinel keeps tables as float32, refuses EW noise along range and gives the first azimuth
block only: for EW its calibration, orbit, grid and polynomials are compared, for IW noise as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.safe.open import open_product
from pipeline.safe.product import Channel
from tests.pipeline.simulate.products import SMALL_IW, written

pytestmark = pytest.mark.filterwarnings("ignore")  # of other people's libraries


@pytest.fixture(scope="module")
def simulated_iw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("iw"), SMALL_IW, ("VV", "VH")).path


def their(kind: str, path: Path) -> Any:
    from xarray_sentinel import sentinel1

    return getattr(sentinel1, f"open_{kind}_dataset")(str(path))


def file_of(folder: Path, pattern: str, channel: Channel) -> Path:
    (path,) = folder.glob(f"annotation/{pattern}{channel.polarisation.lower()}*.xml")
    return path


def assert_same_calibration(channel: Channel, path: Path) -> None:
    found, vectors = their("calibration", path), channel.calibration.vectors
    assert found.line.values.tolist() == [vector.line for vector in vectors]
    for row, vector in enumerate(vectors):
        np.testing.assert_array_equal(found.pixel.values, vector.pixels)
        np.testing.assert_array_equal(
            found.sigmaNought.values[row], vector.sigma_nought.astype(np.float32)
        )
        np.testing.assert_array_equal(found.gamma.values[row], vector.gamma.astype(np.float32))


def assert_same_geometry(channel: Channel, path: Path) -> None:
    value, orbit = channel.annotation, their("orbit", path)
    np.testing.assert_array_equal(orbit.position.values.T, value.orbit.positions_m)
    np.testing.assert_array_equal(orbit.velocity.values.T, value.orbit.velocities_m_s)
    assert_same_times(orbit.azimuth_time.values, value.orbit.times_s, channel)
    conversion = their("coordinate_conversion", path)
    np.testing.assert_array_equal(conversion.grsrCoefficients.values, value.ground_range.grsr)
    np.testing.assert_array_equal(conversion.srgrCoefficients.values, value.ground_range.srgr)
    assert_same_times(conversion.azimuth_time.values, value.ground_range.times_s, channel)
    grid = their("gcp", path)
    for name, ours in {
        "latitude": value.geolocation.latitudes_deg,
        "longitude": value.geolocation.longitudes_deg,
        "height": value.geolocation.heights_m,
        "incidenceAngle": value.geolocation.incidence_deg,
    }.items():
        np.testing.assert_array_equal(grid[name].values, ours)


def assert_same_times(theirs: Any, ours_s: Any, channel: Channel) -> None:
    epoch = np.datetime64(channel.annotation.epoch.replace(tzinfo=None), "ns")
    np.testing.assert_allclose((theirs - epoch) / np.timedelta64(1, "s"), ours_s, atol=1e-9)


def test_the_real_ew_product_says_the_same(real_product: Path) -> None:
    channel = open_product(real_product).channel("HV")
    assert_same_calibration(channel, file_of(real_product, "calibration/calibration-*", channel))
    assert_same_geometry(channel, file_of(real_product, "ew-", channel))


@pytest.mark.parametrize("polarisation", ["VV", "VH"])
def test_a_simulated_iw_product_says_the_same(simulated_iw: Path, polarisation: str) -> None:
    channel = open_product(simulated_iw).channel(polarisation)
    path = file_of(simulated_iw, "calibration/calibration-*-", channel)
    assert_same_calibration(channel, path)
    assert_same_geometry(channel, file_of(simulated_iw, "s1*-", channel))


@pytest.mark.parametrize("polarisation", ["VV", "VH"])
def test_noise_of_a_simulated_iw_product_is_the_same_at_its_nodes(
    simulated_iw: Path, polarisation: str
) -> None:
    channel = open_product(simulated_iw).channel(polarisation)
    assert channel.noise is not None
    path = file_of(simulated_iw, "calibration/noise-*-", channel)
    along_range, along_azimuth = their("noise_range", path), their("noise_azimuth", path)
    vectors, block = channel.noise.range_vectors, channel.noise.azimuth[0]
    assert along_range.line.values.tolist() == [vector.line for vector in vectors]
    assert along_azimuth.line.values.tolist() == block.lines.tolist()
    for row, vector in enumerate(vectors):
        np.testing.assert_array_equal(along_range.pixel.values, vector.pixels)
        theirs = (
            along_range.noiseRangeLut.values[row] * along_azimuth.noiseAzimuthLut.values[:, None]
        )
        ours = vector.power * block.factors[:, None]
        np.testing.assert_allclose(theirs, ours, rtol=2e-7)  # float32 against float64
