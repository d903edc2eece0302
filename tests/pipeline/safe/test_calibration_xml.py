from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.safe.calibration_xml import parse_calibration
from tests.pipeline.safe.synthetic import (
    CALIBRATION,
    VectorText,
    calibration_xml,
    changed,
    moment,
    reordered,
    without,
)

VECTORS = "calibrationVectorList"
VECTOR = f"{VECTORS}/calibrationVector"
amplitudes = st.floats(1e-3, 1e5, allow_subnormal=False)


@st.composite
def vectors(draw: st.DrawFn) -> list[VectorText]:
    """Vectors by growing line, each of its own length."""
    lines = sorted(draw(st.sets(st.integers(-500, 20_000), min_size=1, max_size=6)))
    made = []
    for line in lines:
        pixels = sorted(draw(st.sets(st.integers(0, 20_000), min_size=1, max_size=8)))
        size = len(pixels)
        values = draw(st.lists(amplitudes, min_size=size, max_size=size))
        made.append(VectorText(line, tuple(pixels), tuple(values)))
    return made


@given(vectors())
def test_every_table_comes_back_as_it_was_written(written: list[VectorText]) -> None:
    table = parse_calibration(calibration_xml("HV", written), "c.xml").value
    assert table.polarisation == "HV"
    assert [vector.line for vector in table.vectors] == [vector.line for vector in written]
    for found, vector in zip(table.vectors, written, strict=True):
        assert tuple(found.pixels) == vector.pixels
        assert tuple(found.sigma_nought) == vector.values
        assert tuple(found.gamma) == tuple(0.5 * value for value in vector.values)


@given(st.permutations(range(len(CALIBRATION))))
def test_vectors_out_of_order_are_sorted_and_noted(order: list[int]) -> None:
    found = parse_calibration(reordered(calibration_xml(), VECTORS, order), "c.xml")
    assert [vector.line for vector in found.value.vectors] == [v.line for v in CALIBRATION]
    assert bool(found.notes) == (order != sorted(order))


@pytest.mark.parametrize("value", ["nan", "inf", "0.0", "-1.0"])
@pytest.mark.parametrize("table", ["sigmaNought", "gamma"])
def test_an_amplitude_has_to_be_finite_and_above_zero(table: str, value: str) -> None:
    content = changed(calibration_xml(), f"{VECTOR}/{table}", f"1 2 {value} 4 5")
    with pytest.raises(SceneError, match=f"1 values of {table} at line -20 are not finite"):
        parse_calibration(content, "c.xml")


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("line", "30", "same time or place"),
        ("azimuthTime", moment(5), "does not grow"),
        ("pixel", "0 20 20 60 80", "does not grow"),
        ("pixel", "0 40 20 60 80", "does not grow"),
        ("pixel", "0 20 40 60", "holds 4 values but says count='5'"),
        ("sigmaNought", "1 2 3 4", "holds 4 values but says count='5'"),
    ],
)
def test_a_contradiction_is_refused(path: str, text: str, fault: str) -> None:
    content = changed(calibration_xml(), f"{VECTOR}/{path}", text)
    with pytest.raises(SceneError, match=rf"^c\.xml: .*{fault}"):
        parse_calibration(content, "c.xml")


def test_as_many_values_as_pixels_are_needed() -> None:
    content = calibration_xml().replace(b"<sigmaNought count='5'>", b"<sigmaNought>", 1)
    with pytest.raises(SceneError, match="1 values of sigmaNought for 5 pixels at line -20"):
        parse_calibration(changed(content, f"{VECTOR}/sigmaNought", "400.0"), "c.xml")


def test_a_table_without_vectors_is_refused() -> None:
    with pytest.raises(SceneError, match="no calibration vectors"):
        parse_calibration(calibration_xml("HH", []), "c.xml")


@pytest.mark.parametrize("path", ["adsHeader", VECTORS, f"{VECTOR}/line", f"{VECTOR}/gamma"])
def test_what_is_missing_is_named(path: str) -> None:
    with pytest.raises(SceneError, match=r"^c\.xml: has no <"):
        parse_calibration(without(calibration_xml(), path), "c.xml")


@given(st.integers(0, len(calibration_xml()) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_a_table_or_a_refusal(place: int, byte: int) -> None:
    content = bytearray(calibration_xml())
    content[place] = byte
    try:
        table = parse_calibration(bytes(content), "c.xml").value
    except SceneError:
        return
    assert all((vector.sigma_nought > 0).all() for vector in table.vectors)
    assert (np.diff([vector.line for vector in table.vectors]) > 0).all()
