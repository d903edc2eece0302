"""`icelines release`: build, publish, verify and list releases."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import say, show_result, track, warn

if TYPE_CHECKING:
    from catalog.release import Release
    from publish.verify import Check


@click.group()
def release() -> None:
    """Build, publish and verify releases: frozen, citable, archived."""


@release.command()
@click.argument("version", metavar="YYYY.MM[.N]")
@click.option("--include", multiple=True, help="imported:NAME or simulated; may be repeated.")
@click.option(
    "--data-cut-off",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of data (default: end of the month before the version's).",
)
@json_option
@pass_context
def build(
    context: CommandContext,
    version: str,
    include: tuple[str, ...],
    data_cut_off: datetime | None,
    as_json: bool,
) -> None:
    """Freeze the accepted fronts and write all files of a release.

    \b
    Example:
      icelines release build 2026.11 --include imported:greene2022
    """
    from catalog.release import Version
    from publish.content import Inclusion
    from publish.freeze import default_cut_off
    from publish.run import build_release
    from publish.settings import publisher_of

    wanted, inclusion = Version.parse(version), Inclusion.parse(include)
    cut_off = data_cut_off.date() if data_cut_off else default_cut_off(wanted)
    workspace = context.settings.workspace
    follow_shelves = partial(track, title="Packing shelves")
    say(f"Building {wanted} with data to {cut_off}")
    with context.open_store() as store:
        publisher = publisher_of(context.settings)
        built = build_release(
            store, workspace, publisher, wanted, inclusion, cut_off, follow=follow_shelves
        )
    done = "is built" if built.is_new else "was built already and is the same"
    text = (
        f"{wanted} {done}: {len(built.release.files)} files in {built.folder}\n"
        f"Next: `icelines release publish {wanted}`."
    )
    document = {**_document(built.release), "folder": str(built.folder), "is_new": built.is_new}
    show_result(text, document, as_json=as_json)


@release.command()
@click.argument("version", metavar="YYYY.MM[.N]")
@click.option("--doi-dry-run", is_flag=True, help="All of it but the registration of the DOI.")
@json_option
@pass_context
def publish(context: CommandContext, version: str, doi_dry_run: bool, as_json: bool) -> None:
    """Give a built release its DOI and archive it; goes on where it was interrupted.

    Needs ICELINES_DATACITE_USER and ICELINES_DATACITE_PASSWORD (ICELINES_DATACITE_URL for
    another service than api.datacite.org), or --doi-dry-run.

    \b
    Example:
      icelines release publish 2026.11 --doi-dry-run
    """
    from catalog.release import Version
    from publish.clearance import warnings_of
    from publish.registries import registry_for
    from publish.run import publish_release
    from publish.settings import DataCiteSettings, publisher_of

    wanted, workspace = Version.parse(version), context.settings.workspace
    publisher = publisher_of(context.settings)
    registry = registry_for(DataCiteSettings(), publisher.doi_prefix, dry_run=doi_dry_run)
    now = datetime.now(UTC)
    with context.open_store() as store:
        published = publish_release(
            store, workspace, publisher, wanted, registry, now, dry_run=doi_dry_run
        )
    warnings = warnings_of(published, workspace, publisher)
    for warning in warnings:
        warn(f"Warning: {wanted} {warning}")
    how = "rehearsed (no DOI was registered)" if published.dry_run else "published"
    text = (
        f"{wanted} is {how}: {published.doi.url}\n"
        "Next: `icelines site build` makes its landing page."
    )
    document = {**_document(published), "warnings": list(warnings)}
    show_result(text, document, as_json=as_json)


@release.command()
@click.argument("version", metavar="YYYY.MM[.N]")
@json_option
@pass_context
def verify(context: CommandContext, version: str, as_json: bool) -> int:
    """Check files, records and archive of a release against what was frozen.

    \b
    Example:
      icelines release verify 2026.11
    """
    from catalog.release import Version
    from publish.verify import verify_release

    with context.open_store() as store:
        wanted = store.release(Version.parse(version))
        checks = verify_release(store, context.settings.workspace, wanted)
    is_sound = not any(check.faults for check in checks)
    lines = [line for check in checks for line in _check_lines(check)]
    lines.append(f"{version} is {'what was frozen' if is_sound else 'damaged'}.")
    document = {
        "version": version,
        "is_sound": is_sound,
        "checks": [
            {"name": c.name, "finding": c.finding, "faults": list(c.faults)} for c in checks
        ],
    }
    show_result("\n".join(lines), document, as_json=as_json)
    return 0 if is_sound else 1


@release.command(name="list")
@json_option
@pass_context
def list_releases(context: CommandContext, as_json: bool) -> None:
    """All releases with their state, oldest first.

    \b
    Example:
      icelines release list --json
    """
    with context.open_store() as store:
        releases = store.releases()
    lines = [_line(one) for one in releases] or [
        "No release yet: `icelines release build YYYY.MM`."
    ]
    document = {"releases": [_document(one) for one in releases]}
    show_result("\n".join(lines), document, as_json=as_json)


def _check_lines(check: Check) -> list[str]:
    if not check.faults:
        return [f"ok    {check.name}: {check.finding}"]
    return [f"FAULT {check.name}: {fault}" for fault in check.faults]


def _line(one: Release) -> str:
    marks = [mark for mark, is_set in _marks(one).items() if is_set]
    return f"{one.version!s:10} {one.state:10} {one.doi}  {' '.join(marks)}".rstrip()


def _marks(one: Release) -> dict[str, bool]:
    return {"simulated": one.has_simulated, "dry-run": one.dry_run}


def _document(one: Release) -> dict[str, Any]:
    from catalog.release_document import release_to_document

    return release_to_document(one)
