"""`icelines model train`: from a recipe to weights and a card."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import say, show_result

if TYPE_CHECKING:
    from pipeline.training.curves import Progress
    from pipeline.training.recipe import Recipe

CUDA, CPU, AUTO = "cuda", "cpu", "auto"


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for weights and card (default: models/ in the workspace).",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of labelled images, where the recipe wants some.",
)
@click.option("--name", help="Id of the model, instead of the recipe's.")
@click.option("--leave-out", "left_out", multiple=True, metavar="SITE", help="May be repeated.")
@click.option("--device", type=click.Choice([AUTO, CPU, CUDA]), default=AUTO, show_default=True)
@json_option
@pass_context
def train(
    context: CommandContext,
    recipe: Path,
    out: Path | None,
    data: Path | None,
    name: str | None,
    left_out: tuple[str, ...],
    device: str,
    as_json: bool,
) -> None:
    """Train the model of a RECIPE (TOML). Interrupted, the same command goes on where it was.

    Beside the weights lie the card (JSON and Markdown) and NAME.training/ with the curves (CSV)
    and the last checkpoint.

    \b
    Example:
      icelines model train pipeline/model_files/hedunet-hh-hv.toml --out models
    """
    from pipeline.network.card_files import card_document
    from pipeline.run_train import Commission, train_model
    from pipeline.training.recipe import read_recipe

    wanted = _changed(read_recipe(recipe), name, left_out)
    folder = out or context.settings.workspace.root / "models"
    commission = Commission(wanted, folder, today(), data, device_for(device))
    say(f"Training {wanted.name} on {commission.device}: {wanted.steps} steps at most.")
    with _progress_bar(wanted.steps) as report:
        card = train_model(commission, report)
    shown = f" --data {data}" if wanted.sees_other_dates else ""
    text = "\n".join(
        [
            f"{card.id}: {card.architecture}, {card.parameters:,} parameters",
            *(f"  {key:24} {value:g}" for key, value in card.scores.items()),
            f"Next: `icelines model evaluate --weights {commission.weights}{shown}`",
        ]
    )
    show_result(text, card_document(card), as_json=as_json)


def _changed(recipe: Recipe, name: str | None, left_out: tuple[str, ...]) -> Recipe:
    sites = tuple(sorted({*recipe.labelled.left_out_sites, *left_out}))
    labelled = recipe.labelled.model_copy(update={"left_out_sites": sites})
    return recipe.model_copy(update={"labelled": labelled, "name": name or recipe.name})


def device_for(asked: str) -> str:
    import torch

    if asked == CUDA and not torch.cuda.is_available():
        raise click.UsageError("--device cuda: torch sees no GPU here.")
    if asked == AUTO:
        return CUDA if torch.cuda.is_available() else CPU
    return asked


def today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def _progress_bar(steps: int) -> Iterator[Callable[[Progress], None]]:
    with click.progressbar(length=steps, label="Training", file=sys.stderr) as bar:

        def report(progress: Progress) -> None:
            bar.label = f"Training, loss {progress.loss:.3f}"
            bar.update(progress.step - bar.pos)

        yield report
