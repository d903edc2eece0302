from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from rasterio.transform import Affine

from pipeline.errors import SceneError
from pipeline.snap.raster import RasterWindow, SnapRaster, open_raster, outline, read_power

PIXEL_M = 40.0
WEST, NORTH = 100_000.0, 2_000_000.0


def write(path: Path, values: npt.NDArray[np.float32]) -> SnapRaster:
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=values.shape[0], width=values.shape[1],
        dtype="float32", crs="EPSG:3031", transform=Affine(PIXEL_M, 0, WEST, 0, -PIXEL_M, NORTH),
    ) as raster:  # fmt: skip
        raster.write(values[None])
    return open_raster(path, "EPSG:3031", PIXEL_M)


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_the_outline_is_the_hull_of_all_known_pixels(known: npt.NDArray[np.bool_]) -> None:
    with TemporaryDirectory() as folder:
        raster = write(Path(folder) / "HH.tif", np.where(known, -7, 0).astype(np.float32))
        if not known.any():
            with pytest.raises(SceneError, match="holds no data"):
                outline(raster)
            return
        found = shapely.Polygon(outline(raster))
    rows, columns = np.nonzero(known)
    west, north = WEST + columns * PIXEL_M, NORTH - rows * PIXEL_M
    pixels = shapely.box(west, north - PIXEL_M, west + PIXEL_M, north)
    assert found.equals(shapely.union_all(pixels).convex_hull)


@given(st.data())
def test_a_window_holds_what_touches_its_bounds(data: st.DataObject) -> None:
    raster = SnapRaster(Path("HH.tif"), WEST, NORTH, PIXEL_M, 50, 60, None)
    ends = st.floats(-4_000, 4_000)
    west, east = sorted(data.draw(st.tuples(ends, ends)))
    south, north = sorted(data.draw(st.tuples(ends, ends)))
    window = raster.window((WEST + west, NORTH + south, WEST + east, NORTH + north), 0)
    assert 0 <= window.column <= window.column + window.columns <= 50 or window.columns == 0
    assert 0 <= window.row <= window.row + window.rows <= 60 or window.rows == 0
    for column in range(50):
        if column * PIXEL_M < east and (column + 1) * PIXEL_M > west and window.columns:
            assert window.column <= column < window.column + window.columns


def test_no_data_no_power_and_the_floor_are_three_things(tmp_path: Path) -> None:
    values = np.array([[0.0, -1e-30, -100.0, -40.0, -10.0, np.nan]], np.float32)
    raster = write(tmp_path / "HH.tif", values)
    power = read_power(raster, RasterWindow(0, 0, 1, 6))
    np.testing.assert_allclose(power[0], [np.nan, 1e-4, 1e-4, 1e-4, 0.1, np.nan], rtol=1e-5)


def test_how_far_a_raster_lies_off_our_lattice_is_known() -> None:
    on = SnapRaster(Path("HH.tif"), 100_000.0, 2_000_040.0, PIXEL_M, 5, 5, None)
    off = SnapRaster(Path("HH.tif"), 100_010.0, 2_000_030.0, PIXEL_M, 5, 5, None)
    assert on.is_on_lattice
    assert not off.is_on_lattice
    assert off.shift_px == pytest.approx((0.25, -0.25))
