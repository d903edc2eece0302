"""CQL2 becomes the tree that was meant, and what does not fit is refused with its fault."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import cql2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.calving import COLLECTION as CALVING_EVENTS
from catalog.filtering.errors import BadFilter
from catalog.filtering.expression import (
    EVERYTHING,
    NOTHING,
    And,
    Calculation,
    Comparator,
    Comparison,
    Condition,
    Constant,
    Elapsed,
    Folded,
    Holds,
    IsMissing,
    Like,
    Not,
    OneOf,
    Operator,
    Or,
    Period,
    Property,
    Shifted,
    TemporalRelation,
    TemporalTest,
)
from catalog.filtering.queryables import queryables_of
from catalog.filtering.reading import filter_from_json, filter_from_text
from tests.catalog.filtering.expressions import op, prop

KNOWN = queryables_of()
NEW_YEAR = datetime(2020, 1, 1, tzinfo=UTC)
END_OF_NEW_YEAR = datetime(2020, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)


def own(name: str) -> Property:
    return Property(KNOWN[f"icelines:{name}"])


START, END, WHEN = (Property(KNOWN[n]) for n in ("start_datetime", "end_datetime", "datetime"))
AREA, SHELF = own("area_km2"), own("shelf")
ROSS = Comparison(SHELF, Comparator.EQUAL, Constant("Ross"))
NEW = Constant(NEW_YEAR)


def area(comparator: str, number: float) -> Condition:
    return Comparison(AREA, Comparator(comparator), Constant(number))


MEANINGS: dict[str, Condition] = {
    "\"icelines:shelf\" = 'Ross'": ROSS,
    "icelines:shelf = 'Ross'": ROSS,
    "'Ross' = icelines:shelf": Comparison(Constant("Ross"), Comparator.EQUAL, SHELF),
    "icelines:area_km2 <> 3": area("<>", 3.0),
    "5 < icelines:area_km2": Comparison(Constant(5.0), Comparator.LESS, AREA),
    "icelines:area_km2 <= -2.5": area("<=", -2.5),
    "datetime > TIMESTAMP('2020-01-01T00:00:00Z')": Comparison(WHEN, Comparator.MORE, NEW),
    "datetime >= DATE('2020-01-01')": Comparison(WHEN, Comparator.AT_LEAST, NEW),
    "end_datetime < '2020-01-01T01:00:00+01:00'": Comparison(END, Comparator.LESS, NEW),
    "icelines:shelf IN ('Ross','Amery')": OneOf(SHELF, (Constant("Ross"), Constant("Amery"))),
    "'2020-01-01' IN (start_datetime,end_datetime)": OneOf(NEW, (START, END)),
    "'2020-01-01' IN ('2020-01-01',end_datetime)": OneOf(NEW, (NEW, END)),
    "icelines:shelf LIKE 'Getz_'": Like(SHELF, "Getz_"),
    "CASEI(icelines:shelf) LIKE CASEI('GETZ%')": Like(Folded(SHELF, True, False), "getz%"),
    "ACCENTI(icelines:shelf) = 'a'": Comparison(
        Folded(SHELF, False, True), Comparator.EQUAL, Constant("a")
    ),
    "icelines:area_km2 BETWEEN 0.5 AND 1": And((area(">=", 0.5), area("<=", 1.0))),
    "icelines:area_km2 IS NULL": IsMissing(AREA),
    "icelines:area_km2 IS NOT NULL": Not(IsMissing(AREA)),
    "icelines:shelf = icelines:unit": Comparison(SHELF, Comparator.EQUAL, own("unit")),
    "icelines:area_km2 / 2 > 1": Comparison(
        Calculation(AREA, Operator.OVER, Constant(2.0)), Comparator.MORE, Constant(1.0)
    ),
    "end_datetime - datetime > 28": Comparison(
        Elapsed(END, WHEN), Comparator.MORE, Constant(28.0)
    ),
    "datetime + 5 > DATE('2020-01-01')": Comparison(
        Shifted(WHEN, Constant(5.0)), Comparator.MORE, NEW
    ),
    "T_AFTER(datetime, DATE('2020-01-01'))": TemporalTest(
        Period(START, END), TemporalRelation.AFTER, Period(NEW, Constant(END_OF_NEW_YEAR))
    ),
    "T_DURING(end_datetime, INTERVAL('2020-01-01', '..'))": TemporalTest(
        Period(END, END), TemporalRelation.DURING, Period(NEW, None)
    ),
    "icelines:wide_window": Holds(own("wide_window")),
    "icelines:shelf = 'Ross' OR NOT icelines:shelf = 'Ross'": Or((ROSS, Not(ROSS))),
    "true": EVERYTHING,
    "false": NOTHING,
}  # fmt: skip


@pytest.mark.parametrize("text", MEANINGS)
def test_text_and_json_are_read_as_what_they_mean(text: str) -> None:
    assert filter_from_text(text) == MEANINGS[text]
    assert filter_from_json(cql2.parse_text(text).to_json()) == MEANINGS[text]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("icelines:foo = 1", "'icelines:foo' is no queryable. Use one of id, collection"),
        ("properties.id = 'x'", "'properties.id' is no queryable"),
        ("icelines.shelf = 'x'", "'icelines.shelf' is no queryable"),
        ("icelines:shelf = 7", "icelines:shelf is a text; 7.0 is none"),
        ("'big' < icelines:area_km2", "icelines:area_km2 is a number; 'big' is none"),
        ("icelines:area_km2 in (1, 'x')", "is a number; 'x' is none"),
        ("icelines:area_km2 between 1 and icelines:unit", "is a number; icelines:unit is none"),
        ("icelines:area_km2 = null", "None is no value"),
        ("icelines:area_km2 = 1e999", "no finite number"),
        ("icelines:shelf = datetime", "icelines:shelf is a text; datetime is none"),
        ("datetime > 'yesterday'", "'yesterday' is no moment"),
        ("datetime > DATE('2020-02-30')", "'2020-02-30' is no moment"),
        ("datetime > '2020-01-01T00:00:00'", "does not follow RFC 3339"),
        ("datetime > DATE('2020-01-01T00:00:00Z')", "is no day"),
        ("datetime > TIMESTAMP('2020-01-01')", "is a day and no moment"),
        ("datetime = 5", "datetime is a moment; 5.0 is none"),
        ("datetime * 2 > datetime", r"\* does not go with moment and number"),
        ("icelines:shelf + 1 = 2", "calculates with numbers; icelines:shelf is none"),
        ("icelines:area_km2 like '1%'", "like compares text; icelines:area_km2 is none"),
        ("icelines:shelf like icelines:unit", "with a pattern"),
        ("casei(icelines:area_km2) = 'x'", "casei is for text"),
        ("upper(icelines:shelf) = 'X'", "'upper' makes no value here. Use one of casei, accenti"),
        ("a_equals(icelines:shelf, ('x'))", "'a_equals' is not supported here"),
        ("s_dwithin(geometry, POINT(0 0), 5)", "is not supported here"),
        ("geometry = POINT(0 0)", "no value"),
        ("geometry = geometry", "Use s_equals"),
        ("s_intersects(icelines:shelf, POINT(0 0))", "icelines:shelf is no geometry"),
        ("s_intersects(geometry, POINT(200 0))", "leaves the longitudes and latitudes"),
        ("s_intersects(geometry, POLYGON EMPTY)", "no usable geometry"),
        ("s_intersects(geometry, POINT EMPTY)", "no CQL2 text"),
        ("s_intersects(geometry, GEOMETRYCOLLECTION(POINT EMPTY))", "no CQL2 text"),
        ("'yesterday' in (start_datetime, end_datetime)", "'yesterday' is no moment"),
        ("s_intersects(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "Self-intersection"),
        ("s_intersects(geometry, BBOX(0, -60, 10, -70))", "south lies north of its north"),
        ("s_intersects(geometry, BBOX(170, -80, 190, -70))", "leaves the globe"),
        ("t_after(datetime, INTERVAL('2021-01-01','2020-01-01'))", "ends before it starts"),
        ("t_after(icelines:shelf, DATE('2020-01-01'))", "icelines:shelf is no moment"),
        ("icelines:wide_window > true", "have no order"),
        ("icelines:wide_window = 1", "is a truth value; 1.0 is none"),
        ("icelines:shelf", "icelines:shelf is no condition"),
        ("(id = 'x') = (id = 'y')", "makes no value here"),
        ("id = = 'x'", "no CQL2 text"),
        ("id = 'x", "no CQL2 text"),
        ("", "no CQL2 text"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_fault(text: str, fault: str) -> None:
    with pytest.raises(BadFilter, match=fault):
        filter_from_text(text)


@pytest.mark.parametrize("value", [True, None, [], {}, {"timestamp": 5}, {"function": "x"}])
def test_a_value_of_another_kind_is_refused(value: Any) -> None:
    for name in ("icelines:shelf", "icelines:area_km2", "datetime"):
        with pytest.raises(BadFilter, match=r"is none|is no value"):
            filter_from_json(op("=", prop(name), value))


@pytest.mark.parametrize(
    "expression",
    [
        5, "id", None, [], {}, op("and"), op("not", True, True), op("=", prop("id")),
        op("in", prop("id"), []), op("in", prop("id"), "x"), op("isNull"), op("drop"),
        op("=", {"property": 5}, 1), op("=", {"property": ["id"]}, "x"),
        {"op": "and", "args": True},
        op("like", "x", 5), op("s_intersects", prop("geometry"), {"type": "Point"}),
        op("s_intersects", prop("geometry"), {"bbox": [1, 2, 3]}),
        op("s_intersects", prop("geometry"), {"bbox": ["a", 2, 3, 4]}),
        op("s_intersects", prop("geometry"), {"bbox": [1, True, 3, 4]}),
        op("t_after", prop("datetime"), {"interval": [".."]}),
        op("t_after", prop("datetime"), {"interval": [5, ".."]}), op("=", prop("id"), "a\0b"),
        op("=", prop("icelines:area_km2"), 10**400),
    ],
)  # fmt: skip
def test_json_that_is_no_cql2_is_refused(expression: Any) -> None:
    with pytest.raises(BadFilter):
        filter_from_json(expression)


def test_names_are_those_of_the_collections_that_are_asked_for() -> None:
    assert filter_from_text("icelines:calved_km2 > 1")
    assert filter_from_text("icelines:calved_km2 > 1", [CALVING_EVENTS])
    for text, collection in (
        ("icelines:calved_km2 > 1", "fronts-daily"),
        ("icelines:length_km > 1", CALVING_EVENTS),
        ("icelines:shelf = 'Ross'", "scenes"),
    ):
        with pytest.raises(BadFilter, match="is no queryable"):
            filter_from_text(text, [collection])


@given(st.text(alphabet="()'\"=<>+-*/%^.,: \\\0éid1notandrlkeisull", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadFilter):
        filter_from_text(text)


keys = st.sampled_from(["op", "args", "property", "bbox", "type", "interval"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "args", "property", "bbox", "type", "interval"]), inner
        )
        | st.builds(op, st.sampled_from(["and", "=", "in", "casei", "s_within", "t_meets"]), inner)
    ),
    max_leaves=6,
)


@given(json_values)
def test_any_json_is_read_or_refused(expression: Any) -> None:
    with suppress(BadFilter):
        filter_from_json(expression)
