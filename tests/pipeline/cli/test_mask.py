from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import xarray
from click.testing import CliRunner, Result
from shapely import MultiLineString

from catalog.cli.context import CommandContext
from catalog.corridor import corridors_of
from catalog.errors import IceLinesError, UnknownUnit
from catalog.front import Front, Status
from catalog.shelf import find_unit
from catalog.vanished_shelves import find_charted_unit
from pipeline.cli.mask import mask
from pipeline.errors import MaskError, VelocityError
from tests.catalog.records import open_store
from tests.factories import make_imported_front
from tests.pipeline.dated_fronts import day, front_at, line_at, outwards
from tests.pipeline.velocities import field_of, steady, write_netcdf

NOON = day("2024-03-15")
Mask = Callable[..., Result]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def ask(workspace: Path, tmp_path: Path) -> Mask:
    def run(*arguments: str) -> Result:
        fixed = ["--date", "2024-03-15", "--pixel", "2000", "--out", str(tmp_path / "out")]
        return CliRunner().invoke(
            mask, [*fixed, *arguments], obj=CommandContext(workspace), catch_exceptions=True
        )

    return run


def record(workspace: Path, *fronts: Front) -> None:
    with open_store(workspace) as store:
        store.record_fronts((front, []) for front in fronts)


def error_of(result: Result) -> IceLinesError:
    assert isinstance(result.exception, IceLinesError), result.exception
    return result.exception


def test_a_shelf_of_one_part_becomes_two_files(ask: Mask, workspace: Path, tmp_path: Path) -> None:
    record(workspace, front_at("Amery", 0.5, NOON - timedelta(days=6)))
    result = ask("--shelf", "Amery")
    assert result.exit_code == 0, result.exception
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["Amery_mask_20240315_simulated.nc", "Amery_mask_20240315_simulated.tif"]
    assert "Amery_daily_20240309T120000_simulated (the nearest front, 6.0 days" in result.output
    assert "Next: open one in QGIS" in result.output


def test_parts_may_have_different_fronts_or_none(
    ask: Mask, workspace: Path, tmp_path: Path
) -> None:
    record(
        workspace,
        front_at("Getz1", 0.5, NOON - timedelta(days=6)),
        front_at("Getz3", 0.5, NOON + timedelta(days=40)),
        front_at("Getz2", 0.5, NOON - timedelta(days=999)),
    )
    document = orjson.loads(ask("--shelf", "getz", "--json").stdout)
    uses = {part["part"]: part for part in document["parts"]}
    assert uses["Getz1"]["days_off"] == -6.0
    assert uses["Getz3"]["days_off"] == 40.0
    assert uses["Getz2"]["use"] == "unknown"
    assert "999 days earlier" in uses["Getz2"]["reason"]
    assert document["simulated"] is True
    assert all(Path(path).is_file() for path in document["files"])


def test_fronts_in_review_or_rejected_are_no_ground_for_a_mask(ask: Mask, workspace: Path) -> None:
    doubtful = [
        front_at("Amery", 0.5, NOON - timedelta(days=n), status=status)
        for n, status in enumerate((Status.IN_REVIEW, Status.REJECTED, Status.PROVISIONAL))
    ]
    record(workspace, *doubtful)
    assert "has no accepted front" in str(error_of(ask("--shelf", "Amery")))


def test_nothing_near_enough_is_refused_with_the_nearest(
    ask: Mask, workspace: Path, tmp_path: Path
) -> None:
    record(workspace, front_at("Amery", 0.5, NOON - timedelta(days=365)))
    error = error_of(ask("--shelf", "Amery", "--within", "100"))
    assert isinstance(error, MaskError)
    assert "nothing is known on 2024-03-15 within 100 days" in str(error)
    assert "the nearest front is 365 days earlier (Amery_daily_20230316" in str(error)
    assert "--within" in error.remedy
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--within", "--pixel"])
def test_what_is_no_number_is_refused(ask: Mask, workspace: Path, option: str) -> None:
    record(workspace, front_at("Amery", 0.5, NOON))
    assert isinstance(error_of(ask("--shelf", "Amery", option, "nan")), MaskError)


def test_with_a_velocity_the_earlier_front_is_moved(
    ask: Mask, workspace: Path, tmp_path: Path
) -> None:
    record(workspace, front_at("Amery", 0.5, NOON - timedelta(days=100)))
    x, y = outwards("Amery")
    west, south, _, _ = find_unit("Amery").region.buffer(30_000).bounds
    flow = field_of(steady(1_500 * x, 1_500 * y), west, south, 300_000, cell_m=2_000)
    velocity = write_netcdf(tmp_path / "velocity.nc", flow)
    result = ask("--shelf", "Amery", "--velocity", str(velocity), "--json")
    assert result.exit_code == 0, result.exception
    document = orjson.loads(result.stdout)
    (part,) = document["parts"]
    assert part["use"] == "advected"
    assert part["days_off"] == -100.0
    netcdf = next(path for path in document["files"] if path.endswith(".nc"))
    assert netcdf.endswith("Amery_mask_20240315_simulated_advected.nc")
    with xarray.open_dataset(netcdf) as opened:
        assert opened.attrs["velocity"] == "velocity.nc"
        assert "--velocity velocity.nc" in opened.attrs["history"]
        assert opened["mask"].attrs["front_use"] == "advected"


def test_a_velocity_that_is_none_is_refused(ask: Mask, workspace: Path, tmp_path: Path) -> None:
    record(workspace, front_at("Amery", 0.5, NOON - timedelta(days=100)))
    (tmp_path / "velocity.tif").write_text("no raster")
    error = error_of(ask("--shelf", "Amery", "--velocity", str(tmp_path / "velocity.tif")))
    assert isinstance(error, VelocityError)
    assert "cannot be read as ice velocity" in str(error)


def test_the_source_chooses_among_series(ask: Mask, workspace: Path) -> None:
    imported = make_imported_front(unit="Amery", shelf="Amery", line=line_at("Amery", 0.4))
    record(workspace, front_at("Amery", 0.5, NOON), imported)
    assert "Choose one with --source" in str(error_of(ask("--shelf", "Amery")))
    narrowed = ask("--shelf", "Amery", "--source", "greene2022", "--within", "9999", "--json")
    (part,) = orjson.loads(narrowed.stdout)["parts"]
    assert part["front"] == imported.id


def test_fronts_of_a_whole_shelf_serve_where_parts_have_none(ask: Mask, workspace: Path) -> None:
    whole = make_imported_front(unit="Getz", shelf="Getz", line=line_at("Getz", 0.5), start=NOON)
    record(workspace, whole)
    (part,) = orjson.loads(ask("--shelf", "Getz", "--json").stdout)["parts"]
    assert part["part"] == "Getz"


def test_a_shelf_that_vanished_has_a_mask_of_the_day_when_it_was(
    ask: Mask, workspace: Path
) -> None:
    unit = find_charted_unit("LarsenB")
    (corridor,) = corridors_of(unit)
    line = MultiLineString([corridor.points_at(0.8 * corridor.depth_m)])
    record(workspace, make_imported_front(unit="LarsenB", shelf="LarsenB", line=line, start=NOON))
    (part,) = orjson.loads(ask("--shelf", "Larsen B", "--json").stdout)["parts"]
    assert (part["part"], part["use"]) == ("LarsenB", "nearest")
    assert part["ice_area_km2"] > 5_000.0


def test_a_shelf_that_vanished_and_has_no_front_near_the_day_is_refused(
    ask: Mask, workspace: Path
) -> None:
    assert "has no accepted front" in str(error_of(ask("--shelf", "Wordie")))


@pytest.mark.parametrize("name", ["LarsenD", "Atlantis"])
def test_a_shelf_that_is_on_no_chart_is_refused(ask: Mask, name: str) -> None:
    error = error_of(ask("--shelf", name))
    assert isinstance(error, UnknownUnit)
    assert "is no shelf or part of the table" in str(error)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--shelf", "Amery", "--date", "15.3.2024"],
        ["--shelf", "Amery", "--date", "2024-02-30"],
        ["--shelf", "Amery", "--pixel", "0"],
        ["--shelf", "Amery", "--within", "-1"],
        [],
    ],
)
def test_what_is_used_wrongly_ends_with_2(ask: Mask, arguments: list[str]) -> None:
    assert ask(*arguments).exit_code == 2


def test_help_shows_an_example(ask: Mask) -> None:
    assert "icelines mask --date 2024-03-15 --shelf Amery" in ask("--help").output
