from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SceneError
from pipeline.snap.graph import ExternalDem
from pipeline.snap.heights import covers, described, external_dem
from tests.pipeline.snap.elevation import write_dem

WEST, NORTH = 100_000.0, 2_000_000.0


@pytest.mark.parametrize(
    ("nodata", "given"), [(-9_999.0, -9_999.0), (None, -32_768.0), (np.nan, -32_768.0)]
)
def test_sea_level_is_never_taken_for_a_gap_in_the_heights(
    nodata: float | None, given: float, tmp_path: Path
) -> None:
    dem = external_dem(write_dem(tmp_path / "dem.tif", WEST, NORTH, nodata=nodata), "geoid")
    assert (dem.vertical, dem.nodata) == ("geoid", given)


def test_heights_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "dem.tif").write_text("no raster")
    with pytest.raises(SceneError, match=r"dem\.tif: cannot be read as a raster of heights"):
        external_dem(tmp_path / "dem.tif", "ellipsoid")


def test_heights_without_a_place_are_refused(tmp_path: Path) -> None:
    dem = write_dem(tmp_path / "dem.tif", WEST, NORTH, crs=None)
    with pytest.raises(SceneError, match="no position on a map"):
        external_dem(dem, "ellipsoid")


def test_a_model_covers_what_lies_inside_of_it(tmp_path: Path) -> None:
    dem = external_dem(write_dem(tmp_path / "dem.tif", WEST, NORTH), "ellipsoid")
    inside = np.array([WEST, NORTH]) + np.array([(0, 0), (5_000, 0), (0, -5_000), (0, 0)])
    assert covers(dem, inside, "EPSG:3031")
    assert not covers(dem, inside + np.array([6_000, 0]), "EPSG:3031")


def test_the_lineage_names_the_model_and_not_its_folder() -> None:
    dem = ExternalDem(Path("/home/someone/rema.tif"), "ellipsoid", -9999.0)
    assert described(dem)["dem"] == "rema.tif"
    assert described(None) == {"height": "mean of the scene, by SNAP"}
