from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.safe.annotation_xml import parse_annotation
from tests.pipeline.safe import synthetic
from tests.pipeline.safe.synthetic import annotation_xml, changed, moment, reordered, without

ORBITS = "generalAnnotation/orbitList"
CONVERSIONS = "coordinateConversion/coordinateConversionList"
GRID = "geolocationGrid/geolocationGridPointList"
IMAGE = "imageAnnotation/imageInformation"


def test_times_count_from_the_first_line() -> None:
    value = parse_annotation(annotation_xml(), "a.xml").value
    assert value.epoch == synthetic.EPOCH
    assert (value.first_line_s, value.start_s) == (0.0, 0.0)
    assert value.last_line_s == pytest.approx(synthetic.LAST_S)
    assert value.orbit.times_s.tolist() == [-30, -20, -10, 0, 10, 20, 30]
    assert value.ground_range.times_s.tolist() == [-0.5, 0.5, 1.5]


def test_the_image_and_its_polynomials_are_read() -> None:
    value = parse_annotation(annotation_xml("HV"), "a.xml").value
    assert (value.platform, value.mode, value.polarisation) == ("S1C", "EW", "HV")
    assert (value.lines, value.pixels) == (synthetic.LINES, synthetic.PIXELS)
    assert (value.pass_direction, value.datatake) == ("ASCENDING", synthetic.DATATAKE)
    assert value.ground_range.srgr.tolist() == [[0.0, 3.0, -1e-05]] * 3
    assert value.ground_range.grsr.tolist() == [[synthetic.SLANT_RANGE_M, 0.33, 1e-07]] * 3


def test_the_grid_has_a_row_for_each_line() -> None:
    grid = parse_annotation(annotation_xml(), "a.xml").value.geolocation
    assert grid.lines[:, 0].tolist() == [0, 50, 100]
    assert grid.pixels[0].tolist() == [0, 40, 80]
    np.testing.assert_allclose(grid.longitudes_deg[0], [70, 70.04, 70.08])
    np.testing.assert_allclose(grid.latitudes_deg[:, 0], [-70, -70.05, -70.1])


def test_terrain_height_is_the_mean_of_the_list_within_the_image() -> None:
    content = annotation_xml(heights=[(-10, -500.0), (0.1, 20.0), (0.5, 40.0), (10, 900.0)])
    assert parse_annotation(content, "a.xml").value.terrain_height_m == 30.0


@pytest.mark.parametrize("heights", [[], [(-10.0, 5.0)]])
def test_without_a_list_terrain_height_is_that_of_the_grid(
    heights: list[tuple[float, float]],
) -> None:
    value = parse_annotation(annotation_xml(heights=heights), "a.xml").value
    assert value.terrain_height_m == pytest.approx(30.5)


@given(st.permutations(range(7)), st.permutations(range(3)), st.permutations(range(9)))
def test_lists_out_of_order_are_sorted_and_noted(
    orbits: list[int], conversions: list[int], points: list[int]
) -> None:
    content = reordered(annotation_xml(), ORBITS, orbits)
    content = reordered(reordered(content, CONVERSIONS, conversions), GRID, points)
    found, plain = parse_annotation(content, "a.xml"), parse_annotation(annotation_xml(), "a.xml")
    np.testing.assert_array_equal(found.value.orbit.positions_m, plain.value.orbit.positions_m)
    np.testing.assert_array_equal(found.value.ground_range.times_s, [-0.5, 0.5, 1.5])
    np.testing.assert_array_equal(
        found.value.geolocation.latitudes_deg, plain.value.geolocation.latitudes_deg
    )
    shuffled = (orbits != sorted(orbits)) + (conversions != sorted(conversions))
    assert len(found.notes) == shuffled


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        (f"{ORBITS}/orbit/time", moment(-20), "same time"),
        (f"{ORBITS}/orbit/time", moment(-25), "contradict their positions"),
        (f"{ORBITS}/orbit/frame", "GM2000", "frame 'Earth Fixed, GM2000'"),
        (f"{ORBITS}/orbit/position/x", "nan", "not finite"),
        (f"{ORBITS}/orbit/position/x", "0.0", "not on Sentinel-1's orbit"),
        (f"{ORBITS}/orbit/position/x", "1e308", "not on Sentinel-1's orbit"),
        (f"{ORBITS}/orbit/velocity/y", "-1e308", "not on Sentinel-1's orbit"),
        (f"{CONVERSIONS}/coordinateConversion/azimuthTime", moment(0.5), "same time"),
        (f"{CONVERSIONS}/coordinateConversion/gr0", "1e9", "impossible slant ranges"),
        (f"{GRID}/geolocationGridPoint/line", "3", "no grid"),
        (f"{GRID}/geolocationGridPoint/pixel", "1e300", "no whole number"),
        (f"{CONVERSIONS}/coordinateConversion/grsrCoefficients", "0 1e308 1e308", "impossible"),
        (f"{GRID}/geolocationGridPoint/latitude", "91", "not on the globe"),
        (f"{GRID}/geolocationGridPoint/azimuthTime", moment(9), "do not grow with the lines"),
        (f"{GRID}/geolocationGridPoint/slantRangeTime", "1.0", "do not grow with the pixels"),
        (f"{IMAGE}/numberOfLines", "0", "0 lines"),
        (f"{IMAGE}/numberOfLines", "1000000000", "1000000000 lines"),
        (f"{IMAGE}/numberOfLines", "120", "clock contradicts itself"),
        (f"{IMAGE}/azimuthTimeInterval", "-0.006", "not positive"),
        (f"{IMAGE}/productLastLineUtcTime", moment(-1), "clock contradicts itself"),
        ("generalAnnotation/productInformation/projection", "Slant Range", "Use a GRD product"),
        ("generalAnnotation/productInformation/pass", "sideways", "unknown pass"),
        ("adsHeader/productType", "SLC", "Use a GRD product"),
        ("adsHeader/missionId", "ASA", "not Sentinel-1"),
        ("adsHeader/mode", "WV", "unknown mode"),
        ("adsHeader/polarisation", "XX", "unknown polarisation"),
        ("adsHeader/stopTime", moment(-5), "stops before it starts"),
    ],
)
def test_a_contradiction_is_refused(path: str, text: str, fault: str) -> None:
    with pytest.raises(SceneError, match=rf"^a\.xml: .*{fault}"):
        parse_annotation(changed(annotation_xml(), path, text), "a.xml")


@pytest.mark.parametrize("first_s", [31.0, 30.0 - synthetic.LAST_S / 2, -30.1])
def test_state_vectors_have_to_cover_the_image(first_s: float) -> None:
    last_s = first_s + synthetic.LAST_S
    content = changed(annotation_xml(), f"{IMAGE}/productFirstLineUtcTime", moment(first_s))
    content = changed(content, f"{IMAGE}/productLastLineUtcTime", moment(last_s))
    with pytest.raises(SceneError, match=r"state vectors .* do not cover the image"):
        parse_annotation(content, "a.xml")


@pytest.mark.parametrize(
    "path",
    ["adsHeader", "generalAnnotation", ORBITS, CONVERSIONS, GRID, IMAGE, f"{IMAGE}/numberOfLines"],
)
def test_what_is_missing_is_named(path: str) -> None:
    with pytest.raises(SceneError, match=r"^a\.xml: has no <"):
        parse_annotation(without(annotation_xml(), path), "a.xml")


def test_the_beam_stands_for_the_mode_of_a_stripmap_product() -> None:
    content = changed(annotation_xml(), "adsHeader/mode", "SM")
    content = changed(content, "adsHeader/swath", "S3")
    assert parse_annotation(content, "a.xml").value.mode == "S3"


@given(st.integers(0, len(annotation_xml()) - 1))
def test_a_truncated_annotation_is_refused(length: int) -> None:
    with pytest.raises(SceneError):
        parse_annotation(annotation_xml()[:length], "a.xml")


@given(st.integers(0, len(annotation_xml()) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_an_annotation_or_a_refusal(place: int, byte: int) -> None:
    content = bytearray(annotation_xml())
    content[place] = byte
    try:
        value = parse_annotation(bytes(content), "a.xml").value
    except SceneError:
        return
    assert np.isfinite(value.orbit.positions_m).all()
    assert (np.diff(value.orbit.times_s) > 0).all()
