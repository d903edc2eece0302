from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
import shapely.affinity
from shapely import Point

from catalog.canonical import sha256_of_file
from catalog.importing.errors import UnreadableFile
from catalog.importing.vector import Table, file_inputs, read_tables, vector_files
from tests.catalog.importing.files import AMERY, write, write_without_layers, write_zip


def read_one(path: Path, layer: str | None = None, crs: str | None = None) -> Table:
    (table,) = read_tables(path, layer, crs)
    return table


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_a_file_in_epsg_3031_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    table = read_one(write(tmp_path / name, [AMERY], shelf=["Amery"], DATE_=["20200101"]))
    assert table.to_polar is None
    assert table.crs == "EPSG:3031"
    assert table.fields == {"shelf": ("Amery",), "DATE_": ("20200101",)}
    assert table.geometries[0] is not None
    assert shapely.get_coordinates(table.geometries[0]).tolist() == [list(p) for p in AMERY.coords]


def test_a_file_in_another_system_says_how_to_get_to_epsg_3031(tmp_path: Path) -> None:
    table = read_one(
        write(tmp_path / "a.geojson", [Point(71, -69).buffer(1).exterior], "EPSG:4326")
    )
    assert table.crs == "EPSG:4326"
    assert table.to_polar is not None


def test_a_named_system_goes_before_that_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], "EPSG:3413")
    assert read_one(path, crs="EPSG:3031").to_polar is None


def test_numbers_dates_and_nothing_become_texts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [AMERY, AMERY],
        count=[1, 2],
        share=[0.5, None],
        whole=[3.0, 4.0],
        when=[datetime(2020, 5, 1, 6, 30, tzinfo=UTC), None],
        text=[" padded ", ""],
    )
    assert read_one(path).fields == {
        "count": ("1", "2"),
        "share": ("0.5", None),
        "whole": ("3", "4"),
        "when": ("2020-05-01T06:30", None),
        "text": ("padded", None),
    }


def test_every_layer_of_lines_is_read_and_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], layer="lines_a", shelf=["Amery"])
    write(path, [AMERY], layer="lines_b", shelf=["Amery"])
    write(path, [Point(2e6, 7e5)], layer="vertices", shelf=["Amery"])
    assert [table.layer for table in read_tables(path)] == ["lines_a", "lines_b"]
    assert read_one(path, layer="lines_b").layer == "lines_b"


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], layer="fronts")
    with pytest.raises(UnreadableFile, match=r"no layer 'coast' \(layers: fronts\)"):
        read_one(path, layer="coast")


def test_a_zipped_shapefile_is_read_like_an_open_one(tmp_path: Path) -> None:
    shapefile = write(tmp_path / "open" / "a.shp", [AMERY], shelf=["Amery"])
    zipped = read_one(write_zip(tmp_path / "a.zip", shapefile))
    assert zipped.fields == read_one(shapefile).fields
    assert zipped.to_polar is None


def test_lineage_names_every_piece_of_a_shapefile(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", [AMERY], shelf=["Amery"])
    inputs = file_inputs(path)
    assert [i.name for i in inputs] == ["a.shp", "a.dbf", "a.shx", "a.prj", "a.cpg"]
    assert inputs[1].sha256 == sha256_of_file(tmp_path / "a.dbf")


def test_files_below_a_folder_are_found_in_order(tmp_path: Path) -> None:
    for name in ("b/z.gpkg", "a/y.geojson", "a/x.shp", "a/notes.txt", ".hidden.gpkg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [f.name for f in vector_files(tmp_path)] == ["x.shp", "y.geojson", "z.gpkg"]


def test_a_folder_without_vector_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(UnreadableFile, match=r"holds no \.gpkg"):
        vector_files(tmp_path)


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="does not exist"):
        vector_files(tmp_path / "nowhere.gpkg")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_a_file_of_zero_bytes_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(UnreadableFile, match="0 bytes"):
        read_one(tmp_path / name)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.zip"])
def test_a_truncated_file_is_refused(tmp_path: Path, name: str, share: float) -> None:
    lines = [shapely.affinity.translate(AMERY, 100.0 * i) for i in range(200)]
    made = "a.shp" if name == "a.zip" else name
    path = write(tmp_path / made, lines, shelf=["Amery"] * 200)
    if name == "a.zip":
        path = write_zip(tmp_path / name, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UnreadableFile, match=r"cannot be read|no readable zip"):
        read_one(path)


def test_a_shapefile_without_its_other_files_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", [AMERY], shelf=["Amery"])
    path.with_suffix(".shx").unlink()
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_one(path)


def test_a_geopackage_without_layers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="GeoPackage without layers"):
        read_one(write_without_layers(tmp_path / "a.gpkg"))


def test_a_file_of_points_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [Point(2e6, 7e5)], shelf=["Amery"])
    with pytest.raises(UnreadableFile, match="no layer of lines"):
        read_one(path)


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg"])
def test_a_file_without_coordinate_system_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, [AMERY], None, shelf=["Amery"])
    with pytest.raises(UnreadableFile, match="--crs"):
        read_one(path)


def test_an_unknown_coordinate_system_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"])
    with pytest.raises(UnreadableFile, match=r"unknown coordinate system \(EPSG:99999\)"):
        read_one(path, crs="EPSG:99999")


def test_a_zip_without_vector_files_is_refused(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("no fronts")
    with pytest.raises(UnreadableFile, match="holds no vector file"):
        read_one(write_zip(tmp_path / "a.zip", notes))
