"""`icelines average`: monthly, quarterly and annual fronts, and shelves joined from their parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track

if TYPE_CHECKING:
    from catalog.release import Month
    from catalog.shelf import Part
    from catalog.store import CatalogStore
    from pipeline.average_scope import AverageScope
    from pipeline.run_average import AverageReport

SHOWN = 20


@click.command()
@click.option("--month", "months", multiple=True, metavar="YYYY-MM", help="Only what holds it.")
@click.option("--year", "years", type=int, multiple=True, metavar="YYYY", help="Only this year.")
@click.option("--unit", "units", multiple=True, metavar="NAME", help="Only this part or shelf.")
@click.option(
    "--until", metavar="YYYY-MM", help="Last month that is complete (default: the one before now)."
)
@json_option
@pass_context
def average(
    context: CommandContext,
    months: tuple[str, ...],
    years: tuple[int, ...],
    units: tuple[str, ...],
    until: str | None,
    as_json: bool,
) -> int:
    """Average accepted daily fronts by month, quarter and year, and join the parts of shelves.

    Years come twice, the second time without January to March (noQ1). Only what has ended is
    averaged. Averaging again changes nothing; an average of whose fronts nothing is left is
    rejected and kept.

    \b
    Example:
      icelines average
      icelines average --year 2024 --unit Getz --json
    """
    from catalog.release import Month
    from pipeline.average_scope import AverageScope, months_of_year

    wanted = (*map(Month.parse, months), *(m for year in years for m in months_of_year(year)))
    last = Month.parse(until) if until else month_before(datetime.now(UTC))
    scope = AverageScope(last, parts_named(units), wanted)
    with context.open_store() as store:
        report = run_average(store, scope)
    show_result(summary_of(report), document_of(report), as_json=as_json)
    return 1 if report.failures else 0


def run_average(store: CatalogStore, scope: AverageScope) -> AverageReport:
    """Average by the settings of the environment."""
    from pipeline.run_average import AverageJob, average_catalogue
    from pipeline.settings import load_processing_settings

    settings = load_processing_settings()
    decisions = store.review.all_decisions()
    job = AverageJob(store, scope, settings.averaging_rules, settings.join_rules, decisions)
    return average_catalogue(job, lambda parts: track(parts, "Parts"))


def month_before(now: datetime) -> Month:
    """The last month that is complete at `now`."""
    from catalog.release import Month

    before = now.replace(day=1) - timedelta(days=1)
    return Month(before.year, before.month)


def parts_named(names: tuple[str, ...]) -> tuple[Part, ...]:
    """The parts that `names`, of parts and of shelves, name, each once; raises UnknownUnit."""
    from catalog.shelf import find_part, find_shelf, find_unit

    found: dict[str, Part] = {}
    for name in names:
        shelf = find_shelf(name)
        is_shelf = find_unit(name).name == shelf.name
        for part in shelf.parts if is_shelf else (find_part(name),):
            found[part.name] = part
    return tuple(found.values())


def summary_of(report: AverageReport) -> str:
    """One run in a few lines."""
    lines = [headline(report)]
    lines += [f"  {kind:12} {count}" for kind, count in sorted(report.averages.items())]
    lines += [f"  {'joined':12} {report.joined}"] if report.joined else []
    lines += _listed("over a calving", report.straddling)
    lines += _listed("withdrawn", report.withdrawn)
    lines += [
        f"  no accepted front of {part} in {len(months)} months, last {months[-1]}"
        for part, months in sorted(report.gaps.items())
    ]
    lines += [f"  not done: {error}" for error in report.failures]
    if not report.series:
        lines.append("Next: `icelines check` accepts fronts; only accepted ones are averaged.")
    return "\n".join(lines)


def headline(report: AverageReport) -> str:
    """What a run did, in one line."""
    return (
        f"{sum(report.averages.values())} averages of {report.series} series and"
        f" {report.joined} joined fronts: {report.new} new, {report.revised} revised,"
        f" {len(report.withdrawn)} withdrawn"
    )


def document_of(report: AverageReport) -> dict[str, Any]:
    """The same for machines."""
    return {
        "series": report.series,
        "averages": dict(report.averages),
        "joined": report.joined,
        "new": report.new,
        "revised": report.revised,
        "over_a_calving": list(report.straddling),
        "withdrawn": list(report.withdrawn),
        "gaps": {part: list(months) for part, months in report.gaps.items()},
        "failures": [str(error) for error in report.failures],
    }


def _listed(what: str, names: tuple[str, ...]) -> list[str]:
    lines = [f"  {what}: {name}" for name in names[:SHOWN]]
    if len(names) > SHOWN:
        lines.append(f"  and {len(names) - SHOWN} more {what}: `icelines average --json`")
    return lines
