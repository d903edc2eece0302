from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from catalog.errors import UnknownUnit
from catalog.release import Month
from pipeline.cli.average import month_before, parts_named
from tests.catalog.records import open_store
from tests.pipeline.averaged_fronts import PART, every, series_at
from tests.pipeline.cli.conftest import Program


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one series of May and June 2024."""
    with open_store(tmp_path / "workspace") as store:
        store.record_fronts((front, ()) for front in series_at(every(20.0, 3), [0.0, 50.0, 90.0]))
    return tmp_path / "workspace"


@pytest.mark.usefixtures("workspace")
def test_averages_are_told_in_words(program: Program) -> None:
    code, told, _ = program("average", "--until", "2024-12")
    assert code == 0
    assert told.startswith("5 averages of 1 series and 0 joined fronts: 5 new, 0 revised")
    assert f"no accepted front of {PART.name} in 6 months, last 2024-12" in told


@pytest.mark.usefixtures("workspace")
def test_and_to_machines(program: Program) -> None:
    code, told, _ = program("average", "--until", "2024-12", "--year", "2024", "--json")
    document = orjson.loads(told)
    assert code == 0
    assert document["averages"] == {
        "annual": 1, "annual noQ1": 1, "monthly": 2, "quarterly": 1,
    }  # fmt: skip
    assert (document["new"], document["withdrawn"], document["failures"]) == (5, [], [])


@pytest.mark.usefixtures("workspace")
def test_a_month_and_a_unit_narrow_it(program: Program) -> None:
    wanted = ("--until", "2024-06", "--month", "2024-06", "--json")
    of_part = orjson.loads(program("average", *wanted, "--unit", PART.name)[1])
    of_other = orjson.loads(program("average", *wanted, "--unit", "Amery")[1])
    assert of_part["averages"] == {"monthly": 1, "quarterly": 1}
    assert of_other["averages"] == {}


def test_without_accepted_fronts_it_says_what_to_do_next(program: Program) -> None:
    code, told, _ = program("average")
    assert code == 0
    assert "Next: `icelines check`" in told


@pytest.mark.parametrize(("option", "fault"), [("--month", "2024-13"), ("--until", "May")])
def test_what_is_no_month_is_refused(program: Program, option: str, fault: str) -> None:
    code, _, said = program("average", option, fault)
    assert code == 1
    assert "Use YYYY-MM" in said


def test_a_shelf_names_its_parts_each_once() -> None:
    names = [part.name for part in parts_named(("Getz", "Getz2", "Amery"))]
    assert names == ["Getz1", "Getz2", "Getz3", "Amery"]


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnknownUnit):
        parts_named(("Atlantis",))


@pytest.mark.parametrize("day", [1, 31])
def test_the_month_that_runs_is_not_complete(day: int) -> None:
    assert month_before(datetime(2026, 1, day, tzinfo=UTC)) == Month(2025, 12)
