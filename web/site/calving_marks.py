"""Calving events on a chart of area: the window in which ice was lost, and how much.

A window is a band; a dashed line marks its end, when the ice was seen to be gone. Large losses go
over the whole height and are labelled where there is room, small ones are short ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from catalog.calving import CalvingEvent, EventStatus
from web.site.axes import Axis
from web.site.svg import element
from web.site.words import signed_area
from web.site.words_of_events import event_reading

LARGE_SHARE = 0.04  # of the height of the axis; what is below is hardly seen in the curve
SMALL_TICK = 9.0
LABEL_RISE = 9.0  # above the frame, where no curve runs
LETTER_WIDTH = 7.6
LABEL_GAP = 10.0
LEAST_BAND = 2.0


@dataclass(frozen=True, slots=True)
class Plot:
    """The inside of a chart in pixels, with its scales: seconds and km²."""

    x: Axis
    y: Axis
    top: float
    base: float
    left: float
    right: float

    @property
    def span_km2(self) -> float:
        return self.y.high - self.y.low


def calving_marks(events: Iterable[CalvingEvent], plot: Plot) -> Iterable[Markup]:
    """Marks of the events that end within the plot, oldest first, and labels of the largest."""
    shown = sorted(
        (e for e in events if plot.left <= _at(e, plot) <= plot.right), key=lambda e: e.end
    )
    for event in shown:
        yield from _mark(event, plot)
    for event, x in _labelled(shown, plot):
        words = signed_area(-event.area_km2)
        yield element(
            "text", words, x=x, y=plot.top - LABEL_RISE, class_="calving-name", text_anchor="middle"
        )


def is_large(event: CalvingEvent, plot: Plot) -> bool:
    return event.area_km2 >= LARGE_SHARE * plot.span_km2


def _mark(event: CalvingEvent, plot: Plot) -> Iterable[Markup]:
    end = _at(event, plot)
    start = max(plot.x.at(event.start.timestamp()), plot.left)
    large = is_large(event, plot)
    if large and end - start > LEAST_BAND:
        yield element(
            "rect", element("title", event_reading(event)), x=start, y=plot.top,
            width=end - start, height=plot.base - plot.top, class_="calving-window",
        )  # fmt: skip
    base = plot.base if large else plot.top + SMALL_TICK
    is_open = event.status is EventStatus.UNCONFIRMED
    yield element(
        "line", element("title", event_reading(event)), x1=end, x2=end, y1=plot.top, y2=base,
        class_="calving unconfirmed" if is_open else "calving",
    )  # fmt: skip


def _labelled(shown: Sequence[CalvingEvent], plot: Plot) -> list[tuple[CalvingEvent, float]]:
    """The largest events whose words stand beside each other, with the middle of each."""
    taken: list[tuple[float, float]] = []
    found = []
    for event in sorted(shown, key=lambda e: (-e.area_km2, e.id)):
        half = len(signed_area(-event.area_km2)) * LETTER_WIDTH / 2
        x = min(max(_at(event, plot), plot.left + half), plot.right - half)
        place = (x - half - LABEL_GAP / 2, x + half + LABEL_GAP / 2)
        free = all(place[1] <= low or place[0] >= high for low, high in taken)
        if is_large(event, plot) and free:
            taken.append(place)
            found.append((event, x))
    return found


def _at(event: CalvingEvent, plot: Plot) -> float:
    return plot.x.at(event.end.timestamp())
