"""What would crash or stall the parser is refused before the parser sees it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from catalog.filtering.errors import BadFilter, FilterTooLarge
from catalog.filtering.expression import Or
from catalog.filtering.reading import filter_from_json, filter_from_text

NAKED = "import sys, cql2; cql2.parse_text(sys.stdin.read())"
OURS = """
import sys, threading
from catalog.filtering.errors import BadFilter
from catalog.filtering.reading import filter_from_text
def read():
    try: filter_from_text(sys.stdin.read())
    except BadFilter: print("refused")
thread = threading.Thread(target=read); thread.start(); thread.join()
"""
CRASHING = {
    "brackets": "(" * 6000 + "true" + ")" * 6000,
    "negations": "not " * 6000 + "true",
    "signs": "icelines:area_km2 = " + "- " * 6000 + "1",
}


def ended(code: str, text: str, within_s: float = 60) -> subprocess.CompletedProcess[str]:
    """The code in a process of its own, as it may end it."""
    return subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=False,
        timeout=within_s,
    )  # fmt: skip


@pytest.mark.parametrize("kind", CRASHING)
def test_the_parser_by_itself_ends_the_process_and_ours_refuses(kind: str) -> None:
    assert ended(NAKED, CRASHING[kind]).returncode < 0, "killed by a signal"
    ours = ended(OURS, CRASHING[kind])
    assert (ours.returncode, ours.stdout) == (0, "refused\n")


def test_the_parser_by_itself_stalls_on_a_few_open_brackets_and_ours_refuses_at_once() -> None:
    open_brackets = "(" * 30 + "id = 'x'"
    with pytest.raises(subprocess.TimeoutExpired):
        ended(NAKED, open_brackets, within_s=3)
    started = time.perf_counter()
    with pytest.raises(BadFilter):
        filter_from_text(open_brackets)
    with pytest.raises(BadFilter, match="brackets do not match"):
        filter_from_text("(((id = 'x'")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "(" * 6 + "id in (" + "'x'," * 150,
        "(id = 'x' or " * 10 + "s_intersects(geometry, POLYGON((0 0" + ")" * 12,
        "(" * 8 + "id = 'x' and " * 40 + ")" * 8,
        "(" * 20 + "true" + ")" * 20,
        "casei(" * 12 + "id" + ")" * 12 + " = = 'x'",
        "'" + "(" * 100,
        "id = ')))))))))' and " + "(" * 30,
        'id = "' + ")" * 40 + '" and ' + "(" * 30,
        "id = 'it''s (' and " + "(" * 30 + "'",
    ],
)
def test_text_that_is_not_well_formed_is_refused_in_little_time(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BadFilter):
        filter_from_text(text)
    assert time.perf_counter() - started < 4, "30 s and more without the limit"


@pytest.mark.parametrize(
    "text",
    [
        "icelines:area_km2 = 1" + "+1" * 1980,
        "icelines:area_km2 = 1" + "-1" * 1980,
        "icelines:area_km2 = 2" + "^2" * 1980,
        "icelines:area_km2 = 1" + "*-1" * 1300,
        "icelines:area_km2 = a" + ".a" * 1980,
        "icelines:area_km2 in (" + "1," * 1900 + "1)",
        "s_intersects(geometry, MULTIPOINT(" + "(0 0)," * 600 + "(1 1)))",
        "id = 'x'" + " and not id = 'x'" * 90,
        "true" + " or true" * 490,
    ],
)
def test_the_longest_texts_that_are_parsed_do_not_end_the_process(text: str) -> None:
    # On the stack of a thread, as the server does it.
    assert len(text) <= 4000
    assert ended(OURS, text).returncode == 0


@pytest.mark.parametrize(
    "expression",
    [
        {"op": "in", "args": [{"property": "id"}, ["x"] * 2000]},
        {"op": "=", "args": [{"property": "id"}, "x" * 4001]},
        {"op": "s_intersects", "args": [{"property": "geometry"},
            {"type": "LineString", "coordinates": [[0, -70]] * 10_001}]},
        {"op": "s_intersects", "args": [{"property": "geometry"},
            {"type": "LineString", "coordinates": [[]] * 90_000}]},
        {"op": "or", "args": [{"op": "=", "args": [{"property": "id"}, "x"]}] * 3000,
            "coordinates": []},
    ],
)  # fmt: skip
def test_large_json_is_refused(expression: Any) -> None:
    with pytest.raises(FilterTooLarge):
        filter_from_json(expression)


@pytest.mark.parametrize(
    "shell",
    [
        '{"op":"not","args":[%s]}',
        '{"op":"not","args":[%s],"coordinates":[]}',
        '{"interval":[%s,".."]}',
        "[%s]",
    ],
)
def test_deep_json_is_refused(shell: str) -> None:
    start, end = shell.split("%s")
    with pytest.raises(BadFilter):
        filter_from_json(json.loads(start * 200 + "true" + end * 200))


def test_a_filter_of_many_plain_terms_is_read() -> None:
    condition = filter_from_text(" or ".join(f"icelines:unit = 'Unit{i}'" for i in range(100)))
    assert isinstance(condition, Or)
    assert len(condition.parts) == 100


def test_a_polygon_as_people_draw_them_is_read_in_json_and_in_text() -> None:
    ring = [[round(i * 0.1, 1), -70 - (i % 7) * 0.1] for i in range(150)]
    ring = [*ring, [15.0, -60.0], [0.0, -60.0], ring[0]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    in_json = {"op": "s_intersects", "args": [{"property": "geometry"}, polygon]}
    wkt = ", ".join(f"{x} {y}" for x, y in ring)
    in_text = f"(icelines:unit = 'x' or (s_intersects(geometry, POLYGON(({wkt})))))"
    assert filter_from_json(in_json)
    assert filter_from_text(in_text)
