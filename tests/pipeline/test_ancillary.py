"""Elevation models and masks are put on record with what a person says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from click.testing import CliRunner, Result
from rasterio.transform import Affine

from catalog.ancillary import AncillaryKind, VerticalDatum
from catalog.cli import program
from catalog.errors import NotRecorded, RecordError
from catalog.store import CatalogStore
from pipeline.ancillary import AncillaryText, raster_path, record_ancillary, recorded_ancillary
from pipeline.errors import SceneError
from tests.catalog.records import open_store

TEXT = AncillaryText(
    "plain", AncillaryKind.DEM, "A plain", "CC0-1.0", date(2020, 1, 1), VerticalDatum.ELLIPSOID
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path / "work") as opened:
        yield opened


def write_raster(path: Path, crs: str | None, west: float, north: float, step: float) -> Path:
    place = Affine(step, 0, west, 0, -step, north)
    options = {"driver": "GTiff", "width": 20, "height": 10, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", crs=crs, transform=place, **options) as raster:
        raster.write(np.full((10, 20), 12.0, dtype=np.float32), 1)
    return path


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "plain.tif", "EPSG:3031", -100_000, -1_300_000, 10_000)


def test_a_raster_is_kept_and_found_again(store: CatalogStore, raster: Path) -> None:
    recorded, outcome = record_ancillary(store, raster, TEXT)
    assert outcome.new == 1
    assert recorded_ancillary(store, "plain") == recorded
    assert Path(raster_path(store, recorded)).read_bytes() == raster.read_bytes()
    assert (recorded.crs, recorded.shape_px) == ("EPSG:3031", (10, 20))
    assert record_ancillary(store, raster, TEXT)[1].unchanged == 1


def test_a_raster_over_the_antimeridian_has_two_outlines(store: CatalogStore, raster: Path) -> None:
    recorded, _ = record_ancillary(store, raster, TEXT)
    assert len(recorded.footprint.geoms) == 2


def test_a_raster_around_the_pole_reaches_down_to_it(store: CatalogStore, tmp_path: Path) -> None:
    file = write_raster(tmp_path / "all.tif", "EPSG:3031", -3e6, 1.5e6, 300_000)
    recorded, _ = record_ancillary(store, file, TEXT)
    assert recorded.footprint.bounds[:3] == (-180.0, -90.0, 180.0)


def test_a_raster_in_degrees_is_its_own_box(store: CatalogStore, tmp_path: Path) -> None:
    file = write_raster(tmp_path / "tile.tif", "EPSG:4326", 60.0, -66.0, 0.5)
    assert record_ancillary(store, file, TEXT)[0].footprint.bounds == (60.0, -71.0, 70.0, -66.0)


def test_a_layer_of_a_real_model_is_placed(store: CatalogStore, shared_data: Path) -> None:
    file = shared_data / "elevation" / "bedmachine_v3_5km_getz.nc"
    recorded, _ = record_ancillary(store, file, replace(TEXT, layer="surface"))
    assert recorded.crs == "EPSG:3031"
    assert raster_path(store, recorded).endswith(".nc:surface")
    west, south, east, north = recorded.footprint.bounds
    assert -140 < west < east < -110
    assert -80 < south < north < -70


def test_what_has_no_place_on_a_map_is_refused_and_not_kept(
    store: CatalogStore, tmp_path: Path
) -> None:
    file = tmp_path / "notes.tif"
    file.write_text("no raster")
    with pytest.raises(SceneError, match=r"notes\.tif"):
        record_ancillary(store, file, TEXT)
    assert not list(store.objects.root.glob("**/*.tif"))


def test_heights_without_a_datum_are_refused_and_not_kept(
    store: CatalogStore, raster: Path
) -> None:
    with pytest.raises(RecordError, match="--vertical"):
        record_ancillary(store, raster, replace(TEXT, vertical=None))
    assert not list(store.objects.root.glob("**/*.tif"))


def test_a_raster_that_is_not_on_record_is_said_so(store: CatalogStore) -> None:
    with pytest.raises(NotRecorded):
        recorded_ancillary(store, "rema")


# --- the command -----------------------------------------------------------------------------


def ancillary(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["--workspace", str(folder), "ancillary", *arguments])


def add(folder: Path, file: Path, *more: str) -> Result:
    text = ("--title", "A plain, v2", "--licence", "CC0-1.0", "--date", "2020-01-01")
    return ancillary(folder, "add", str(file), "--kind", "dem", *text, *more)


def test_the_command_adds_and_lists(tmp_path: Path, raster: Path) -> None:
    result = add(tmp_path / "w", raster, "--vertical", "geoid")
    assert result.output.startswith("a-plain-v2 is new: dem 'A plain, v2', 10 x 20")
    assert "is there already" in add(tmp_path / "w", raster, "--vertical", "geoid").output
    (listed,) = json.loads(ancillary(tmp_path / "w", "list", "--json").output)["ancillary"]
    assert (listed["id"], listed["vertical"]) == ("a-plain-v2", "geoid")


def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    assert "icelines ancillary add" in ancillary(tmp_path / "w", "list").output


def test_the_command_refuses_heights_without_a_datum(tmp_path: Path, raster: Path) -> None:
    assert isinstance(add(tmp_path / "w", raster).exception, RecordError)
