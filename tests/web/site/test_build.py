from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from catalog.canonical import sha256_of_file
from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob
from catalog.release import Month, ReleaseState
from catalog.settings import load_settings
from catalog.store import CatalogStore
from tests.web.site.samples import monthly, release_record, site_content
from web.cli.site import site
from web.month import SITE
from web.site.build import build_site
from web.site.folder import LEDGER
from web.site.rendering import SiteFile


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its digest."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256_of_file(path) for path in files}


def test_two_builds_of_the_same_content_are_the_same_to_the_byte(tmp_path: Path) -> None:
    content = site_content(tmp_path / "releases")
    build_site(content, tmp_path / "one")
    build_site(content, tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    content = site_content(tmp_path / "releases")
    first = build_site(content, tmp_path / "site")
    second = build_site(content, tmp_path / "site")
    assert first.changed == first.files == second.files
    assert (second.changed, second.removed, second.failures) == (0, 0, ())


def test_a_build_over_an_older_one_gives_what_a_fresh_one_gives(tmp_path: Path) -> None:
    content = site_content(tmp_path / "releases")
    fewer = replace(content, shelves=content.shelves[1:], releases=())
    build_site(content, tmp_path / "old")
    report = build_site(fewer, tmp_path / "old")
    build_site(fewer, tmp_path / "fresh")
    assert tree(tmp_path / "old") == tree(tmp_path / "fresh")
    assert report.removed > 0


def test_every_file_of_a_release_can_be_downloaded_as_its_record_says(tmp_path: Path) -> None:
    content = site_content(tmp_path / "releases")
    build_site(content, tmp_path / "site")
    for file in content.releases[0].release.files:
        offered = tmp_path / "site/releases/2026.11/files" / file.path
        assert offered.stat().st_size == file.size_bytes
        assert sha256_of_file(offered) == file.sha256


def test_a_file_that_differs_from_the_manifest_is_withheld_and_the_rest_is_built(
    tmp_path: Path,
) -> None:
    content = site_content(tmp_path / "releases")
    (content.releases[0].folder / "README.md").write_text("tampered")
    (content.releases[0].folder / "SHA256SUMS").unlink()
    report = build_site(content, tmp_path / "site")
    files = tmp_path / "site/releases/2026.11/files"
    assert [failure.split(": ")[0] for failure in report.failures] == [
        "2026.11/README.md",
        "2026.11/SHA256SUMS",
    ]
    assert not (files / "README.md").exists()
    assert (files / "icelines-fronts.gpkg").exists()
    assert "Withheld" in (tmp_path / "site/releases/2026.11/index.html").read_text()


def test_the_files_of_a_withdrawn_release_are_taken_away(tmp_path: Path) -> None:
    content = site_content(tmp_path / "releases")
    build_site(content, tmp_path / "site")
    entry = content.releases[0]
    withdrawn = replace(entry, release=replace(entry.release, state=ReleaseState.WITHDRAWN))
    build_site(replace(content, releases=(withdrawn,)), tmp_path / "site")
    assert not (tmp_path / "site/releases/2026.11/files").exists()
    assert (tmp_path / "site/releases/2026.11/index.html").exists()
    assert (entry.folder / "README.md").exists()


def test_a_build_that_was_killed_is_completed_by_the_next_one(tmp_path: Path) -> None:
    content = site_content(tmp_path / "releases")

    class Killed(BaseException):
        pass

    def die_early(files: Iterable[SiteFile]) -> Iterator[SiteFile]:
        for number, file in enumerate(files):
            if number == 5:
                raise Killed
            yield file

    with pytest.raises(Killed):
        build_site(content, tmp_path / "site", die_early)
    (tmp_path / "site" / ".partial-0123-index.html").write_text("half")
    build_site(content, tmp_path / "site")
    build_site(content, tmp_path / "whole")
    assert tree(tmp_path / "site") == tree(tmp_path / "whole")


def test_the_command_builds_the_site_and_says_what_it_did(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.record_fronts([(monthly(1, 10.0), []), (monthly(2, 12.0), [])])
    result = CliRunner().invoke(site, ["build", "--json"], obj=CommandContext(tmp_path))
    assert result.exception is None
    report = json.loads(result.stdout)
    assert report["failures"] == []
    assert report["changed"] == report["files"] > 10
    assert (tmp_path / "site/shelves/Amery/index.html").exists()


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    result = CliRunner().invoke(site, ["build"], obj=CommandContext(tmp_path))
    assert "0 unchanged" in result.stdout
    assert "icelines serve" in result.stdout


def test_the_command_fails_where_a_release_had_to_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with CatalogStore.open(load_settings(tmp_path)) as store:
        store.save_release(release_record())
    code = site.main(["build"], standalone_mode=False, obj=CommandContext(tmp_path))
    assert code == 1
    assert "Left out:" in capsys.readouterr().out
    assert (tmp_path / "site/index.html").exists()


def test_the_site_may_be_built_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "public"
    command = ["build", "--out", str(elsewhere)]
    CliRunner().invoke(site, command, obj=CommandContext(tmp_path / "workspace"))
    assert (elsewhere / "index.html").exists()
    assert (elsewhere / LEDGER).exists()


def test_the_month_ends_with_the_site(tmp_path: Path) -> None:
    job = MonthJob(CommandContext(tmp_path), Month(2026, 10), None, (), doi_dry_run=True)
    report = SITE.run(job)
    assert report.places == (str(tmp_path / "site" / "index.html"),)
    assert (tmp_path / "site" / "index.html").exists()
    assert SITE.order == 90
