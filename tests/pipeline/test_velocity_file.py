from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import velocity_file
from pipeline.errors import VelocityError
from pipeline.velocity import VelocityField
from pipeline.velocity_file import read_velocity
from tests.pipeline.velocities import field_of, steady, write_geotiff, write_netcdf

WEST, SOUTH = -40_000.0, 1_500_000.0
FIELD = field_of(lambda x, y: (x / 100, (y - SOUTH) / 50), WEST, SOUTH, 40_000.0)
POINTS = np.array([[-39_000.0, 1_501_000.0], [-20_000.0, 1_520_250.0], [-1_000.0, 1_539_000.0]])


@pytest.mark.parametrize(
    "write",
    [
        write_geotiff,
        write_netcdf,
        lambda path, field: write_netcdf(path, field, upwards=True),
        lambda path, field: write_netcdf(path, field, names=("vx", "vy")),
    ],
)
def test_velocity_is_read_as_it_was_written(
    tmp_path: Path, write: Callable[[Path, VelocityField], Path]
) -> None:
    name = "velocity.tif" if write is write_geotiff else "velocity.nc"
    found = read_velocity(write(tmp_path / name, FIELD))
    assert found.at(POINTS) == pytest.approx(FIELD.at(POINTS), abs=0.01)
    assert found.name == name


def test_only_what_is_wanted_is_read(tmp_path: Path) -> None:
    path = write_geotiff(tmp_path / "velocity.tif", FIELD)
    found = read_velocity(path, (-30_100.0, 1_510_100.0, -19_900.0, 1_530_000.0))
    assert found.vx.shape == (40, 22)
    assert found.at(POINTS[1:2]) == pytest.approx(FIELD.at(POINTS[1:2]), abs=0.01)


def test_a_large_raster_is_thinned_and_stays_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(velocity_file, "MOST_CELLS", 1_000)
    found = read_velocity(write_geotiff(tmp_path / "velocity.tif", FIELD))
    assert found.cell_m == 1_500.0
    assert found.at(POINTS[1:2]) == pytest.approx(FIELD.at(POINTS[1:2]), abs=0.1)


def test_gaps_are_filled_from_near_by(tmp_path: Path) -> None:
    holed = FIELD.vx.copy()
    holed[:20] = -9999.0
    field = replace(FIELD, vx=holed)
    found = read_velocity(write_geotiff(tmp_path / "velocity.tif", field, nodata=-9999.0))
    assert found.vx[19, 5] == pytest.approx(found.vx[20, 5])


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"crs": "EPSG:3413"}, "is in EPSG:3413, not in EPSG:3031"),
        ({"crs": None}, "has no position on a map"),
        ({"count": 3}, "has 3 bands, none of them called vx and vy"),
        ({"count": 1}, "has 1 bands"),
        ({"nodata": 7.0}, "every cell is no data"),
    ],
)
def test_a_raster_that_is_no_velocity_is_refused(
    tmp_path: Path, options: dict[str, object], fault: str
) -> None:
    path = write_geotiff(tmp_path / "v.tif", field_of(steady(7, 7), WEST, SOUTH, 5e3), **options)
    with pytest.raises(VelocityError, match=fault) as refused:
        read_velocity(path)
    assert str(path) in str(refused.value)
    assert "two bands" in refused.value.remedy


def test_numbers_that_no_ice_has_are_undeclared_no_data(tmp_path: Path) -> None:
    field = field_of(steady(-99_999, -99_999), WEST, SOUTH, 5_000)
    with pytest.raises(VelocityError, match="is its no-data value declared"):
        read_velocity(write_geotiff(tmp_path / "velocity.tif", field))


def test_a_netcdf_file_without_a_component_says_which(tmp_path: Path) -> None:
    with pytest.raises(VelocityError, match="has no variable VY"):
        read_velocity(write_netcdf(tmp_path / "velocity.nc", FIELD, names=("VX", "SPEED")))


def test_other_units_are_refused(tmp_path: Path) -> None:
    path = write_geotiff(tmp_path / "velocity.tif", FIELD)
    import rasterio

    with rasterio.open(path, "r+") as raster:
        raster.units = ("m/day", "m/day")
    with pytest.raises(VelocityError, match="is in m/day, not in metres per year"):
        read_velocity(path)


def test_a_raster_elsewhere_does_not_reach_the_shelf(tmp_path: Path) -> None:
    path = write_geotiff(tmp_path / "velocity.tif", FIELD)
    with pytest.raises(VelocityError, match="does not reach the shelf"):
        read_velocity(path, (1e6, 1e6, 1.1e6, 1.1e6))


def test_a_file_that_is_none_or_no_raster_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VelocityError, match="is no file"):
        read_velocity(tmp_path / "nowhere.tif")
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(VelocityError, match="cannot be read as ice velocity"):
        read_velocity(tmp_path / "text.tif")
