"""The program `icelines`: rooms add their commands by entry points, and each is loaded when used.

Exit codes: 0 done, 1 failed, 2 used wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import click

from catalog.cli.context import CommandContext
from catalog.errors import IceLinesError

COMMANDS = "icelines.commands"
DONE, FAILED, USED_WRONGLY = 0, 1, 2


class RoomCommands(click.Group):
    """Commands found by entry points: `--help` reads their names and never imports a room."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({point.name for point in _points()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        point = next((point for point in _points() if point.name == cmd_name), None)
        if point is None:
            return None
        command = point.load()
        if not isinstance(command, click.Command):
            raise click.ClickException(f"{point.value} is no command.")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


# Said here because asking each command for its help would import every room (torch: 3 s).
SUMMARIES = {
    "catalog": "Validate, export and count what is on record.",
    "ancillary": "Put DEMs, geoids and masks on record.",
    "average": "Monthly, quarterly and annual fronts, and shelves joined from their parts.",
    "calve": "Find calving events from accepted fronts.",
    "check": "Check series of fronts in time; doubtful ones go to review.",
    "doctor": "Look at this machine, and let the models draw a known line again.",
    "fetch": "Scenes from archives, paths and URLs into the store; resumable.",
    "discover": "Find the scenes of a month in an archive.",
    "import": "Read fronts of others: IceLines layout, GeoPackage, shapefile, GeoJSON.",
    "mask": "What was ice and what was ocean on one day, for models.",
    "model": "Train, score, describe and list models.",
    "month": "The monthly job: all steps in order.",
    "prepare": "One scene to a calibrated raster on the map.",
    "process": "Scenes to fronts in the catalogue; resumable.",
    "release": "Build, publish and verify releases.",
    "review": "Judge the fronts that wait for a person.",
    "archive": "Verify the long-term archive.",
    "segment": "A prepared raster to probabilities of ice and edge.",
    "serve": "STAC API and site on this machine.",
    "simulate": "Make Sentinel-1 scenes with known truth.",
    "site": "Build the static site.",
}


def _points() -> Sequence[EntryPoint]:
    return tuple(entry_points(group=COMMANDS))


@click.group(cls=RoomCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for everything (default: $ICELINES_WORKSPACE or ./workspace).",
)
@click.version_option(package_name="icelines")
@click.pass_context
def program(context: click.Context, workspace: Path | None) -> None:
    """Antarctic ice-shelf fronts: from Sentinel-1 scenes to citable releases.

    \b
    Example:
      icelines simulate --month 2026-10 --months 12
      icelines month 2026-10
      icelines serve
    """
    context.obj = CommandContext(workspace)


def main() -> None:
    """Run the program; the only place that knows exit codes."""
    try:
        sys.exit(program.main(standalone_mode=False) or DONE)
    except click.UsageError as error:
        error.show()
        sys.exit(USED_WRONGLY)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except IceLinesError as error:
        click.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(FAILED)
    except (click.Abort, KeyboardInterrupt):
        click.secho(
            "Interrupted. What was finished is kept; the same command goes on from there.",
            fg="yellow",
            err=True,
        )
        sys.exit(FAILED)
    except BrokenPipeError:
        sys.exit(DONE)
