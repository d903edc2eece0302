from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest
from click.testing import CliRunner, Result

from catalog.cli.context import CommandContext
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.cli.check import check
from tests.pipeline.checking.series import CORRIDOR, REST, front_on, steady, with_aside
from tests.pipeline.velocities import field_of, write_geotiff
from tests.pipeline.velocities import steady as flow

FALSE = 5


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    fronts = with_aside(steady(12, seed=51), {FALSE: np.full(len(REST), 3_000.0)})
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts((front, ()) for front in fronts)
    return tmp_path


def run(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(check, list(arguments), obj=CommandContext(workspace))


def test_people_are_told_what_is_in_review_and_why(workspace: Path) -> None:
    result = run(workspace)
    assert result.exit_code == 0, result.exception
    assert "12 fronts in 1 series, 12 verdicts changed" in result.output
    assert "(advance_too_fast, shifted)" in result.output


def test_machines_get_one_document_and_a_second_run_changes_nothing(workspace: Path) -> None:
    run(workspace)
    document = orjson.loads(run(workspace, "--json").stdout)
    assert document["changed"] == 0
    assert document["by_status"] == {"accepted": 11, "in_review": 1}
    (doubtful,) = document["in_review"]
    assert doubtful["reasons"] == ["advance_too_fast", "shifted"]


def test_a_raster_of_velocity_takes_the_place_of_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fronts = [front_on(day, REST + 8.0 * day) for day in (0.0, 100.0)]  # metres a day
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts((front, ()) for front in fronts)
    assert orjson.loads(run(tmp_path, "--json").stdout)["by_status"] == {"accepted": 2}

    west, south = CORRIDOR.landward.min(axis=0) - 100_000.0
    slow = field_of(flow(*(CORRIDOR.seaward_direction * 500.0)), west, south, 400_000.0, 2_000.0)
    monkeypatch.setenv(
        "ICELINES_PROCESS_VELOCITY", str(write_geotiff(tmp_path / "velocity.tif", slow))
    )
    document = orjson.loads(run(tmp_path, "--json").stdout)
    assert document["by_status"] == {"accepted": 1, "in_review": 1}
    assert document["in_review"][0]["reasons"] == ["advance_too_fast", "shifted"]
