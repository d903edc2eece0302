from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer
from rasterio.io import MemoryFile

from pipeline.simulate.geotiff import geotiff_bytes, rounded
from pipeline.simulate.scene import simulate_scene
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario


def test_the_file_is_laid_out_as_real_scenes_are() -> None:
    scene = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    with MemoryFile(geotiff_bytes(scene)) as memory, memory.open() as raster:
        points, crs = raster.gcps
        assert raster.dtypes == ("float32", "float32")
        assert raster.descriptions == ("HH", "HV")
        assert raster.crs is None
        assert crs.to_epsg() == 4326
        assert len(points) == 100
        assert np.array_equal(raster.read(), rounded(scene.sigma0))


def test_the_file_says_that_it_is_simulated() -> None:
    scene = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    with MemoryFile(geotiff_bytes(scene)) as memory, memory.open() as raster:
        tags = raster.tags()
    assert tags["SIMULATED"] == "true"
    assert tags["TIFFTAG_IMAGEDESCRIPTION"].startswith("Simulated")
    assert tags["time_coverage_start"] == "2026-11-15T12:00:00.000000Z"
    assert tags["POLARISATIONS"] == "HH HV"


def test_control_points_lie_where_their_pixels_are() -> None:
    scene = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    with MemoryFile(geotiff_bytes(scene)) as memory, memory.open() as raster:
        points, _ = raster.gcps
    to_polar = Transformer.from_crs(4326, 3031, always_xy=True)
    for point in points[::7]:
        x, y = scene.frame.ground(np.array([point.row]), np.array([point.col]))
        assert to_polar.transform(point.x, point.y) == pytest.approx((x[0], y[0]), abs=0.01)


def test_the_same_scene_gives_the_same_bytes() -> None:
    scene = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    assert geotiff_bytes(scene) == geotiff_bytes(scene)


def test_rounding_moves_no_value_by_more_than_a_fifth_of_a_percent() -> None:
    sigma0 = np.geomspace(1e-4, 5.0, 10_000).astype(np.float32)[None, None]
    assert np.abs(rounded(sigma0) / sigma0 - 1).max() < 2e-3
    assert rounded(np.zeros((1, 1, 1), dtype=np.float32)).item() == 0.0
