from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from pipeline.contour import Field
from pipeline.errors import SceneError
from pipeline.geometry.geoid import geoid_height_m
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.grid import Grid
from pipeline.high_ground import (
    COAST_MARGIN_M,
    GROUNDED_FROM_M,
    heights_over_sea,
    surely_grounded,
    with_high_ground,
)
from pipeline.simulate.elevation import stale_heights
from pipeline.trace import TracedFront, TraceRules, trace_front
from tests.pipeline.painted_scenes import REFERENCE, REGION, SOUTH, WEST

RULES = TraceRules(
    unsure_px=4,
    least_body_km2=4.0,
    shortest_piece_m=2_000.0,
    least_known_share=0.9,
    least_seen_share=0.5,
    longest_bridge_m=1_000.0,
)
GRID = Grid.around(REGION.buffer(2_000, join_style="mitre").bounds, "EPSG:3031", 40.0)
X, Y = np.meshgrid(GRID.column_x - WEST, GRID.row_y - SOUTH)
FRONT_M = 8_000.0


def picture() -> Field:
    """Ice below a straight front."""
    with np.errstate(over="ignore"):
        return (1 / (1 + np.exp((Y - FRONT_M) / 30.0))).astype(np.float32)


def traced(ice: Field, heights: Field | None = None, rules: TraceRules = RULES) -> TracedFront:
    def over(grid: Grid) -> Field | None:
        if heights is None:
            return None
        rows, columns = GRID.window(grid.bounds)
        return heights[rows, columns]

    found = trace_front(ice, GRID, REGION, REFERENCE, rules, over)
    assert isinstance(found, TracedFront)
    return found


def mountain(height_m: float = 400.0) -> Field:
    """Grounded ice in the west, as far as the front."""
    return np.where((X < 8_000) & (Y < FRONT_M), height_m, 30.0).astype(np.float32)


def dark_slope(probability: float) -> Field:
    """Wet snow on the mountain that looks like water, open to the sea in the west."""
    ice = picture()
    ice[(X < 6_000) & (Y > 3_000) & (Y < FRONT_M + 200)] = probability
    return ice


@settings(max_examples=8)
@given(seed=st.integers(0, 999), unsure=st.floats(0.0, 0.45))
def test_a_stale_model_of_a_shelf_never_moves_the_front(seed: int, unsure: float) -> None:
    rng = np.random.default_rng(seed)
    heights = stale_heights(picture() > 0.5, GRID.pixel_size_m, rng)
    calved = np.where(Y > FRONT_M, np.maximum(picture(), unsure), picture()).astype(np.float32)
    assert traced(calved, heights).line == traced(calved).line


def test_where_the_network_is_sure_of_ocean_the_mountain_is_gone() -> None:
    sure = dark_slope(0.02)
    assert traced(sure, mountain()).line == traced(sure).line


def test_dark_high_ground_that_is_in_doubt_is_ice() -> None:
    doubtful = dark_slope(0.3)
    cut, mended = traced(doubtful), traced(doubtful, mountain())
    assert (mended.area_km2 or 0) - (cut.area_km2 or 0) > 10.0
    assert mended.area_km2 == pytest.approx(traced(picture()).area_km2, rel=0.02)


def test_from_which_height_ground_is_sure_can_be_set() -> None:
    doubtful, hill = dark_slope(0.3), mountain(80.0)
    lower = replace(RULES, grounded_from_m=75.0)
    assert traced(doubtful, hill).line == traced(doubtful).line
    assert (traced(doubtful, hill, lower).area_km2 or 0) > (traced(doubtful).area_km2 or 0) + 10.0


def test_low_ground_in_doubt_stays_ocean() -> None:
    doubtful = dark_slope(0.3)
    assert traced(doubtful, mountain(GROUNDED_FROM_M - 1)).line == traced(doubtful).line


def test_high_ground_apart_from_the_land_is_dropped_like_a_berg() -> None:
    island = np.where((Y > 12_000) & (Y < 16_000) & (X > 4_000) & (X < 9_000), 300.0, 0.0)
    doubt = np.where(island > 0, np.float32(0.3), picture())
    assert traced(doubt, island.astype(np.float32)).line == traced(picture()).line


def test_near_the_coast_the_picture_decides() -> None:
    grounded = surely_grounded(mountain(), GRID)
    assert not grounded[(X < 8_000) & (Y < FRONT_M) & (Y > FRONT_M - COAST_MARGIN_M)].any()
    assert grounded[(X < 7_000) & (Y < FRONT_M - COAST_MARGIN_M - 80)].all()


def test_the_edge_of_the_picture_is_no_coast() -> None:
    assert surely_grounded(np.full(X.shape, 500.0, dtype=np.float32), GRID).all()


def test_unknown_heights_are_not_high() -> None:
    unknown = np.full(X.shape, np.nan, dtype=np.float32)
    assert np.array_equal(with_high_ground(picture(), unknown, GRID), picture() > 0.5)


@pytest.mark.parametrize("vertical", ["geoid", "ellipsoid"])
def test_heights_count_from_the_sea(tmp_path: Path, vertical: str) -> None:
    path = write_model(tmp_path / "dem.tif", 150.0)
    choice = SurfaceChoice(path, "geoid" if vertical == "geoid" else "ellipsoid")
    heights = heights_over_sea(choice, GRID)
    assert heights is not None
    assert heights.shape == (GRID.height, GRID.width)
    sea = float(geoid_height_m(np.array([[2.86, -71.6]]))[0])
    expected = 150.0 if vertical == "geoid" else 150.0 - sea
    assert heights == pytest.approx(expected, abs=2.0)


def test_each_pixel_has_the_height_of_its_place(tmp_path: Path) -> None:
    heights = heights_over_sea(SurfaceChoice(write_model(tmp_path / "dem.tif"), "geoid"), GRID)
    assert heights is not None
    assert np.abs(heights - (X + WEST) / 1_000).max() < 0.5


def test_without_a_model_there_are_no_heights_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert heights_over_sea(SurfaceChoice(), GRID) is None
    (tmp_path / "dem.tif").write_text("no raster")
    with pytest.raises(SceneError, match="cannot be read as an elevation model"):
        heights_over_sea(SurfaceChoice(tmp_path / "dem.tif"), GRID)


def write_model(path: Path, height_m: float | None = None) -> Path:
    """Cells of 100 m around the region; heights in kilometres of x where none is given."""
    west, south, east, north = REGION.buffer(10_000).bounds
    width, height = round((east - west) / 100), round((north - south) / 100)
    x = west + (np.arange(width) + 0.5) * 100
    values = np.full(width, height_m) if height_m else x / 1_000
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=1, height=height, width=width,
        crs="EPSG:3031", transform=Affine(100, 0, west, 0, -100, north),
    ) as raster:  # fmt: skip
        raster.write(np.tile(values, (height, 1)).astype(np.float32), 1)
    return path
