from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.safe.annotation_xml import parse_annotation
from pipeline.safe.calibration_xml import parse_calibration
from pipeline.safe.coverage import check_coverage, clip_blocks
from pipeline.safe.noise_xml import parse_noise
from tests.pipeline.safe.synthetic import (
    LINES,
    PIXELS,
    VectorText,
    annotation_xml,
    calibration_xml,
    noise_xml,
    without,
)

ANNOTATION = parse_annotation(annotation_xml(), "a.xml").value


def notes_on(lines: list[int], pixels: list[int]) -> tuple[str, ...]:
    vectors = [VectorText(line, tuple(pixels), (1.0,) * len(pixels)) for line in lines]
    table = parse_calibration(calibration_xml("HH", vectors), "c.xml").value
    return check_coverage(table, ANNOTATION, "c.xml")


@given(st.integers(-500, 0), st.integers(LINES - 1, 1000), st.integers(PIXELS - 1, 1000))
def test_a_table_that_reaches_over_the_image_needs_no_note(
    first: int, last: int, width: int
) -> None:
    assert notes_on([first, 50, last], [0, 40, width]) == ()


def test_a_table_that_ends_within_one_step_is_held_to_the_border() -> None:
    assert notes_on([0, 40, 80], [0, 40, 70]) == (
        "c.xml: 20 lines at the border take the nearest value",
        "c.xml: 10 pixels at the border take the nearest value",
    )


@pytest.mark.parametrize(
    ("lines", "pixels", "missing"),
    [
        ([0, 20, 40], [0, 40, 80], "60 lines"),
        ([60, 80, 100], [0, 40, 80], "60 lines"),
        ([0], [0, 40, 80], "100 lines"),
        ([0, 50, 100], [0, 20, 40], "40 pixels"),
        ([0, 50, 100], [40, 60, 80], "40 pixels"),
        ([0, 50, 100], [0], "80 pixels"),
    ],
)
def test_a_table_that_ends_earlier_is_refused(
    lines: list[int], pixels: list[int], missing: str
) -> None:
    with pytest.raises(SceneError, match=rf"^c\.xml: is shorter than the image: {missing}"):
        notes_on(lines, pixels)


def test_one_short_vector_among_whole_ones_is_enough_to_refuse() -> None:
    vectors = [VectorText(0, (0, 80), (1.0, 1.0)), VectorText(100, (0, 20), (1.0, 1.0))]
    table = parse_noise(noise_xml("HH", vectors), "n.xml").value
    with pytest.raises(SceneError, match="60 pixels"):
        check_coverage(table, ANNOTATION, "n.xml")


def test_blocks_are_cut_to_the_image() -> None:
    content = without(noise_xml(), "noiseAzimuthVectorList/noiseAzimuthVector/lastAzimuthLine")
    content = content.replace(b"<lastRangeSample>80<", b"<lastRangeSample>90<")
    blocks = clip_blocks(parse_noise(content, "n.xml").value, ANNOTATION).azimuth
    assert blocks[0].last_line == LINES - 1
    assert blocks[2].last_pixel == PIXELS - 1


def test_blocks_outside_the_image_are_left_out() -> None:
    content = noise_xml().replace(b"<firstRangeSample>41<", b"<firstRangeSample>500<")
    content = content.replace(b"<lastRangeSample>80<", b"<lastRangeSample>900<")
    assert len(clip_blocks(parse_noise(content, "n.xml").value, ANNOTATION).azimuth) == 2
