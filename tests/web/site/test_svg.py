from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from web.site.svg import element, path_of, picture

COORDINATE = st.floats(min_value=-5000, max_value=5000)
POINTS = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=60)


def points_of(path: str) -> list[tuple[float, float]]:
    """The vertices of a path with one move and relative lines."""
    start, _, rest = path.rstrip("z").partition("l")
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d)?", rest)]
    x, y = (float(n) for n in re.findall(r"-?\d+(?:\.\d)?", start.removesuffix("h0")))
    points = [(x, y)]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


@given(POINTS)
def test_a_path_leads_through_its_points_to_a_tenth_of_a_pixel(
    points: list[tuple[float, float]],
) -> None:
    drawn = points_of(path_of(points))
    # A vertex on top of the one before is left out; errors never add up.
    for x, y in points:
        assert min(max(abs(x - a), abs(y - b)) for a, b in drawn) <= 0.0501


@given(st.text())
def test_whatever_text_goes_in_the_picture_is_well_formed(text: str) -> None:
    printable = "".join(c for c in text if c.isprintable())
    markup = element("text", printable, class_=printable)
    parsed = etree.fromstring(str(markup))
    assert (parsed.text or "") == printable
    assert parsed.get("class") == printable


def test_markup_in_a_name_is_shown_and_not_run() -> None:
    assert "<script>" not in element("text", "<script>alert(1)</script>")


def test_a_picture_says_what_it_shows() -> None:
    svg = picture(10, 10, title="Area", description="Rising", key="k", class_="chart")
    parsed = etree.fromstring(str(svg))
    named = [parsed.find(f".//*[@id='{i}']") for i in parsed.get("aria-labelledby", "").split()]
    assert [node.text for node in named if node is not None] == ["Area", "Rising"]


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.04, "0"), (2.26, "2.3"), (-3.5, "-3.5")]
)
def test_coordinates_are_written_short(value: float, text: str) -> None:
    assert f'x="{text}"' in element("rect", x=value)
