from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetching.errors import FetchError
from pipeline.fetching.packing import pack, refuse_bad_names

NAMES = st.text("abcxyz-._", min_size=1, max_size=8).filter(lambda name: set(name) - {"."})


@given(files=st.dictionaries(NAMES, st.binary(max_size=50), min_size=1, max_size=5))
def test_the_same_files_are_the_same_bytes_whenever_and_in_whatever_order_they_came(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    packed = []
    for order, moment in ((list(files), 1_000_000_000), (list(files)[::-1], 1_700_000_000)):
        folder = tmp_path_factory.mktemp("files")
        for n, name in enumerate(order):
            (folder / str(n)).write_bytes(files[name])
            os.utime(folder / str(n), (moment, moment))
        pack({name: folder / str(n) for n, name in enumerate(order)}, "X", folder / "x.zip")
        packed.append((folder / "x.zip").read_bytes())
    assert packed[0] == packed[1]


def test_files_lie_as_they_are_below_the_products_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 1000)
    pack({"annotation/a.xml": tmp_path / "a"}, "X", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == ["X.SAFE/annotation/a.xml"]
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert archive.testzip() is None


def test_gdal_reads_rasters_where_they_are(tmp_path: Path) -> None:
    raster = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 1, "dtype": "uint16"}
    place = {"crs": "EPSG:3031", "transform": rasterio.Affine(40, 0, 0, 0, -40, 0)}
    with rasterio.open(raster, "w", **profile, **place) as out:
        out.write(np.full((1, 3, 4), 7, np.uint16))
    pack({"measurement/a.tiff": raster}, "X", tmp_path / "x.zip")
    with rasterio.open(f"/vsizip/{tmp_path / 'x.zip'}/X.SAFE/measurement/a.tiff") as found:
        assert found.read(1).tolist() == [[7] * 4] * 3


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "a\\b", ""])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(FetchError, match="leads elsewhere"):
        refuse_bad_names(["manifest.safe", name], "X")


def test_the_same_name_twice_is_refused() -> None:
    with pytest.raises(FetchError, match="'a' twice"):
        refuse_bad_names(["a", "b", "a"], "X")
