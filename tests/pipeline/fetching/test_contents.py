from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetching.contents import check_contents
from pipeline.fetching.errors import FetchError
from tests.pipeline.fetching.products import PRODUCT, esa_files, southern_files, zip_of

LARGE = 10**9
RASTER = "measurement/s1a-ew-grd-hh-20221130t014342-20221130t014446-046117-058549-001.tiff"


@pytest.fixture(scope="module")
def esa(shared_data: Path) -> dict[str, bytes]:
    return esa_files(shared_data)


def check(content: bytes, folder: Path, largest_bytes: int = LARGE) -> None:
    path = folder / "product.zip"
    path.write_bytes(content)
    check_contents(path, source=PRODUCT, largest_bytes=largest_bytes)


def test_a_sound_product_passes_under_names_of_esa_and_of_the_cloud(
    esa: dict[str, bytes], shared_data: Path, tmp_path: Path
) -> None:
    check(zip_of(esa), tmp_path)
    check(zip_of(southern_files(shared_data)), tmp_path)


@pytest.mark.parametrize("kind", ["annotation/ew-hh.xml", "annotation/calibration/noise-ew-hv.xml"])
def test_a_renamed_file_is_compared_with_the_manifest(
    shared_data: Path, tmp_path: Path, kind: str
) -> None:
    files = southern_files(shared_data)
    with pytest.raises(FetchError, match=f"{kind} is not the file that manifest.safe lists"):
        check(zip_of({**files, kind: files[kind] + b" "}), tmp_path)


def test_a_raster_that_is_not_the_manifests_is_refused(
    esa: dict[str, bytes], tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match="MD5 differs"):
        check(zip_of({**esa, RASTER: esa[RASTER][:-1] + b"?"}), tmp_path)


def test_a_faulty_preview_costs_no_scene(esa: dict[str, bytes], tmp_path: Path) -> None:
    check(zip_of({**esa, "preview/quick-look.png": b""}), tmp_path)


@pytest.mark.parametrize("manifest", [b"", b"<no", b"<other/>", b"\xff"])
def test_a_manifest_that_cannot_be_read_checks_nothing(
    esa: dict[str, bytes], tmp_path: Path, manifest: bytes
) -> None:
    check(zip_of({**esa, "manifest.safe": manifest}), tmp_path)


@given(share=st.floats(0.0, 1.0, exclude_max=True))
def test_a_zip_file_that_is_cut_off_is_refused(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    whole = zip_of({"manifest.safe": b"<m/>", "annotation/a.xml": b"<product/>" * 100})
    with pytest.raises(FetchError):
        check(whole[: int(len(whole) * share)], tmp_path_factory.mktemp("cut"))


def test_a_byte_that_flipped_is_found_without_any_checksum(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("X.SAFE/manifest.safe", b"<m/>" * 1000)
    damaged = content.getvalue().replace(b"<m/>", b"<n/>", 1)
    with pytest.raises(FetchError, match="damaged"):
        check(damaged, tmp_path)


def test_a_login_page_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"web page.*login.*ICELINES_ARCHIVE_TOKEN"):
        check(b"\n<!DOCTYPE html><html><body>Sign in</body></html>", tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = zip_of({"manifest.safe": b"<m/>", "measurement/a.tiff": bytes(50_000_000)})
    with pytest.raises(FetchError, match=r"50,000,004 bytes when unpacked"):
        check(bomb, tmp_path, largest_bytes=10_000_000)


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a\\..\\b"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("X.SAFE/manifest.safe", b"<m/>")
        archive.writestr(name, b"")
    with pytest.raises(FetchError, match="unsafe file name"):
        check(content.getvalue(), tmp_path)


def test_two_products_in_one_file_are_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for product in ("X", "Y"):
            archive.writestr(f"{product}.SAFE/manifest.safe", b"<m/>")
    with pytest.raises(FetchError, match="2 products"):
        check(content.getvalue(), tmp_path)
