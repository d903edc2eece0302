from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer
from rasterio.transform import Affine

from pipeline.errors import SceneError
from pipeline.geometry.geoid import geoid_height_m
from pipeline.geometry.heights import ConstantHeight, DemHeight, GeoidHeight
from pipeline.geometry.relief import Relief
from tests.pipeline.geometry.test_dem import BOUNDS, plane, sloping, write

CRS = "EPSG:3031"
POINTS = np.array([[1_010_000.0, 510_000.0], [1_033_333.0, 521_987.0], [1_050_000.0, 500_000.0]])


def sea(points: np.ndarray) -> np.ndarray:
    to_lonlat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    return geoid_height_m(np.column_stack(to_lonlat.transform(*points.T)))


def test_one_height_holds_everywhere_and_says_so() -> None:
    surface = ConstantHeight(37.5)
    assert surface.at(POINTS) == pytest.approx([37.5, 37.5, 37.5])
    assert surface.relief is None
    assert surface.description == {"height": "constant", "height_m": "37.5"}


@pytest.mark.parametrize("height", [np.nan, np.inf, -11_000.0, 12_000.0])
def test_a_height_that_is_none_of_this_earth_is_refused(height: float) -> None:
    with pytest.raises(SceneError, match="not one of this earth"):
        ConstantHeight(height)


def test_a_shelf_stands_its_freeboard_above_the_sea() -> None:
    surface = GeoidHeight(CRS, freeboard_m=40.0)
    assert surface.at(POINTS) == pytest.approx(sea(POINTS) + 40.0)
    assert surface.relief is None
    assert surface.description["geoid"].startswith("EGM96")
    assert surface.description["freeboard_m"] == "40"


@pytest.mark.parametrize("freeboard", [np.nan, -1.0, 10_000.0])
def test_a_freeboard_below_the_sea_is_refused(freeboard: float) -> None:
    with pytest.raises(SceneError, match="not one of this earth"):
        GeoidHeight(CRS, freeboard)


def test_an_ellipsoidal_model_is_taken_as_it_is(tmp_path: Path) -> None:
    surface = DemHeight(str(sloping(tmp_path / "a.tif")), CRS, BOUNDS, "ellipsoid")
    assert surface.at(POINTS) == pytest.approx(plane(*POINTS.T), abs=0.01)
    assert surface.uncovered_share == 0.0
    assert surface.description["dem_vertical"] == "ellipsoid"
    assert "geoid" not in surface.description
    assert len(surface.description["dem_sha256"]) == 64


def test_the_geoid_is_added_to_a_model_that_counts_from_it(tmp_path: Path) -> None:
    surface = DemHeight(str(sloping(tmp_path / "a.tif")), CRS, BOUNDS, "geoid")
    assert surface.at(POINTS) == pytest.approx(plane(*POINTS.T) + sea(POINTS), abs=0.15)
    assert surface.description["geoid"].startswith("EGM96")


@pytest.mark.parametrize("vertical", ["ellipsoid", "geoid"])
def test_where_the_model_does_not_cover_the_sea_stands_in_and_the_share_is_said(
    tmp_path: Path, vertical: str
) -> None:
    half = write(
        tmp_path / "half.tif", np.full((80, 35), 900.0), Affine(1e3, 0, 9.9e5, 0, -1e3, 5.6e5)
    )
    surface = DemHeight(str(half), CRS, BOUNDS, vertical)  # type: ignore[arg-type]
    west, east = np.array([[1_010_000.0, 520_000.0]]), np.array([[1_045_000.0, 520_000.0]])
    above = sea(west) if vertical == "geoid" else 0.0
    assert surface.at(west) == pytest.approx(900.0 + above, abs=0.15)
    assert surface.at(east) == pytest.approx(sea(east), abs=0.15)
    assert 0.45 < surface.uncovered_share < 0.55
    assert surface.description["dem_uncovered_share"] == f"{surface.uncovered_share:.4f}"
    assert surface.description["geoid"].startswith("EGM96")


def test_heights_of_no_mountain_count_as_missing(tmp_path: Path) -> None:
    wild = write(
        tmp_path / "w.tif", np.full((90, 100), -32767.0), Affine(1e3, 0, 9.8e5, 0, -1e3, 5.6e5)
    )
    surface = DemHeight(str(wild), CRS, BOUNDS, "ellipsoid")
    assert surface.uncovered_share == 1.0
    assert surface.at(POINTS) == pytest.approx(sea(POINTS), abs=0.15)


def test_the_lineage_tells_two_models_apart(tmp_path: Path) -> None:
    first = DemHeight(str(sloping(tmp_path / "a.tif")), CRS, BOUNDS, "ellipsoid").description
    second = DemHeight(str(sloping(tmp_path / "a.tif")), CRS, BOUNDS, "geoid").description
    assert first["dem_sha256"] == second["dem_sha256"]
    assert first["dem_values_sha256"] != second["dem_values_sha256"]


def test_relief_is_bilinear_between_cells_and_holds_on_beyond_them() -> None:
    relief = Relief(np.array([[0, 10], [20, 30]], dtype=np.float32), 100.0, 200.0, 50.0)
    points = np.array([[100.0, 200.0], [125.0, 175.0], [150.0, 150.0], [-900.0, 9e3]])
    assert relief.at(points) == pytest.approx([0.0, 15.0, 30.0, 0.0])
