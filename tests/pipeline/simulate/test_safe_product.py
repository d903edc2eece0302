import hashlib
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from lxml import etree

from catalog.scene import parse_product_name
from pipeline.errors import SceneError
from pipeline.safe.manifest import parse_manifest
from pipeline.safe.open import open_product
from pipeline.simulate.annotation import simulated_annotation
from pipeline.simulate.safe_product import write_safe
from tests.pipeline.simulate.products import MOMENT, SMALL, SMALL_IW, channel_of, written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("safe")).path


@pytest.fixture(scope="module")
def interferometric(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("iw"), SMALL_IW, ("VV", "VH")).path


def test_our_reader_opens_the_folder_and_the_zip_file_without_a_word(
    tmp_path: Path, folder: Path
) -> None:
    archive = written(tmp_path / "SIM_EW_GRDM_1SDH_20260904T201305_Amery.zip")

    for path in (folder, archive.path):
        product = open_product(path)
        assert product.degradations == ()
        assert product.name == archive.name
        assert product.ipf == "003.71"
        assert product.polarisations == ("HH", "HV")
        for channel in product.channels:
            with rasterio.open(channel.measurement) as raster:
                assert raster.shape == (60, 90)


def test_the_name_follows_esas_grammar_and_says_what_the_files_say(folder: Path) -> None:
    annotation = simulated_annotation(SMALL, "HH")

    name = parse_product_name(folder.name)

    assert (name.platform, name.mode, name.product_type) == ("sentinel-1a", "EW", "GRDM")
    assert name.polarisations == ("HH", "HV")
    assert abs(name.start - MOMENT) < timedelta(seconds=2)
    assert name.absolute_orbit == annotation.absolute_orbit
    assert name.datatake == f"{annotation.datatake:06X}"


def test_the_same_values_give_the_same_bytes_whatever_the_blocks(tmp_path: Path) -> None:
    first, second, other = (
        written(tmp_path / f"{number}.zip", rows=rows) for number, rows in enumerate((16, 16, 60))
    )

    assert first.path.read_bytes() == second.path.read_bytes() == other.path.read_bytes()


def test_the_manifest_lists_every_file_with_its_checksum(folder: Path) -> None:
    manifest = parse_manifest((folder / "manifest.safe").read_bytes(), "manifest.safe")

    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {file.name for file in manifest.files} == files - {"manifest.safe"}
    for file in manifest.files:
        content = (folder / file.name).read_bytes()
        assert file.size_bytes == len(content)
        assert file.md5 == hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_the_product_says_in_its_manifest_and_images_that_it_is_no_observation(
    folder: Path,
) -> None:
    root = etree.fromstring((folder / "manifest.safe").read_bytes())
    (facility,), (source,) = (
        list(root.iterfind(f".//{{*}}{name}")) for name in ("facility", "resource")
    )
    assert facility.get("name") == source.get("name") == "IceLines simulation, no observation"

    for image in folder.glob("measurement/*.tiff"):
        with rasterio.open(image) as raster:
            assert "no observation" in raster.tags()["TIFFTAG_IMAGEDESCRIPTION"]


def test_the_footprint_holds_the_target(folder: Path) -> None:
    manifest = parse_manifest((folder / "manifest.safe").read_bytes(), "manifest.safe")

    assert manifest.footprint is not None
    longitude, latitude = manifest.footprint.mean(axis=0)
    assert longitude == pytest.approx(71.0, abs=0.01)
    assert latitude == pytest.approx(-68.5, abs=0.01)


def test_images_are_striped_and_carry_the_geolocation_grid(folder: Path) -> None:
    grid = simulated_annotation(SMALL, "HH").geolocation
    with rasterio.open(next(folder.glob("measurement/*hh*.tiff"))) as raster:
        assert raster.profile["tiled"] is False
        assert raster.block_shapes[0][1] == raster.width
        points, crs = raster.gcps
        numbers = raster.read(1)

    assert crs.to_epsg() == 4326
    assert len(points) == grid.lines.size
    last = points[-1]
    assert (last.row, last.col) == (59.0, 89.0)
    assert (last.x, last.y) == pytest.approx(
        (grid.longitudes_deg[-1, -1], grid.latitudes_deg[-1, -1])
    )
    assert (numbers[:5, :7] == 0).all()
    assert (numbers == 0).sum() == 35


def test_the_annotation_says_the_mean_of_its_pixels(folder: Path) -> None:
    root = etree.parse(next(folder.glob("annotation/*hh*.xml"))).getroot()
    with rasterio.open(next(folder.glob("measurement/*hh*.tiff"))) as raster:
        valid = raster.read(1).astype(float)
    valid = valid[valid > 0]

    said = root.findtext("imageAnnotation/imageInformation/imageStatistics/outputDataMean/re")
    spread = root.findtext("imageAnnotation/imageInformation/imageStatistics/outputDataStdDev/re")

    assert float(str(said)) == pytest.approx(valid.mean(), rel=1e-5)
    assert float(str(spread)) == pytest.approx(valid.std(), rel=1e-5)


def test_gdal_reads_it_as_a_sentinel_1_product(folder: Path) -> None:
    with rasterio.open(folder) as raster:
        assert raster.driver == "SAFE"
        assert raster.shape == (60, 90)
        assert raster.count == 2
        assert raster.tags()["MODE"] == "EW"
        assert raster.tags()["FACILITY_IDENTIFIER"] == "IceLines simulation, no observation"
        points, _ = raster.gcps
        assert len(points) == simulated_annotation(SMALL, "HH").geolocation.lines.size
        numbers = raster.read()
    for band, polarisation in zip(numbers, ("hh", "hv"), strict=True):
        with rasterio.open(next(folder.glob(f"measurement/*-{polarisation}-*.tiff"))) as raster:
            np.testing.assert_array_equal(band, raster.read(1))


@pytest.mark.filterwarnings("ignore")  # of other people's libraries
def test_xarray_sentinel_opens_the_iw_product(interferometric: Path) -> None:
    import xarray_sentinel

    def group(name: str) -> Any:
        return xarray_sentinel.open_sentinel1_dataset(str(interferometric), group=name)

    annotation = simulated_annotation(SMALL_IW, "VV")
    assert group("IW/VV").measurement.shape == (60, 90)
    np.testing.assert_allclose(
        group("IW/VV/orbit").position.values.T, annotation.orbit.positions_m, rtol=1e-12
    )
    np.testing.assert_allclose(
        group("IW/VV/gcp").longitude.values, annotation.geolocation.longitudes_deg, rtol=1e-12
    )
    polynomials = group("IW/VV/coordinate_conversion").grsrCoefficients
    np.testing.assert_allclose(polynomials, annotation.ground_range.grsr, rtol=1e-12)
    assert group("IW/VV/calibration").sigmaNought.shape[1] == 4
    assert group("IW/VH/noise_range").noiseRangeLut.ndim == 2
    assert group("IW/VV/coordinate_conversion").sizes["degree"] == 9


def test_products_of_every_kind_open(tmp_path: Path) -> None:
    kinds = [
        (replace(SMALL, platform="S1C", mode="SM"), ("VV", "VH"), "003.71"),
        (SMALL, ("HH",), "002.84"),
        (replace(SMALL, platform="S1D", direction="ASCENDING"), ("VV",), "004.03"),
    ]
    for acquisition, polarisations, ipf in kinds:
        product = open_product(written(tmp_path, acquisition, polarisations, ipf).path)

        assert product.degradations == ()
        assert (product.ipf, product.polarisations) == (ipf, polarisations)
        assert all(channel.noise is not None for channel in product.channels)


def test_a_second_run_replaces_the_first_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    first, second = written(tmp_path), written(tmp_path)

    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]


def test_pixels_that_do_not_fit_the_annotation_are_refused_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    whole = channel_of(SMALL, "HH")
    cases: dict[str, list[Any]] = {
        "50 lines instead of 60": [np.ones((50, 90), dtype=np.uint16)],
        "more than 60 lines": [np.ones((61, 90), dtype=np.uint16)],
        r"shape \(60, 80\)": [np.ones((60, 80), dtype=np.uint16)],
        "type float32": [np.ones((60, 90), dtype=np.float32)],
    }
    for words, blocks in cases.items():
        with pytest.raises(SceneError, match=words):
            write_safe(tmp_path / "scene.zip", [replace(whole, blocks=blocks)])
    assert list(tmp_path.iterdir()) == []


def test_polarisations_that_no_product_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="no product holds the polarisations HV, HH"):
        write_safe(tmp_path, [channel_of(SMALL, "HV"), channel_of(SMALL, "HH")])


def test_rows_of_a_packed_image_lie_unpacked_in_the_zip_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "scene.zip").path) as archive:
        kinds = {
            entry.filename.rsplit(".", 1)[1]: entry.compress_type for entry in archive.infolist()
        }
        dates = {entry.date_time for entry in archive.infolist()}

    assert kinds["tiff"] == zipfile.ZIP_STORED
    assert kinds["xml"] == zipfile.ZIP_DEFLATED
    assert len(dates) == 1


@pytest.mark.filterwarnings("ignore")  # of other people's libraries
def test_sarsen_calibrates_the_iw_product_as_it_was_made(interferometric: Path) -> None:
    import sarsen

    product = sarsen.Sentinel1SarProduct(str(interferometric), "IW/VV")

    beta = product.beta_nought().values
    with rasterio.open(next(interferometric.glob("measurement/*vv*.tiff"))) as raster:
        numbers = raster.read(1).astype(float)
    np.testing.assert_allclose(beta, (numbers / 474.0) ** 2, rtol=1e-6)
