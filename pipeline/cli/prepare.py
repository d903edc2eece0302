"""`icelines prepare`: one scene becomes a calibrated raster on the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track, warn

if TYPE_CHECKING:
    from pipeline.geometry.surface_choice import SurfaceChoice
    from pipeline.prepare import Preparation
    from pipeline.run_prepare import PrepareReport

DEFAULT_SPECKLE_WINDOW = 5


@click.command()
@click.argument("scene", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The raster: a cloud-optimised GeoTIFF in dB.",
)
@click.option("--crs", metavar="EPSG:...", default="EPSG:3031", show_default=True)
@click.option(
    "--pixel-size",
    type=click.FloatRange(0, min_open=True),
    default=40.0,
    show_default=True,
    help="In metres.",
)
@click.option(
    "--dem",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Elevation model (default: the mean sea, raised by --freeboard).",
)
@click.option(
    "--dem-vertical",
    type=click.Choice(["ellipsoid", "geoid"]),
    help="What the model's heights count from.",
)
@click.option(
    "--freeboard",
    type=click.FloatRange(0),
    help="Height above the mean sea, in metres, without --dem (default: 30, about a shelf's).",
)
@click.option("--gamma0", is_flag=True, help="gamma0 instead of sigma0.")
@click.option("--no-denoise", is_flag=True, help="Leave the thermal noise in.")
@click.option("--speckle", is_flag=True, help="Lee filter, 5 x 5 pixels.")
@click.option("--polarisation", metavar="HH[,HV]", help="Of a GeoTIFF that does not state it.")
@click.option(
    "--backend",
    type=click.Choice(["icelines", "snap"]),
    default="icelines",
    show_default=True,
    help="What does the work: our own chain, or ESA's SNAP.",
)
@json_option
@pass_context
def prepare(
    context: CommandContext,  # noqa: ARG001 (the catalogue is left alone)
    scene: Path,
    out: Path,
    crs: str,
    pixel_size: float,
    dem: Path | None,
    dem_vertical: Literal["ellipsoid", "geoid"] | None,
    freeboard: float | None,
    gamma0: bool,
    no_denoise: bool,
    speckle: bool,
    polarisation: str | None,
    backend: str,
    as_json: bool,
) -> None:
    """Calibrate, denoise and geocode one SCENE; the catalogue is left alone.

    SCENE is a Sentinel-1 GRD product (a .SAFE folder, or a zip file of one), or a GeoTIFF of
    linear backscatter. The raster's tags say what made it.

    \b
    Examples:
      icelines prepare S1A_EW_GRDM_1SDH_20221130T014342_....SAFE.zip --out scene.tif
      icelines prepare scene.SAFE --out scene.tif --dem rema.tif --dem-vertical ellipsoid
    """
    from pipeline.prepare import Preparation
    from pipeline.radiometry.calibration import Quantity
    from pipeline.run_prepare import Backend, prepare_to_file
    from pipeline.scenes.safe_scene import Radiometry

    asked = Preparation(
        crs,
        pixel_size,
        polarisations=_names(polarisation),
        radiometry=Radiometry(
            Quantity.GAMMA0 if gamma0 else Quantity.SIGMA0,
            denoise=not no_denoise,
            speckle_window=DEFAULT_SPECKLE_WINDOW if speckle else None,
        ),
        surface=_surface(dem, dem_vertical, freeboard),
    )
    report = prepare_to_file(
        scene,
        out,
        asked,
        backend=Backend(backend),
        tracked=lambda strips, total: track(strips, "Preparing", total),
    )
    for degradation in report.degradations:
        warn(degradation)
    show_result(_summary(report, asked), _document(report), as_json=as_json)


def _names(polarisation: str | None) -> tuple[str, ...]:
    return tuple(name.strip().upper() for name in polarisation.split(",")) if polarisation else ()


def _surface(
    dem: Path | None, vertical: Literal["ellipsoid", "geoid"] | None, freeboard: float | None
) -> SurfaceChoice:
    from pipeline.geometry.surface_choice import SHELF_FREEBOARD_M, SurfaceChoice

    if (dem is None) != (vertical is None):
        raise click.UsageError(
            "--dem and --dem-vertical belong together: no raster format tells reliably what its "
            "heights count from."
        )
    if dem is None or vertical is None:
        return SurfaceChoice(freeboard_m=SHELF_FREEBOARD_M if freeboard is None else freeboard)
    if freeboard is not None:
        raise click.UsageError("--freeboard is for scenes without --dem.")
    return SurfaceChoice(dem, vertical)


def _summary(report: PrepareReport, asked: Preparation) -> str:
    grid, lines = report.grid, []
    lines.append(f"{report.out}: {grid.width} x {grid.height} pixels, {asked.crs}")
    for name, found in report.statistics.items():
        levels = f"mean {found['mean']:.1f} dB, " if "mean" in found else ""
        lines.append(f"  {name}: {levels}{found['valid_percent']:.1f} % of the raster with data")
    lines.append("Next: look at it in QGIS; for fronts, `icelines fetch` and `icelines process`.")
    return "\n".join(lines)


def _document(report: PrepareReport) -> dict[str, Any]:
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
        "statistics": dict(report.statistics),
        "lineage": dict(report.lineage),
    }
