from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from catalog.ancillary import AncillaryKind, VerticalDatum
from catalog.canonical import sha256_of_file
from catalog.errors import SettingsError
from catalog.lineage import InputKind
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.ancillary import AncillaryText, record_ancillary
from pipeline.ground import ground_of
from pipeline.settings import ProcessingSettings


def write_dem(path: Path) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", width=4, height=4, count=1, dtype="float32",
        crs="EPSG:3031", transform=Affine(1_000.0, 0, 0.0, 0, -1_000.0, 2_000_000.0),
    ) as raster:  # fmt: skip
        raster.write(np.full((1, 4, 4), 50.0, dtype=np.float32))
    return path


def record(store: CatalogStore, file: Path, kind: AncillaryKind) -> None:
    vertical = None if kind is AncillaryKind.MASK else VerticalDatum.GEOID
    record_ancillary(
        store, file, AncillaryText("model-1", kind, "Model 1", "MIT", date(2020, 1, 1), vertical)
    )


@pytest.fixture
def store(tmp_path: Path) -> CatalogStore:
    return CatalogStore.open(load_settings(tmp_path / "workspace"))


def test_without_a_model_the_sea_raised_by_the_freeboard_is_the_ground(store: CatalogStore) -> None:
    ground = ground_of(ProcessingSettings(freeboard_m=30.0), store)
    assert (ground.choice.dem, ground.choice.freeboard_m, ground.inputs) == (None, 30.0, ())


def test_a_model_on_record_brings_its_own_convention_and_its_digest(
    store: CatalogStore, tmp_path: Path
) -> None:
    file = write_dem(tmp_path / "dem.tif")
    record(store, file, AncillaryKind.DEM)
    ground = ground_of(ProcessingSettings(dem="model-1", dem_vertical="ellipsoid"), store)
    assert ground.choice.vertical == "geoid"
    assert Path(str(ground.choice.dem)).read_bytes() == file.read_bytes()
    (given,) = ground.inputs
    assert (given.kind, given.name) == (InputKind.ANCILLARY, "model-1")
    assert given.sha256 == sha256_of_file(file)


def test_a_model_in_a_file_is_named_without_its_folder(store: CatalogStore, tmp_path: Path) -> None:
    file = write_dem(tmp_path / "dem.tif")
    ground = ground_of(ProcessingSettings(dem=str(file), dem_vertical="geoid"), store)
    assert ground.choice.vertical == "geoid"
    (given,) = ground.inputs
    assert (given.kind, given.name) == (InputKind.FILE, "dem.tif")


def test_a_mask_is_no_ground(store: CatalogStore, tmp_path: Path) -> None:
    record(store, write_dem(tmp_path / "mask.tif"), AncillaryKind.MASK)
    with pytest.raises(SettingsError, match="is a mask, not an elevation model"):
        ground_of(ProcessingSettings(dem="model-1"), store)


def test_what_is_neither_on_record_nor_a_file_is_refused(store: CatalogStore) -> None:
    with pytest.raises(SettingsError, match=r"neither .* nor a file"):
        ground_of(ProcessingSettings(dem="nowhere.tif"), store)
