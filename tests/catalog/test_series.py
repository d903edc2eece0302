"""Time series: rows of fronts and gaps, the same in CSV and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from pyarrow import parquet
from shapely import MultiLineString

from catalog.cli.context import CommandContext
from catalog.cli.series import series
from catalog.columns import BY_NAME, SERIES_COLUMNS
from catalog.corridor import corridors_of
from catalog.errors import NotRecorded
from catalog.front import Front, Interval, JoinedPart, Origin, Status
from catalog.lineage import Lineage
from catalog.observation import Observation, ObservationKind
from catalog.series import NAMES, Licence, Row, series_rows
from catalog.series_files import series_csv, write_series
from catalog.settings import load_settings
from catalog.shelf import find_unit
from catalog.store import CatalogStore
from catalog.vanished_shelves import find_charted_unit
from tests.factories import make_front, make_imported_front


def dated_line(unit: str, share: float) -> MultiLineString:
    """The front of a unit at a share of every path."""
    (corridor,) = corridors_of(find_charted_unit(unit))
    return MultiLineString([corridor.points_at(share * corridor.depth_m)])


UNIT = find_unit("Venable")
(CORRIDOR,) = corridors_of(UNIT)
START = datetime(2026, 1, 5, 7, tzinfo=UTC)
LICENCE = Licence("CC-BY-4.0", "IceLines. Somebody.")


def line_at(share: float, moved_m: float = 0.0) -> MultiLineString:
    return MultiLineString([CORRIDOR.points_at(share * CORRIDOR.depth_m + moved_m)])


def front_after(days: float, moved_m: float, **changes: Any) -> Front:
    fields: dict[str, Any] = {
        "unit": "Venable",
        "shelf": "Venable",
        "start": START + timedelta(days=days),
        "line": line_at(0.5, moved_m),
        "area_km2": 3_000.0 + moved_m / 100,
    }
    return make_front(**{**fields, **changes})


FRONTS = (
    front_after(0, 0.0),
    front_after(12, 100.0),
    front_after(24, 5_000.0, status=Status.IN_REVIEW),
    front_after(36, 300.0),
)
GAP = Observation("Venable", START + timedelta(days=30), ObservationKind.GAP, "no acquisition")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(tmp_path)) as opened:
        opened.record_fronts((front, ()) for front in FRONTS)
        opened.record_observations([GAP])
        yield opened


def rows_of(store: CatalogStore) -> list[Row]:
    return series_rows(store.stored_fronts(), store.observations(), LICENCE)


def test_there_is_a_row_for_each_front_and_each_gap_in_time(store: CatalogStore) -> None:
    rows = rows_of(store)
    assert [row["state"] for row in rows].count("observed") == 4
    (gap,) = (row for row in rows if row["state"] == "gap")
    assert (gap["reasons"], gap["id"], gap["origin"]) == ("no acquisition", None, "simulated")
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    assert all(tuple(row) == NAMES for row in rows)


def test_a_front_is_compared_with_the_last_accepted_one(store: CatalogStore) -> None:
    first, second, doubtful, last = (row for row in rows_of(store) if row["id"])
    assert first["days_since_last"] is None
    assert first["advance_mean_m"] is None
    assert second["days_since_last"] == doubtful["days_since_last"] / 1.0 == 12.0
    assert doubtful["advance_mean_m"] == pytest.approx(4_900.0, rel=0.02)
    assert last["days_since_last"] == 24.0
    assert last["advance_mean_m"] == pytest.approx(200.0, rel=0.02)
    assert last["advance_mean_m_per_day"] == pytest.approx(last["advance_mean_m"] / 24, abs=1e-3)
    assert last["area_change_km2"] == pytest.approx(2.0)


def test_uncertainties_stand_beside_what_they_belong_to(store: CatalogStore) -> None:
    last = [row for row in rows_of(store) if row["id"]][-1]
    assert last["area_change_uncertainty_km2"] == pytest.approx(
        2**0.5 * last["area_uncertainty_km2"], rel=0.01
    )
    assert last["path_uncertainty_m"] == pytest.approx(57.0 * 2**0.5, abs=1e-3)
    assert 0 < last["advance_mean_uncertainty_m"] < last["path_uncertainty_m"]


def test_provenance_travels_in_each_row(store: CatalogStore) -> None:
    first = rows_of(store)[0]
    stored = store.get("fronts-daily", FRONTS[0].id)
    assert (first["revision"], first["digest"]) == (1, stored.digest)
    assert first["scenes"] == "SIM_EW_GRDM_1SDH_20260912T081233_Amery"
    assert first["licence"] == "CC-BY-4.0"


def test_series_are_never_mixed(store: CatalogStore) -> None:
    other = make_imported_front(unit="Venable", shelf="Venable", start=START + timedelta(days=5))
    monthly = front_after(6, 50.0, interval=Interval.MONTHLY, end=START + timedelta(days=30))
    store.record_fronts([(other, ()), (monthly, ())])
    rows = {row["id"]: row for row in rows_of(store)}
    assert rows[other.id]["days_since_last"] is None
    assert rows[other.id]["licence"] == "MIT"
    assert rows[monthly.id]["days_since_last"] is None


def test_averages_state_the_days_they_are_made_of_and_shelves_those_of_their_parts(
    store: CatalogStore,
) -> None:
    days = tuple((START + timedelta(days=after)).date() for after in (0, 12))
    monthly = front_after(
        0, 50.0, interval=Interval.MONTHLY, end=START + timedelta(days=20), dates=days
    )
    parts = (JoinedPart("Venable1", "some-front", days[:1], 0.0), JoinedPart("Venable2"))
    joined = front_after(60, 0.0, dates=days[:1], parts=parts)
    store.record_fronts([(monthly, ()), (joined, ())])
    rows = {row["id"]: row for row in rows_of(store)}
    assert rows[monthly.id]["dates"] == "2026-01-05 2026-01-17"
    assert rows[monthly.id]["parts"] is None
    assert rows[joined.id]["parts"] == "Venable1 2026-01-05; Venable2 missing"
    assert rows[FRONTS[0].id]["dates"] is None


def test_a_rejected_front_says_so_and_is_compared_with_nothing_later(store: CatalogStore) -> None:
    store.revise_front(FRONTS[1].with_verdict(Status.REJECTED, ()))
    rows = [row for row in rows_of(store) if row["id"]]
    assert rows[1]["state"] == "rejected"
    assert rows[3]["days_since_last"] == 36.0


def test_a_unit_without_a_region_has_no_advance(store: CatalogStore) -> None:
    fronts = [
        make_imported_front(unit="Atlantis", shelf="Atlantis", start=START + timedelta(days=days))
        for days in (0, 400)
    ]
    store.record_fronts((front, ()) for front in fronts)
    row = next(row for row in rows_of(store) if row["id"] == fronts[1].id)
    assert row["days_since_last"] == 400.0
    assert row["advance_mean_m"] is None


def test_a_shelf_that_vanished_retreats_to_its_reference(store: CatalogStore) -> None:
    fronts = [
        make_imported_front(
            unit="LarsenB",
            shelf="LarsenB",
            start=START + timedelta(days=365 * years),
            line=dated_line("LarsenB", share),
        )
        for years, share in enumerate((0.6, 0.1))
    ]
    store.record_fronts((front, ()) for front in fronts)
    gone = next(row for row in rows_of(store) if row["id"] == fronts[1].id)
    assert gone["advance_mean_m"] < -10_000.0
    assert gone["compared_share"] == 1.0


def test_where_both_origins_are_a_gap_asks_for_its_scene(store: CatalogStore) -> None:
    ours = front_after(3, 0.0, origin=Origin.SENTINEL1, source="sentinel1", lineage=Lineage())
    store.record_fronts([(ours, ())])
    seen = replace(GAP, scene_id="S1A_EW_1")
    scenes = {"S1A_EW_1": Origin.SENTINEL1}
    for gap, origin in ((GAP, None), (seen, "sentinel1")):
        rows = series_rows(store.stored_fronts(), [gap], LICENCE, scenes.get)
        assert [row["origin"] for row in rows if row["state"] == "gap"] == [origin]
        assert [row["source"] for row in rows if row["state"] == "gap"] == [origin]


def test_both_files_hold_the_same_rows(store: CatalogStore, tmp_path: Path) -> None:
    rows = rows_of(store)
    csv_path, parquet_path = write_series(tmp_path, "Venable", rows)
    table = parquet.read_table(parquet_path).to_pylist()
    assert [{name: row[name] for name in NAMES} for row in table] == rows
    with csv_path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["id"] for line in lines] == [row["id"] or "" for row in rows]
    assert float(lines[-1]["area_km2"]) == rows[-1]["area_km2"]


def test_the_same_rows_give_the_same_bytes(store: CatalogStore, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_series(tmp_path / "a", "Venable", rows_of(store))]
    again = [path.read_bytes() for path in write_series(tmp_path / "b", "Venable", rows_of(store))]
    assert first == again


def test_units_and_meanings_stand_in_the_parquet_file(tmp_path: Path) -> None:
    _, path = write_series(tmp_path, "Nothing", [])
    field = parquet.read_schema(path).field("advance_mean_m_per_day")
    assert field.metadata[b"unit"] == b"m/d"


def test_an_empty_series_is_a_header() -> None:
    assert series_csv([]).decode().split("\n")[0].split(",") == list(NAMES)


def test_columns_that_a_front_has_are_those_of_the_dictionary() -> None:
    shared = {column.name for column in SERIES_COLUMNS} & set(BY_NAME)
    own = {column.name: column for column in SERIES_COLUMNS}
    differing = {name for name in shared if own[name] is not BY_NAME[name]}
    assert differing == {"area_change_km2"}  # against the last accepted front of the series
    assert len(own) == len(SERIES_COLUMNS)


def test_the_command_writes_a_pair_for_each_shelf(tmp_path: Path, store: CatalogStore) -> None:
    assert store.fronts()
    result = CliRunner().invoke(
        series,
        ["--shelf", "venable ice shelf", "--out", str(tmp_path / "out"), "--json"],
        obj=CommandContext(tmp_path),
    )
    assert result.exit_code == 0, result.exception
    names = [Path(path).name for path in orjson.loads(result.stdout)["files"]]
    assert names == ["Venable_series.csv", "Venable_series.parquet"]
    assert orjson.loads(result.stdout)["rows"] == 5


def test_the_command_says_when_there_is_nothing(tmp_path: Path) -> None:
    arguments = ["--source", "nobody", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(series, arguments, obj=CommandContext(tmp_path / "empty"))
    assert isinstance(result.exception, NotRecorded)
    assert not (tmp_path / "out").exists()
