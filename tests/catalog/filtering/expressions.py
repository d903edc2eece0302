"""CQL2 expressions: drawn at random in JSON, each kind with its kind, and written as text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from catalog.filtering.expression import Comparator, Operator, SpatialRelation, TemporalRelation
from tests.catalog.records import FIRST_DAY

TEXTS = (
    "Ross", "ROSS", "ross", "Rößler", "ROSSLER", "Straße", "STRASSE", "Drönning Måud", "dronning",
    "e\u0301", "\u00e9", "E", "İ", "50%", "a_b", "a*b?", "[x]", "back\\slash", "O'Brien", 'say "x"',
    "", "fronts-daily", "accepted", "-- drop", "line\nbreak", "Ωμέγας", "𝔘nit",
)  # fmt: skip
NUMBERS = ("area_km2", "confidence", "length_km", "calved_km2", "observations", "grid_m")
WORDS = ("unit", "shelf", "interval", "status", "source", "baseline", "event")
MOMENTS = ("datetime", "start_datetime", "end_datetime")


def prop(name: str) -> dict[str, str]:
    return {"property": name}


def op(name: str, *args: Any) -> dict[str, Any]:
    return {"op": str(name), "args": list(args)}


words = st.sampled_from(["id", "collection", "title", *(f"icelines:{w}" for w in WORDS)]).map(prop)
texts = st.recursive(
    st.one_of(words, words, st.sampled_from(TEXTS)),
    lambda inner: st.builds(op, st.sampled_from(["casei", "accenti"]), inner),
    max_leaves=2,
)
pieces = st.sampled_from(
    ["%", "_", "\\%", "\\_", "\\\\", "*", "?", "[", "]", "Ross", "ROSS", "ö", "s", "n", "\\"]
)
patterns = st.recursive(
    st.lists(pieces, max_size=4).map("".join),
    lambda inner: st.builds(op, st.sampled_from(["casei", "accenti"]), inner),
    max_leaves=2,
)
numbers = st.recursive(
    st.one_of(
        st.sampled_from(NUMBERS).map(lambda name: prop(f"icelines:{name}")),
        st.sampled_from([0, 1, -1, 2, 0.5, -2.5, 3, 100, 1e300, -1e-300]),
        st.floats(-500, 500, allow_nan=False),
        st.builds(op, st.just("-"), st.just(prop("end_datetime")), st.just(prop("datetime"))),
    ),
    lambda inner: st.builds(op, st.sampled_from(Operator), inner, inner),
    max_leaves=4,
)
days = st.integers(-3, 230).map(lambda n: (FIRST_DAY + timedelta(days=n)).date().isoformat())
stamps = st.tuples(st.integers(-3, 460), st.sampled_from([0, 0, 1, 3_600_000_000])).map(
    lambda t: (
        (FIRST_DAY + timedelta(hours=12 * t[0], microseconds=t[1]))
        .isoformat()
        .replace("+00:00", "Z")
    )
)
fixed_moments = st.one_of(
    days.map(lambda text: {"date": text}), stamps.map(lambda text: {"timestamp": text})
)
own_moments = st.sampled_from(MOMENTS).map(prop)
moments = st.one_of(
    own_moments,
    fixed_moments,
    st.builds(op, st.sampled_from("+-"), own_moments, st.sampled_from([0, 1, 29.5, 1e9])),
    st.builds(op, st.just("+"), st.just(0.5), fixed_moments),
)


def _in_order(ends: tuple[str, str]) -> dict[str, Any]:
    # Days by themselves, moments by themselves, so that text sorts as time does; open ends do not.
    return {"interval": list(ends) if ".." in ends else sorted(ends)}


fixed_intervals = st.one_of(
    st.tuples(days, days).map(_in_order),
    st.tuples(stamps, stamps).map(_in_order),
    st.tuples(st.just(".."), stamps | st.just("..")).map(_in_order),
    st.tuples(days, st.just("..")).map(_in_order),
    st.just({"interval": [prop("start_datetime"), prop("end_datetime")]}),
    stamps.map(lambda text: {"interval": [prop("start_datetime"), text]}),
)
periods = st.one_of(own_moments, fixed_moments, fixed_intervals, moments)


def _degrees(low: int, high: int) -> st.SearchStrategy[float]:
    """Numbers whose decimal digits are few and exact: as text they are the same to every reader."""
    return st.integers(low * 1024, high * 1024).map(lambda parts: parts / 1024)


longitudes = st.one_of(
    st.sampled_from([-180.0, 180.0, 0.0]), _degrees(-180, 180), st.integers(-180, 180)
)
latitudes = st.one_of(st.just(-90.0), _degrees(-90, -60), st.integers(-89, -61))
boxes = st.tuples(longitudes, latitudes, longitudes, latitudes).map(
    lambda b: {"bbox": [float(b[0]), float(min(b[1], b[3])), float(b[2]), float(max(b[1], b[3]))]}
)
points = st.tuples(longitudes, latitudes).map(lambda p: [float(p[0]), float(p[1])])
lines = st.lists(points, min_size=2, max_size=4, unique_by=tuple)


def _triangle(corners: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, width, height = corners
    ring = [[west, south], [west + width, south], [west, south + height], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


triangles = st.tuples(
    _degrees(-180, 120), _degrees(-90, -70), _degrees(1, 60), _degrees(1, 20)
).map(_triangle)
geometries = st.one_of(
    boxes,
    triangles,
    points.map(lambda p: {"type": "Point", "coordinates": p}),
    lines.map(lambda line: {"type": "LineString", "coordinates": line}),
    st.lists(points, min_size=1, max_size=3).map(
        lambda p: {"type": "MultiPoint", "coordinates": p}
    ),
    triangles.map(lambda t: {"type": "GeometryCollection", "geometries": [t]}),
)
places = st.one_of(st.just(prop("geometry")), geometries)


def _comparisons(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(op, st.sampled_from(Comparator), values, values),
        st.builds(op, st.just("between"), values, values, values),
        st.builds(op, st.just("in"), values, st.lists(values, min_size=1, max_size=3)),
        st.builds(op, st.just("isNull"), values),
    )


wide = prop("icelines:wide_window")
leaves = st.one_of(
    _comparisons(texts),
    _comparisons(numbers),
    _comparisons(moments),
    st.builds(op, st.just("like"), texts, patterns),
    st.builds(op, st.sampled_from(SpatialRelation), places, places),
    st.builds(op, st.sampled_from(TemporalRelation), periods, periods),
    st.sampled_from([True, False, wide, op("=", wide, True), op("<>", False, wide)]),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(op, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(op, st.just("not"), inner),
    ),
    max_leaves=4,
)


def as_text(expression: Any) -> str:  # noqa: PLR0911 - a kind a line
    """The expression in CQL2 text, in brackets wherever there might be a doubt."""
    match expression:
        case bool():
            return str(expression).upper()
        case str():
            return "'" + expression.replace("'", "''") + "'"
        case int() | float():
            return repr(expression)
        case list():
            return f"({', '.join(map(as_text, expression))})"
        case {"property": name}:
            return f'"{name}"'
        case {"date": text}:
            return f"DATE('{text}')"
        case {"timestamp": text}:
            return f"TIMESTAMP('{text}')"
        case {"interval": ends}:
            return f"INTERVAL({', '.join(map(as_text, ends))})"
        case {"bbox": corners}:
            return f"BBOX({', '.join(map(repr, corners))})"
        case {"type": _}:
            return _wkt(expression)
        case {"op": name, "args": args}:
            return _operation(name, [as_text(arg) for arg in args])
    raise TypeError(expression)


def _operation(name: str, args: list[str]) -> str:  # noqa: PLR0911
    match name, args:
        case (("and" | "or"), _):
            return f"({f' {name.upper()} '.join(args)})"
        case "not", [inner]:
            return f"NOT ({inner})"
        case "isNull", [value]:
            return f"({value} IS NULL)"
        case "between", [value, low, high]:
            return f"({value} BETWEEN {low} AND {high})"
        case (("in" | "like"), [value, other]):
            return f"({value} {name.upper()} {other})"
        case _, [left, right] if not name.startswith(("s_", "t_")):
            return f"({left} {name} {right})"
    return f"{name.upper()}({', '.join(args)})"


def _wkt(geometry: dict[str, Any]) -> str:
    from shapely import to_wkt
    from shapely.geometry import shape

    return str(to_wkt(shape(geometry), rounding_precision=-1))
