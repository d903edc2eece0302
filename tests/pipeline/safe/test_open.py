from __future__ import annotations

import tempfile
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.safe.open import open_product
from pipeline.safe.product import SafeProduct
from tests.pipeline.safe.synthetic import (
    CALIBRATION,
    EPOCH,
    NAME,
    NOISE,
    annotation_xml,
    calibration_xml,
    changed,
    file_of,
    manifest_xml,
    moment,
    noise_xml,
    old_noise_xml,
    product_files,
    reordered,
    write_folder,
    write_zip,
)

Files = dict[str, bytes]


def opened(tmp_path: Path, files: Files) -> SafeProduct:
    return open_product(write_folder(tmp_path, files))


def cloud_layout(files: Files) -> Files:
    """The same files as a mirror names them: `annotation/ew-hh.xml`."""
    renamed: Files = {}
    for polarisation in ("hh", "hv"):
        for kind, target in {
            "annotation": f"annotation/ew-{polarisation}.xml",
            "calibration": f"annotation/calibration/calibration-ew-{polarisation}.xml",
            "noise": f"annotation/calibration/noise-ew-{polarisation}.xml",
            "measurement": f"measurement/ew-{polarisation}.tiff",
        }.items():
            renamed[target] = files[file_of(files, kind, polarisation)]
    return renamed | {"manifest.safe": files["manifest.safe"]}


def test_a_whole_product_opens_without_a_word(tmp_path: Path) -> None:
    product = opened(tmp_path, product_files())
    assert (product.name, product.ipf) == (NAME, "004.03")
    assert product.polarisations == ("HH", "HV")
    assert product.start == EPOCH
    assert product.degradations == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_file_says_the_same_as_the_folder(tmp_path: Path, method: int) -> None:
    folder = open_product(write_folder(tmp_path, product_files()))
    packed = open_product(write_zip(tmp_path, product_files(), method=method))
    assert (packed.name, packed.ipf, packed.degradations) == (folder.name, folder.ipf, ())
    for one, other in zip(packed.channels, folder.channels, strict=True):
        assert one.annotation.epoch == other.annotation.epoch
        np.testing.assert_array_equal(
            one.annotation.orbit.positions_m, other.annotation.orbit.positions_m
        )


@pytest.mark.parametrize("name", ["product.zip", "no suffix", f"{NAME}.SAFE.zip"])
def test_rasterio_opens_the_measurement_where_it_lies(tmp_path: Path, name: str) -> None:
    files = product_files()
    with rasterio.MemoryFile() as memory:
        profile = {"driver": "GTiff", "width": 2, "height": 1, "count": 1, "dtype": "uint16"}
        with (
            pytest.warns(rasterio.errors.NotGeoreferencedWarning),
            memory.open(**profile) as image,
        ):
            image.write(np.array([[[3, 4]]], dtype=np.uint16))
        files[file_of(files, "measurement", "HV")] = memory.read()
    for path in (write_folder(tmp_path, files), write_zip(tmp_path, files, name=name)):
        with (
            pytest.warns(rasterio.errors.NotGeoreferencedWarning),
            rasterio.open(open_product(path).channel("HV").measurement) as image,
        ):
            assert image.read(1).tolist() == [[3, 4]]


@pytest.mark.parametrize("with_manifest", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_the_cloud_layout_opens(tmp_path: Path, with_manifest: bool, packed: bool) -> None:
    files = cloud_layout(product_files())
    if not with_manifest:
        del files["manifest.safe"]
    write = write_zip if packed else write_folder
    product = open_product(write(tmp_path, files))
    assert product.polarisations == ("HH", "HV")
    assert product.ipf == ("004.03" if with_manifest else None)
    assert bool(product.degradations) is not with_manifest
    assert product.channel("HV").measurement.endswith("measurement/ew-hv.tiff")


def test_files_all_in_one_folder_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    files = {f"{i}.xml": c for i, c in enumerate(product_files(["HH"]).values()) if c[:1] == b"<"}
    product = opened(tmp_path, files | {"image.tif": b"?"})
    assert product.polarisations == ("HH",)
    assert "image.tif: taken as HH, its name does not say" in product.degradations


def test_a_single_polarisation_product_lacks_nothing(tmp_path: Path) -> None:
    name = NAME.replace("1SDH", "1SSH")
    product = open_product(write_folder(tmp_path, product_files(["HH"]), f"{name}.SAFE"))
    assert (product.polarisations, product.degradations) == (("HH",), ())


def test_an_annotation_in_the_place_of_another_file_is_found(tmp_path: Path) -> None:
    files = product_files(["HH"])
    annotation, rfi = file_of(files, "annotation", "HH"), next(n for n in files if "/rfi/" in n)
    files[annotation], files[rfi] = files[rfi], files[annotation]
    product = open_product(write_folder(tmp_path, files, f"{NAME.replace('1SDH', '1SSH')}.SAFE"))
    assert product.polarisations == ("HH",)


@pytest.mark.parametrize("kind", ["annotation", "calibration", "measurement"])
def test_a_polarisation_that_lacks_a_file_is_left_out(tmp_path: Path, kind: str) -> None:
    files = product_files()
    del files[file_of(files, kind, "HV")]
    product = opened(tmp_path, files)
    assert product.polarisations == ("HH",)
    assert any(note.startswith("HV is left out: no ") for note in product.degradations)


@pytest.mark.parametrize("kind", ["annotation", "calibration"])
def test_a_polarisation_with_a_truncated_file_is_left_out(tmp_path: Path, kind: str) -> None:
    files = product_files()
    name = file_of(files, kind, "HH")
    files[name] = files[name][:-30]
    product = opened(tmp_path, files)
    assert product.polarisations == ("HV",)
    assert any(note.startswith(f"{name}: is not well-formed") for note in product.degradations)
    assert any(note.startswith("HH is left out") for note in product.degradations)


@pytest.mark.parametrize("damage", ["removed", "truncated", "negative", "short", "foreign"])
def test_unusable_noise_costs_the_denoising_only(tmp_path: Path, damage: str) -> None:
    files = product_files()
    name = file_of(files, "noise", "HH")
    files[name] = {
        "removed": b"<other/>",
        "truncated": files[name][:-30],
        "negative": noise_xml("HH").replace(b"250.0", b"-250.0"),
        "short": noise_xml("HH", NOISE[:1]),
        "foreign": changed(files[name], "adsHeader/absoluteOrbitNumber", "46118"),
    }[damage]
    product = opened(tmp_path, files)
    assert product.polarisations == ("HH", "HV")
    assert product.channel("HH").noise is None
    assert product.channel("HV").noise is not None
    assert any(note.startswith("HH cannot be denoised: ") for note in product.degradations)


def test_the_old_noise_format_is_read(tmp_path: Path) -> None:
    files = product_files()
    files[file_of(files, "noise", "HH")] = old_noise_xml("HH")
    noise = opened(tmp_path, files).channel("HH").noise
    assert noise is not None
    assert noise.azimuth == ()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (calibration_xml("HH").replace(b"420.0", b"nan"), "not finite"),
        (calibration_xml("HH").replace(b"420.0", b"0.0"), "above zero"),
        (calibration_xml("HH", CALIBRATION[:2]), "shorter than the image"),
        (calibration_xml("HV"), "no calibration file says HH"),
        (changed(calibration_xml("HH"), "adsHeader/startTime", moment(-60)), "another product"),
    ],
)
def test_a_polarisation_that_cannot_be_calibrated_is_left_out(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    files = product_files()
    files[file_of(files, "calibration", "HH")] = content
    product = opened(tmp_path, files)
    assert product.polarisations == ("HV",)
    assert any(n.startswith("HH is left out") and fault in n for n in product.degradations)


def test_calibrations_under_each_other_s_names_are_used_by_what_they_say(tmp_path: Path) -> None:
    files = product_files()
    one, other = file_of(files, "calibration", "HH"), file_of(files, "calibration", "HV")
    files[one], files[other] = files[other], files[one]
    product = opened(tmp_path, files)
    assert product.polarisations == ("HH", "HV")
    assert all(c.calibration.polarisation == c.polarisation for c in product.channels)
    assert any(f"{one}: is named HH but says HV" in note for note in product.degradations)


def test_annotations_under_each_other_s_names_are_refused(tmp_path: Path) -> None:
    files = product_files()
    one, other = file_of(files, "annotation", "HH"), file_of(files, "annotation", "HV")
    files[one], files[other] = files[other], files[one]
    with pytest.raises(SceneError, match="which pixels are meant cannot be known"):
        opened(tmp_path, files)


def test_of_two_files_of_one_polarisation_the_one_so_named_is_used(tmp_path: Path) -> None:
    files = product_files()
    files[file_of(files, "annotation", "HV")] = annotation_xml("HH")
    product = opened(tmp_path, files)
    assert product.polarisations == ("HH",)
    assert any("HV is left out: no annotation" in note for note in product.degradations)


def test_two_files_alike_are_refused(tmp_path: Path) -> None:
    files = product_files(["HH"])
    files["annotation/another-hh-slice.xml"] = annotation_xml("HH")
    with pytest.raises(SceneError, match="2 annotation files say HH"):
        opened(tmp_path, files)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("adsHeader/missionDataTakeId", "7"),
        ("imageAnnotation/imageInformation/numberOfSamples", "80"),
    ],
)
def test_channels_of_different_scenes_are_refused(tmp_path: Path, path: str, text: str) -> None:
    files = product_files()
    for kind in ("annotation", "calibration", "noise"):
        name = file_of(files, kind, "HV")
        with suppress(IndexError):  # only the annotation gives the size of the image
            files[name] = changed(files[name], path, text)
    with pytest.raises(SceneError, match="HH and HV are of different scenes"):
        opened(tmp_path, files)


def test_lists_out_of_order_are_sorted_and_said(tmp_path: Path) -> None:
    files = product_files()
    name = file_of(files, "annotation", "HH")
    files[name] = reordered(files[name], "generalAnnotation/orbitList", [1, 0, 2, 3, 4, 5, 6])
    product = opened(tmp_path, files)
    assert product.polarisations == ("HH", "HV")
    assert f"{name}: orbitList was not in order and has been sorted" in product.degradations


def test_without_a_manifest_the_processor_is_not_known(tmp_path: Path) -> None:
    files = product_files()
    del files["manifest.safe"]
    product = opened(tmp_path, files)
    assert product.ipf is None
    assert product.degradations == (
        "manifest.safe: is missing, the processor version is not known",
    )


@pytest.mark.parametrize("content", [b"", b"<cut", b"<product/>", b"\xff"])
def test_a_broken_manifest_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    product = opened(tmp_path, product_files() | {"manifest.safe": content})
    assert (product.ipf, product.polarisations) == (None, ("HH", "HV"))
    assert product.degradations[0].startswith("manifest.safe: ")


def test_files_that_are_not_as_listed_are_said(tmp_path: Path) -> None:
    files = product_files()
    noise, image = file_of(files, "noise", "HH"), file_of(files, "measurement", "HV")
    files |= {noise: files[noise] + b"\n", image: b""}
    assert opened(tmp_path, files).degradations == (
        f"{noise}: is not as the manifest lists it (MD5)",
        f"{image}: has 0 bytes, the manifest lists 12",
    )


def test_a_file_with_the_content_of_another_listed_one_is_said(tmp_path: Path) -> None:
    files = product_files()
    noise, calibration = file_of(files, "noise", "HH"), file_of(files, "calibration", "HH")
    files[noise], files[calibration] = files[calibration], files[noise]
    said = opened(tmp_path, files).degradations
    assert {f"{name}: is not as the manifest lists it (MD5)" for name in (noise, calibration)} == {
        *said
    }


def test_a_broken_report_on_interference_goes_unsaid(tmp_path: Path) -> None:
    files = product_files()
    files[next(n for n in files if "/rfi/" in n)] = b"<cut"
    assert opened(tmp_path, files).degradations == ()


def test_images_beside_the_measurements_are_passed_over(tmp_path: Path) -> None:
    product = opened(tmp_path, product_files() | {"preview/quick-look-hh.tif": b"?"})
    assert (product.polarisations, product.degradations) == (("HH", "HV"), ())


def test_of_two_measurements_the_one_named_like_the_annotation_is_used(tmp_path: Path) -> None:
    files = product_files()
    product = opened(tmp_path, files | {"measurement/another-hh.tiff": b"?"})
    assert product.channel("HH").measurement.endswith(file_of(files, "measurement", "HH"))


def test_two_measurements_alike_leave_the_polarisation_out(tmp_path: Path) -> None:
    files = cloud_layout(product_files())
    files["measurement/hh.tiff"] = files["measurement/hh-2.tiff"] = files.pop(
        "measurement/ew-hh.tiff"
    )
    product = opened(tmp_path, files)
    assert product.polarisations == ("HV",)
    assert any("2 measurement files are named HH" in note for note in product.degradations)


def test_a_manifest_that_lists_no_files_is_believed(tmp_path: Path) -> None:
    product = opened(tmp_path, product_files() | {"manifest.safe": manifest_xml({})})
    assert (product.ipf, product.degradations) == ("004.03", ())


def test_a_name_against_the_content_is_said(tmp_path: Path) -> None:
    name = "S1A_IW_GRDH_1SDH_20250101T000000_20250101T000025_000001_000001_0000"
    product = open_product(write_folder(tmp_path, product_files(), f"{name}.SAFE"))
    said = " ".join(product.degradations)
    assert product.channels[0].annotation.mode == "EW"
    assert all(word in said for word in ("platform", "mode", "orbit 1,", "data take", "start at"))


def test_a_product_without_a_name_is_named_for_its_folder(tmp_path: Path) -> None:
    product = open_product(write_folder(tmp_path, product_files(), "download"))
    assert product.name == "download"
    assert product.degradations == ("the product's name is not known",)


def test_where_no_polarisation_is_left_every_reason_is_given(tmp_path: Path) -> None:
    files = product_files()
    del files[file_of(files, "calibration", "HH")], files[file_of(files, "measurement", "HV")]
    with pytest.raises(SceneError) as refusal:
        opened(tmp_path, files)
    assert refusal.value.where == str(tmp_path / f"{NAME}.SAFE")
    assert "HH is left out: no calibration file says HH" in refusal.value.fault
    assert "HV is left out: no measurement file is named HV" in refusal.value.fault
    assert refusal.value.remedy


@pytest.mark.parametrize("files", [{"readme.txt": b"?"}, {"annotation/a.xml": b"<rfi/>"}])
def test_what_is_no_product_is_refused(tmp_path: Path, files: Files) -> None:
    with pytest.raises(SceneError, match="no polarisation can be used"):
        open_product(write_folder(tmp_path, files, "x"))


def test_what_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"gone\.SAFE: does not exist\. Give a"):
        open_product(tmp_path / "gone.SAFE")


@cache
def packed_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_zip(Path(folder), product_files()).read_bytes()


@given(st.data())
def test_a_damaged_zip_file_opens_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(packed_bytes())
    places = st.integers(0, len(content) - 1)
    for place, byte in data.draw(st.dictionaries(places, st.integers(0, 255))).items():
        content[place] = byte
    path = tmp_path_factory.mktemp("damaged") / f"{NAME}.zip"
    path.write_bytes(content[: data.draw(st.one_of(st.just(len(content)), places))])
    try:
        product = open_product(path)
    except SceneError as refusal:
        assert refusal.where.startswith(str(path))  # noqa: PT017 - either outcome is right
        return
    assert set(product.polarisations) <= {"HH", "HV"}
