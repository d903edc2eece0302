"""`icelines check`: series of fronts in time; doubtful ones go to review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result

if TYPE_CHECKING:
    from catalog.store import CatalogStore
    from pipeline.run_check import CheckReport


@click.command()
@click.option(
    "--imported",
    "sources",
    multiple=True,
    metavar="SOURCE",
    help="Also judge the imported fronts of this source.",
)
@json_option
@pass_context
def check(context: CommandContext, sources: tuple[str, ...], as_json: bool) -> None:
    """Judge every front of ours by its series: too fast, lost and regained, unconfirmed.

    What people decided at the review desk is applied. Imported fronts keep the verdict of their
    source, unless it is named. How fast a shelf flows is told by its own history, or by the
    raster that ICELINES_PROCESS_VELOCITY names. Checking again changes nothing.

    \b
    Example:
      icelines check --json
      icelines check --imported greene2022
    """
    with context.open_store() as store:
        report = run_check(store, sources)
    show_result(summary_of(report), document_of(report), as_json=as_json)


def run_check(store: CatalogStore, imported: Iterable[str] = ()) -> CheckReport:
    """Check everything by the settings of the environment."""
    from pipeline.run_check import check_catalogue, velocity_around
    from pipeline.settings import load_processing_settings

    settings = load_processing_settings()
    velocity_of = velocity_around(settings.velocity)
    return check_catalogue(store, settings.check_rules, imported, velocity_of)


def summary_of(report: CheckReport) -> str:
    """One run in a few lines."""
    lines = [f"{report.fronts} fronts in {report.series} series, {report.changed} verdicts changed"]
    if report.decided:
        lines.append(f"  {report.decided} as people decided")
    lines += [f"  {status:12} {count}" for status, count in sorted(report.by_status.items())]
    lines += [f"  in review: {front_id} ({reasons})" for front_id, reasons in report.in_review]
    lines += [
        f"  left to the next check: {front_id} (revised meanwhile)" for front_id in report.left
    ]
    return "\n".join(lines)


def document_of(report: CheckReport) -> dict[str, Any]:
    """The same for machines."""
    return {
        "series": report.series,
        "fronts": report.fronts,
        "changed": report.changed,
        "decided": report.decided,
        "by_status": dict(report.by_status),
        "in_review": [
            {"front": front_id, "reasons": reasons.split(", ")}
            for front_id, reasons in report.in_review
        ],
        "left": list(report.left),
    }
