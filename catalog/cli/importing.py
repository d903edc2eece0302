"""`icelines import`: fronts of other authors, with their licence and citation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track, warn

if TYPE_CHECKING:
    from catalog.importing.remarks import Problem
    from catalog.importing.run import ImportReport

INTERVALS = ("daily", "monthly", "quarterly", "annual")
SHOWN = 20
NUMBERS_SHOWN = 8


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--source", required=True, help="Short name: greene2022, icelines-dlr, cobra, yours.")
@click.option("--unit-field", help="Field with the name of shelf or part (default: guessed).")
@click.option("--unit", help="Shelf or part of every feature, where no field names it.")
@click.option("--date-field", help="Field with the date (default: guessed).")
@click.option("--interval", type=click.Choice(INTERVALS), help="What a front stands for.")
@click.option("--layer", help="Layer to read (default: every layer of lines).")
@click.option("--crs", help="Coordinate system, such as EPSG:3031, if the file has it wrong.")
@click.option("--title", help="Title of the data set, for a source not known here.")
@click.option("--citation", help="How to cite it.")
@click.option("--licence", help="Its licence (SPDX, or 'other').")
@click.option("--doi", help="Its DOI, without resolver.")
@click.option("--provider", help="Who made it.")
@click.option("--url", help="Where it comes from.")
@click.option(
    "--keep-going/--stop-early",
    default=True,
    help="Go on after a file or feature that cannot be read (default), or stop there.",
)
@json_option
@pass_context
def import_fronts(
    context: CommandContext,
    /,
    path: Path,
    source: str,
    keep_going: bool,
    as_json: bool,
    **given: str | None,
) -> int:
    """Record fronts of other authors from PATH, a file or a folder.

    Reads GeoPackage, shapefile (also zipped), GeoJSON and the folders of the IceLines download.
    The licence, citation and DOI of the source travel into every item. Importing the same files
    again changes nothing.

    \b
    Example:
      icelines import greene2022_fronts_epsg3031.gpkg --source greene2022
      icelines import files/Getz1 --source icelines-dlr
    """
    from catalog.front import Interval
    from catalog.importing.read import ReadOptions
    from catalog.importing.run import import_fronts as run_import
    from catalog.source import source_named

    described = {n: given[n] for n in ("title", "citation", "licence", "doi", "provider", "url")}
    options = ReadOptions(
        unit=given["unit"],
        unit_field=given["unit_field"],
        date_field=given["date_field"],
        interval=Interval(given["interval"]) if given["interval"] else None,
        layer=given["layer"],
        crs=given["crs"],
    )
    with context.open_store() as store:
        report = run_import(
            path,
            source_named(source, described),
            options,
            store,
            keep_going=keep_going,
            track=lambda outcomes: track(outcomes, "Importing"),
        )
    for text in _remarks(report):
        warn(text)
    show_result(_summary(report), _document(report), as_json=as_json)
    return 1 if report.problems or not report.fronts else 0


def _summary(report: ImportReport) -> str:
    outcome = report.outcome
    lines = [
        f"{_counted(report.fronts, 'front')} of {_counted(len(report.units), 'unit')} "
        f"from {report.source.name}: "
        f"{outcome.new} new, {outcome.revised} revised, {outcome.unchanged} unchanged."
    ]
    if report.without_area:
        names = ", ".join(f"{unit} ({n})" for unit, n in sorted(report.without_area.items()))
        lines.append(f"No area, the line does not separate ice from ocean: {names}.")
    if report.problems:
        lines.append(f"{len(report.problems)} could not be imported (see above).")
    if report.fronts:
        lines.append(
            "Next: `icelines release build YYYY.MM --include imported:"
            f"{report.source.name}` takes them into a release."
        )
    return "\n".join(lines)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _remarks(report: ImportReport) -> Iterator[str]:
    """Notices, then problems by file and fault; the same text once."""
    yield from _first_of(dict.fromkeys(str(notice) for notice in report.notices), "notices")
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in report.problems:
        alike.setdefault((problem.where, problem.fault, problem.remedy), []).append(problem)
    yield from _first_of([_problem_text(problems) for problems in alike.values()], "problems")


def _first_of(texts: Iterable[str], what: str) -> Iterator[str]:
    texts = list(texts)
    yield from texts[:SHOWN]
    if len(texts) > SHOWN:
        yield f"... and {len(texts) - SHOWN} more {what} (all of them with --json)."


def _problem_text(problems: list[Problem]) -> str:
    first = problems[0]
    numbers = [str(p.feature) for p in problems if p.feature is not None]
    place = first.where
    if numbers:
        more = f" and {len(numbers) - NUMBERS_SHOWN} more" if len(numbers) > NUMBERS_SHOWN else ""
        place += f", feature {', '.join(numbers[:NUMBERS_SHOWN])}{more}"
    return f"{place}: {first.fault} {first.remedy}".rstrip()


def _document(report: ImportReport) -> dict[str, Any]:
    outcome = report.outcome
    return {
        "source": report.source.name,
        "fronts": report.fronts,
        "new": outcome.new,
        "revised": outcome.revised,
        "unchanged": outcome.unchanged,
        "units": dict(report.units),
        "without_area": dict(report.without_area),
        "notices": [{"where": n.where, "text": n.text} for n in report.notices],
        "problems": [
            {"where": p.where, "feature": p.feature, "fault": p.fault, "remedy": p.remedy}
            for p in report.problems
        ],
    }
