"""Our files against ESA's schemas, and read back by our reader."""

import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.safe.annotation_xml import parse_annotation
from pipeline.safe.calibration_xml import parse_calibration
from pipeline.safe.noise_xml import parse_noise
from pipeline.safe.tables import NoiseTable
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.orbit_pass import ASCENDING, DESCENDING, Target
from pipeline.simulate.safe_xml.annotation import PixelStatistics, annotation_xml
from pipeline.simulate.safe_xml.calibration import calibration_xml
from pipeline.simulate.safe_xml.noise import noise_xml
from pipeline.simulate.tables import calibration_table, noise_table
from tests.pipeline.simulate.products import SMALL, SMALL_IW

STATISTICS = PixelStatistics(210.5, 34.25)
ARCHIVE = "sentinel1/stactools_EW_GRDM_SAFE.tar.xz"


@pytest.fixture(scope="module")
def schemas(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ESA's schemas, from the `support` folder of a real product."""
    folder = tmp_path_factory.mktemp("schemas")
    with tarfile.open(shared_data / ARCHIVE) as archive:
        members = [member for member in archive.getmembers() if member.name.endswith(".xsd")]
        archive.extractall(folder, members, filter="data")
    return next(folder.rglob("s1-level-1-product.xsd")).parent


def assert_valid(content: bytes, schema: Path) -> None:
    checked = etree.XMLSchema(etree.parse(str(schema)))
    checked.assertValid(etree.fromstring(content))


@pytest.mark.parametrize("acquisition", [SMALL, SMALL_IW, replace(SMALL, mode="SM")])
def test_files_are_valid_by_esas_schemas(acquisition: Acquisition, schemas: Path) -> None:
    annotation = simulated_annotation(acquisition, "HH")

    assert_valid(annotation_xml(annotation, STATISTICS), schemas / "s1-level-1-product.xsd")
    assert_valid(
        calibration_xml(annotation, calibration_table(annotation)),
        schemas / "s1-level-1-calibration.xsd",
    )
    assert_valid(
        noise_xml(annotation, noise_table(annotation), "003.71"), schemas / "s1-level-1-noise.xsd"
    )


@settings(max_examples=15)
@given(
    st.floats(-180, 180),
    st.floats(-77, -60),
    st.sampled_from([ASCENDING, DESCENDING]),
    st.floats(20.0, 35.0),
    st.sampled_from(["EW", "IW", "SM"]),
    st.sampled_from(["HH", "HV"]),
    st.sampled_from(["S1A", "S1C"]),
)
def test_our_reader_gets_back_every_value_of_an_annotation(
    longitude: float,
    latitude: float,
    direction: str,
    incidence: float,
    mode: str,
    polarisation: str,
    platform: str,
) -> None:
    acquisition = replace(
        SMALL,
        target=Target(longitude, latitude, 30.0),
        direction=direction,
        incidence_deg=incidence,
        mode=mode,
        platform=platform,
        height_m=12.5,
    )
    annotation = simulated_annotation(acquisition, polarisation)

    parsed = parse_annotation(annotation_xml(annotation, STATISTICS), "a.xml")

    assert parsed.notes == ()
    assert_same(parsed.value, annotation)


def assert_same(found: Annotation, expected: Annotation) -> None:
    """Equal text and counts; equal numbers to fifteen digits, times to a nanosecond."""
    for name in Annotation.__slots__:
        left, right = getattr(found, name), getattr(expected, name)
        if name in ("orbit", "ground_range", "geolocation"):
            for inner in type(right).__slots__:
                a, b = getattr(left, inner), getattr(right, inner)
                np.testing.assert_allclose(a, b, rtol=1e-14, atol=1e-9, err_msg=f"{name}.{inner}")
        elif isinstance(right, float):
            assert left == pytest.approx(right, rel=1e-14, abs=1e-9), name
        else:
            assert left == right, name


@pytest.mark.parametrize("acquisition", [SMALL, SMALL_IW])
@pytest.mark.parametrize("polarisation", ["HH", "HV"])
def test_our_reader_gets_back_the_tables_to_the_last_digit(
    acquisition: Acquisition, polarisation: str
) -> None:
    annotation = simulated_annotation(acquisition, polarisation)
    calibration, noise = calibration_table(annotation), noise_table(annotation)

    found = parse_calibration(calibration_xml(annotation, calibration), "c.xml")
    assert found.notes == ()
    assert found.value.polarisation == polarisation
    for a, b in zip(found.value.vectors, calibration.vectors, strict=True):
        assert a.line == b.line
        for left, right in ((a.pixels, b.pixels), (a.sigma_nought, b.sigma_nought)):
            np.testing.assert_array_equal(left, right)
        np.testing.assert_array_equal(a.gamma, b.gamma)

    assert_same_noise(parse_noise(noise_xml(annotation, noise, "003.71"), "n.xml").value, noise)


def test_noise_in_the_form_before_ipf_2_9_reads_the_same() -> None:
    annotation = simulated_annotation(SMALL, "HH")
    noise = noise_table(annotation, with_azimuth=False)

    content = noise_xml(annotation, noise, "002.84")

    assert b"<noiseVectorList" in content
    assert b"noiseAzimuth" not in content
    assert_same_noise(parse_noise(content, "n.xml").value, noise)


def assert_same_noise(found: NoiseTable, expected: NoiseTable) -> None:
    for a, b in zip(found.range_vectors, expected.range_vectors, strict=True):
        assert a.line == b.line
        np.testing.assert_array_equal(a.pixels, b.pixels)
        np.testing.assert_array_equal(a.power, b.power)
    for c, d in zip(found.azimuth, expected.azimuth, strict=True):
        assert (c.swath, c.first_line, c.last_line) == (d.swath, d.first_line, d.last_line)
        assert (c.first_pixel, c.last_pixel) == (d.first_pixel, d.last_pixel)
        np.testing.assert_array_equal(c.lines, d.lines)
        np.testing.assert_array_equal(c.factors, d.factors)


def test_azimuth_noise_in_a_version_that_had_none_is_refused() -> None:
    annotation = simulated_annotation(SMALL, "HH")

    with pytest.raises(SceneError, match=r"IPF 002\.84 writes no noise along azimuth"):
        noise_xml(annotation, noise_table(annotation), "002.84")


def test_the_annotation_says_that_it_is_a_simulation() -> None:
    content = annotation_xml(simulated_annotation(SMALL, "HH"), STATISTICS)

    assert b"IceLines simulation, no observation" in content
