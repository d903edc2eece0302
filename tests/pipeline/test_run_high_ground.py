from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from catalog.front import Front
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.high_ground import COAST_MARGIN_M, GROUNDED_FROM_M
from pipeline.run import Bench, process_scenes, scenes_on_record
from pipeline.settings import ProcessingSettings
from tests.pipeline.networks import store_threshold_model
from tests.pipeline.painted_scenes import PART, REGION, SOUTH, WATER_DB, record_scene

FRONT_M, COAST_M = 8_000.0, 12_000.0
CELL_M = 500.0
HALF_SURE_OF_WATER_DB = WATER_DB + 0.6  # where the threshold lies: water has 0.3 for ice
SETTINGS = ProcessingSettings(pixel_size_m=200.0, threads=1, dem_vertical="geoid")


def write_dem(path: Path, height_m: float) -> Path:
    """Ground of one height as far as the coast, and the sea beyond."""
    west, south, east, north = REGION.buffer(20 * CELL_M).bounds
    width, height = round((east - west) / CELL_M), round((north - south) / CELL_M)
    y = north - (np.arange(height) + 0.5) * CELL_M
    values = np.where(y < SOUTH + COAST_M, height_m, 0.0).astype(np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=1, height=height, width=width,
        crs="EPSG:3031", transform=Affine(CELL_M, 0, west, 0, -CELL_M, north),
    ) as raster:  # fmt: skip
        raster.write(np.tile(values[:, None], (1, width)), 1)
    return path


def front_over(folder: Path, height_m: float, threshold_db: float = HALF_SURE_OF_WATER_DB) -> Front:
    weights = store_threshold_model(folder, threshold_db=threshold_db)
    with CatalogStore.open(load_settings(folder / "workspace")) as store:
        bench = Bench(store, (PART,), SETTINGS, weights)
        dem = str(write_dem(folder / "dem.tif", height_m))
        record_scene(store, folder, FRONT_M)
        settings = SETTINGS.model_copy(update={"dem": dem})
        process_scenes(replace(bench, settings=settings), scenes_on_record(store))
        (front,) = store.fronts()
    return front


def test_high_ground_that_looks_like_water_is_no_ocean(tmp_path: Path) -> None:
    front = front_over(tmp_path, 3 * GROUNDED_FROM_M)
    assert front.line.bounds[1] > SOUTH + COAST_M - COAST_MARGIN_M - 2 * CELL_M
    assert front.line.bounds[3] < SOUTH + COAST_M
    assert front.lineage.parameters["grounded_from_m"] == GROUNDED_FROM_M


@pytest.mark.parametrize(
    ("height_m", "threshold_db"),
    [(GROUNDED_FROM_M / 2, HALF_SURE_OF_WATER_DB), (3 * GROUNDED_FROM_M, WATER_DB + 4.0)],
)
def test_a_stale_shelf_or_a_sure_picture_leaves_the_front(
    tmp_path: Path, height_m: float, threshold_db: float
) -> None:
    front = front_over(tmp_path, height_m, threshold_db)
    assert front.line.bounds[3] == pytest.approx(
        SOUTH + FRONT_M, abs=800.0
    )  # pixels of 200 m, blurred
