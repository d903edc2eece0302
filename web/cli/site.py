"""`icelines site`: the static pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track

if TYPE_CHECKING:
    from web.site.build import SiteReport


@click.group()
def site() -> None:
    """Build the static site."""


@site.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the pages (default: site/ in the workspace).",
)
@json_option
@pass_context
def build(context: CommandContext, out: Path | None, as_json: bool) -> int:
    """Write the whole site: home, shelves, releases, downloads. What is unchanged stays.

    \b
    Example:
      icelines site build
    """
    report = build_from_catalogue(context, out)
    document = {
        "folder": str(report.folder),
        "files": report.files,
        "changed": report.changed,
        "removed": report.removed,
        "failures": list(report.failures),
    }
    lines = [summary_of(report), *(f"Left out: {failure}" for failure in report.failures)]
    lines.append(f"Next: open {report.folder / 'index.html'}, or run `icelines serve`.")
    show_result("\n".join(lines), document, as_json=as_json)
    return 1 if report.failures else 0


def build_from_catalogue(context: CommandContext, out: Path | None = None) -> SiteReport:
    """Gather and build, with a progress bar on a terminal."""
    from web.site.build import build_site
    from web.site.gather import gather_content
    from web.site.pages import file_count

    settings = context.settings
    with context.open_store() as store:
        gathered = gather_content(store, settings, context.publisher)
    content, folder = gathered.content, out or settings.workspace.site
    report = build_site(content, folder, lambda files: track(files, "Pages", file_count(content)))
    return replace(report, failures=(*gathered.failures, *report.failures))


def summary_of(report: SiteReport) -> str:
    """One line for people."""
    return (
        f"{report.files} files in {report.folder}: {report.changed} written, "
        f"{report.files - report.changed} unchanged, {report.removed} removed"
    )
