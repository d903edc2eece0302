"""Names with a grammar, taken apart in one place each."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InvalidName, RecordError
from catalog.front import Interval, Origin
from catalog.release import Doi, Month, Release, ReleaseFile, ReleaseState, Version
from catalog.release_document import document_to_release, release_to_document
from catalog.scene import parse_product_name
from catalog.source import KNOWN_SOURCES, Source
from tests.factories import SHA, make_front, make_imported_front


def test_a_daily_front_is_named_by_unit_interval_second_and_source() -> None:
    assert make_front().id == "Amery_daily_20260912T081233_simulated"


def test_an_annual_front_is_named_by_its_day() -> None:
    assert make_imported_front().id == "Ross_annual_20200301_greene2022"


@pytest.mark.parametrize("unit", ["", "lower", "Two_Parts", "Ünit", "A b"])
def test_a_unit_name_with_other_characters_is_refused(unit: str) -> None:
    with pytest.raises(RecordError, match="unit name"):
        make_front(unit=unit)


def test_a_front_without_time_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(RecordError, match="UTC"):
        make_front(start=naive)


def test_an_imported_front_without_source_is_refused() -> None:
    with pytest.raises(RecordError, match="name its source"):
        make_front(origin=Origin.IMPORTED)


def test_series_never_mix_origin_source_or_interval() -> None:
    front = make_front()
    others = [make_imported_front(unit="Amery"), make_front(interval=Interval.MONTHLY)]
    assert all(other.series != front.series for other in others)


def test_a_full_product_name_is_taken_apart() -> None:
    name = parse_product_name(
        "S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_6541.SAFE"
    )
    assert (name.platform, name.mode, name.product_type) == ("sentinel-1a", "EW", "GRDM")
    assert name.polarisations == ("HH", "HV")
    assert name.end == datetime(2022, 11, 30, 1, 44, 46, tzinfo=UTC)
    assert (name.absolute_orbit, name.datatake) == (46117, "058549")


def test_a_cut_product_name_says_what_is_left() -> None:
    name = parse_product_name("S1A_EW_GRDM_1SDH_20161005T142446.tif")
    assert name.start == datetime(2016, 10, 5, 14, 24, 46, tzinfo=UTC)
    assert name.end is None


@pytest.mark.parametrize("text", ["", "S2A_MSIL1C", "S1A_EW_GRDM_1SDH_20169905T142446"])
def test_what_is_no_product_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidName):
        parse_product_name(text)


@given(st.integers(2014, 9999), st.integers(1, 12), st.integers(0, 99))
def test_versions_survive_being_written_and_read(year: int, month: int, correction: int) -> None:
    version = Version(year, month, correction)
    assert Version.parse(str(version)) == version


def test_versions_sort_by_time_and_correction() -> None:
    texts = ["2026.11.2", "2026.02", "2026.11", "2026.11.10"]
    in_order = sorted(map(Version.parse, texts))
    assert [str(v) for v in in_order] == ["2026.02", "2026.11", "2026.11.2", "2026.11.10"]


@pytest.mark.parametrize("text", ["2026.13", "2026.1", "2026.11.0", "v2026.11", "2026-11"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(InvalidName, match=r"YYYY\.MM"):
        Version.parse(text)


def test_december_is_followed_by_january() -> None:
    assert Month.parse("2026-12").following == Month(2027, 1)


def test_dois_are_deterministic() -> None:
    version = Version.parse("2026.11")
    assert str(Doi.of_version("10.5072", version)) == "10.5072/icelines.2026.11"
    assert Doi.of_concept("10.5072").url == "https://doi.org/10.5072/icelines"


@pytest.mark.parametrize("text", ["10.1/x", "doi:10.5072/x", "10.5072/", "10.5072/a b"])
def test_what_is_no_doi_is_refused(text: str) -> None:
    with pytest.raises(InvalidName):
        Doi(text)


def test_a_release_survives_being_written_and_read() -> None:
    release = Release(
        version=Version(2026, 11),
        state=ReleaseState.PUBLISHED,
        cut_off=date(2026, 10, 31),
        doi=Doi("10.5072/icelines.2026.11"),
        concept_doi=Doi("10.5072/icelines"),
        manifest_sha256=SHA,
        predecessor=Version(2026, 10),
        files=(ReleaseFile("fronts.gpkg", 12, SHA, "Fronts", "application/geopackage+sqlite3"),),
        included_sources=("greene2022",),
        has_simulated=False,
        dry_run=True,
        published_on=date(2026, 11, 3),
    )
    assert document_to_release(release_to_document(release)) == release


@pytest.mark.parametrize("name", ["", "G", "Greene", "with space", "a" * 41])
def test_a_source_name_that_cannot_stand_in_an_id_is_refused(name: str) -> None:
    with pytest.raises(InvalidName, match="source name"):
        Source(name=name, title="t", citation="c", licence="MIT")


def test_known_sources_have_citation_and_licence() -> None:
    assert all(source.citation and source.licence for source in KNOWN_SOURCES.values())
