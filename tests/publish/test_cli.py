"""The commands as people and machines use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.cli import program
from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob
from catalog.errors import IceLinesError
from catalog.publisher import template_text
from catalog.release import Month, ReleaseState, Version
from publish.month import RELEASE
from tests.publish.datacite_server import PASSWORD, USER, DataCiteServer
from tests.publish.records import DECEMBER, NOVEMBER, House


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "URL"):
        monkeypatch.delenv(f"ICELINES_DATACITE_{name}", raising=False)
    monkeypatch.delenv("ICELINES_PUBLIC_URL", raising=False)


def icelines(house: House, *arguments: str) -> Result:
    command = ["--workspace", str(house.workspace.root), *arguments]
    return CliRunner().invoke(program, command, standalone_mode=False)


def use(datacite: DataCiteServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICELINES_DATACITE_USER", USER)
    monkeypatch.setenv("ICELINES_DATACITE_PASSWORD", PASSWORD)
    monkeypatch.setenv("ICELINES_DATACITE_URL", datacite.url)


def test_a_release_is_built_published_verified_and_listed(
    house: House, datacite: DataCiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(datacite, monkeypatch)
    built = icelines(house, "release", "build", "2026.11", "--include", "imported:greene2022")
    assert "release publish 2026.11" in built.output
    published = icelines(house, "release", "publish", "2026.11")
    assert "2026.11 is published: https://doi.org/10.5072/icelines.2026.11" in published.output
    verified = icelines(house, "release", "verify", "2026.11")
    assert (verified.return_value, "2026.11 is what was frozen." in verified.output) == (0, True)
    listed = icelines(house, "release", "list")
    assert listed.output.split() == ["2026.11", "published", "10.5072/icelines.2026.11"]
    archived = icelines(house, "archive", "verify")
    assert archived.output.split() == ["ok", "https://doi.org/10.5072/icelines"]
    assert PASSWORD not in "".join(r.output for r in (built, published, verified, listed))


def test_without_credentials_publishing_is_refused_and_the_dry_run_named(frozen: House) -> None:
    refused = icelines(frozen, "release", "publish", "2026.11")
    assert isinstance(refused.exception, IceLinesError)
    assert "--doi-dry-run" in str(refused.exception)
    assert frozen.store.release(NOVEMBER).state is ReleaseState.FROZEN


def test_a_dry_run_says_that_it_was_one(frozen: House) -> None:
    rehearsed = icelines(frozen, "release", "publish", "2026.11", "--doi-dry-run")
    assert "rehearsed (no DOI was registered)" in rehearsed.output
    assert "Warning" not in rehearsed.output
    assert icelines(frozen, "release", "list").output.split()[-1] == "dry-run"


def test_a_dry_run_warns_of_what_nobody_filled_in(house: House) -> None:
    house.workspace.publisher_file.write_text(template_text(), encoding="utf-8")
    icelines(house, "release", "build", "2026.11")
    rehearsed = icelines(house, "release", "publish", "2026.11", "--doi-dry-run")
    assert "Warning: 2026.11" in rehearsed.output
    assert "publisher.name" in rehearsed.output


def test_machines_get_one_json_document(frozen: House) -> None:
    runner = CliRunner()
    for arguments in (
        ["release", "build", "2026.11", "--json"],
        ["release", "publish", "2026.11", "--doi-dry-run", "--json"],
        ["release", "verify", "2026.11", "--json"],
        ["release", "list", "--json"],
        ["archive", "verify", "--json"],
    ):
        command = ["--workspace", str(frozen.workspace.root), *arguments]
        result = runner.invoke(program, command, standalone_mode=False)
        assert isinstance(json.loads(result.stdout), dict), arguments


def test_a_cut_off_can_be_given(house: House) -> None:
    command = ("release", "build", "2026.11", "--data-cut-off", "2026-09-15", "--json")
    result = icelines(house, *command)
    document = json.loads(result.stdout)
    assert document["cut_off"] == "2026-09-15"
    assert [f["path"] for f in document["files"] if "Getz" in f["path"]] == []


def test_a_damaged_release_fails_verification(frozen: House) -> None:
    (frozen.folder(NOVEMBER) / "README.md").write_text("x")
    result = icelines(frozen, "release", "verify", "2026.11")
    assert result.return_value == 1
    assert "FAULT files: README.md has other bytes than were frozen." in result.output


def test_a_damaged_archive_fails_verification(frozen: House) -> None:
    icelines(frozen, "release", "publish", "2026.11", "--doi-dry-run")
    next(frozen.workspace.archive.rglob("icelines-areas.csv")).write_text("x")
    result = icelines(frozen, "archive", "verify")
    assert result.return_value == 1
    assert "FAULT" in result.output


def test_an_empty_house_says_what_to_do(empty_house: House) -> None:
    assert "icelines release build" in icelines(empty_house, "release", "list").output
    assert "The archive is empty." in icelines(empty_house, "archive", "verify").output


@pytest.mark.parametrize("command", ["build", "publish", "verify"])
def test_a_version_that_is_none_is_refused(empty_house: House, command: str) -> None:
    result = icelines(empty_house, "release", command, "2026-11", *_dry(command))
    assert "is no release version" in str(result.exception)


@pytest.mark.parametrize("command", ["build", "publish", "verify", "list"])
def test_every_command_has_an_example(empty_house: House, command: str) -> None:
    result = icelines(empty_house, "release", command, "--help")
    assert f"icelines release {command}" in result.output


def _dry(command: str) -> tuple[str, ...]:
    return ("--doi-dry-run",) if command == "publish" else ()


def job(
    house: House, release: Version | None = NOVEMBER, include: tuple[str, ...] = ()
) -> MonthJob:
    context = CommandContext(house.workspace.root)
    return MonthJob(context, Month(2026, 10), release, include, doi_dry_run=False)


def test_the_month_builds_and_rehearses_where_there_are_no_credentials(house: House) -> None:
    report = RELEASE.run(job(house))
    assert "rehearsed, no DOI was registered" in report.summary
    assert report.places == (str(house.folder(NOVEMBER)),)
    assert house.store.release(NOVEMBER).dry_run


def test_the_month_publishes_where_there_are(
    house: House, datacite: DataCiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(datacite, monkeypatch)
    assert "published: 10.5072/icelines.2026.11" in RELEASE.run(job(house)).summary
    assert datacite.state("10.5072/icelines.2026.11") == "findable"
    assert RELEASE.run(job(house)).summary == "2026.11 is published already"


def test_the_month_again_ends_as_before(house: House) -> None:
    first = RELEASE.run(job(house))
    assert RELEASE.run(job(house)) == first


def test_a_month_without_news_makes_no_release(house: House) -> None:
    RELEASE.run(job(house))
    report = RELEASE.run(job(house, DECEMBER))
    assert "no release" in report.summary
    assert report.failures == ()
    assert len(house.store.releases()) == 1


def test_a_month_without_a_release_is_left_alone(house: House) -> None:
    assert RELEASE.run(job(house, None)).summary == "no release was asked for"


def test_the_public_url_of_the_settings_goes_into_the_files(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ICELINES_PUBLIC_URL", "http://127.0.0.1:8080/")
    icelines(house, "release", "build", "2026.11")
    document = json.loads((house.folder(NOVEMBER) / "citation.json").read_bytes())
    assert document["url"] == "http://127.0.0.1:8080/releases/2026.11/"
