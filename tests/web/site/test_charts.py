from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from lxml import etree

from catalog.front import Status
from tests.web.site.samples import amery, in_review, monthly, ross, shelf_content
from web.site.charts import NARROW, WIDE, Frame, area_chart, chart_title, sparkline
from web.site.content import ShelfContent
from web.site.series import kinds_of, series_of


def drawn(shelf: ShelfContent, frame: Frame = WIDE) -> etree._Element:
    (series,) = series_of(shelf)
    svg = area_chart(series, frame, "Area")
    assert svg is not None
    return etree.fromstring(str(svg))


def with_class(svg: etree._Element, name: str) -> list[etree._Element]:
    return [node for node in svg.iter() if name in (node.get("class") or "").split()]


def test_every_released_front_is_a_point_with_its_date_value_and_status() -> None:
    points = with_class(drawn(amery()), "point")
    assert len(points) == 8
    reading = points[-1].findtext("title")
    assert reading == "Aug\u00a02026: 59\u2009912\u2009km², accepted"


def test_a_gap_breaks_the_line_and_is_named() -> None:
    svg = drawn(ross())
    assert len(with_class(svg, "line")) == 2
    assert len(with_class(svg, "gap")) == 1
    assert "no front" in [node.text for node in svg.iter("text")]


def test_a_front_under_review_is_a_mark_apart_from_the_line() -> None:
    svg = drawn(amery())
    (mark,) = with_class(svg, "review-mark")
    assert "under review" in (mark.findtext("title") or "")
    order = list(svg)
    assert order.index(mark) < order.index(with_class(svg, "line")[0])


def test_the_axis_spans_the_data_and_not_zero() -> None:
    labels = [node.text or "" for node in with_class(drawn(amery()), "tick")]
    numbers = [t.replace("\u2009", "") for t in labels if t.replace("\u2009", "").isdigit()]
    assert all(int(number) > 50_000 for number in numbers)
    assert len(numbers) >= 3


def test_an_absurd_area_under_review_does_not_flatten_the_line() -> None:
    fronts = [monthly(month, 100.0 + month) for month in range(1, 7)]
    svg = drawn(shelf_content("Amery", fronts, [in_review(monthly(7, 90_000.0))]))
    heights = [float(point.get("cy", "")) for point in with_class(svg, "point")]
    assert max(heights) - min(heights) > WIDE.height / 5
    assert "beyond" in (with_class(svg, "review-mark")[0].get("class") or "")


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda frame: frame.name)
def test_nothing_is_drawn_outside_the_picture(frame: Frame) -> None:
    svg = drawn(amery(), frame)
    for point in with_class(svg, "point"):
        assert frame.left <= float(point.get("cx", "")) <= frame.width - frame.right
        assert frame.top <= float(point.get("cy", "")) <= frame.height - frame.bottom


def test_tick_labels_of_the_time_axis_do_not_touch() -> None:
    svg = drawn(amery(), NARROW)
    base = str(NARROW.height - NARROW.bottom + 20).removesuffix(".0")
    places = sorted(float(n.get("x", "")) for n in with_class(svg, "tick") if n.get("y") == base)
    assert all(b - a > 40 for a, b in pairwise(places))


def test_a_provisional_front_is_drawn_open() -> None:
    fronts = [monthly(1, 10.0), monthly(2, 9.0, status=Status.PROVISIONAL)]
    points = with_class(drawn(shelf_content("Amery", fronts)), "point")
    assert [("provisional" in (p.get("class") or "")) for p in points] == [False, True]


def test_one_front_alone_still_makes_a_chart() -> None:
    assert len(with_class(drawn(shelf_content("Amery", [monthly(1, 10.0)])), "point")) == 1


def test_without_any_area_there_is_no_chart() -> None:
    (series,) = series_of(shelf_content("Amery", [monthly(1, None)]))
    assert area_chart(series, WIDE, "Area") is None


def test_the_description_tells_what_the_eye_sees() -> None:
    text = drawn(amery()).findtext("desc") or ""
    assert "8 released fronts" in text
    assert "no gaps" in text
    assert "1 front under review" in text


def test_a_title_names_unit_interval_and_origin() -> None:
    (series,) = series_of(ross())
    assert chart_title(series, "Ross Ice Shelf") == (
        "Area of Ross Ice Shelf, annual, imported from greene2022"
    )


def test_a_sparkline_needs_two_values() -> None:
    (one,) = kinds_of(shelf_content("Amery", [monthly(1, 10.0)]))
    (two,) = kinds_of(shelf_content("Amery", [monthly(1, 10.0), monthly(2, 11.0)]))
    assert sparkline(one) == ""
    assert "<path" in sparkline(two)


def test_fronts_of_one_instant_do_not_divide_by_zero() -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    fronts = [monthly(5, 10.0, start=day, end=day)]
    assert len(with_class(drawn(shelf_content("Amery", fronts)), "point")) == 1
