from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.safe.noise_xml import parse_noise
from tests.pipeline.safe.synthetic import (
    BLOCKS,
    NOISE,
    VectorText,
    changed,
    moment,
    noise_xml,
    old_noise_xml,
    reordered,
    without,
)

VECTORS = "noiseRangeVectorList"
VECTOR = f"{VECTORS}/noiseRangeVector"
BLOCK = "noiseAzimuthVectorList/noiseAzimuthVector"


@given(st.lists(st.lists(st.floats(0, 1e6), min_size=1, max_size=9), min_size=1, max_size=5))
def test_vectors_of_any_length_come_back_in_the_new_and_the_old_form(
    powers: list[list[float]],
) -> None:
    written = [
        VectorText(10 * i, tuple(range(0, 7 * len(row), 7)), tuple(row))
        for i, row in enumerate(powers)
    ]
    for content in (noise_xml("HH", written), old_noise_xml("HH", written)):
        table = parse_noise(content, "n.xml").value
        assert [v.line for v in table.range_vectors] == [v.line for v in written]
        assert [tuple(v.pixels) for v in table.range_vectors] == [v.pixels for v in written]
        assert [tuple(v.power) for v in table.range_vectors] == [v.values for v in written]


def test_the_old_form_has_no_part_along_azimuth() -> None:
    assert parse_noise(old_noise_xml(), "n.xml").value.azimuth == ()


def test_blocks_are_read_with_their_limits() -> None:
    blocks = parse_noise(noise_xml(), "n.xml").value.azimuth
    limits = [(b.first_line, b.last_line, b.first_pixel, b.last_pixel) for b in blocks]
    assert limits == list(BLOCKS)
    assert [b.factors.tolist() for b in blocks] == [[1.1, 0.9]] * 3
    assert {b.swath for b in blocks} == {"EW1"}


def test_a_missing_or_empty_azimuth_list_is_no_fault() -> None:
    absent = without(noise_xml(), "noiseAzimuthVectorList")
    empty = noise_xml()
    for _ in BLOCKS:
        empty = without(empty, BLOCK)
    empty = empty.replace(b'noiseAzimuthVectorList count="3"', b'noiseAzimuthVectorList count="0"')
    assert parse_noise(absent, "n.xml").value.azimuth == ()
    assert parse_noise(empty, "n.xml").value.azimuth == ()


def test_a_block_without_limits_covers_the_image() -> None:
    content = noise_xml()
    for name in ("swath", "firstAzimuthLine", "lastAzimuthLine", "firstRangeSample"):
        content = without(content, f"{BLOCK}/{name}")
    block = parse_noise(content, "n.xml").value.azimuth[0]
    assert (block.swath, block.first_line, block.first_pixel) == ("", 0, 0)
    assert block.last_line > 1_000_000


def test_zero_noise_is_legal() -> None:
    assert parse_noise(noise_xml(), "n.xml").value.range_vectors[0].power[-1] == 0.0


@given(st.permutations(range(len(NOISE))))
def test_vectors_out_of_order_are_sorted_and_noted(order: list[int]) -> None:
    found = parse_noise(reordered(noise_xml(), VECTORS, order), "n.xml")
    assert [vector.line for vector in found.value.range_vectors] == [v.line for v in NOISE]
    assert bool(found.notes) == (order != sorted(order))


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        (f"{VECTOR}/noiseRangeLut", "1 nan 3 4", "negative or not finite"),
        (f"{VECTOR}/noiseRangeLut", "1 -2 3 4", "negative or not finite"),
        (f"{VECTOR}/noiseRangeLut", "1 2 3", "holds 3 values but says count='4'"),
        (f"{VECTOR}/line", "50", "same time or place"),
        (f"{VECTOR}/azimuthTime", moment(7), "does not grow"),
        (f"{VECTOR}/pixel", "0 40 40 80", "does not grow"),
        (f"{BLOCK}/noiseAzimuthLut", "nan 1", "azimuth factor is not finite"),
        (f"{BLOCK}/noiseAzimuthLut", "0 1", "azimuth factor is not finite"),
        (f"{BLOCK}/line", "9 9", "does not grow"),
        (f"{BLOCK}/lastAzimuthLine", "-1", "ends before it begins"),
    ],
)
def test_a_contradiction_is_refused(path: str, text: str, fault: str) -> None:
    with pytest.raises(SceneError, match=rf"^n\.xml: .*{fault}"):
        parse_noise(changed(noise_xml(), path, text), "n.xml")


def test_noise_without_vectors_is_refused() -> None:
    with pytest.raises(SceneError, match="no noise vectors"):
        parse_noise(noise_xml("HH", []), "n.xml")


@given(st.integers(0, len(noise_xml()) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_a_table_or_a_refusal(place: int, byte: int) -> None:
    content = bytearray(noise_xml())
    content[place] = byte
    try:
        table = parse_noise(bytes(content), "n.xml").value
    except SceneError:
        return
    assert all((vector.power >= 0).all() for vector in table.range_vectors)
    assert all(np.isfinite(block.factors).all() for block in table.azimuth)
