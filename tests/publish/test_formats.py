"""Each format holds the same fronts, whole where it can and with its losses said where not."""

from __future__ import annotations

import csv
import json
import sqlite3
import warnings
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet
import pyogrio
import pytest
import stac_geoparquet.arrow
from hypothesis import given
from hypothesis import strategies as st

from catalog.columns import BY_NAME, COLUMNS
from catalog.publisher import load_publisher
from catalog.release import Doi
from catalog.served import served_form
from catalog.source import KNOWN_SOURCES
from catalog.stored import StoredItem
from catalog.validate import ItemValidator
from publish.content import ReleasedFront
from publish.errors import PackagingFailed
from publish.formats.features import features_of
from publish.formats.gdal import gdal_writing
from publish.formats.geopackage import write_geopackage
from publish.formats.shapefile import DBF_TEXT_BYTES, dbf_text
from tests.publish.records import BuiltHouse, own_front

DAY = date(2026, 10, 31)


def fronts_by_id(built: BuiltHouse) -> dict[str, Any]:
    return {front.id: front for front in built.house.store.fronts()}


def test_the_geopackage_has_a_layer_for_each_interval_and_one_for_vertices(
    built: BuiltHouse,
) -> None:
    layers = pyogrio.list_layers(built.folder / "icelines-fronts.gpkg")
    assert [tuple(row) for row in layers] == [
        ("fronts_daily", "MultiLineString"),
        ("fronts_monthly", "MultiLineString"),
        ("fronts_annual", "MultiLineString"),
        ("front_vertices", "Point"),
    ]


def test_lines_in_the_geopackage_are_exactly_those_on_record(built: BuiltHouse) -> None:
    known = fronts_by_id(built)
    for interval in ("daily", "monthly", "annual"):
        frame = geopandas.read_file(
            built.folder / "icelines-fronts.gpkg", layer=f"fronts_{interval}"
        )
        assert frame.crs == "EPSG:3031"
        for row in frame.itertuples():
            assert row.geometry.equals_exact(known[row.id].line, 0)
            assert row.start.to_pydatetime() == known[row.id].start


def test_every_vertex_error_stands_at_its_vertex(built: BuiltHouse) -> None:
    points = geopandas.read_file(built.folder / "icelines-fronts.gpkg", layer="front_vertices")
    front = fronts_by_id(built)["Getz1_monthly_20260901_icelines"]
    assert list(points.uncertainty_m) == list(front.vertex_uncertainty_m)
    assert [(p.x, p.y) for p in points.geometry] == list(front.line.geoms[0].coords)


def test_a_newer_date_than_that_of_the_data_is_nowhere_in_the_geopackage(built: BuiltHouse) -> None:
    with closing(sqlite3.connect(built.folder / "icelines-fronts.gpkg")) as connection:
        changes = connection.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
    assert changes == [("2026-09-30T00:00:00.000Z",)]


def test_licence_and_citation_of_others_travel_inside_each_feature(built: BuiltHouse) -> None:
    frame = geopandas.read_parquet(built.folder / "icelines-fronts.parquet").set_index("id")
    theirs = frame.loc["Ross_annual_20200301_greene2022"]
    ours = frame.loc["Amery_daily_20260912T081233_icelines"]
    assert (theirs.licence, theirs.doi) == ("MIT", "10.1038/s41586-022-05037-w")
    assert theirs.citation == KNOWN_SOURCES["greene2022"].citation
    assert (ours.licence, ours.doi) == ("CC-BY-4.0", "10.5072/icelines")
    assert ours.attribution == "Contains modified Copernicus Sentinel data 2026"


def test_no_feature_names_a_version_so_that_old_files_stay_as_they_are(built: BuiltHouse) -> None:
    for path in sorted(built.folder.glob("shelves/*/*")):
        assert b"2026.11" not in path.read_bytes(), path


def test_shapefile_names_are_the_mapped_ones_and_nothing_is_lost(built: BuiltHouse) -> None:
    known = fronts_by_id(built)
    with zipfile.ZipFile(built.folder / "icelines-fronts-shapefile.zip") as archive:
        assert "FIELDS.txt" in archive.namelist()
    frame = geopandas.read_file(
        f"/vsizip/{built.folder}/icelines-fronts-shapefile.zip/fronts_monthly.shp"
    )
    assert list(frame.columns) == [*(column.dbf_name for column in COLUMNS), "geometry"]
    assert frame.ID[0] == "Getz1_monthly_20260901_icelines"
    assert frame.START[0] == "2026-09-01T00:00:00Z"
    assert frame.PROVIDER[0] == "Institute of Ice & Öcean"
    assert frame.N_OBS[0] == 3
    assert frame.geometry[0].equals_exact(known[frame.ID[0]].line.geoms[0], 0)


def test_every_shapefile_name_fits_and_is_its_own() -> None:
    names = [column.dbf_name for column in COLUMNS]
    assert all(len(name) <= 10 and name.isascii() and name.isupper() for name in names)
    assert len(set(names)) == len(names)


@given(st.text(max_size=400))
def test_a_text_is_cut_for_shapefiles_only_where_it_must_be(text: str) -> None:
    cut = dbf_text(text, BY_NAME["citation"])
    assert len(cut.encode()) <= DBF_TEXT_BYTES
    assert cut == text or (cut.endswith("...") and text.startswith(cut[:-3]))


def test_a_text_that_must_stay_whole_is_never_cut() -> None:
    with pytest.raises(PackagingFailed, match="255 bytes"):
        dbf_text("x" * 255, BY_NAME["id"])


def test_a_warning_of_gdal_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    with pytest.raises(PackagingFailed, match="Normalized/laundered"), gdal_writing(path, DAY):
        warnings.warn("Normalized/laundered field name", RuntimeWarning, stacklevel=1)


def test_a_geopackage_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    stored = StoredItem("fronts-daily", "x", 1, "ab", b"{}", "")
    publisher = load_publisher(tmp_path / "none.toml")
    concept = Doi.of_concept("10.5072")
    features = features_of([ReleasedFront(own_front(), stored)], publisher, concept)
    with pytest.raises(PackagingFailed, match=r"^no\.gpkg"):
        write_geopackage(tmp_path / "missing" / "no.gpkg", features, DAY, "")


def test_geoparquet_is_1_1_with_a_box_for_each_row(built: BuiltHouse) -> None:
    metadata = pyarrow.parquet.read_schema(built.folder / "icelines-fronts.parquet").metadata
    geo = json.loads(metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert geo["version"] == "1.1.0"
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 3031}
    assert column["geometry_types"] == ["MultiLineString"]


def test_geoparquet_holds_lines_and_vertex_errors_exactly(built: BuiltHouse) -> None:
    known = fronts_by_id(built)
    frame = geopandas.read_parquet(built.folder / "icelines-fronts.parquet")
    assert set(frame.id) == set(known)
    for row in frame.itertuples():
        assert row.geometry.equals_exact(known[row.id].line, 0)
        assert tuple(row.vertex_uncertainty_m) == known[row.id].vertex_uncertainty_m


def test_readers_of_geoparquet_can_take_one_corner_of_the_map(built: BuiltHouse) -> None:
    corner = (1_900_000, 600_000, 2_100_000, 800_000)
    frame = geopandas.read_parquet(built.folder / "icelines-fronts.parquet", bbox=corner)
    assert list(frame.shelf) == ["Amery"]


def test_areas_are_a_table_by_series_and_time(built: BuiltHouse) -> None:
    with (built.folder / "icelines-areas.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["unit"] for row in rows] == ["Amery", "Getz1", "Ross"]
    assert [row["status"] for row in rows] == ["accepted"] * 3
    assert [row["source"] for row in rows] == ["icelines", "icelines", "greene2022"]
    assert float(rows[0]["area_km2"]) == 1234.5
    assert rows[0]["area_change_km2"] == ""


def test_what_became_of_acquisitions_is_a_table_too(built: BuiltHouse) -> None:
    text = (built.folder / "icelines-observations.csv").read_text()
    assert text.splitlines() == [
        "unit,moment,state,reason,origin,scene,front",
        "Amery,2026-08-01T00:00:00Z,gap,no_acquisition,sentinel1,,",
    ]


def test_each_shelf_has_files_of_its_own(built: BuiltHouse) -> None:
    path = built.folder / "shelves/Getz/Getz-fronts.gpkg"
    frame = geopandas.read_file(path, layer="fronts_monthly")
    assert list(frame.unit) == ["Getz1"]
    names = {path.name for path in (built.folder / "shelves/Getz").iterdir()}
    assert names == {
        "Getz-areas.csv",
        "Getz-fronts-shapefile.zip",
        "Getz-fronts.gpkg",
        "Getz-fronts.parquet",
        "Getz-provenance.json",
    }


@pytest.mark.parametrize("name", ["fronts", "scenes", "models"])
def test_stac_items_come_back_valid_and_as_they_are_served(
    built: BuiltHouse, shared_schemas: Path, name: str
) -> None:
    table = pyarrow.parquet.read_table(built.folder / f"items-{name}.parquet")
    items = list(stac_geoparquet.arrow.stac_table_to_items(table))
    validator = ItemValidator(shared_schemas)
    for item in items:
        stored = built.house.store.get(item["collection"], item["id"])
        public_url = built.house.publisher.public_url
        served = served_form(stored.item, public_url, stored.revision, stored.digest)
        assert as_json(item)["properties"] == as_json(served)["properties"]
        assert item["assets"].keys() == served["assets"].keys()
        assert list(validator.faults(as_json(item))) == []
    assert len(items) == {"fronts": 3, "scenes": 1, "models": 1}[name]


def test_simulated_fronts_say_so_in_every_file(simulated: BuiltHouse) -> None:
    for file in simulated.release.files:
        content = (simulated.folder / file.path).read_bytes()
        if file.path.endswith(".zip"):
            with zipfile.ZipFile(simulated.folder / file.path) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        spared = ("SHA256SUMS", "items-models.parquet")
        assert b"simulated" in content.lower() or file.path in spared, file.path


def as_json(value: Any) -> Any:
    """Parquet has one set of columns for all rows, so what is absent comes back as null."""
    if isinstance(value, dict):
        kept = {k: as_json(v) for k, v in value.items() if v is not None or k == "datetime"}
        return {k: v for k, v in kept.items() if v != {}}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.replace(".000000Z", "Z") if isinstance(value, str) else value
