from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob
from catalog.errors import SettingsError, UnknownUnit
from catalog.release import Month
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.cli.calve import calve
from pipeline.month import CALVE
from tests.pipeline.test_calving_events import CALVED, series


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts((one.front, ()) for one in series(CALVED))
    return tmp_path


def run(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(calve, list(arguments), obj=CommandContext(workspace))


def test_people_are_told_what_calved_when_and_how_much(workspace: Path) -> None:
    result = run(workspace)
    assert result.exit_code == 0, result.exception
    assert "1 events in 1 series of 4 fronts (1 confirmed): 1 new" in result.output
    assert "Venable_calving_20200129_simulated: " in result.output
    assert "2020-01-17 to 2020-01-29, calving, confirmed" in result.output


def test_machines_get_one_document(workspace: Path) -> None:
    document = orjson.loads(run(workspace, "--json").stdout)
    (event,) = document["events"]
    assert event["calved_km2"] == pytest.approx(event["area_km2"] + event["outflow_km2"])
    assert document["new"] == 1
    assert orjson.loads(run(workspace, "--json").stdout)["unchanged"] == 1


def test_a_unit_that_is_named_is_found_however_it_is_written(workspace: Path) -> None:
    document = orjson.loads(run(workspace, "--unit", "venable ice shelf", "--json").stdout)
    assert document["series"] == 1
    assert orjson.loads(run(workspace, "--shelf", "Amery", "--json").stdout)["series"] == 0


@pytest.mark.parametrize("arguments", [["--unit", "Larsen B"], ["--shelf", "larsen_b"]])
def test_a_shelf_that_vanished_may_be_asked_for(workspace: Path, arguments: list[str]) -> None:
    assert orjson.loads(run(workspace, *arguments, "--json").stdout)["series"] == 0


def test_what_counts_as_a_calving_is_set_by_the_operator(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = orjson.loads(run(workspace, "--json").stdout)["events"]
    monkeypatch.setenv("ICELINES_PROCESS_CALVING_AREA_KM2", str(found["calved_km2"] + 1.0))
    document = orjson.loads(run(workspace, "--json").stdout)
    assert document["events"] == []
    assert document["withdrawn"] == [found["id"]]
    job = MonthJob(CommandContext(workspace), Month.parse("2020-02"), None, (), False)
    assert CALVE.run(job).summary.startswith("0 events in 1 series")


def test_a_setting_that_cannot_be_is_refused(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICELINES_PROCESS_DISINTEGRATION_SHARE", "30")
    assert isinstance(run(workspace).exception, SettingsError)


def test_an_unknown_unit_is_refused(workspace: Path) -> None:
    assert isinstance(run(workspace, "--unit", "Atlantis").exception, UnknownUnit)


def test_where_there_is_no_front_the_next_step_is_named(tmp_path: Path) -> None:
    assert "Next: `icelines check`" in run(tmp_path).output


def test_the_step_of_the_month_says_what_it_did(workspace: Path) -> None:
    job = MonthJob(CommandContext(workspace), Month.parse("2020-02"), None, (), False)
    assert CALVE.run(job).summary.startswith("1 events in 1 series")
