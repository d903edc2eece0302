from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from catalog.cli import program
from catalog.errors import UnknownUnit
from catalog.query import Search
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.errors import SceneError


def simulate(workspace: Path, *arguments: str) -> dict[str, Any]:
    command = ["--workspace", str(workspace), "simulate", "--json", *arguments]
    result = CliRunner().invoke(program, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = orjson.loads(result.stdout)
    return document


def test_a_month_of_a_shelf_goes_on_record_once(tmp_path: Path) -> None:
    arguments = ("--month", "2026-09", "--shelf", "Bach")
    first = simulate(tmp_path, *arguments)
    assert (first["new"], first["unchanged"]) == (1, 0)
    second = simulate(tmp_path, *arguments)
    assert (second["new"], second["unchanged"]) == (0, 1)
    assert second["scenes"] == first["scenes"]
    with CatalogStore.open(load_settings(tmp_path)) as store:
        (scene,) = store.all_items(Search(collections=("scenes",)))
    assert scene.item["properties"]["icelines:simulated"] is True
    assert [f"{scene.item_id}.geojson"] == [p.name for p in (tmp_path / "truth").iterdir()]


def test_a_person_is_told_what_comes_next(tmp_path: Path) -> None:
    command = ["--workspace", str(tmp_path), "simulate", "--month", "2026-09", "--shelf", "bach"]
    result = CliRunner().invoke(program, command, catch_exceptions=False)
    assert "1 simulated scenes are new on record" in result.stdout
    assert "icelines process --month 2026-09" in result.stdout


def test_a_shelf_that_nobody_knows_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UnknownUnit, match="Atlantis"):
        simulate(tmp_path, "--month", "2026-09", "--shelf", "Bach", "--shelf", "Atlantis")
    assert not (tmp_path / "truth").exists()


def test_a_shelf_of_several_parts_stands_for_all_of_them() -> None:
    from pipeline.cli.simulate import _parts

    assert [part.name for part in _parts(("Getz", "Getz2", "Bach"))] == [
        "Bach",
        "Getz1",
        "Getz2",
        "Getz3",
    ]


def test_polarisations_are_as_asked_for(tmp_path: Path) -> None:
    arguments = ("--month", "2026-09", "--shelf", "Bach", "--polarisations", "HH+HV")
    (scene,) = simulate(tmp_path, *arguments)["scenes"]
    assert scene.startswith("SIM_EW_GRDM_1SDH_202609")


def test_a_part_that_cannot_be_seen_is_an_error_that_names_it(tmp_path: Path) -> None:
    arguments = ["simulate", "--month", "2026-09", "--shelf", "Ross1", "--mode", "IW"]
    with pytest.raises(SceneError, match="Ross1 cannot be simulated in IW"):
        CliRunner().invoke(
            program, ["--workspace", str(tmp_path), *arguments], catch_exceptions=False
        )
