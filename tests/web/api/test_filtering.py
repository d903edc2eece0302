"""CQL2 as text and as JSON becomes the condition that was meant."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import cql2
import pytest

from catalog.condition import (
    EVERYTHING,
    NOTHING,
    And,
    Comparator,
    Comparison,
    Condition,
    IsMissing,
    Like,
    Not,
    OneOf,
    Or,
)
from web.api.errors import BadFilter
from web.api.filtering import condition_from_json, condition_from_text

ROSS = Comparison("shelf", Comparator.EQUAL, "Ross")
NEW_YEAR = datetime(2020, 1, 1, tzinfo=UTC)
MEANINGS: dict[str, Condition] = {
    "\"icelines:shelf\" = 'Ross'": ROSS,
    "icelines:shelf = 'Ross'": ROSS,
    "'Ross' = icelines:shelf": ROSS,
    "icelines:area_km2 <> 3": Comparison("area_km2", Comparator.DIFFERENT, 3.0),
    "5 < icelines:area_km2": Comparison("area_km2", Comparator.MORE, 5.0),
    "5 >= icelines:area_km2": Comparison("area_km2", Comparator.AT_MOST, 5.0),
    "icelines:area_change_km2 <= -2.5": Comparison("area_change_km2", Comparator.AT_MOST, -2.5),
    "datetime > TIMESTAMP('2020-01-01T00:00:00Z')": Comparison("start", Comparator.MORE, NEW_YEAR),
    "datetime >= DATE('2020-01-01')": Comparison("start", Comparator.AT_LEAST, NEW_YEAR),
    "end_datetime < '2020-01-01T01:00:00+01:00'": Comparison("end", Comparator.LESS, NEW_YEAR),
    "icelines:origin IN ('imported','simulated')": OneOf("origin", ("imported", "simulated")),
    "icelines:unit LIKE 'Getz_'": Like("unit", "Getz_"),
    "icelines:confidence BETWEEN 0.5 AND 1": And(
        (
            Comparison("confidence", Comparator.AT_LEAST, 0.5),
            Comparison("confidence", Comparator.AT_MOST, 1.0),
        )
    ),
    "icelines:uncertainty_m IS NULL": IsMissing("uncertainty_m"),
    "icelines:uncertainty_m IS NOT NULL": Not(IsMissing("uncertainty_m")),
    "icelines:status NOT IN ('rejected')": Not(OneOf("status", ("rejected",))),
    "icelines:shelf = 'Ross' OR NOT icelines:shelf = 'Ross'": Or((ROSS, Not(ROSS))),
    "icelines:shelf = 'Ross' AND collection = 'scenes' AND id = 'x'": And(
        (
            ROSS,
            Comparison("collection", Comparator.EQUAL, "scenes"),
            Comparison("item_id", Comparator.EQUAL, "x"),
        )
    ),
    "true": EVERYTHING,
    "false": NOTHING,
}


@pytest.mark.parametrize("text", MEANINGS)
def test_text_and_json_mean_the_same(text: str) -> None:
    assert condition_from_text(text) == MEANINGS[text]
    assert condition_from_json(cql2.parse_text(text).to_json()) == MEANINGS[text]


def test_whole_numbers_and_fractions_are_the_same_number() -> None:
    whole = {"op": "=", "args": [{"property": "icelines:observations"}, 3]}
    assert condition_from_json(whole) == Comparison("observations", Comparator.EQUAL, 3.0)


@pytest.mark.parametrize("value", [True, None, [], {}, {"timestamp": 5}])
def test_a_value_of_another_kind_is_refused(value: Any) -> None:
    for name in ("icelines:shelf", "icelines:area_km2", "datetime"):
        with pytest.raises(BadFilter, match="is none"):
            condition_from_json({"op": "=", "args": [{"property": name}, value]})


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4000 + "true" + ")" * 4000,
        "not " * 900 + "true",
        "icelines:area_km2 = " + "-" * 3900 + "1",
        "icelines:area_km2 = " + "- " * 1900 + "1",
        "icelines:area_km2 = " + "(1+" * 900 + "1" + ")" * 900,
        "icelines:area_km2 in (" + "(" * 1900 + "1" + ")" * 1900 + ")",
        "icelines:shelf = '\\'' " + "(" * 1900 + " '",
    ],
)
def test_text_that_nests_beyond_measure_is_refused_before_it_is_parsed(text: str) -> None:
    with pytest.raises(BadFilter, match="too long or too deeply nested"):
        condition_from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 1990,
        "1" + "-1" * 1990,
        "2" + "^2" * 1990,
        "1" + "*-1" * 1300,
        "a" + ".a" * 1990,
    ],
)
def test_the_longest_texts_that_are_parsed_do_not_end_the_process(text: str) -> None:
    # In a process of its own, on the stack of a thread, as the server does it.
    code = (
        "import sys, threading\n"
        "from web.api.errors import BadFilter\n"
        "from web.api.filtering import condition_from_text\n"
        "def parse():\n"
        "    try: condition_from_text('icelines:area_km2 = ' + sys.argv[1])\n"
        "    except BadFilter: print('refused')\n"
        "thread = threading.Thread(target=parse); thread.start(); thread.join()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, text[:3980]], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "refused\n")


def test_a_filter_of_many_plain_terms_is_read() -> None:
    text = " or ".join(f"icelines:unit = 'Unit{i}'" for i in range(100))
    condition = condition_from_text(text)
    assert isinstance(condition, Or)
    assert len(condition.parts) == 100
