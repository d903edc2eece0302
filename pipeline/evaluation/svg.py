"""SVG as text: shapes, and a frame with axes. The same figures give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

INK, QUIET, RULE = "#1b2a38", "#5b6b7a", "#d8dfe6"
BLUE, ORANGE, PALE = "#1d6fa5", "#d1701f", "#a9cbe2"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

Point = tuple[float, float]


def picture(width: float, height: float, title: str, *parts: str) -> str:
    """A whole file; `title` is also what screen readers say."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" font-family="{FONT}" '
        f'font-size="13" fill="{INK}">\n<title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def words(
    x: float,
    y: float,
    said: str,
    anchor: str = "start",
    size: float = 13,
    fill: str = INK,
    weight: str = "normal",
    turned: bool = False,
) -> str:
    turn = f' transform="rotate(-90 {_n(x)} {_n(y)})"' if turned else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{_n(size)}" '
        f'fill="{fill}" font-weight="{weight}"{turn}>{escape(said)}</text>'
    )


def box(x: float, y: float, width: float, height: float, fill: str, hint: str = "") -> str:
    shape = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
    inner = f"<title>{escape(hint)}</title>" if hint else ""
    return f"{shape} fill={quoteattr(fill)}>{inner}</rect>"


def stroke(
    points: Sequence[Point], colour: str = RULE, width: float = 1.0, dashes: str = ""
) -> str:
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" '
        f'stroke-width="{_n(width)}"{dashed}/>'
    )


def dot(x: float, y: float, radius: float, fill: str, hint: str = "") -> str:
    inner = f"<title>{escape(hint)}</title>" if hint else ""
    place = f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"'
    return f'<circle {place} fill="{fill}" stroke="#ffffff">{inner}</circle>'


def heading(title: str, note: str) -> list[str]:
    """What a picture shows, and under what circumstances, in its first 60 units."""
    return [
        words(24, 30, title, size=17, weight="600"),
        words(24, 51, note, fill=QUIET),
    ]


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's inner rectangle and what its sides stand for; both axes begin at 0."""

    left: float
    top: float
    right: float
    bottom: float
    x_end: float
    y_end: float

    def x(self, value: float) -> float:
        return self.left + (self.right - self.left) * value / self.x_end

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.y_end

    def axes(
        self,
        x_title: str,
        y_title: str,
        x_label: Callable[[float], str] = "{:g}".format,
        y_label: Callable[[float], str] = "{:g}".format,
    ) -> list[str]:
        """Rules, numbers at round places, and what they count."""
        parts = []
        for tick in ticks(self.y_end):
            y = self.y(tick)
            parts.append(stroke([(self.left, y), (self.right, y)]))
            parts.append(words(self.left - 8, y + 4, y_label(tick), "end", 12, QUIET))
        for tick in ticks(self.x_end):
            x = self.x(tick)
            parts.append(stroke([(x, self.bottom), (x, self.bottom + 5)], QUIET))
            parts.append(words(x, self.bottom + 20, x_label(tick), "middle", 12, QUIET))
        parts.append(stroke([(self.left, self.bottom), (self.right, self.bottom)], QUIET))
        middle = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        parts.append(words(middle[0], self.bottom + 42, x_title, "middle"))
        parts.append(words(self.left - 48, middle[1], y_title, "middle", turned=True))
        return parts


def ticks(end: float, about: int = 5) -> list[float]:
    """Round numbers from 0 to `end`: steps of 1, 2 or 5 times a power of ten."""
    step = round_up_step(end / about)
    return [round(n * step, 10) for n in range(math.floor(end / step + 1e-9) + 1)]


def round_up_step(step: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step * (1 - 1e-9))


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
