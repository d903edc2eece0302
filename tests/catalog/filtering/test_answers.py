"""Answers that other servers get wrong, hostile texts, and the indices that are taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import postgresql

from catalog.errors import InputError
from catalog.filtering.compiling import predicate
from catalog.filtering.errors import FilterTooLarge
from catalog.filtering.expression import EVERYTHING, NOTHING, Comparator, Operator
from catalog.filtering.limits import DEEPEST, DEEPEST_CALCULATION
from catalog.filtering.reading import filter_from_json, filter_from_text
from catalog.items.envelope import start_and_end
from catalog.query import Search
from catalog.store import CatalogStore
from tests.catalog.filtering.expressions import op, prop
from tests.catalog.filtering.samples import mixed_items
from tests.catalog.records import FIRST_DAY, open_store, paged_ids

ITEMS = mixed_items()
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogStore]:
    with open_store(tmp_path_factory.mktemp("answers")) as opened:
        opened.record_items(ITEMS)
        yield opened


def asked(store: CatalogStore, text: str, **search: Any) -> set[str]:
    return set(paged_ids(store, Search(where=filter_from_text(text), **search)))


# --- places ----------------------------------------------------------------------------------


def test_a_box_over_the_antimeridian_is_the_same_as_the_parameter_bbox(
    store: CatalogStore,
) -> None:
    by_filter = asked(store, "S_INTERSECTS(geometry, BBOX(175, -85, -175, -60))")
    by_parameter = set(paged_ids(store, Search(bbox=(175.0, -85.0, -175.0, -60.0))))
    the_long_way = asked(store, "S_INTERSECTS(geometry, BBOX(-175, -85, 175, -60))")
    assert by_filter == by_parameter
    assert by_filter - the_long_way, "some lie only there"
    assert the_long_way - by_filter


def test_places_are_compared_with_the_line_and_not_with_its_box(store: CatalogStore) -> None:
    ring = next(i for i in ITEMS if i["id"].startswith("Pole_"))
    south = "S_INTERSECTS(geometry, BBOX(-180, -90, 180, -85))"
    west, low, east, high = ring["bbox"]
    assert west < 0 < east
    inside_its_box = f"S_INTERSECTS(geometry, POINT(20 {(low + high) / 2}))"
    assert ring["id"] not in asked(store, south)
    assert ring["id"] not in asked(store, inside_its_box)
    assert ring["id"] in asked(store, "S_WITHIN(geometry, BBOX(-180, -90, 180, -60))")


def test_a_place_may_stand_on_either_side(store: CatalogStore) -> None:
    box = "BBOX(-180, -90, 180, -60)"
    within = asked(store, f"S_WITHIN(geometry, {box})")
    assert asked(store, f"S_CONTAINS({box}, geometry)") == within
    assert within


# --- time ------------------------------------------------------------------------------------


def test_ends_of_intervals_belong_to_them_and_days_last_all_day(store: CatalogStore) -> None:
    item = next(i for i in ITEMS if i["properties"].get("start_datetime"))
    start, end = start_and_end(item)
    touching = f"T_INTERSECTS(datetime, INTERVAL('{_text(end)}', '..'))"
    assert item["id"] in asked(store, touching)
    assert item["id"] in asked(store, f"T_INTERSECTS(datetime, DATE('{start:%Y-%m-%d}'))")
    before = f"T_BEFORE(datetime, TIMESTAMP('{_text(end)}'))"
    assert item["id"] not in asked(store, before)


def test_a_text_is_a_moment_beside_one_also_in_a_list(store: CatalogStore) -> None:
    day = f"'{FIRST_DAY:%Y-%m-%d}'"
    one_by_one = asked(store, f"{day} = start_datetime OR {day} = end_datetime")
    assert asked(store, f"{day} IN (start_datetime, end_datetime)") == one_by_one
    assert one_by_one


@pytest.mark.parametrize("span", ["2015-02-01/2015-02-28", "../2015-03-01", "2015-03-01/.."])
def test_a_period_is_the_same_as_the_parameter_datetime(store: CatalogStore, span: str) -> None:
    start, end = span.split("/")
    by_filter = asked(store, f"T_INTERSECTS(datetime, INTERVAL('{start}', '{end}'))")
    first = None if start == ".." else datetime.fromisoformat(f"{start}T00:00:00Z")
    last = None if end == ".." else datetime.fromisoformat(f"{end}T23:59:59.999999Z")
    assert by_filter == set(paged_ids(store, Search(start=first, end=last)))
    assert by_filter


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- text ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("CASEI(title) = CASEI('ross')", {"Ross", "ROSS", "ross"}),
        ("CASEI(title) = CASEI('straße')", {"Straße", "STRASSE"}),
        ("ACCENTI(title) = ACCENTI('e')", {"e\u0301", "\u00e9"}),
        ("title = '\u00e9'", {"\u00e9"}),
        ("CASEI(title) = '\u00e9'", {"e\u0301", "\u00e9"}),
        ("CASEI(ACCENTI(title)) LIKE CASEI(ACCENTI('DRONN%'))", {"Drönning Måud", "dronning"}),
        ("title LIKE 'ro%'", {"ross"}),
        ("title LIKE '50\\%'", {"50%"}),
        ("title LIKE 'a\\_b'", {"a_b"}),
        ("title LIKE 'a_b'", {"a_b"}),
        ("title LIKE '[x]'", {"[x]"}),
        ("title LIKE 'a*b?'", {"a*b?"}),
        ("title LIKE '_nit'", {"𝔘nit"}),
        ("title = 'O''Brien'", {"O'Brien"}),
        ("title LIKE 'line_break'", {"line\nbreak"}),
        ("title IN ('50%', 'nothing')", {"50%"}),
    ],
)
def test_case_accents_and_patterns_are_what_they_are_defined_to_be(
    store: CatalogStore, text: str, titles: set[str]
) -> None:
    expected = {i["id"] for i in ITEMS if i["properties"].get("title") in titles}
    assert asked(store, text) == expected
    assert expected


# --- nulls and numbers -----------------------------------------------------------------------


def test_what_is_missing_is_neither_equal_nor_different(store: CatalogStore) -> None:
    missing = asked(store, "icelines:area_km2 IS NULL")
    assert missing
    for text in ("icelines:area_km2 > 50", "NOT icelines:area_km2 > 50",
                 "icelines:area_km2 IN (1, 2)", "icelines:area_km2 NOT IN (1, 2)",
                 "icelines:area_km2 = icelines:area_km2"):  # fmt: skip
        assert not asked(store, text) & missing
    assert asked(store, "icelines:area_km2 > 50 OR id LIKE '%'") >= missing


@pytest.mark.parametrize(
    "text",
    ["7 / 2 = 3.5", "7 div 2 = 3", "-7 div 2 = -3", "-7 % 2 = -1", "5.5 % 2 = 1.5", "2 ^ 10 = 1024",
     "2 - 1 - 1 = 0", "2 + 3 * 4 = 14", "(1 / 0) IS NULL", "((0 - 8) ^ 0.5) IS NULL",
     "(1e308 * 10) IS NULL", "(0 ^ -1) IS NULL", "0.1 + 0.2 <> 0.3",
     "DATE('2020-03-01') - DATE('2020-02-01') = 29",
     "DATE('2020-02-01') + 29 = TIMESTAMP('2020-03-01T00:00:00Z')",
     "(DATE('9999-12-31') + 5) IS NULL", "NOT (1 / 0 = 1 AND FALSE)"],
)  # fmt: skip
def test_arithmetic_is_exactly_defined(store: CatalogStore, text: str) -> None:
    assert len(asked(store, text)) == len(ITEMS)


def test_everything_and_nothing_are_filters(store: CatalogStore) -> None:
    assert store.count(Search(where=EVERYTHING)) == len(ITEMS)
    assert store.count(Search(where=NOTHING)) == 0


# --- hostile texts ---------------------------------------------------------------------------

HOSTILE = (
    "'; DROP TABLE revision; --", '" OR 1=1 --', "%' OR '1'='1", "x') OR 1=1 --", "\\", "\\'",
    "{0}", "%(x)s", ":x", "?", "$.properties", "*/", "é' OR ''='",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_literals_are_bound_and_never_part_of_the_statement(store: CatalogStore, text: str) -> None:
    for expression in (
        op("=", prop("title"), text),
        op("like", prop("title"), text),
        op("in", op("casei", prop("icelines:shelf")), [text, op("accenti", text)]),
        op("between", text, prop("id"), prop("id")),
    ):
        assert store.count(Search(where=filter_from_json(expression))) == 0
    quoted = text.replace("'", "''")
    assert asked(store, f"title = '{quoted}'") == set()
    assert store.count(Search()) == len(ITEMS)


@pytest.mark.parametrize("name", [*HOSTILE, "document", "n", "revision.id", "icelines:unit'--", ""])
def test_names_are_looked_up_and_never_part_of_the_statement(name: str) -> None:
    quoted = name.replace('"', '""')
    with pytest.raises(InputError):
        filter_from_text(f"\"{quoted}\" = 'x'")
    for expression in (op("=", prop(name), "x"), op(name, prop("id"), "x")):
        with pytest.raises(InputError):
            filter_from_json(expression)


# --- plans -----------------------------------------------------------------------------------


def plan_of(store: CatalogStore, text: str) -> list[str]:
    """How SQLite goes about the page query of a filter."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.append((statement, values))

    engine = store._engine
    event.listen(engine, "before_cursor_execute", note)
    store.search(Search(where=filter_from_text(text)))
    event.remove(engine, "before_cursor_execute", note)
    statement, values = next(s for s in statements if "FROM revision" in s[0])
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return [row[-1] for row in rows]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("icelines:unit = 'Ross5'", "revision_of_unit (unit=? AND is_current=?"),
        ("icelines:unit = 'Ross5' AND datetime > DATE('2015-03-01')",
         "revision_of_unit (unit=? AND is_current=? AND start>?"),
        ("datetime > DATE('2015-03-01')", "revision_newest (is_current=? AND start>?"),
        ("datetime BETWEEN DATE('2015-03-01') AND DATE('2015-03-01') + 30",
         "revision_newest (is_current=? AND start>? AND start<?"),
        ("T_AFTER(datetime, DATE('2015-03-01'))", "revision_newest (is_current=? AND start>?"),
        ("T_INTERSECTS(datetime, INTERVAL('2015-03-01', '2015-03-31'))",
         "revision_newest (is_current=? AND start<?"),
        ("icelines:status = 'accepted'", "revision_of_status (status=? AND is_current=?"),
        ("icelines:status = 'in_review' AND datetime > DATE('2015-03-01')",
         "revision_of_status (status=? AND is_current=? AND start>?"),
        ("collection = 'fronts-daily' AND icelines:length_km > 5", "revision_collection ("),
        ("id = 'bare' AND collection = 'scenes'", "sqlite_autoindex_revision_1 (collection=? AND"),
    ],
)  # fmt: skip
def test_common_filters_take_an_index(store: CatalogStore, text: str, index: str) -> None:
    plan = plan_of(store, text)
    assert any(f"USING INDEX {index}" in step for step in plan), plan
    assert not any(step.startswith("SCAN revision") for step in plan)


# --- PostgreSQL ------------------------------------------------------------------------------


def test_every_operation_has_its_words_for_postgresql() -> None:
    number, title = prop("icelines:area_km2"), prop("title")
    conditions = [
        *(op(c, op(o, number, 2), 3) for c, o in zip(Comparator, Operator, strict=False)),
        op("<", op("accenti", op("casei", title)), "x"),
        op("like", title, "x%\\"),
        op(">", op("+", prop("datetime"), 5), {"date": "2020-01-01"}),
        op(">", op("-", prop("end_datetime"), prop("datetime")), 5),
        op("s_intersects", prop("geometry"), {"bbox": [1, -80, 2, -70]}),
        op("=", prop("icelines:wide_window"), True),
    ]
    sql = predicate(filter_from_json(op("and", *conditions)))
    statement = str(sql.compile(dialect=DIALECT))
    assert "icelines_" not in statement
    for words in ("jsonb", "LIKE", 'COLLATE "C"', "NULLIF", "ST_Intersects", "timestamptz", "NFC"):
        assert words in statement
    for words in ("GLOB", "json_extract"):
        assert words not in statement


def test_what_is_no_filter_is_refused() -> None:
    with pytest.raises(TypeError, match="no condition"):
        predicate("shelf = 'Ross'")


# --- what is within the limits is answered -----------------------------------------------------


@pytest.mark.parametrize("sign", ["+", "^", "%", "div"])
def test_calculations_as_deep_as_they_are_read_are_answered_even_deep_in_conditions(
    store: CatalogStore, sign: str
) -> None:
    calculated: Any = prop("icelines:area_km2")
    for _ in range(DEEPEST_CALCULATION):
        calculated = op(sign, calculated, 1)
    condition: Any = op(">", calculated, 0)
    for _ in range(DEEPEST - DEEPEST_CALCULATION - 3):
        condition = op("not", op("and", condition, op("=", prop("icelines:unit"), "Ross")))
        if not _is_read(op("not", condition)):
            break
    where = filter_from_json(condition)
    paged_ids(store, Search(where=where))
    assert len(str(predicate(where).compile(dialect=DIALECT))) < 2_000_000


def _is_read(expression: Any) -> bool:
    try:
        filter_from_json(expression)
    except FilterTooLarge:
        return False
    return True


def test_deeper_calculations_are_refused() -> None:
    calculated: Any = prop("icelines:area_km2")
    for _ in range(DEEPEST_CALCULATION + 1):
        calculated = op("+", calculated, 1)
    with pytest.raises(FilterTooLarge, match="calculations"):
        filter_from_json(op(">", calculated, 0))
