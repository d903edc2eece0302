from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.svg import Frame, box, picture, round_up_step, ticks, words


@given(st.floats(1e-6, 1e9))
def test_steps_are_round_and_as_large_as_asked(step: float) -> None:
    found = round_up_step(step)
    assert step * (1 - 1e-6) <= found <= 2.5 * step * (1 + 1e-6)
    assert f"{found:e}"[0] in "125"


def test_ticks_run_from_nothing_to_the_end() -> None:
    assert ticks(1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(47.0) == [0.0, 10.0, 20.0, 30.0, 40.0]


def test_a_frame_places_values_between_its_sides() -> None:
    frame = Frame(10, 20, 110, 220, x_end=50.0, y_end=4.0)
    assert (frame.x(0), frame.x(50)) == (10, 110)
    assert (frame.y(0), frame.y(4)) == (220, 20)


def test_text_is_escaped() -> None:
    drawn = picture(10, 10, "a < b", words(0, 0, "1 & 2"), box(0, 0, 1, 1, "#fff", "x > y"))
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    said = [element.text for element in root.iter() if element.text and element.text.strip()]
    assert said == ["a < b", "1 & 2", "x > y"]


@pytest.mark.parametrize("value", [0.04, 12.0, -3.25])
def test_places_are_short(value: float) -> None:
    assert "0000" not in words(value, value, "")
