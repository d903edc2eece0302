"""`icelines discover` and its step of the month: told where to look, or saying that nobody did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalog.cli import program
from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob, registered_steps
from catalog.errors import SettingsError
from catalog.release import Month
from catalog.shelf import find_part
from pipeline.discovery.archives import ARCHIVES, ArchiveSettings, chosen_archive
from pipeline.discovery.candidate_ledger import candidates_on_record
from pipeline.month import DISCOVER
from tests.catalog.records import open_store
from tests.pipeline.discovery.archive_server import ArchiveServer, page_of, running
from tests.pipeline.discovery.items import NAME, make_item, place_over

# A month that is over whenever the test runs: the command reads the real clock.
PAST = NAME.replace("2026", "2022")
MONTH = "2022-09"


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    item = make_item(PAST, place_over(find_part("Amery")))
    with running(ArchiveServer(lambda _: page_of([item, {"id": "x"}]))) as started:
        yield started


def discover(folder: Path, *options: str) -> Result:
    arguments = ["--workspace", str(folder), "discover", "--month", MONTH, *options]
    return CliRunner().invoke(program, arguments)


def test_scenes_and_gaps_are_recorded_and_told(tmp_path: Path, server: ArchiveServer) -> None:
    result = discover(tmp_path, "--endpoint", server.address, "--shelf", "Amery", "--part", "Getz1")
    assert result.exit_code == 0, result.output
    assert "1 scenes of 2022-09" in result.stdout
    assert "1 new" in result.stdout
    assert "without a scene: Getz1" in result.stdout
    assert "icelines fetch --month 2022-09" in result.stdout
    assert "x: it is no STAC item." in result.stderr
    with open_store(tmp_path) as store:
        assert [one.parts for one in candidates_on_record(store)] == [("Amery",)]
        assert [seen.unit for seen in store.observations()] == ["Getz1"]


def test_machines_get_one_document(tmp_path: Path, server: ArchiveServer) -> None:
    result = discover(tmp_path, "--endpoint", server.address, "--shelf", "Amery", "--json")
    document = json.loads(result.stdout)
    assert document["scenes"][0]["product"] == PAST
    assert document["refused"] == [{"item": "x", "fault": "it is no STAC item"}]
    assert document["archive"] == server.address


def test_a_listing_leaves_the_workspace_alone(tmp_path: Path, server: ArchiveServer) -> None:
    result = discover(tmp_path, "--endpoint", server.address, "--shelf", "Amery", "--list-only")
    assert f"{PAST}  Amery" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_shelf_stands_for_all_its_parts(tmp_path: Path, server: ArchiveServer) -> None:
    result = discover(tmp_path, "--endpoint", server.address, "--shelf", "getz", "--json")
    assert json.loads(result.stdout)["without_scene"] == ["Getz1", "Getz2", "Getz3"]


@pytest.mark.parametrize(
    "option", [("--mode", "EW"), ("--platform", "S1C"), ("--product-type", "GRDH")]
)
def test_a_narrowed_search_records_no_gap(
    tmp_path: Path, server: ArchiveServer, option: tuple[str, str]
) -> None:
    discover(tmp_path, "--endpoint", server.address, "--part", "Getz1", *option)
    with open_store(tmp_path) as store:
        assert store.observations() == ()


@pytest.mark.parametrize("text", ["S1A", "1a", "A", "sentinel-1a", "S1-A"])
def test_platforms_are_known_however_they_are_written(
    tmp_path: Path, server: ArchiveServer, text: str
) -> None:
    options = ("--endpoint", server.address, "--part", "Amery", "--platform", text, "--json")
    assert len(json.loads(discover(tmp_path, *options).stdout)["scenes"]) == 1


def test_a_platform_that_is_none_is_used_wrongly(tmp_path: Path) -> None:
    result = discover(tmp_path, "--endpoint", "copernicus", "--platform", "S2A")
    assert result.exit_code == 2
    assert "use S1A" in result.stderr


def test_nobody_named_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ICELINES_ARCHIVE_ENDPOINT", raising=False)
    result = discover(tmp_path)
    assert isinstance(result.exception, SettingsError)
    assert "ICELINES_ARCHIVE_ENDPOINT" in str(result.exception)


def test_an_archive_that_cannot_be_reached_records_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICELINES_ARCHIVE_BACKOFF_S", "0")
    result = discover(tmp_path, "--endpoint", "http://127.0.0.1:9/")
    assert "cannot be reached" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def month_job(folder: Path) -> MonthJob:
    return MonthJob(CommandContext(folder), Month.parse(MONTH), None, (), False)


def test_the_step_comes_before_processing() -> None:
    names = [step.name for step in registered_steps()]
    assert names.index("discover") < names.index("process")


def test_the_step_does_nothing_without_an_archive_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ICELINES_ARCHIVE_ENDPOINT", raising=False)
    report = DISCOVER.run(month_job(tmp_path))
    assert report.summary.startswith("no archive is configured, nothing was looked for")
    assert report.failures == ()
    assert list(tmp_path.iterdir()) == []


def test_the_step_searches_every_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ArchiveServer
) -> None:
    monkeypatch.setenv("ICELINES_ARCHIVE_ENDPOINT", server.address)
    report = DISCOVER.run(month_job(tmp_path))
    assert report.summary.startswith("1 scenes of 2022-09")
    with open_store(tmp_path) as store:
        assert len(store.observations()) == 50


# --- which archive ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ARCHIVES)
def test_known_archives_go_by_their_names(name: str) -> None:
    archive = chosen_archive(ArchiveSettings(), name.upper())
    assert archive == ARCHIVES[name]


def test_an_option_goes_before_the_setting_and_leaves_its_token_behind() -> None:
    settings: Any = {"endpoint": "copernicus", "collection": "mine", "token": "hush"}
    configured = ArchiveSettings(**settings)
    assert (chosen := chosen_archive(configured)) is not None
    assert chosen.collection == "mine"
    assert chosen.token is not None
    assert (other := chosen_archive(configured, "earth-search")) is not None
    assert (other.collection, other.token) == ("sentinel-1-grd", None)


@pytest.mark.parametrize("text", ["nowhere", "file:///data", "ftp://h.org/x", "https://", "s3://b"])
def test_what_is_no_archive_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="neither a known archive nor an http address"):
        chosen_archive(ArchiveSettings(), text)


def test_modes_are_set_as_a_list_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICELINES_ARCHIVE_MODES", "EW, IW")
    assert ArchiveSettings().modes == ("EW", "IW")
