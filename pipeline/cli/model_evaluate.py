"""`icelines model evaluate`: score a model on labelled images or on simulated tiles."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, pass_context
from catalog.cli.output import say, show_result, warn

if TYPE_CHECKING:
    from pipeline.evaluation.procedure import Procedure
    from pipeline.network.weights import LoadedModel

TO_SCREEN = "-"
UNREADABLE_SHOWN = 5
NEIGHBOURS_HELP = "Average each image with so many nearest dates of its site and sensor."


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of labelled images in the CaFFe layout (default: simulated tiles).",
)
@click.option(
    "--scenes",
    is_flag=True,
    help="Score the fronts of simulated scenes in the workspace; they are there already.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A .safetensors file with its card (default: the HH model that comes with IceLines).",
)
@click.option(
    "--json",
    "json_to",
    is_flag=False,
    flag_value=TO_SCREEN,
    metavar="[OUT]",
    help="All figures as JSON: into the file OUT, or on the screen without one.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for a report with plots.",
)
@click.option(
    "--scale",
    "scales",
    type=click.FloatRange(0.05, 4.0),
    multiple=True,
    default=(0.5,),
    show_default=True,
    help="How large images are seen, against their size; may be repeated.",
)
@click.option(
    "--symmetries",
    type=click.Choice(["1", "2", "4", "8"]),
    default="4",
    show_default=True,
    help="In how many orientations each is seen.",
)
@click.option("--second-pass", is_flag=True, help="See the surroundings of the front again.")
@click.option("--neighbours", type=click.IntRange(0), default=0, help=NEIGHBOURS_HELP)
@click.option(
    "--position-scale",
    type=click.FloatRange(0.0, min_open=True),
    help="Factor on the stated uncertainty (default: that of the model's card, or 1).",
)
@click.option(
    "--tiles",
    type=click.IntRange(1),
    default=400,
    show_default=True,
    help="Simulated tiles that are scored.",
)
@click.option(
    "--cases",
    type=click.IntRange(0),
    default=40,
    show_default=True,
    help="Simulated tiles with a front for each hard case; 0: no cases.",
)
@click.option("--seed", type=click.IntRange(0), help="Seed of the tiles (default: held-out ones).")
@click.option("--threads", type=click.IntRange(1), help="Processor threads (default: all).")
@pass_context
def evaluate(
    context: CommandContext,
    data: Path | None,
    scenes: bool,
    weights: Path | None,
    json_to: str | None,
    out: Path | None,
    scales: tuple[float, ...],
    symmetries: str,
    second_pass: bool,
    neighbours: int,
    position_scale: float | None,
    tiles: int,
    cases: int,
    seed: int | None,
    threads: int | None,
) -> None:
    """Score a model on labelled images or simulated tiles, or traced fronts of simulated scenes.

    \b
    Example:
      icelines model evaluate --data caffe256 --weights mine.safetensors --json scores.json
    """
    if scenes:
        if data is not None or weights is not None:
            raise click.UsageError("--scenes goes without --data and --weights.")
        hand_over(*_scenes(context), json_to, out)
        return

    import torch

    from pipeline.evaluation.neighbours import Neighbours
    from pipeline.evaluation.procedure import Procedure
    from pipeline.evaluation.second_pass import SecondPass
    from pipeline.evaluation.viewing import Viewing
    from pipeline.network.choice import default_model_path
    from pipeline.network.weights import load_model

    if threads is not None:
        torch.set_num_threads(threads)
    model = load_model(weights or default_model_path(("HH",)))
    if data is None:
        text, document = _simulated(model, tiles, cases, seed)
    else:
        procedure = Procedure(
            Viewing(scales, int(symmetries)),
            second_pass=SecondPass() if second_pass else None,
            neighbours=Neighbours(neighbours) if neighbours else None,
            position_scale=position_scale,
        )
        text, document = _labelled(data, model, procedure)
    hand_over(text, document, json_to, out)


def _scenes(context: CommandContext) -> tuple[str, dict[str, Any]]:
    from pipeline.evaluation.scene_scores import scene_document
    from pipeline.evaluation.tables import aligned, scene_rows
    from pipeline.run_evaluate import evaluate_scenes

    with context.open_store() as store:
        scores, not_traced = evaluate_scenes(store, context.settings.workspace.truth)
    document = scene_document(scores, not_traced)
    missing = f"Scenes with a true front and no traced one: {len(not_traced)}"
    return f"{aligned(scene_rows(document))}\n\n{missing}", document


def _labelled(data: Path, model: LoadedModel, procedure: Procedure) -> tuple[str, dict[str, Any]]:
    from pipeline.evaluation.labelled_document import labelled_document
    from pipeline.evaluation.tables import aligned, labelled_rows, uncertainty_rows
    from pipeline.labelled.folder import open_labelled
    from pipeline.run_evaluate import evaluate_labelled

    folder = open_labelled(data)
    with _progress_bar(len(folder.rows)) as report:
        evaluation = evaluate_labelled(folder, model, procedure, report)
    for each in evaluation.unreadable[:UNREADABLE_SHOWN]:
        warn(f"Left out: {each.fault}")
    document = labelled_document(evaluation)
    lines = [
        f"{model.card.id} on {len(evaluation.images)} images of {data.name} "
        f"({len(evaluation.unreadable)} could not be read)",
        aligned(labelled_rows(document)),
        "",
        aligned(uncertainty_rows(document)),
    ]
    return "\n".join(lines), document


def _simulated(
    model: LoadedModel, tiles: int, cases: int, seed: int | None
) -> tuple[str, dict[str, Any]]:
    from pipeline.evaluation.simulated_document import simulated_document
    from pipeline.evaluation.tables import aligned, case_rows, case_uncertainty_rows
    from pipeline.run_evaluate import SimulatedTest, evaluate_simulated
    from pipeline.simulate.tiles import HELD_OUT_SEED

    test = SimulatedTest(tiles, cases, HELD_OUT_SEED if seed is None else seed)
    evaluation = evaluate_simulated(model, test, lambda what: say(f"Scoring on {what} ..."))
    document = simulated_document(evaluation)
    lines = [f"{model.card.id} on {tiles} simulated tiles of seed {test.seed}"]
    lines += [f"  {key:32} {value:g}" for key, value in document["scores"].items()]
    if evaluation.cases:
        lines += ["", aligned(case_rows(document)), "", aligned(case_uncertainty_rows(document))]
    return "\n".join(lines), document


def hand_over(
    text: str, document: Mapping[str, Any], json_to: str | None, out: Path | None
) -> None:
    show_result(text, document, as_json=json_to == TO_SCREEN)
    if json_to not in (None, TO_SCREEN):
        from catalog.atomic import write_bytes
        from pipeline.evaluation.labelled_document import json_bytes

        path = Path(json_to)
        write_bytes(path, json_bytes(document))
        say(f"All figures: {path}")
    if out is not None:
        from pipeline.evaluation.report import write_report

        say(f"Report: {write_report(document, out)}")


@contextmanager
def _progress_bar(images: int) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=images, label="Scoring", file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)
