"""`icelines discover`: scenes that archives offer, put on record to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track, warn

if TYPE_CHECKING:
    from catalog.release import Month
    from catalog.shelf import Part
    from pipeline.discover import Wanted
    from pipeline.discovery.archives import Archive, ArchiveSettings
    from pipeline.run_discover import DiscoverReport

DONE, FAILED = 0, 1
SHOWN = 20
PLATFORMS = "ABCD"


@click.command()
@click.option("--month", "month_text", required=True, metavar="YYYY-MM")
@click.option(
    "--endpoint",
    metavar="NAME|URL",
    help="copernicus, earth-search, planetary-computer or the address of a STAC API "
    "(default: $ICELINES_ARCHIVE_ENDPOINT).",
)
@click.option("--collection", help="Its collection of GRD products (default: sentinel-1-grd).")
@click.option(
    "--shelf",
    "--part",
    "units",
    multiple=True,
    help="Shelf or part; may be repeated (default: all).",
)
@click.option("--mode", "modes", multiple=True, metavar="EW|IW", help="May be repeated.")
@click.option("--platform", "platforms", multiple=True, metavar="S1A...S1D", help="Default: all.")
@click.option("--product-type", "product_types", multiple=True, metavar="GRDM|GRDH")
@click.option("--list-only", is_flag=True, help="Show what there is and record nothing.")
@json_option
@pass_context
def discover(
    context: CommandContext,
    month_text: str,
    endpoint: str | None,
    collection: str | None,
    units: tuple[str, ...],
    modes: tuple[str, ...],
    platforms: tuple[str, ...],
    product_types: tuple[str, ...],
    list_only: bool,
    as_json: bool,
) -> int:
    """Find the Sentinel-1 scenes of a month over the shelves and put them on record.

    Of several products of one acquisition the best is kept: two polarisations before one, the
    most careful processing, the newest. A part without any scene is noted as a gap, unless the
    search was narrowed by --mode, --platform or --product-type.

    \b
    Examples:
      icelines discover --month 2026-09 --endpoint copernicus
      icelines discover --month 2026-09 --shelf Getz --mode EW --list-only
    """
    from catalog.errors import SettingsError
    from catalog.release import Month
    from pipeline.discovery.archives import SET_ENDPOINT, chosen_archive, load_archive_settings

    settings = load_archive_settings()
    archive = chosen_archive(settings, endpoint, collection)
    if archive is None:
        raise SettingsError("No archive is named.", remedy=SET_ENDPOINT)
    wanted = wanted_scenes(Month.parse(month_text), settings, modes, product_types, platforms)
    report = search_and_record(
        context,
        archive,
        settings,
        wanted,
        chosen_parts(units),
        is_narrowed=bool(modes or platforms or product_types),
        list_only=list_only,
    )
    _warn_of(report)
    text = listing_of(report) if list_only else summary_of(report)
    show_result(text, document_of(report), as_json=as_json)
    return FAILED if report.failures else DONE


def search_and_record(
    context: CommandContext,
    archive: Archive,
    settings: ArchiveSettings,
    wanted: Wanted,
    parts: Sequence[Part],
    *,
    is_narrowed: bool,
    list_only: bool,
) -> DiscoverReport:
    """Ask the archive for every part and, unless it is only a listing, write what was found."""
    from catalog.store import utc_now
    from pipeline.discovery.session import ArchiveSession
    from pipeline.run_discover import record_month, search_month

    with ArchiveSession(archive, settings) as asked:
        report = search_month(asked, track(parts, "Parts"), wanted)
    if list_only:
        return report
    with context.open_store() as store:
        return record_month(store, report, wanted, utc_now(), is_narrowed=is_narrowed)


def wanted_scenes(
    month: Month,
    settings: ArchiveSettings,
    modes: Iterable[str] = (),
    product_types: Iterable[str] = (),
    platforms: Iterable[str] = (),
) -> Wanted:
    """What to look for: the options of a command, or else the settings."""
    from pipeline.discover import Wanted

    return Wanted(
        month,
        tuple(mode.upper() for mode in modes) or settings.modes,
        tuple(name.upper() for name in product_types) or settings.product_types,
        tuple(map(_platform, platforms)),
    )


def chosen_parts(units: Sequence[str]) -> list[Part]:
    """The parts of the shelves and parts named, or all of them."""
    from catalog.shelf import all_parts, find_shelf, find_unit

    if not units:
        return list(all_parts())
    names = {find_unit(unit).name: find_shelf(unit) for unit in units}
    found = {
        part.name: part
        for name, shelf in names.items()
        for part in (*shelf.parts, *shelf.sections)
        if name in (part.name, shelf.name)
    }
    return [found[name] for name in sorted(found)]


def summary_of(report: DiscoverReport) -> str:
    """One search in a few lines."""
    outcome = report.outcome
    lines = [
        f"{len(report.found)} scenes of {report.month} in {report.archive}: {outcome.new} new, "
        f"{outcome.changed} changed, {outcome.unchanged} known"
    ]
    dropped = report.offers - len(report.found)
    lines += [f"  {dropped} further products of the same acquisitions"] if dropped else []
    empty = ", ".join(finding.part for finding in report.empty)
    lines += [f"  without a scene: {empty}"] if empty else []
    lines += [f"  {len(report.gaps)} of them noted as gaps"] if report.gaps else []
    lines += [f"  {len(report.refused)} items could not be used"] if report.refused else []
    lines += [f"  {len(report.failures)} parts were not searched"] if report.failures else []
    lines += [f"Next: `icelines fetch --month {report.month}`."] if report.found else []
    return "\n".join(lines)


def listing_of(report: DiscoverReport) -> str:
    """Every scene with its parts."""
    lines = [f"{one.candidate.product.text}  {', '.join(one.parts)}" for one in report.found]
    lines.append(f"{len(report.found)} scenes of {report.month} in {report.archive}")
    return "\n".join(lines)


def document_of(report: DiscoverReport) -> dict[str, Any]:
    """The same for machines."""
    from pipeline.discovery.candidate import candidate_to_document

    return {
        "archive": report.archive,
        "month": str(report.month),
        "new": report.outcome.new,
        "changed": report.outcome.changed,
        "known": report.outcome.unchanged,
        "offers": report.offers,
        "scenes": [
            {**candidate_to_document(one.candidate), "parts": list(one.parts)}
            for one in report.found
        ],
        "without_scene": [finding.part for finding in report.empty],
        "gaps": list(report.gaps),
        "refused": [{"item": r.item_id, "fault": r.fault} for r in report.refused],
        "failures": [{"part": f.part, "fault": f.fault} for f in report.failures],
    }


def _warn_of(report: DiscoverReport) -> None:
    for failure in report.failures[:SHOWN]:
        warn(failure.fault)
    for refused in report.refused[:SHOWN]:
        warn(f"{refused.item_id}: {refused.fault}.")
    more = len(report.refused) - SHOWN
    if more > 0:
        warn(f"... and {more} more items (all of them with --json).")


def _platform(text: str) -> str:
    """`sentinel-1a` from `S1A`, `1A`, `A` or the name itself."""
    letter = text.strip()[-1:].upper()
    spelled = text.strip().upper().removesuffix(letter)
    if letter not in PLATFORMS or spelled not in ("", "1", "S1", "S1-", "SENTINEL-1", "SENTINEL1"):
        raise click.UsageError(f"{text!r} is no platform: use S1A, S1B, S1C or S1D.")
    return f"sentinel-1{letter.lower()}"
