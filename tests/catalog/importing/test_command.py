from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from catalog.cli import program
from catalog.errors import IceLinesError
from tests.catalog.importing.files import AMERY, AMERY_LATER, write

DESCRIBED = ("--title", "My fronts", "--citation", "Me (2020)", "--licence", "CC-BY-4.0")


def run(workspace: Path, *arguments: str) -> Result:
    command = ["--workspace", str(workspace), "import", *arguments]
    return CliRunner().invoke(program, command, standalone_mode=False)


@pytest.fixture
def fronts(tmp_path: Path) -> Path:
    dates = ["20200314", "20210315"]
    lines = [AMERY, AMERY_LATER]
    return write(tmp_path / "a.gpkg", lines, shelf=["Amery"] * 2, date=dates)


def test_an_import_says_what_was_recorded_and_what_comes_next(tmp_path: Path, fronts: Path) -> None:
    result = run(tmp_path / "ws", str(fronts), "--source", "greene2022")
    assert result.return_value == 0
    assert "2 fronts of 1 unit from greene2022: 2 new" in result.stdout
    assert "--include imported:greene2022" in result.stdout
    assert "interval annual (guessed from the dates" in result.stderr


def test_a_second_import_says_that_nothing_changed(tmp_path: Path, fronts: Path) -> None:
    for _ in range(2):
        result = run(tmp_path / "ws", str(fronts), "--source", "greene2022", "--json")
    document = orjson.loads(result.stdout)
    assert (document["new"], document["unchanged"]) == (0, 2)
    assert document["units"] == {"Amery": 2}


def test_an_import_with_problems_ends_with_1_and_keeps_the_good(
    tmp_path: Path, fronts: Path
) -> None:
    (fronts.parent / "broken.gpkg").touch()
    result = run(tmp_path / "ws", str(fronts.parent), "--source", "greene2022")
    assert result.return_value == 1
    assert "2 new" in result.stdout
    assert "broken.gpkg: is empty (0 bytes). Fetch the file again." in result.stderr


def test_the_same_problem_of_many_features_is_said_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg", [AMERY] * 40, shelf=["Amery"] * 40, date=["soon"] * 39 + ["2020"]
    )
    result = run(tmp_path / "ws", str(path), "--source", "greene2022")
    assert result.stderr.count("is no date") == 1
    assert "feature 1, 2, 3, 4, 5, 6, 7, 8 and 31 more" in result.stderr


def test_an_unknown_source_has_to_be_described(tmp_path: Path, fronts: Path) -> None:
    refused = run(tmp_path / "ws", str(fronts), "--source", "mine")
    assert isinstance(refused.exception, IceLinesError)
    assert "--title, --citation, --licence" in str(refused.exception)
    accepted = run(tmp_path / "ws", str(fronts), "--source", "mine", *DESCRIBED)
    assert accepted.return_value == 0


def test_what_is_said_of_a_source_goes_into_its_items(tmp_path: Path, fronts: Path) -> None:
    from catalog.settings import load_settings
    from catalog.store import CatalogStore

    run(tmp_path / "ws", str(fronts), "--source", "icelines-dlr", "--licence", "CC-BY-4.0")
    with CatalogStore.open(load_settings(tmp_path / "ws")) as store:
        (first, _) = store.fronts()
    assert first.imported_from is not None
    assert first.imported_from.licence == "CC-BY-4.0"
    assert first.imported_from.doi == "10.1038/s41597-023-02045-x"


def test_a_path_that_is_not_there_is_used_wrongly(tmp_path: Path) -> None:
    result = run(tmp_path / "ws", str(tmp_path / "nowhere"), "--source", "greene2022")
    assert "does not exist" in str(result.exception)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    result = run(tmp_path / "ws", str(tmp_path / "in"), "--source", "greene2022")
    assert isinstance(result.exception, IceLinesError)
    assert "holds no .gpkg" in str(result.exception)
