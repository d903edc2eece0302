"""`icelines model`: train, score and list the networks that find ice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result
from pipeline.cli.model_evaluate import evaluate
from pipeline.cli.model_list import list_models

if TYPE_CHECKING:
    from catalog.model_card import ModelCard
    from pipeline.training import Progress


@click.group()
def model() -> None:
    """Train, evaluate and list models."""


model.add_command(evaluate)
model.add_command(list_models)


@model.command()
@click.option("--name", required=True, help="Id of the model and name of its files.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for weights and card (default: models/ in the workspace).",
)
@click.option("--steps", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=2026, show_default=True)
@click.option("--base-channels", type=click.IntRange(2), default=8, show_default=True)
@click.option("--batch-size", type=click.IntRange(2), default=8, show_default=True)
@click.option(
    "--polarisation",
    "polarisations",
    type=click.Choice(["HH", "HV"]),
    multiple=True,
    default=("HH",),
    show_default=True,
    help="Input channel; may be repeated.",
)
@click.option("--tile-px", type=click.IntRange(32), default=256, show_default=True)
@click.option("--held-out", type=click.IntRange(1), default=400, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@json_option
@pass_context
def train(
    context: CommandContext,
    name: str,
    out: Path | None,
    steps: int,
    seed: int,
    base_channels: int,
    batch_size: int,
    polarisations: tuple[str, ...],
    tile_px: int,
    held_out: int,
    threads: int,
    as_json: bool,
) -> None:
    """Train a model from simulated tiles and score it on tiles that it never saw.

    \b
    Example:
      icelines model train --name hedunet-hh-mine --steps 2000
    """
    import torch

    from pipeline.modelling import Commission, train_model
    from pipeline.training import Recipe

    torch.set_num_threads(threads)  # part of the recipe: sums differ between thread counts
    folder = out or context.settings.workspace.root / "models"
    recipe = Recipe(
        steps, seed, base_channels, batch_size, polarisations=tuple(dict.fromkeys(polarisations))
    )
    commission = Commission(recipe, name, folder, _today(), tile_px, held_out)
    with _progress_bar(steps) as report:
        card = train_model(commission, report)
    text = f"{_summary(card)}\nNext: `icelines process --weights {folder / card.weights_href} ...`"
    show_result(text, _document(card), as_json=as_json)


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def _progress_bar(steps: int) -> Iterator[Callable[[Progress], None]]:
    with click.progressbar(length=steps, label="Training", file=sys.stderr) as bar:

        def report(progress: Progress) -> None:
            bar.label = f"Training, loss {progress.loss:.3f}"
            bar.update(1)

        yield report


def _summary(card: ModelCard) -> str:
    lines = [
        f"{card.id}: {card.architecture}, {card.parameters:,} parameters, "
        f"{'+'.join(card.input_channels)}",
        f"  trained on {card.trained_on}: {card.training_data}",
        *(f"  {key:32} {value:g}" for key, value in card.scores.items()),
        f"  limits: {card.limits}",
        f"  weights: {card.weights_href}, SHA-256 {card.weights_sha256}",
    ]
    return "\n".join(lines)


def _document(card: ModelCard) -> dict[str, Any]:
    return {**asdict(card), "trained_on": str(card.trained_on)}
