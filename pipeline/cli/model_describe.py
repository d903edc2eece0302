"""`icelines model describe`: scores and the scale of the uncertainty, into the card."""

from __future__ import annotations

from pathlib import Path

import click

from catalog.cli.context import json_option
from catalog.cli.output import say, show_result


@click.command()
@click.argument("weights", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--tiles", type=click.IntRange(1), default=400, show_default=True)
@click.option("--cases", type=click.IntRange(1), default=40, show_default=True)
@click.option("--fitted", type=click.IntRange(1), default=20, show_default=True)
@click.option(
    "--cross-validation",
    "figures",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Take the scores from this file of `icelines model cross-validate --json`.",
)
@click.option("--threads", type=click.IntRange(1), help="Processor threads (default: all).")
@json_option
def describe(
    weights: Path,
    tiles: int,
    cases: int,
    fitted: int,
    figures: Path | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Score a model on simulated tiles and hard cases, and write that into its card.

    The scale from the width of a transition to one sigma is fitted on tiles of each hard case that
    the scores do not use. Simulated tiles have no other dates: a model that sees those is described
    by what its recipe reaches on labelled sites left out (--cross-validation).

    \b
    Example:
      icelines model describe models/hedunet-hh.safetensors
    """
    import torch

    from pipeline.network.card_files import card_document
    from pipeline.run_describe import Description, describe_by_left_out_sites, describe_model
    from pipeline.run_evaluate import SimulatedTest

    if threads is not None:
        torch.set_num_threads(threads)
    if figures is None:
        wanted = Description(SimulatedTest(tiles, cases), fitted)
        card = describe_model(weights, wanted, lambda what: say(f"{what} ..."))
    else:
        card = describe_by_left_out_sites(weights, figures)
    lines = [card.id, *(f"  {name:44} {value:g}" for name, value in card.scores.items())]
    lines += [f"  {name:44} {value:g}" for name, value in card.calibration.items()]
    show_result("\n".join(lines), card_document(card), as_json=as_json)
