"""`icelines simulate`: Antarctic scenes with known truth, on record as simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track

if TYPE_CHECKING:
    from catalog.shelf import Part

DEFAULT_SHELVES = ("Bach", "David", "Venable")  # the smallest regions: a year takes a minute or two


@click.command()
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help="The last month.")
@click.option(
    "--months",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many months, ending with --month.",
)
@click.option(
    "--shelf",
    "shelves",
    multiple=True,
    default=DEFAULT_SHELVES,
    show_default=True,
    help="Shelf or part; may be repeated.",
)
@click.option("--seed", type=click.IntRange(0), help="Another seed is another Antarctica.")
@click.option("--scenes-per-month", type=click.IntRange(1, 28), default=1, show_default=True)
@click.option(
    "--mode",
    type=click.Choice(["EW", "IW"]),
    default="EW",
    show_default=True,
    help="EW: GRDM, 40 m. IW: GRDH, 10 m, 50 km about the middle of the front.",
)
@click.option(
    "--polarisations",
    type=click.Choice(["HH", "HH+HV"]),
    help="For all scenes; otherwise HH, and HV too from November to February.",
)
@click.option("--full-swath", is_flag=True, help="Whole images; otherwise what the shelf needs.")
@json_option
@pass_context
def simulate(
    context: CommandContext,
    month_text: str,
    months: int,
    shelves: tuple[str, ...],
    seed: int | None,
    scenes_per_month: int,
    mode: str,
    polarisations: str | None,
    full_swath: bool,
    as_json: bool,
) -> None:
    """Make Sentinel-1 scenes with known truth and put them on record as simulated.

    Each is a SAFE product in a zip file. Fronts advance, calve, melt in January and meet fast ice
    in September; in March a pass may come in slices. Their true lines go to truth/ in the
    workspace, for evaluation only.

    \b
    Example:
      icelines simulate --month 2026-10 --months 12 --shelf Bach --shelf David --shelf Venable
    """
    from catalog.release import Month
    from pipeline.simulate.acquisition import Imaging
    from pipeline.simulate.campaign import make, plan
    from pipeline.simulate.scenario import DEFAULT_SEED

    last = Month.parse(month_text)
    chosen_seed = DEFAULT_SEED if seed is None else seed
    channels = tuple(polarisations.split("+")) if polarisations else None
    imaging = Imaging(mode, full_swath, channels)
    planned = list(plan(_parts(shelves), last, months, scenes_per_month, chosen_seed, imaging))
    truth = context.settings.workspace.truth
    with context.open_store() as store:
        passes = [make(one, store, truth) for one in track(planned, "Simulating")]
    made = [scene for one in passes for scene in one]
    new = sum(scene.is_new for scene in made)
    text = (
        f"{new} simulated scenes are new on record, {len(made) - new} were there already.\n"
        f"True fronts: {truth}\n"
        f"Next: `icelines process --month {last}`, or `icelines month {last}` for everything."
    )
    document = {
        "new": new,
        "unchanged": len(made) - new,
        "seed": chosen_seed,
        "scenes": [scene.scene_id for scene in made],
        "truth": str(truth),
    }
    show_result(text, document, as_json=as_json)


def _parts(names: tuple[str, ...]) -> list[Part]:
    """The parts of the shelves and parts named, each once, in the order of their names."""
    parts = {part.name: part for name in names for part in _parts_of(name)}
    return [parts[name] for name in sorted(parts)]


def _parts_of(name: str) -> list[Part]:
    """One part where `name` is a part's, all of them where it is a shelf's."""
    from catalog.shelf import find_shelf, find_unit

    unit, shelf = find_unit(name), find_shelf(name)
    own = [part for part in (*shelf.parts, *shelf.sections) if part.name == unit.name]
    return own or list(shelf.parts)
