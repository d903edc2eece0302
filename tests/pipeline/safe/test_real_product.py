"""The whole real EW product: everything it lists is read, and any of its files may be missing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.errors import SceneError
from pipeline.safe.open import open_product
from pipeline.safe.product import SafeProduct
from tests.pipeline.safe.synthetic import write_zip

POLARISATIONS = ("HH", "HV")


@pytest.fixture(scope="module")
def product(real_product: Path) -> SafeProduct:
    return open_product(real_product)


def text_of(real_product: Path, kind: str, polarisation: str) -> str:
    folder = "annotation" if kind == "product" else "annotation/calibration"
    start = "" if kind == "product" else f"{kind}-"
    return (real_product / folder / f"{start}ew-{polarisation.lower()}.xml").read_text()


def occurrences(text: str, tag: str) -> int:
    return len(re.findall(rf"<{tag}>", text))


def numbers(text: str, tag: str) -> list[list[float]]:
    found = re.findall(rf"<{tag}(?: count=\"\d+\")?>([^<]*)</{tag}>", text)
    return [[float(word) for word in words.split()] for words in found]


def test_the_product_says_what_it_is(product: SafeProduct) -> None:
    assert product.name == "S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15"
    assert product.polarisations == POLARISATIONS
    assert product.ipf == "003.52"
    assert product.start.isoformat() == "2022-11-30T01:43:42.546629+00:00"
    assert product.stop.isoformat() == "2022-11-30T01:44:46.839082+00:00"


def test_only_the_emptied_measurements_are_amiss(product: SafeProduct) -> None:
    assert product.degradations == tuple(
        f"measurement/ew-{p}.tiff: has 0 bytes, the manifest lists 224784884" for p in ("hh", "hv")
    )


def test_opening_an_empty_measurement_fails_in_rasterio_only(product: SafeProduct) -> None:
    with pytest.raises(rasterio.errors.RasterioIOError, match=r"ew-hh\.tiff"):
        rasterio.open(product.channel("HH").measurement)


@pytest.mark.parametrize("polarisation", POLARISATIONS)
def test_every_list_of_the_annotation_is_read_whole(
    real_product: Path, product: SafeProduct, polarisation: str
) -> None:
    text = text_of(real_product, "product", polarisation)
    value = product.channel(polarisation).annotation
    assert len(value.orbit.times_s) == occurrences(text, "orbit") > 0
    assert len(value.ground_range.times_s) == occurrences(text, "coordinateConversion") - 1 > 0
    assert value.geolocation.lines.size == occurrences(text, "geolocationGridPoint") > 0
    assert value.ground_range.srgr.tolist() == numbers(text, "srgrCoefficients")
    assert value.ground_range.grsr.tolist() == numbers(text, "grsrCoefficients")
    assert [[x] for x in value.geolocation.latitudes_deg.ravel()] == numbers(text, "latitude")
    assert [[x] for x in value.geolocation.heights_m.ravel()] == numbers(text, "height")


@pytest.mark.parametrize("polarisation", POLARISATIONS)
def test_every_calibration_vector_is_read_whole(
    real_product: Path, product: SafeProduct, polarisation: str
) -> None:
    text = text_of(real_product, "calibration", polarisation)
    vectors = product.channel(polarisation).calibration.vectors
    assert len(vectors) == occurrences(text, "calibrationVector") > 0
    assert [[vector.line] for vector in vectors] == numbers(text, "line")
    assert [vector.pixels.tolist() for vector in vectors] == numbers(text, "pixel")
    assert [vector.sigma_nought.tolist() for vector in vectors] == numbers(text, "sigmaNought")
    assert [vector.gamma.tolist() for vector in vectors] == numbers(text, "gamma")


@pytest.mark.parametrize("polarisation", POLARISATIONS)
def test_every_noise_vector_and_block_is_read_whole(
    real_product: Path, product: SafeProduct, polarisation: str
) -> None:
    text = text_of(real_product, "noise", polarisation)
    noise = product.channel(polarisation).noise
    assert noise is not None
    assert len(noise.range_vectors) == occurrences(text, "noiseRangeVector") > 0
    assert [v.pixels.tolist() for v in noise.range_vectors] == numbers(text, "pixel")
    assert [v.power.tolist() for v in noise.range_vectors] == numbers(text, "noiseRangeLut")
    assert len({len(v.pixels) for v in noise.range_vectors}) > 1  # EW vectors differ in length
    assert len(noise.azimuth) == occurrences(text, "noiseAzimuthVector") > 0
    assert [b.factors.tolist() for b in noise.azimuth] == numbers(text, "noiseAzimuthLut")
    assert [[b.last_pixel] for b in noise.azimuth] == numbers(text, "lastRangeSample")


def test_zero_noise_powers_are_kept(product: SafeProduct) -> None:
    noise = product.channel("HH").noise
    assert noise is not None
    assert sum(int((vector.power == 0).sum()) for vector in noise.range_vectors) == 491


def test_terrain_height_lies_within_the_heights_of_the_list(product: SafeProduct) -> None:
    # Of nine entries seven lie within the image: -27 to 177 m, four of them 0.
    assert product.channel("HH").annotation.terrain_height_m == pytest.approx(45.78, abs=0.01)


def test_a_zip_file_of_the_product_says_the_same(
    real_product: Path, product: SafeProduct, tmp_path: Path
) -> None:
    files = {
        path.relative_to(real_product).as_posix(): path.read_bytes()
        for path in real_product.rglob("*")
        if path.is_file()
    }
    packed = open_product(write_zip(tmp_path, files, top="", name=f"{product.name}.zip"))
    assert (packed.name, packed.ipf, packed.degradations) == (
        product.name,
        product.ipf,
        product.degradations,
    )
    np.testing.assert_array_equal(
        packed.channel("HV").annotation.ground_range.grsr,
        product.channel("HV").annotation.ground_range.grsr,
    )


def remove(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()  # the copy is a hard link: the original must stay whole
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("damage", [remove, truncate])
def test_each_file_in_turn_may_be_damaged(
    real_product: Path, product: SafeProduct, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    names = [p.relative_to(real_product) for p in real_product.rglob("*") if p.is_file()]
    assert len(names) > 10
    for number, name in enumerate(names):
        copy = tmp_path / str(number) / real_product.name
        shutil.copytree(real_product, copy, copy_function=os.link)
        damage(copy / name)
        found = outcome(open_product(copy))
        assert found == expected(name.as_posix(), damage), name
        shutil.rmtree(copy)


def outcome(product: SafeProduct) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Polarisations that are left, those that can be denoised, and whether the IPF is known."""
    denoised = tuple(c.polarisation for c in product.channels if c.noise is not None)
    assert (product.ipf is None) == any("processor" in note for note in product.degradations)
    lost = len(POLARISATIONS) - len(product.channels)
    assert sum("is left out" in note for note in product.degradations) == lost
    quiet = len(product.channels) - len(denoised)
    assert sum("cannot be denoised" in note for note in product.degradations) == quiet
    return product.polarisations, denoised, product.ipf is not None


def expected(
    name: str, damage: Callable[[Path], None]
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    hit = next((p for p in POLARISATIONS if f"-{p.lower()}." in name), "")
    rest = tuple(p for p in POLARISATIONS if p != hit)
    if name == "manifest.safe":
        return POLARISATIONS, POLARISATIONS, False
    if name.startswith("annotation/calibration/noise-"):
        return POLARISATIONS, rest, True
    truncated_pixels = name.startswith("measurement/") and damage is truncate
    if name.startswith("annotation/rfi/") or truncated_pixels or not hit:
        return POLARISATIONS, POLARISATIONS, True
    return rest, rest, True


def test_without_any_annotation_the_product_is_refused(real_product: Path, tmp_path: Path) -> None:
    copy = tmp_path / real_product.name
    shutil.copytree(real_product, copy, copy_function=os.link)
    for name in ("ew-hh.xml", "ew-hv.xml"):
        (copy / "annotation" / name).unlink()
    with pytest.raises(SceneError, match="HH is left out: no annotation file says HH"):
        open_product(copy)
