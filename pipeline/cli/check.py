"""`icelines check`: series of fronts in time; doubtful ones go to review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result

if TYPE_CHECKING:
    from pipeline.run_check import CheckReport


@click.command()
@json_option
@pass_context
def check(context: CommandContext, as_json: bool) -> None:
    """Judge every front of ours by its series: too fast, lost and regained, unconfirmed.

    Imported fronts keep the verdict of their source. Checking again changes nothing.

    \b
    Example:
      icelines check --json
    """
    from pipeline.run_check import check_catalogue
    from pipeline.settings import load_processing_settings

    with context.open_store() as store:
        report = check_catalogue(store, load_processing_settings().check_rules)
    show_result(summary_of(report), document_of(report), as_json=as_json)


def summary_of(report: CheckReport) -> str:
    """One run in a few lines."""
    lines = [f"{report.fronts} fronts in {report.series} series, {report.changed} verdicts changed"]
    lines += [f"  {status:12} {count}" for status, count in sorted(report.by_status.items())]
    lines += [f"  in review: {front_id} ({reasons})" for front_id, reasons in report.in_review]
    return "\n".join(lines)


def document_of(report: CheckReport) -> dict[str, Any]:
    """The same for machines."""
    return {
        "series": report.series,
        "fronts": report.fronts,
        "changed": report.changed,
        "by_status": dict(report.by_status),
        "in_review": [
            {"front": front_id, "reasons": reasons.split(", ")}
            for front_id, reasons in report.in_review
        ],
    }
