"""Charts of area over time, as SVG that prints, follows dark mode and needs no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from markupsafe import Markup

from catalog.calving import CalvingEvent
from catalog.front import Front, Status
from web.site.axes import Axis, padded, ticks_between, time_ticks
from web.site.calving_marks import Plot, calving_marks
from web.site.series import Kind, Series, middle, runs
from web.site.svg import Point, element, path_of, picture, short
from web.site.words import (
    WITHOUT_Q1,
    area,
    count,
    number,
    origin_words,
    period_words,
    verdict_words,
)

REVIEW_REACH = 1.0  # a doubtful area may widen the axis by this share of the range, not more
POINT_RADIUS = 2.6
LONE_MARGIN_S = 45 * 86_400.0  # around a single front
DIAMOND = 4.5
RING_RADIUS = 9.0
END_OF_PICTURE = "</svg>"
LABEL_HEIGHT = 15.0
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 112.0, 28.0, 4.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a chart and its margins, in pixels."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    ticks_x: int
    ticks_y: int


WIDE = Frame("wide", 1080, 330, 66, 104, 24, 30, 9, 6)
NARROW = Frame("narrow", 380, 270, 56, 14, 40, 32, 5, 5)


@dataclass(frozen=True, slots=True)
class _Scales:
    frame: Frame
    x: Axis
    y: Axis

    def point(self, front: Front, area_km2: float) -> Point:
        return self.x.at(_seconds(middle(front))), self.y.at(area_km2)

    @property
    def plot(self) -> Plot:
        frame = self.frame
        base, right = frame.height - frame.bottom, frame.width - frame.right
        return Plot(self.x, self.y, frame.top, base, frame.left, right)

    def clamped(self, y: float) -> float:
        return min(max(y, self.frame.top), self.frame.height - self.frame.bottom)


def area_chart(
    series: Series, frame: Frame, title: str, events: Sequence[CalvingEvent] = ()
) -> Markup | None:
    """The area of one series: the released line, gaps as gaps, doubtful fronts in amber, calvings.

    None where no front of the series has an area. The vertical axis spans the data, not zero.
    """
    if not any(front.area_km2 is not None for front in (*series.line, *series.doubtful)):
        return None
    scales = _scales(series, frame)
    return picture(
        frame.width,
        frame.height,
        *_grid(scales),
        *_time_axis(scales),
        *_gaps(series, scales),
        *calving_marks(events, scales.plot),
        *_review_marks(series, scales),
        *_line(series, scales),
        *_end_label(series, scales),
        title=title,
        description=_description(series, events),
        key=f"chart-{series.slug}-{frame.name}",
        class_=f"chart {frame.name}",
    )


def marked_chart(chart: Markup, series: Series, frame: Frame, front: Front) -> Markup:
    """`chart`, made by `area_chart` of the same series, with a ring around one of its fronts."""
    marks = _mark(front, _scales(series, frame))
    body = chart.removesuffix(END_OF_PICTURE)
    return Markup("").join([body, *marks, Markup(END_OF_PICTURE)])  # noqa: S704 - a constant


def _mark(front: Front, scales: _Scales) -> Iterable[Markup]:
    frame = scales.frame
    x = scales.x.at(_seconds(middle(front)))
    yield element(
        "line", x1=x, x2=x, y1=frame.top, y2=frame.height - frame.bottom, class_="marked-moment"
    )
    if front.area_km2 is not None:
        y = scales.clamped(scales.y.at(front.area_km2))
        yield element("circle", cx=x, cy=y, r=RING_RADIUS, class_="marked-point")


def chart_title(series: Series, unit: str) -> str:
    """What a chart shows: `Area of Getz Ice Shelf, monthly, Sentinel-1`."""
    key = series.key
    rest = WITHOUT_Q1 if key.without_q1 else ""
    return f"Area of {unit}, {key.interval}{rest}, {origin_words(key.origin, key.source)}"


def sparkline(kind: Kind) -> Markup:
    """The course of a shelf's area in the size of a word; empty with fewer than two values."""
    totals = kind.totals
    if len(totals) < 2:
        return Markup("")
    low, high = padded(min(t.area_km2 for t in totals), max(t.area_km2 for t in totals), 0.05)
    x = Axis(
        _seconds(totals[0].moment), _seconds(totals[-1].moment), SPARK_MARGIN,
        SPARK_WIDTH - SPARK_MARGIN,
    )  # fmt: skip
    y = Axis(low, high, SPARK_HEIGHT - SPARK_MARGIN, SPARK_MARGIN)
    points = [(x.at(_seconds(t.moment)), y.at(t.area_km2)) for t in totals]
    return element(
        "svg",
        element("path", d=path_of(points)),
        element("circle", cx=points[-1][0], cy=points[-1][1], r=2.4),
        viewBox=f"0 0 {short(SPARK_WIDTH)} {short(SPARK_HEIGHT)}",
        class_="spark",
        aria_hidden="true",
    )


def _scales(series: Series, frame: Frame) -> _Scales:
    fronts = [f for f in (*series.line, *series.doubtful) if f.area_km2 is not None]
    moments = [_seconds(middle(front)) for front in fronts]
    margin = (max(moments) - min(moments)) * 0.02 or LONE_MARGIN_S
    first, last = min(moments) - margin, max(moments) + margin
    low, high = padded(*_area_range(series))
    right = frame.width - frame.right
    return _Scales(
        frame,
        Axis(first, last, frame.left, right),
        Axis(low, high, frame.height - frame.bottom, frame.top),
    )


def _area_range(series: Series) -> tuple[float, float]:
    released = [m.area_km2 for m in series.measured]
    doubtful = [f.area_km2 for f in series.doubtful if f.area_km2 is not None]
    if not released:
        return min(doubtful), max(doubtful)
    reach = (max(released) - min(released)) * REVIEW_REACH
    low = max(min([*released, *doubtful]), min(released) - reach)
    high = min(max([*released, *doubtful]), max(released) + reach)
    return low, high


def _grid(scales: _Scales) -> Iterable[Markup]:
    frame = scales.frame
    ticks = ticks_between(scales.y.low, scales.y.high, frame.ticks_y)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    for value in ticks:
        y = scales.y.at(value)
        yield element(
            "line", x1=frame.left, x2=frame.width - frame.right, y1=y, y2=y, class_="grid"
        )
        yield element(
            "text", number(value, decimals), x=frame.left - 8, y=y + 4, class_="tick", **_END
        )
    yield element("text", "km²", x=frame.left - 8, y=frame.top - 10, class_="tick", **_END)


def _time_axis(scales: _Scales) -> Iterable[Markup]:
    frame, base = scales.frame, scales.frame.height - scales.frame.bottom
    first = datetime.fromtimestamp(scales.x.low, UTC)
    last = datetime.fromtimestamp(scales.x.high, UTC)
    yield element(
        "line", x1=frame.left, x2=frame.width - frame.right, y1=base, y2=base, class_="axis"
    )
    for moment, label in time_ticks(first, last, frame.ticks_x):
        x = scales.x.at(_seconds(moment))
        yield element("line", x1=x, x2=x, y1=base, y2=base + 5, class_="axis")
        yield element("text", label, x=x, y=base + 20, class_="tick", **_MIDDLE)


def _gaps(series: Series, scales: _Scales) -> Iterable[Markup]:
    frame = scales.frame
    height = frame.height - frame.bottom - frame.top
    for before, after in pairwise(runs(tuple(m.front for m in series.measured))):
        x1 = scales.x.at(_seconds(middle(before[-1]))) + 6
        x2 = scales.x.at(_seconds(middle(after[0]))) - 6
        if x2 - x1 < 8:
            continue
        yield element("rect", x=x1, y=frame.top, width=x2 - x1, height=height, class_="gap")
        if x2 - x1 > 54:
            middle_x = (x1 + x2) / 2
            yield element(
                "text", "no front", x=middle_x, y=frame.top + 14, class_="tick", **_MIDDLE
            )


def _line(series: Series, scales: _Scales) -> Iterable[Markup]:
    areas = {m.front.id: m.area_km2 for m in series.measured}
    for run in runs(tuple(m.front for m in series.measured)):
        points = [scales.point(front, areas[front.id]) for front in run]
        yield element("path", d=path_of(points), class_="line")
    for measured in series.measured:
        x, y = scales.point(measured.front, measured.area_km2)
        is_open = measured.front.status is Status.PROVISIONAL
        yield element(
            "circle", element("title", _reading(measured.front, measured.area_km2)),
            cx=x, cy=y, r=POINT_RADIUS, class_="point provisional" if is_open else "point",
        )  # fmt: skip


def _review_marks(series: Series, scales: _Scales) -> Iterable[Markup]:
    for front in series.doubtful:
        if front.area_km2 is None:
            continue
        x, y = scales.point(front, front.area_km2)
        inside = scales.clamped(y)
        reading = _reading(front, front.area_km2) + (" (beyond the axis)" if inside != y else "")
        yield element(
            "path", element("title", reading), d=_diamond(x, inside),
            class_="review-mark" if inside == y else "review-mark beyond",
        )  # fmt: skip


def _end_label(series: Series, scales: _Scales) -> Iterable[Markup]:
    if not series.measured:
        return
    last = series.measured[-1]
    x, y = scales.point(last.front, last.area_km2)
    if scales.frame is NARROW:
        right = scales.frame.width - scales.frame.right
        label = f"{area(last.area_km2)}, {period_words(last.front)}"
        yield element("text", label, x=right, y=14, class_="reading", **_END)
        return
    top = max(scales.clamped(y), scales.frame.top + LABEL_HEIGHT / 2)
    yield element("text", area(last.area_km2), x=x + 10, y=top + 1, class_="reading")
    yield element(
        "text", period_words(last.front), x=x + 10, y=top + 1 + LABEL_HEIGHT, class_="tick"
    )


def _reading(front: Front, area_km2: float) -> str:
    return f"{period_words(front)}: {area(area_km2)}, {verdict_words(front)}"


def _description(series: Series, events: Sequence[CalvingEvent]) -> str:
    measured = series.measured
    parts = [count(len(measured), "released front") + " with an area"]
    if measured:
        first, last = measured[0], measured[-1]
        parts.append(f"from {period_words(first.front)} ({area(first.area_km2)})")
        parts.append(f"to {period_words(last.front)} ({area(last.area_km2)})")
    gaps = max(len(runs(tuple(m.front for m in measured))) - 1, 0)
    text = " ".join(parts) + f"; {count(gaps, 'gap')}"
    calvings = f"; {count(len(events), 'calving event')}" if events else ""
    return f"{text}; {count(len(series.doubtful), 'front')} under review{calvings}."


def _diamond(x: float, y: float) -> str:
    return path_of([(x, y - DIAMOND), (x + DIAMOND, y), (x, y + DIAMOND), (x - DIAMOND, y)], True)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


_END = {"text_anchor": "end"}
_MIDDLE = {"text_anchor": "middle"}
