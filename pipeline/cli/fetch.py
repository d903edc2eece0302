"""`icelines fetch`: scenes from archives, paths and URLs into the store and on record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track, warn

if TYPE_CHECKING:
    from catalog.release import Month
    from pipeline.run_fetch import FetchReport

DONE, FAILED = 0, 1
BYTES_PER_GB = 1e9


@click.command()
@click.argument("products", nargs=-1, metavar="[NAME|PATH|URL]...")
@click.option("--month", "month_text", metavar="YYYY-MM", help="Up to and including this month.")
@json_option
@pass_context
def fetch(
    context: CommandContext, products: tuple[str, ...], month_text: str | None, as_json: bool
) -> int:
    """Bring scenes into the store; what is there is not fetched again.

    Without arguments all candidates of `icelines discover` are fetched; NAME names some of them,
    those in quarantine, too. PATH or URL is a Sentinel-1 GRD product itself: a zip file or a .SAFE
    folder, on this machine, at an https: or an s3: address.

    \b
    Examples:
      icelines fetch --month 2026-10
      icelines fetch S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15.SAFE.zip
    """
    from catalog.release import Month

    given = [product for product in products if _is_place(product)]
    names = [product for product in products if not _is_place(product)]
    if month_text and products:
        raise click.UsageError("--month takes all candidates until then: give no names with it.")
    until = Month.parse(month_text) if month_text else None
    report = fetch_wanted(context, until, names, given)
    show_result(summary_of(report), document_of(report), as_json=as_json)
    return FAILED if report.failures else DONE


def fetch_wanted(
    context: CommandContext,
    until: Month | None,
    names: Sequence[str] = (),
    given: Sequence[str] = (),
) -> FetchReport:
    """Fetch candidates (all, or those named) and products given by place."""
    from catalog.shelf import all_parts
    from pipeline.fetch import wanted_of
    from pipeline.fetching.settings import load_fetch_settings
    from pipeline.fetching.sources import open_carrier
    from pipeline.run_fetch import FetchBench, FetchReport, fetch_products, wanted_on_record

    settings, archive, s3 = load_fetch_settings()
    report = FetchReport()
    with context.open_store() as store, open_carrier(settings, archive, s3) as carrier:
        bench = FetchBench(store, all_parts(), carrier, settings.parallel)
        places = [wanted_of(place) for place in given]
        offered = [] if given and not names else wanted_on_record(store, until, names)
        runs = (
            fetch_products(bench, places, again=True),
            fetch_products(bench, offered, by_name=bool(names)),
        )
        for run, wanted in zip(runs, (places, offered), strict=True):
            for each in track(run, "Fetching", total=len(wanted)):
                _tell(each)
                report += each
    return report


def summary_of(report: FetchReport) -> str:
    """One run in a few lines."""
    scenes = report.scenes
    lines = [
        f"{report.wanted} products, {report.done_before} on record before: {scenes.new} new "
        f"scenes, {scenes.revised} revised, {scenes.unchanged} unchanged "
        f"({report.size_bytes / BYTES_PER_GB:.2f} GB)"
    ]
    lines += [f"  {len(report.failures)} failed (see above)"] if report.failures else []
    lines += [f"  in quarantine: {failure.fault}" for failure in report.quarantined]
    if not report.wanted:
        lines.append("Next: find scenes with `icelines discover`, or give a path or URL.")
    elif scenes.new or scenes.revised:
        lines.append("Next: `icelines process`.")
    return "\n".join(lines)


def document_of(report: FetchReport) -> dict[str, Any]:
    """The same for machines."""
    return {
        "products": report.wanted,
        "done_before": report.done_before,
        "scenes": {
            "new": report.scenes.new,
            "revised": report.scenes.revised,
            "unchanged": report.scenes.unchanged,
        },
        "size_bytes": report.size_bytes,
        "failures": [{"product": f.name, "fault": f.fault} for f in report.failures],
        "quarantined": [{"product": f.name, "fault": f.fault} for f in report.quarantined],
        "doubts": list(report.doubts),
    }


def _tell(report: FetchReport) -> None:
    for failure in report.failures:
        warn(failure.fault)
    for doubt in report.doubts:
        warn(doubt)


def _is_place(text: str) -> bool:
    """Whether an argument says where a product lies, and not only what it is called."""
    path = Path(text)
    return "://" in text or text.startswith("file:") or bool(path.suffix) or path.exists()
