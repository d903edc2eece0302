"""`icelines mask`: what was ice and what was ocean on one day, as a raster for models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, warn

if TYPE_CHECKING:
    from pipeline.run_mask import MaskReport, MaskRequest

NOON = timedelta(hours=12)


@click.command()
@click.option(
    "--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day (noon, UTC)."
)
@click.option("--shelf", required=True, help="A shelf or one of its parts, such as Getz or Getz1.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the two files (default: the current one).",
)
@click.option(
    "--pixel",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="Side of a pixel in metres; the grid lies on its multiples.",
)
@click.option("--source", help="The series: sentinel1, or a source of imported fronts.")
@click.option(
    "--within",
    "within_days",
    type=click.FloatRange(min=0),
    default=400.0,
    show_default=True,
    help="How many days off a front may be.",
)
@click.option(
    "--velocity",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ice velocity (EPSG:3031, m/yr): moves the nearest earlier front along until the day.",
)
@json_option
@pass_context
def mask(
    context: CommandContext,
    day: datetime,
    shelf: str,
    out: Path,
    pixel: float,
    source: str | None,
    within_days: float,
    velocity: Path | None,
    as_json: bool,
) -> None:
    """Write a mask of ice and ocean as GeoTIFF and CF-NetCDF with latitude and longitude.

    Each part comes from its nearest accepted front, earlier or later, or from one that was moved
    along with the ice. The files say which, and how many days off it is. A part without a front
    near enough is unknown, not ocean.

    \b
    Examples:
      icelines mask --date 2024-03-15 --shelf Amery
      icelines mask --date 2012-06-30 --shelf PineIsland --source greene2022 --pixel 500
      icelines mask --date 2024-03-15 --shelf Amery --velocity antarctica_velocity.nc
    """
    from pipeline.run_mask import MaskRequest, make_mask

    request = MaskRequest(
        shelf=shelf,
        moment=day.replace(tzinfo=UTC) + NOON,
        out=out,
        pixel_size_m=pixel,
        within_days=within_days,
        source=source,
        velocity=velocity,
        command=_command(day, shelf, pixel, source, within_days, velocity),
    )
    with context.open_store() as store:
        report = make_mask(store, request)
    for text in _doubts(report):
        warn(text)
    show_result(_summary(report), _document(report, request), as_json=as_json)


def _command(
    day: datetime,
    shelf: str,
    pixel: float,
    source: str | None,
    within_days: float,
    velocity: Path | None,
) -> str:
    words = [f"icelines mask --date {day:%Y-%m-%d} --shelf {shelf} --pixel {pixel:g}"]
    words += [f"--within {within_days:g}"]
    words += [f"--source {source}"] if source else []
    words += [f"--velocity {velocity.name}"] if velocity else []
    return " ".join(words)


def _doubts(report: MaskReport) -> list[str]:
    return [f"{ice.unit.name}: {ice.doubt}." for ice in report.account.known if ice.doubt]


def _summary(report: MaskReport) -> str:
    from pipeline.mask_account import sentences

    grid = report.grid
    lines = [str(path) for path in report.files]
    lines += [f"  {grid.width} x {grid.height} pixels of {grid.pixel_size_m:g} m, {grid.crs}"]
    lines += [f"  {sentence}" for sentence in sentences(report.account.ices)]
    return "\n".join([*lines, "Next: open one in QGIS, or xarray.open_dataset() the other."])


def _document(report: MaskReport, request: MaskRequest) -> dict[str, Any]:
    from pipeline.mask_account import document_of

    grid = report.grid
    return {
        "files": [str(path) for path in report.files],
        "moment": request.moment.isoformat(),
        "simulated": report.account.is_simulated,
        "grid": {
            "crs": grid.crs,
            "bounds": list(grid.bounds),
            "pixel_size_m": grid.pixel_size_m,
            "width": grid.width,
            "height": grid.height,
        },
        "parts": [document_of(ice) for ice in report.account.ices],
    }
