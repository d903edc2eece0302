from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject

from pipeline.errors import SceneError
from pipeline.geometry import dem
from pipeline.geometry.heights import GeoidHeight
from pipeline.grid import Bounds
from tests.pipeline.geometry.test_geoid import WINDOWS

BOUNDS: Bounds = (1_000_000.0, 500_000.0, 1_050_000.0, 540_000.0)


def write(path: Path, values: Any, place: Affine, crs: str | None = "EPSG:3031") -> Path:
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="float32",
        nodata=-9999.0,
        crs=crs,
        transform=place,
        **shape,
    ) as written:
        written.write(values.astype(np.float32), 1)
    return path


def plane(x: Any, y: Any) -> Any:
    return 1_000.0 + (x - 1_000_000.0) * 0.01 - (y - 500_000.0) * 0.02


def sloping(path: Path, step: float = 1_000.0) -> Path:
    """A tilted plane over BOUNDS and more."""
    west, north = 980_000.0, 560_000.0
    rows, columns = np.indices((round(80_000 / step), round(90_000 / step)))
    x, y = west + (columns + 0.5) * step, north - (rows + 0.5) * step
    return write(path, plane(x, y), Affine(step, 0, west, 0, -step, north))


def places(heights: Any, step: float) -> tuple[Any, Any]:
    rows, columns = np.indices(heights.shape)
    return BOUNDS[0] + columns * step, BOUNDS[3] - rows * step


def test_cells_are_centred_on_the_windows_corner(tmp_path: Path) -> None:
    heights, step = dem.read_window(str(sloping(tmp_path / "a.tif")), "EPSG:3031", BOUNDS)
    assert step == pytest.approx(1_000.0)
    assert heights == pytest.approx(plane(*places(heights, step)), abs=0.01)


def test_a_model_in_another_system_is_brought_to_the_map(tmp_path: Path) -> None:
    with rasterio.open(sloping(tmp_path / "b.tif", 250.0)) as fine:
        values = np.full((500, 500), -9999.0, dtype=np.float32)
        place = Affine(0.008, 0, 61.0, 0, -0.002, -79.0)
        reproject(
            fine.read(1),
            values,
            src_transform=fine.transform,
            src_crs=fine.crs,
            src_nodata=-9999.0,
            dst_transform=place,
            dst_crs="EPSG:4326",
            dst_nodata=-9999.0,
            resampling=Resampling.bilinear,
        )
    path = write(tmp_path / "c.tif", values, place, "EPSG:4326")
    found, step = dem.read_window(str(path), "EPSG:3031", BOUNDS)
    known = np.isfinite(found)
    assert 150.0 < step < 250.0
    assert known.any()
    assert found[known] == pytest.approx(plane(*places(found, step))[known], abs=1.0)


def test_where_the_model_ends_or_has_no_data_heights_are_not_numbers(tmp_path: Path) -> None:
    values = np.full((30, 30), 7.0)
    values[3, 4] = -9999.0
    path = write(tmp_path / "part.tif", values, Affine(1_000, 0, 1_000_000, 0, -1_000, 530_000))
    heights, _ = dem.read_window(str(path), "EPSG:3031", BOUNDS)
    assert np.isnan(heights[:9]).all()
    assert np.isnan(heights[:, 32:]).all()
    assert np.nanmax(np.abs(heights - 7.0)) < 1e-3
    assert 0 < np.isfinite(heights).sum() < heights.size


def test_a_model_that_covers_nothing_of_the_window_is_all_not_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "far.tif", np.ones((5, 5)), Affine(100, 0, -2e6, 0, -100, -1e6))
    heights, _ = dem.read_window(str(path), "EPSG:3031", BOUNDS)
    assert np.isnan(heights).all()


def test_a_fine_model_is_thinned_to_what_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dem, "MOST_CELLS", 500)
    heights, step = dem.read_window(str(sloping(tmp_path / "a.tif", 500.0)), "EPSG:3031", BOUNDS)
    assert step == pytest.approx(2_000.0)
    assert heights.size < 600
    assert heights == pytest.approx(plane(*places(heights, step)), abs=1.0)


@pytest.mark.parametrize("region", sorted(WINDOWS))
def test_bedmachines_surface_counts_from_the_ellipsoid_and_lies_the_right_way_up(
    shared_data: Path, region: str
) -> None:
    """The published product counts from the geoid; this file does not.

    Floating ice stands above the sea by what it weighs: thickness x (1 - 917 / 1027).
    """
    surface, thickness, mask, sea = (
        dem.read_window(
            f"netcdf:{shared_data}/elevation/bedmachine_v3_5km_{region}.nc:{name}",
            "EPSG:3031",
            WINDOWS[region],
        )[0]
        for name in ("surface", "thickness", "mask", "geoid")
    )
    floating = mask == 3.0
    afloat = thickness[floating] * (1.0 - 917.0 / 1027.0)
    assert abs(np.median(surface[floating] - sea[floating] - afloat)) < 1.0
    assert abs(np.median(surface[floating] - afloat)) > 8.0
    assert (surface[mask == 0.0] == sea[mask == 0.0]).all()
    # GDAL by itself would read the file upside down: then the geoids differ by 10 m and more.
    west, _, _, north = WINDOWS[region]
    rows, columns = np.indices(sea.shape) * 5_000.0
    places = np.column_stack((west + columns.ravel(), north - rows.ravel()))
    error = GeoidHeight("EPSG:3031").at(places) - sea.ravel()
    assert np.nanmax(np.abs(error)) < 6.0


def test_a_netcdf_subdataset_has_the_digest_of_its_file(shared_data: Path) -> None:
    file = shared_data / "elevation/bedmachine_v3_5km_getz.nc"
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    assert dem.file_digest(f'NETCDF:"{file}":surface') == expected
    assert dem.file_digest(str(file)) == expected
    assert dem.file_digest("/vsicurl/https://example.org/dem.tif") is None


@pytest.mark.parametrize("content", [None, b"", b"not a raster at all"])
def test_what_is_no_raster_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.tif"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SceneError, match=r"broken\.tif.*cannot be read.*gdalinfo"):
        dem.read_window(str(path), "EPSG:3031", BOUNDS)


def test_a_raster_without_a_position_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "lost.tif", np.ones((5, 5)), Affine(1, 0, 0, 0, -1, 5), crs=None)
    with pytest.raises(SceneError, match="it has no position on a map"):
        dem.read_window(str(path), "EPSG:3031", BOUNDS)


def test_a_netcdf_file_named_without_its_variable_is_refused(shared_data: Path) -> None:
    path = str(shared_data / "elevation/bedmachine_v3_5km_getz.nc")
    with pytest.raises(SceneError, match=r"getz\.nc.*it has no position on a map"):
        dem.read_window(path, "EPSG:3031", BOUNDS)
