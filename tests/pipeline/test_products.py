from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from shapely import MultiLineString

from catalog.errors import StorageError
from catalog.geometry import to_lonlat as polar_to_lonlat
from pipeline.grid import Grid
from pipeline.probability import PROBABILITY_NODATA, Probabilities
from pipeline.products import (
    backscatter_cog,
    line_geojson,
    lonlat_geojson,
    probability_cog,
    read_probabilities,
    to_lonlat,
)

GRID = Grid("EPSG:3031", 100_000.0, 2_050_000.0, 40.0, 700, 600)
TAGS = {"SCENE_ID": "SIM_1", "SIMULATED": "true"}
START, END = [150_000.0, -1_300_000.0], [-150_000.0, -1_310_000.0]
ROSS = MultiLineString([[START, END]])


def probabilities() -> Probabilities:
    ice = np.random.default_rng(1).integers(0, 255, (600, 700)).astype(np.uint8)
    ice[:50] = PROBABILITY_NODATA
    return Probabilities(ice, 254 - np.minimum(ice, 254))


def test_probabilities_come_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "probability.tif"
    path.write_bytes(probability_cog(probabilities(), GRID, TAGS))
    kept, grid = read_probabilities(str(path))
    assert grid == GRID
    assert np.array_equal(kept.ice, probabilities().ice)
    assert np.array_equal(kept.edge, probabilities().edge)


def test_probabilities_are_a_cloud_optimised_geotiff_that_explains_itself(tmp_path: Path) -> None:
    path = tmp_path / "probability.tif"
    path.write_bytes(probability_cog(probabilities(), GRID, TAGS))
    with rasterio.open(path) as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.overviews(1)
        assert raster.nodata == PROBABILITY_NODATA
        assert raster.scales == pytest.approx((1 / 254, 1 / 254))
        assert raster.descriptions == ("probability of ice", "probability of an edge")
        assert raster.tags()["SIMULATED"] == "true"
        assert raster.crs.to_epsg() == 3031
        assert raster.bounds == GRID.bounds


def test_the_same_probabilities_make_the_same_bytes() -> None:
    first, second = (probability_cog(probabilities(), GRID, TAGS) for _ in range(2))
    assert first == second


def test_backscatter_is_kept_in_decibels(tmp_path: Path) -> None:
    sigma0_db = np.random.default_rng(2).normal(-15, 3, (2, 600, 700)).astype(np.float32)
    sigma0_db[:, 0] = np.nan
    path = tmp_path / "sigma0.tif"
    path.write_bytes(backscatter_cog(sigma0_db, GRID, ("HH", "HV"), TAGS))
    with rasterio.open(path) as raster:
        assert np.array_equal(raster.read(), sigma0_db, equal_nan=True)
        assert raster.descriptions == ("sigma0 HH in dB", "sigma0 HV in dB")
        assert np.isnan(raster.nodata)


def test_a_raster_that_was_damaged_is_named(tmp_path: Path) -> None:
    path = tmp_path / "probability.tif"
    content = probability_cog(probabilities(), GRID, TAGS)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StorageError, match=r"probability\.tif: cannot be read back"):
        read_probabilities(str(path))


def test_a_line_keeps_its_system_and_every_coordinate() -> None:
    document = json.loads(line_geojson(ROSS, "EPSG:3031", {"kind": "line"}))
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3031"
    feature = document["features"][0]
    assert feature["properties"] == {"kind": "line"}
    assert feature["geometry"]["coordinates"] == [[START, END]]


def test_a_line_in_lonlat_is_cut_at_the_antimeridian() -> None:
    document = json.loads(lonlat_geojson(ROSS, "EPSG:3031", {}))
    parts = document["features"][0]["geometry"]["coordinates"]
    assert "crs" not in document
    assert [len(part) for part in parts] == [2, 2]
    assert parts[0][-1][0] == 180.0
    assert parts[1][0][0] == -180.0
    assert parts[0][-1][1] == parts[1][0][1]


def test_the_cut_lies_where_the_catalogue_cuts() -> None:
    short = MultiLineString([[(2_000.0, -1_300_000.0), (-1_000.0, -1_300_500.0)]])
    ours, theirs = to_lonlat(short, "EPSG:3031"), polar_to_lonlat(short)
    for mine, other in zip(ours.geoms, theirs.geoms, strict=True):
        assert np.allclose(mine.coords, other.coords, atol=1e-5)


def test_a_line_far_from_the_antimeridian_stays_whole() -> None:
    line = MultiLineString([[(0.0, 1e6), (1e5, 1e6), (2e5, 1.1e6)]])
    assert [len(part.coords) for part in to_lonlat(line, "EPSG:3031").geoms] == [3]
