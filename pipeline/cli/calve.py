"""`icelines calve`: calving events from the accepted fronts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result

if TYPE_CHECKING:
    from catalog.calving import CalvingEvent
    from pipeline.run_calve import CalveReport

SHOWN = 20


@click.command()
@click.option("--unit", "units", multiple=True, metavar="NAME", help="Only this part or shelf.")
@click.option("--shelf", "shelves", multiple=True, metavar="NAME", help="Only this ice shelf.")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME",
    help="Only this source; needed for imported fronts.",
)  # fmt: skip
@json_option
@pass_context
def calve(
    context: CommandContext,
    units: tuple[str, ...],
    shelves: tuple[str, ...],
    sources: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find calving events: ice that accepted fronts lost and did not get back.

    Fronts of others are looked at when their source is named. Finding again changes nothing; an
    event that later fronts do not show is withdrawn and kept.

    \b
    Example:
      icelines calve
      icelines calve --source greene2022 --unit PineIsland --json
    """
    from catalog.query import FrontFilter
    from catalog.vanished_shelves import find_charted_unit
    from pipeline.run_calve import calve_catalogue
    from pipeline.settings import load_processing_settings

    wanted = FrontFilter(
        units=tuple(find_charted_unit(name).name for name in units),
        shelves=tuple(find_charted_unit(name).shelf for name in shelves),
        sources=sources,
    )
    rules = load_processing_settings().calving_rules
    with context.open_store() as store:
        report = calve_catalogue(store, wanted, rules)
    show_result(summary_of(report), document_of(report), as_json=as_json)


def summary_of(report: CalveReport) -> str:
    """One run in a few lines, the largest events first."""
    lines = [headline(report)]
    if report.slow_retreats:
        lines.append(f"  {report.slow_retreats} slow retreats are no calvings")
    lines += [f"  withdrawn: {name}" for name in report.withdrawn]
    lines += [f"  no region on record for {name}: not looked at" for name in report.without_region]
    largest = sorted(report.events, key=lambda event: (-event.calved_km2, event.id))
    lines += [_line(event) for event in largest[:SHOWN]]
    if len(largest) > SHOWN:
        lines.append(f"  and {len(largest) - SHOWN} smaller ones: `icelines calve --json`")
    if not report.fronts:
        lines.append("Next: `icelines check` accepts fronts; imported ones need `--source NAME`.")
    return "\n".join(lines)


def headline(report: CalveReport) -> str:
    """What a run did, in one line."""
    statuses = ", ".join(f"{n} {status}" for status, n in sorted(report.by_status.items()))
    outcome = report.outcome
    return (
        f"{len(report.events)} events in {report.series} series of {report.fronts} fronts"
        f" ({statuses or 'none'}): {outcome.new} new, {outcome.revised} revised,"
        f" {len(report.withdrawn)} withdrawn"
    )


def document_of(report: CalveReport) -> dict[str, Any]:
    """The same for machines."""
    return {
        "series": report.series,
        "fronts": report.fronts,
        "new": report.outcome.new,
        "revised": report.outcome.revised,
        "unchanged": report.outcome.unchanged,
        "by_status": dict(report.by_status),
        "withdrawn": list(report.withdrawn),
        "slow_retreats": report.slow_retreats,
        "without_region": list(report.without_region),
        "events": [_document(event) for event in report.events],
    }


def _line(event: CalvingEvent) -> str:
    window = f"{event.start:%Y-%m-%d} to {event.end:%Y-%m-%d}"
    return (
        f"  {event.id}: {event.calved_km2:.0f} km2"
        f" ({event.area_km2:.0f} ± {event.area_uncertainty_km2:.0f} seen,"
        f" {event.outflow_km2:.0f} flowed out) {window}, {event.kind}, {event.status}"
    )


def _document(event: CalvingEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": str(event.kind),
        "status": str(event.status),
        "start": event.start.isoformat(),
        "end": event.end.isoformat(),
        "is_wide": event.is_wide,
        "area_km2": event.area_km2,
        "area_uncertainty_km2": event.area_uncertainty_km2,
        "outflow_km2": event.outflow_km2,
        "calved_km2": round(event.calved_km2, 3),
        "width_km": event.width_km,
        "front_before": event.front_before,
        "front_after": event.front_after,
    }
