"""`icelines segment`: a prepared raster becomes probabilities of ice and of an edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track, warn

if TYPE_CHECKING:
    from pipeline.run_segment import SegmentReport

PERCENT = 100


@click.command()
@click.argument("raster", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The probabilities: a cloud-optimised GeoTIFF in 8 bits.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A model (default: the one that makes most of the raster's bands).",
)
@click.option(
    "--mode",
    type=click.Choice(["exact", "fast"]),
    help="fast looks at full resolution only where coarse pixels leave doubt (default: exact).",
)
@json_option
@pass_context
def segment(
    context: CommandContext,  # noqa: ARG001 (the catalogue is left alone)
    raster: Path,
    out: Path,
    weights: Path | None,
    mode: str | None,
    as_json: bool,
) -> None:
    """Say where RASTER shows ice and where an edge; the catalogue is left alone.

    RASTER is what `icelines prepare` wrote. Its size does not matter: it passes in strips.
    ICELINES_PROCESS_THREADS and the other variables of `icelines process` count here too.

    \b
    Examples:
      icelines segment scene.tif --out ice.tif
      icelines segment scene.tif --out ice.tif --mode fast
    """
    from dataclasses import replace

    from pipeline.inference.choices import Mode
    from pipeline.run_segment import segment_to_file
    from pipeline.settings import load_processing_settings

    how = load_processing_settings().segmentation
    if mode is not None:
        how = replace(how, mode=Mode(mode))
    report = segment_to_file(raster, out, how, weights=weights, tracked=_tracked)
    for remark in report.remarks:
        warn(remark)
    if not report.known_share:
        warn(f"{raster} has no pixel with data in all bands: neither have the probabilities.")
    show_result(_summary(report), _document(report), as_json=as_json)


def _tracked(shares: Iterable[float]) -> Iterator[float]:
    """A progress bar in percent."""
    yield from track(_each_percent(shares), "Segmenting", PERCENT)


def _each_percent(shares: Iterable[float]) -> Iterator[float]:
    told = 0
    for share in shares:
        for percent in range(told, int(share * PERCENT)):
            yield percent / PERCENT
        told = max(told, int(share * PERCENT))


def _summary(report: SegmentReport) -> str:
    grid, said = report.grid, report.lineage
    return "\n".join(
        [
            f"{report.out}: {grid.width} x {grid.height} pixels, {grid.crs}",
            f"  {said['model']}, {said['mode']}: "
            f"{report.known_share:.1%} of the raster with a probability",
            "Next: look at it in QGIS; a line is drawn by `icelines process SCENE --out DIR`.",
        ]
    )


def _document(report: SegmentReport) -> dict[str, Any]:
    grid = report.grid
    return {
        "out": str(report.out),
        "grid": {
            "crs": grid.crs,
            "bounds": list(grid.bounds),
            "pixel_size_m": grid.pixel_size_m,
            "width": grid.width,
            "height": grid.height,
        },
        "known_share": round(report.known_share, 4),
        "remarks": list(report.remarks),
        "lineage": dict(report.lineage),
    }
