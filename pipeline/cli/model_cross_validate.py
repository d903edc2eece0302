"""`icelines model cross-validate`: how a recipe does on sites that it has not seen."""

from __future__ import annotations

from pathlib import Path

import click

from catalog.cli.context import CommandContext, pass_context
from catalog.cli.output import say
from pipeline.cli.model_evaluate import hand_over
from pipeline.cli.model_train import AUTO, CPU, CUDA, device_for, today

TOLD_EVERY = 50  # steps


@click.command(name="cross-validate")
@click.argument("recipe", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    required=True,
    help="Folder of labelled images of several sites.",
)
@click.option(
    "--models",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the models of the folds (default: models/ in the workspace).",
)
@click.option("--json", "json_to", metavar="OUT", help="All figures as JSON into this file.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for a report with plots.",
)
@click.option("--scale", "scales", type=click.FloatRange(0.05, 4.0), multiple=True, default=(0.5,))
@click.option("--symmetries", type=click.Choice(["1", "2", "4", "8"]), default="4")
@click.option("--neighbours", type=click.IntRange(0), default=0)
@click.option("--second-pass", is_flag=True)
@click.option("--device", type=click.Choice([AUTO, CPU, CUDA]), default=AUTO, show_default=True)
@pass_context
def cross_validate(
    context: CommandContext,
    recipe: Path,
    data: Path,
    models: Path | None,
    json_to: str | None,
    out: Path | None,
    scales: tuple[float, ...],
    symmetries: str,
    neighbours: int,
    second_pass: bool,
    device: str,
) -> None:
    """Leave each site out in turn: train a model without it and score that on it.

    Interrupted, the same command goes on where it was; views can be tried again on trained folds.

    \b
    Example:
      icelines model cross-validate pipeline/model_files/labelled-sites.toml --data caffe256
    """
    from pipeline.evaluation.labelled_document import labelled_document
    from pipeline.evaluation.neighbours import Neighbours
    from pipeline.evaluation.procedure import Procedure
    from pipeline.evaluation.second_pass import SecondPass
    from pipeline.evaluation.tables import aligned, labelled_rows, uncertainty_rows
    from pipeline.evaluation.viewing import Viewing
    from pipeline.run_cross_validate import cross_validate as run
    from pipeline.run_train import Commission
    from pipeline.training.curves import Progress
    from pipeline.training.recipe import read_recipe

    def report(site: str, progress: Progress) -> None:
        if progress.step % TOLD_EVERY == 0:
            say(f"Without {site}: step {progress.step}, loss {progress.loss:.3f}")

    folder = models or context.settings.workspace.root / "models"
    commission = Commission(read_recipe(recipe), folder, today(), data, device_for(device))
    procedure = Procedure(
        Viewing(scales, int(symmetries)),
        second_pass=SecondPass() if second_pass else None,
        neighbours=Neighbours(neighbours) if neighbours else None,
    )
    document = labelled_document(run(commission, procedure, report))
    text = "\n\n".join([aligned(labelled_rows(document)), aligned(uncertainty_rows(document))])
    hand_over(text, document, json_to, out)
