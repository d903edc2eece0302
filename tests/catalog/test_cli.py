"""The frame of the command line: exit codes, lazy rooms, the monthly recipe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import orjson
import pytest
from click.testing import CliRunner

from catalog.cli import program
from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob, Step, StepReport, registered_steps, run_steps
from catalog.errors import InputError
from catalog.release import Month
from catalog.settings import load_settings
from catalog.store import CatalogStore
from tests.factories import make_front, make_imported_front

ICELINES = Path(sys.executable).with_name("icelines")


def run(*arguments: str, workspace: Path) -> subprocess.CompletedProcess[str]:
    command = [str(ICELINES), "--workspace", str(workspace), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_used_wrongly_ends_with_2(tmp_path: Path) -> None:
    result = run("month", workspace=tmp_path)
    assert result.returncode == 2
    assert "Missing argument" in result.stderr


def test_what_fails_ends_with_1_and_says_why(tmp_path: Path) -> None:
    result = run("month", "2026-99", workspace=tmp_path)
    assert result.returncode == 1
    assert "'2026-99' is no month. Use YYYY-MM." in result.stderr


def test_an_unknown_command_ends_with_2(tmp_path: Path) -> None:
    assert run("melt", workspace=tmp_path).returncode == 2


def test_help_imports_no_room() -> None:
    code = (
        "import sys; sys.argv = ['icelines', '--help']\n"
        "from catalog.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m in ('torch', 'sqlmodel', 'geopandas', 'pipeline')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", sorted(program.list_commands(click.Context(program))))
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(program, [name, "--help"])
    assert result.exit_code == 0, result.output
    command = program.get_command(click.Context(program), name)
    commands = command.commands.values() if isinstance(command, click.Group) else [command]
    for each in commands:
        assert each is not None
        assert "Example" in (each.help or ""), f"{name} {each.name}"


def test_stats_count_what_is_recorded(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts([(make_front(), ()), (make_imported_front(), ())])
    result = run("catalog", "stats", "--json", workspace=tmp_path)
    document = orjson.loads(result.stdout)
    assert document["by_collection"] == {"fronts-annual": 1, "fronts-daily": 1}
    assert document["fronts_by_status"] == {"accepted": 2}


def test_recorded_items_are_valid(tmp_path: Path, shared_schemas: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts([(make_front(), ()), (make_imported_front(), ())])
    result = run("catalog", "validate", "--schemas", str(shared_schemas), workspace=tmp_path)
    assert result.returncode == 0, result.stdout
    assert "2 items, 0 faults" in result.stdout


def test_the_monthly_recipe_runs_from_scenes_to_the_site() -> None:
    assert [step.name for step in registered_steps()] == [
        "discover",
        "fetch",
        "process",
        "check",
        "calve",
        "average",
        "release",
        "site",
    ]


def test_a_step_that_breaks_does_not_stop_the_later_ones(tmp_path: Path) -> None:
    def broken(job: MonthJob) -> StepReport:
        raise InputError("is empty.", where="scene.tif", remedy="Fetch it again.")

    def fine(job: MonthJob) -> StepReport:
        return StepReport(f"looked at {job.month}")

    job = MonthJob(CommandContext(tmp_path), Month(2026, 10), None, (), True)
    steps = [Step("first", 1, "First", broken), Step("second", 2, "Second", fine)]
    first, second = run_steps(steps, job)
    assert first.report.failures == ("scene.tif: is empty. Fetch it again.",)
    assert second.report.summary == "looked at 2026-10"


def test_a_workspace_that_cannot_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    result = run("catalog", "stats", workspace=blocked / "inside")
    assert result.returncode == 1
    assert "cannot be opened" in result.stderr
    assert "ICELINES_WORKSPACE" in result.stderr
