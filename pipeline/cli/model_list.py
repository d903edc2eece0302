"""`icelines model list`: the models at hand, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.cli.context import json_option
from catalog.cli.output import show_result

if TYPE_CHECKING:
    from catalog.model_card import ModelCard

MEGABYTE = 1e6
HEADER = ("Model", "Channels", "Parameters", "MB", "Licence", "Trained on")
RIGHT = (2, 3)  # columns of numbers
TELLING = ("iou", "distance", "mde", "without_front")  # in names of scores
NO_MODELS = "No models. Train one with `icelines model train`."


@click.command(name="list")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Models of this folder (default: those that come with IceLines).",
)
@json_option
def list_models(folder: Path | None, as_json: bool) -> None:
    """The models at hand: size, licence and the scores that matter (all of them with --json).

    \b
    Example:
      icelines model list
    """
    from pipeline.network.card_files import card_document
    from pipeline.network.choice import MODEL_FOLDER, known_models

    cards = known_models(folder or MODEL_FOLDER)
    document = {"models": [card_document(card) for card in cards]}
    show_result(models_text(cards), document, as_json=as_json)


def models_text(cards: Sequence[ModelCard]) -> str:
    """A row for each model, and under it a line for each telling score."""
    if not cards:
        return NO_MODELS
    rows = [HEADER, *map(_row, cards)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [_aligned(HEADER, widths)]
    for card in cards:
        lines.append(_aligned(_row(card), widths))
        lines += [f"    {name:40} {value:g}" for name, value in telling_scores(card).items()]
    return "\n".join(lines)


def telling_scores(card: ModelCard) -> dict[str, float]:
    """Overlap with the truth and distance from it; 95th percentiles and counts are left out."""
    return {
        name: value
        for name, value in card.scores.items()
        if "p95" not in name and any(word in name for word in TELLING)
    }


def _row(card: ModelCard) -> tuple[str, ...]:
    return (
        card.id,
        "+".join(card.input_channels),
        f"{card.parameters:,}",
        f"{card.weights_size_bytes / MEGABYTE:.1f}",
        card.licence,
        str(card.trained_on),
    )


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if column in RIGHT else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()
