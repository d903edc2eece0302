"""The chart of a case: how the area of its series went, with the front in question marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from catalog.front import Front
from web.review.neighbourhood import Neighbourhood
from web.review.wording import unit_title
from web.site.charts import NARROW, Frame, area_chart, chart_title, marked_chart
from web.site.series import Series

MOST_ON_EACH_SIDE = 60  # fronts; two years of one pass in twelve days
CHARTS_REMEMBERED = 64
UNDER_MAP = Frame("wide", 680, 290, 62, 96, 24, 30, 6, 5)


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """The chart for wide and for narrow screens; None where no area is known."""

    title: str
    wide: Markup | None
    narrow: Markup | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a chart is drawn of; two of one `version` are drawn alike, so only that is compared."""

    version: str
    title: str
    series: Series = field(compare=False)


def series_chart(near: Neighbourhood) -> SeriesChart:
    """The series around the front in question, which is marked; the title says what is left out."""
    title = chart_title(near.series, unit_title(near.judged.unit))
    version, series = near.version, near.series
    if max(len(series.line), len(series.doubtful)) > MOST_ON_EACH_SIDE:
        series = _around(series, near.judged)
        version += near.judged.id
        title += ", the fronts nearest in time"
    stretch = _Stretch(version, title, series)
    return SeriesChart(
        title, *(_marked(stretch, frame, near.judged) for frame in (UNDER_MAP, NARROW))
    )


def _marked(stretch: _Stretch, frame: Frame, front: Front) -> Markup | None:
    chart = _drawn(stretch, frame)
    return marked_chart(chart, stretch.series, frame, front) if chart else None


@lru_cache(CHARTS_REMEMBERED)
def _drawn(stretch: _Stretch, frame: Frame) -> Markup | None:
    return area_chart(stretch.series, frame, stretch.title)


def _around(series: Series, front: Front) -> Series:
    return Series(series.key, _nearest(series.line, front), _nearest(series.doubtful, front))


def _nearest(fronts: tuple[Front, ...], front: Front) -> tuple[Front, ...]:
    before = [other for other in fronts if other.start < front.start]
    return (
        *before[-MOST_ON_EACH_SIDE:],
        *fronts[len(before) : len(before) + MOST_ON_EACH_SIDE],
    )
