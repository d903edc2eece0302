"""`icelines process`: scenes on record become fronts; a file becomes a folder with a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track, warn

if TYPE_CHECKING:
    from pipeline.run import ProcessReport
    from pipeline.run_file import FileReport

DONE, FAILED = 0, 1


@click.command()
@click.argument("scenes", nargs=-1, metavar="[SCENE]...")
@click.option("--month", metavar="YYYY-MM", help="Scenes up to and including this month.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="For one scene.")
@click.option("--polarisation", metavar="HH[,HV]", help="Of a file that does not state it.")
@click.option("--crs", metavar="EPSG:...", help="Map of a file (default: EPSG:3031).")
@click.option(
    "--weights",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Model as .safetensors (default: the one that fits the polarisations).",
)
@json_option
@pass_context
def process(
    context: CommandContext,
    scenes: tuple[str, ...],
    month: str | None,
    out: Path | None,
    polarisation: str | None,
    crs: str | None,
    weights: Path | None,
    as_json: bool,
) -> int:
    """Turn scenes into fronts in the catalogue; what is done is not done again.

    Without SCENE all scenes on record are taken; SCENE names some of them. With --out, SCENE is a
    product (.SAFE folder or zip file) or a GeoTIFF: the folder gets backscatter, probabilities,
    the line and a picture, and the catalogue is left alone.

    \b
    Examples:
      icelines process --month 2026-10
      icelines process scene.tif --polarisation HH --crs EPSG:3413 --out line
    """
    if out is None:
        if crs or polarisation:
            raise click.UsageError("--crs and --polarisation belong to a file and --out DIR.")
        _refuse_files(scenes)
        return _process_record(context, scenes, month, weights, as_json=as_json)
    if len(scenes) != 1 or month:
        raise click.UsageError("--out DIR takes exactly one SCENE, a file, and no --month.")
    return _process_file(Path(scenes[0]), out, crs, polarisation, weights, as_json=as_json)


def _refuse_files(scenes: tuple[str, ...]) -> None:
    for scene in scenes:
        if Path(scene).suffix or Path(scene).exists():
            raise click.UsageError(
                f"{scene} is a file: say with --out DIR where its line goes, "
                "or put it on record with `icelines fetch`."
            )


def _process_record(
    context: CommandContext,
    ids: tuple[str, ...],
    month: str | None,
    weights: Path | None,
    *,
    as_json: bool,
) -> int:
    from catalog.release import Month
    from catalog.shelf import all_parts
    from pipeline.run import Bench, process_scenes, scenes_on_record
    from pipeline.settings import load_processing_settings

    until = Month.parse(month) if month else None
    with context.open_store() as store:
        wanted = scenes_on_record(store, until, ids)
        bench = Bench(store, all_parts(), load_processing_settings(), weights)
        report = process_scenes(bench, track(wanted, "Scenes"), by_name=bool(ids))
    for failure in report.failures:
        warn(f"{failure.fault}")
    show_result(summary_of(report), document_of(report), as_json=as_json)
    return FAILED if report.failures else DONE


def summary_of(report: ProcessReport) -> str:
    """One run in a few lines."""
    fronts = report.fronts
    lines = [
        f"{report.scenes} scenes, {report.done_before} done before: {fronts.new} new fronts, "
        f"{fronts.revised} revised, {fronts.unchanged} unchanged, "
        f"{report.without_front} without a front"
    ]
    lines += [f"  {len(report.failures)} scenes failed (see above)"] if report.failures else []
    lines += [f"  in quarantine: {failure.fault}" for failure in report.quarantined]
    if not report.scenes:
        lines.append("Next: put scenes on record, for example with `icelines simulate`.")
    elif fronts.new or fronts.revised:
        lines.append("Next: `icelines check`.")
    return "\n".join(lines)


def document_of(report: ProcessReport) -> dict[str, Any]:
    """The same for machines."""
    return {
        "scenes": report.scenes,
        "done_before": report.done_before,
        "fronts": {
            "new": report.fronts.new,
            "revised": report.fronts.revised,
            "unchanged": report.fronts.unchanged,
        },
        "without_front": report.without_front,
        "failures": [{"scene": f.scene_id, "fault": f.fault} for f in report.failures],
        "quarantined": [{"scene": f.scene_id, "fault": f.fault} for f in report.quarantined],
    }


def _process_file(
    scene: Path,
    out: Path,
    crs: str | None,
    polarisation: str | None,
    weights: Path | None,
    *,
    as_json: bool,
) -> int:
    from pipeline.run_file import FileRequest, process_file
    from pipeline.settings import ANTARCTIC_CRS, load_processing_settings

    stated = tuple(name.strip().upper() for name in polarisation.split(",")) if polarisation else ()
    request = FileRequest(scene, out, crs or ANTARCTIC_CRS, stated, weights)
    report = process_file(request, load_processing_settings())
    for doubt in report.doubts:
        warn(doubt)
    show_result(_file_summary(report), dict(report.account), as_json=as_json)
    return DONE if report.has_line else FAILED


def _file_summary(report: FileReport) -> str:
    line = report.account["line"]
    if line is None:
        found = f"No line was found ({report.account['why_no_line']})."
    else:
        found = (
            f"A line of {line['length_km']:.1f} km in {line['parts']} parts, "
            f"±{line['uncertainty_m']:.0f} m, confidence {line['confidence']:.2f}. "
            "It is not an ice-shelf front."
        )
    made = "It was done before; nothing to do." if report.was_done_before else ""
    return "\n".join(filter(None, [found, made, f"Look at {report.out / 'quicklook.png'}"]))
