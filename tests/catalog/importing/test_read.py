from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from shapely import LineString, MultiLineString

from catalog.canonical import sha256_of_file
from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.importing.errors import UnreadableFile
from catalog.importing.read import Outcome, ReadOptions, read_fronts
from catalog.importing.remarks import Notice, Problem
from catalog.lineage import InputKind
from catalog.shelf import find_unit
from catalog.source import KNOWN_SOURCES
from tests.catalog.importing.files import (
    AMERY,
    AMERY_LATER,
    broken,
    write,
    write_icelines,
    write_without_layers,
)

GREENE, DLR, COBRA = (KNOWN_SOURCES[name] for name in ("greene2022", "icelines-dlr", "cobra"))
ANNUAL = ReadOptions(interval=Interval.ANNUAL)
S1NAME = "S1A_EW_GRDM_1SDH_20210415T151122_20210415T151226_037469_046B0A_77F1"


def read(path: Path, options: ReadOptions = ANNUAL) -> list[Outcome]:
    return list(read_fronts(path, GREENE, options))


def fronts_of(outcomes: list[Outcome]) -> list[Front]:
    return [outcome for outcome in outcomes if isinstance(outcome, Front)]


def problems_of(outcomes: list[Outcome]) -> list[Problem]:
    return [outcome for outcome in outcomes if isinstance(outcome, Problem)]


def icelines(path: Path) -> list[Outcome]:
    return list(read_fronts(path, DLR, ReadOptions()))


# --- what a front is given -------------------------------------------------------------------


def test_a_front_carries_its_source_its_file_and_its_fields(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], DATE_=["2020-03-14"], n=[7])
    (front,) = fronts_of(read(path))
    assert front.id == "Amery_annual_20200314_greene2022"
    assert (front.origin, front.status) == (Origin.IMPORTED, Status.ACCEPTED)
    assert front.imported_from == GREENE
    assert dict(front.attributes) == {"shelf": "Amery", "DATE_": "2020-03-14", "n": "7"}
    (source,) = front.lineage.inputs
    assert (source.kind, source.name) == (InputKind.FILE, "a.gpkg")
    assert source.sha256 == sha256_of_file(path)


def test_a_line_in_epsg_3031_is_kept_exactly(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], DATE_=["2020"])
    (front,) = fronts_of(read(path))
    assert shapely.get_coordinates(front.line).tolist() == [list(p) for p in AMERY.coords]


def test_a_line_in_lonlat_comes_to_the_same_place(tmp_path: Path) -> None:
    import geopandas as gpd

    lonlat = gpd.GeoSeries([AMERY], crs="EPSG:3031").to_crs("EPSG:4326").iloc[0]
    path = write(tmp_path / "a.geojson", [lonlat], "EPSG:4326", shelf=["Amery"], date=["2020"])
    (front,) = fronts_of(read(path))
    assert front.line.hausdorff_distance(AMERY) < 0.1  # GeoJSON keeps 7 decimals
    assert front.lineage.parameters["source_crs"] == "EPSG:4326"


def test_the_area_behind_a_front_of_the_table_is_measured(tmp_path: Path) -> None:
    lines = [AMERY, AMERY_LATER]
    dates = ["20200101", "20210101"]
    path = write(tmp_path / "a.gpkg", lines, shelf=["Amery"] * 2, date=dates)
    first, second = fronts_of(read(path))
    assert first.area_km2 is not None
    assert second.area_km2 is not None
    assert 400 < second.area_km2 - first.area_km2 < 480  # 220 km wide, 2 km farther out


def test_a_front_that_does_not_cross_its_region_has_no_area(tmp_path: Path) -> None:
    half = LineString(AMERY.coords[:2])
    path = write(tmp_path / "a.gpkg", [half], shelf=["Amery"], date=["2020"])
    (front,) = fronts_of(read(path))
    assert front.area_km2 is None


def test_a_composite_with_a_day_is_an_instant_and_a_daily_front_a_day(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], date=["2020-03-14"])
    (annual,) = fronts_of(read(path))
    (daily,) = fronts_of(read(path, ReadOptions(interval=Interval.DAILY)))
    day = datetime(2020, 3, 14, tzinfo=UTC)
    assert annual.start == annual.end == day
    assert (daily.start, daily.end) == (day, datetime(2020, 3, 14, 23, 59, 59, tzinfo=UTC))


def test_a_year_alone_is_the_whole_year(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], year=[2020])
    (front,) = fronts_of(read(path))
    assert (front.start.date().isoformat(), front.end.date().isoformat()) == (
        "2020-01-01",
        "2020-12-31",
    )


def test_fields_and_units_can_be_named(tmp_path: Path) -> None:
    columns = {"place": ["Amery"], "seen": ["20200314"], "date": ["19990101"]}
    path = write(tmp_path / "a.gpkg", [AMERY], "EPSG:3031", None, **columns)
    named = ReadOptions(unit_field="place", date_field="seen", interval=Interval.ANNUAL)
    (front,) = fronts_of(read(path, named))
    assert front.id == "Amery_annual_20200314_greene2022"
    (for_all,) = fronts_of(read(path, ReadOptions(unit="West", interval=Interval.ANNUAL)))
    assert for_all.id == "West_annual_19990101_greene2022"


def test_how_a_file_was_understood_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], DATE_=["2020-03-14"])
    (notice,) = (o for o in read(path, ReadOptions()) if isinstance(o, Notice))
    assert "shelf from field shelf, date from field DATE_, interval daily" in notice.text


# --- repeated, united, contradicting ----------------------------------------------------------


def test_identical_features_become_one_front(tmp_path: Path) -> None:
    lines = [AMERY, AMERY.reverse(), AMERY]
    path = write(tmp_path / "a.gpkg", lines, shelf=["Amery"] * 3, date=["2020"] * 3)
    (front,) = fronts_of(read(path))
    assert front.line == MultiLineString([AMERY])


def test_pieces_of_one_day_become_one_front(tmp_path: Path) -> None:
    pieces = [LineString(AMERY.coords[:2]), LineString(AMERY.coords[1:])]
    path = write(
        tmp_path / "a.gpkg", pieces, shelf=["Amery"] * 2, date=["2020"] * 2, note=["west", "east"]
    )
    (front,) = fronts_of(read(path))
    assert len(front.line.geoms) == 2
    assert front.attributes["note"] == "west; east"
    assert front.area_km2 is not None


def test_a_front_that_another_file_repeats_comes_once(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        write(tmp_path / name, [AMERY], shelf=["Amery"], date=["2020"])
    outcomes = read(tmp_path)
    assert len(fronts_of(outcomes)) == 1
    assert problems_of(outcomes) == []


def test_a_front_that_another_file_contradicts_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], date=["2020"])
    write(tmp_path / "sub" / "b.gpkg", [AMERY_LATER], shelf=["Amery"], date=["2020"])
    outcomes = read(tmp_path)
    (front,) = fronts_of(outcomes)
    assert front.line == MultiLineString([AMERY])
    (problem,) = problems_of(outcomes)
    assert problem.where == "sub/b.gpkg"
    assert "another line for Amery_annual_20200101_greene2022 than a.gpkg" in problem.fault


# --- the IceLines download --------------------------------------------------------------------


def test_the_download_layout_is_read_with_every_variant_of_its_names(tmp_path: Path) -> None:
    files = tmp_path / "files"
    write_icelines(files / "Amery/annual/fronts/2021noQ1_mean-Amery.gpkg")
    write_icelines(files / "Amery/annual/fronts/2020_mean-Amery.gpkg")
    write_icelines(files / "Amery/quarterly/fronts/2021Q1_mean-Amery.gpkg")
    write_icelines(files / "Amery/quarterly/fronts/2021Q2__mean-Amery.gpkg")
    write_icelines(files / "Amery/monthly/fronts/1SSH_202104-Amery.gpkg", s1name=S1NAME)
    write_icelines(files / "Amery/monthly/fronts/202105_mean-Amery.gpkg")
    write_icelines(files / "Amery/daily/fronts/1SDH_20210415_046B0A-Amery.gpkg", s1name=S1NAME)
    write_icelines(files / "Amery/daily/fronts-eliminated/1SSH_20210416_046B0B-Amery.gpkg")
    outcomes = icelines(files)
    assert problems_of(outcomes) == []
    assert sorted(front.id for front in fronts_of(outcomes)) == [
        "Amery_annual_20200101_icelines-dlr",
        "Amery_annual_20210401_icelines-dlr",
        "Amery_daily_20210415T151122_icelines-dlr",
        "Amery_daily_20210416_icelines-dlr",
        "Amery_monthly_20210401_icelines-dlr",
        "Amery_monthly_20210501_icelines-dlr",
        "Amery_quarterly_20210101_icelines-dlr",
        "Amery_quarterly_20210401_icelines-dlr",
    ]


def test_eliminated_fronts_come_as_rejected_by_their_source(tmp_path: Path) -> None:
    write_icelines(tmp_path / "Amery/daily/fronts-eliminated/1SSH_20210416_1-Amery.gpkg")
    (front,) = fronts_of(icelines(tmp_path))
    assert (front.status, front.reasons) == (Status.REJECTED, (Reason.ELIMINATED_BY_SOURCE,))


def test_the_line_that_a_download_repeats_comes_once(tmp_path: Path) -> None:
    path = tmp_path / "2021Q1_mean-Amery.gpkg"
    write_icelines(path, copies=4)
    (front,) = fronts_of(icelines(path))
    assert front.line == MultiLineString([AMERY])


def test_a_daily_front_takes_its_time_from_the_scene(tmp_path: Path) -> None:
    path = write_icelines(tmp_path / "1SDH_20210415_046B0A-Amery.gpkg", s1name=S1NAME)
    (front,) = fronts_of(icelines(path))
    assert front.start == datetime(2021, 4, 15, 15, 11, 22, tzinfo=UTC)
    assert front.end == datetime(2021, 4, 15, 15, 12, 26, tzinfo=UTC)
    assert front.attributes["sentinel1_product"] == S1NAME
    assert front.attributes["polarisation"] == "HH+HV"
    assert front.attributes["version"] == "1"


def test_a_scene_of_another_day_does_not_move_a_front(tmp_path: Path) -> None:
    path = write_icelines(tmp_path / "1SDH_20210416_046B0A-Amery.gpkg", s1name=S1NAME)
    (front,) = fronts_of(icelines(path))
    assert front.id == "Amery_daily_20210416_icelines-dlr"


def test_two_passes_of_one_day_are_two_fronts(tmp_path: Path) -> None:
    later = S1NAME.replace("T151122", "T171122").replace("T151226", "T171226")
    write_icelines(tmp_path / "1SDH_20210415_1-Amery.gpkg", s1name=S1NAME)
    write_icelines(tmp_path / "1SDH_20210415_2-Amery.gpkg", AMERY_LATER, s1name=later)
    assert len(fronts_of(icelines(tmp_path))) == 2


def test_a_numbered_part_of_the_download_is_that_part(tmp_path: Path) -> None:
    part = find_unit("Getz3")
    line = LineString([(-1_200_000.0, -1_190_000.0), (-1_450_000.0, -1_080_000.0)])
    write_icelines(tmp_path / "2021Q1_mean-Getz3.gpkg", line)
    (front,) = fronts_of(icelines(tmp_path))
    assert (front.unit, front.shelf) == (part.name, "Getz")


# --- what is wrong does not stop the rest -----------------------------------------------------


def test_each_bad_feature_is_named_and_the_good_ones_come(tmp_path: Path) -> None:
    lines = [
        AMERY,
        None,
        LineString(),
        broken("LINESTRING (2200000 700000, NaN 710000)"),
        LineString([(70.0, -69.0), (71.0, -69.0)]),
        AMERY_LATER,
        AMERY,
        AMERY_LATER,
    ]
    shelf = ["Amery"] * 7 + [None]
    date = ["2001", "2002", "2003", "2004", "2005", "20061341", None, "2008"]
    path = write(tmp_path / "a.gpkg", lines, shelf=shelf, date=date)
    outcomes = read(path)
    assert [front.start.year for front in fronts_of(outcomes)] == [2001]
    faults = {problem.feature: problem.fault for problem in problems_of(outcomes)}
    assert faults == {
        2: "has no geometry.",
        3: "has no geometry.",
        4: "has coordinates that are no numbers (NaN or infinite).",
        5: "lies at the South Pole, as degrees do that are taken for metres.",
        6: "'20061341' is no date.",
        7: "has no date.",
        8: "'' is no name of a shelf.",
    }
    assert all(problem.remedy and problem.where == "a.gpkg" for problem in problems_of(outcomes))


def test_each_bad_file_is_named_and_the_good_ones_come(tmp_path: Path) -> None:
    good = write(tmp_path / "good.gpkg", [AMERY], shelf=["Amery"], date=["2020"])
    (tmp_path / "cut.gpkg").write_bytes(good.read_bytes()[:20_000])
    (tmp_path / "empty.gpkg").touch()
    (tmp_path / "text.geojson").write_text("not a vector file")
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04")
    write_without_layers(tmp_path / "layers.gpkg")
    write(tmp_path / "nocrs.shp", [AMERY], None, shelf=["Amery"], date=["2020"])
    write(tmp_path / "nodate.gpkg", [AMERY], shelf=["Amery"])
    write(tmp_path / "noshelf.gpkg", [AMERY], date=["2020"])
    write(tmp_path / "none.gpkg", [], shelf=[], date=[])
    write_icelines(tmp_path / "1SSH_202113-Amery.gpkg")
    outcomes = read(tmp_path)
    assert [front.id for front in fronts_of(outcomes)] == ["Amery_annual_20200101_greene2022"]
    assert {problem.where for problem in problems_of(outcomes)} == {
        "1SSH_202113-Amery.gpkg", "cut.gpkg", "cut.zip", "empty.gpkg", "layers.gpkg", "nocrs.shp",
        "nodate.gpkg", "none.gpkg", "noshelf.gpkg", "text.geojson",
    }  # fmt: skip
    assert all(problem.fault and problem.remedy for problem in problems_of(outcomes))


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Amery"], date=["2020"])

    def refuse(_: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("catalog.importing.vector.sha256_of_file", refuse)  # root may read all
    (problem,) = problems_of(read(path))
    assert problem.fault == "cannot be opened (Permission denied)."


def test_a_file_in_a_system_of_the_other_pole_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], "EPSG:3413", shelf=["Amery"], date=["2020"])
    (problem,) = problems_of(read(path))
    assert "outside of the Antarctic" in problem.fault
    assert "--crs" in problem.remedy
    (front,) = fronts_of(read(path, ReadOptions(interval=Interval.ANNUAL, crs="EPSG:3031")))
    assert front.unit == "Amery"


def test_an_unknown_shelf_is_said_and_imported_as_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [AMERY], shelf=["Larsen_B"], date=["2020"])
    outcomes = read(path)
    (front,) = fronts_of(outcomes)
    assert (front.unit, front.shelf, front.area_km2) == ("LarsenB", "LarsenB", None)
    texts = [o.text for o in outcomes if isinstance(o, Notice)]
    assert any("Larsen_B (as LarsenB, written like LarsenC)" in text for text in texts)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="holds no"):
        read(tmp_path)


# --- real files -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_fronts(shared_data: Path) -> list[Front]:
    path = shared_data / "fronts" / "greene2022_fronts_epsg3031.gpkg"
    outcomes = read(path, ReadOptions())
    assert problems_of(outcomes) == []
    return fronts_of(outcomes)


def test_648_real_fronts_of_27_shelves_are_read(real_fronts: list[Front]) -> None:
    fronts = real_fronts
    assert len({front.id for front in fronts}) == 648
    assert set(Counter(front.unit for front in fronts).values()) == {24}
    assert {front.interval for front in fronts} == {Interval.ANNUAL}
    unmeasured = {front.unit for front in fronts if front.area_km2 is None}
    assert unmeasured == {
        "Baudouin", "CongerGlenzer", "Fimbul", "Land", "LarsenB", "LarsenD", "Ninnis", "Ronne",
        "Voyeykov", "Wordie",
    }  # fmt: skip


def test_the_great_calvings_stand_in_the_areas_of_the_real_fronts(
    real_fronts: list[Front],
) -> None:
    area = {front.id: front.area_km2 or 0.0 for front in real_fronts}

    def lost(unit: str, before: str, after: str) -> float:
        first, last = (f"{unit}_annual_{day}_greene2022" for day in (before, after))
        return area[first] - area[last]

    # B-15 in 2000, C-19 in 2002, A-68 in 2017: about 11,000, 5,500 and 5,800 km2 of ice.
    assert 10_500 < lost("EasternRoss", "19971001", "20000314") < 12_000
    assert 5_000 < lost("WesternRoss", "20020315", "20030315") < 6_000
    assert 5_200 < lost("LarsenC", "20170315", "20180315") < 6_000


def test_62_real_fronts_are_read_from_their_product_names(shared_data: Path) -> None:
    path = shared_data / "fronts" / "cobra_predictions_baumhoer.geojson"
    outcomes = list(read_fronts(path, COBRA, ReadOptions()))
    fronts = fronts_of(outcomes)
    assert problems_of(outcomes) == []
    assert len({front.id for front in fronts}) == 62
    getz = next(front for front in fronts if front.unit == "Getz-1")
    assert (getz.shelf, getz.id) == ("Getz", "Getz-1_daily_20180618_cobra")
    assert getz.attributes["sentinel1_product"].startswith("S1A_EW_GRDM_1SDH_2018-06-18")
