"""SVG elements as text that is escaped once and for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

Point = tuple[float, float]


def element(name: str, *children: str, **attributes: str | float | None) -> Markup:
    """`<name attributes>children</name>`; text is escaped, Markup is not.

    A trailing underscore is dropped (`class_`), other underscores become hyphens; None is left out.
    """
    written = "".join(
        f' {_attribute_name(key)}="{_attribute_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(escape(child) for child in children)
    if not inner:
        return Markup(f"<{name}{written}/>")  # noqa: S704 - the parts above are escaped
    return Markup(f"<{name}{written}>{inner}</{name}>")  # noqa: S704


def picture(
    width: float,
    height: float,
    *children: str,
    title: str,
    description: str,
    key: str,
    class_: str,
    role: str = "img",
) -> Markup:
    """An `<svg>` that scales with the page and tells screen readers what it shows.

    `key` makes the ids of title and description unique within the page. A picture with links in
    it has the role `group`: an image would hide them.
    """
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *children,
        viewBox=f"0 0 {short(width)} {short(height)}",
        role=role,
        aria_labelledby=f"{key}-title {key}-desc",
        class_=class_,
    )


def path_of(points: Sequence[Point], closed: bool = False) -> str:
    """Path data through the points, to a tenth of a unit, in relative steps."""
    steps = [(round(x * 10), round(y * 10)) for x, y in points]
    text = f"M{_tenths(steps[0][0])} {_tenths(steps[0][1])}"
    moves = [f"{_tenths(b[0] - a[0])} {_tenths(b[1] - a[1])}" for a, b in pairwise(steps) if a != b]
    drawn = "l" + " ".join(moves) if moves else "h0"  # a stroke of length 0 still shows its cap
    return text + drawn.replace(" -", "-") + ("z" if closed else "")


def paths_of(lines: Iterable[Sequence[Point]], closed: bool = False) -> str:
    return "".join(path_of(line, closed) for line in lines if len(line) > 1)


def short(value: float) -> str:
    """A coordinate to a tenth of a unit, without a trailing `.0`."""
    return _tenths(round(value * 10))


def _tenths(value: int) -> str:
    whole, tenth = divmod(abs(value), 10)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{tenth}" if tenth else f"{sign}{whole}"


def _attribute_name(key: str) -> str:
    return key if key in ("viewBox", "preserveAspectRatio") else key.rstrip("_").replace("_", "-")


def _attribute_value(value: str | float) -> str:
    return short(value) if isinstance(value, (int, float)) else escape(value)
