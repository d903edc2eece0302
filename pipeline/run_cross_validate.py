"""Leave one site out: for each site a model that never saw it, scored on it alone.

How a model will do where nobody has drawn fronts yet; images of one site are too alike for less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.canonical import canonical_json, sha256_hex
from catalog.errors import InputError
from pipeline.evaluation.labelled_document import LabelledEvaluation, Subject
from pipeline.evaluation.procedure import Procedure
from pipeline.labelled.folder import LabelledFolder, open_labelled
from pipeline.network.weights import load_model
from pipeline.run_evaluate import evaluate_labelled
from pipeline.run_train import Commission, train_model
from pipeline.training.curves import Progress

Report = Callable[[str, Progress], None]
FEWEST_SITES = 2


@dataclass(frozen=True, slots=True)
class Fold:
    """One site left out, and the model that is trained without it."""

    site: str
    commission: Commission


def folds_of(commission: Commission, folder: LabelledFolder) -> Iterator[Fold]:
    """One for each site; raises InputError where there are fewer than two."""
    if len(folder.sites) < FEWEST_SITES:
        raise InputError(
            f"has {len(folder.sites)} site: without it nothing is left to learn from.",
            where=folder.path,
            remedy="Name a folder with images of two sites or more.",
        )
    for site in folder.sites:
        recipe = commission.recipe.model_copy(
            update={
                "name": f"{commission.recipe.name}-without-{site.lower()}",
                "labelled": commission.recipe.labelled.model_copy(
                    update={"left_out_sites": (site,)}
                ),
            }
        )
        yield Fold(site, replace(commission, recipe=recipe))


def cross_validate(
    commission: Commission,
    procedure: Procedure,
    report: Report = lambda _site, _progress: None,
) -> LabelledEvaluation:
    """Train and score fold after fold; a call that was killed goes on with the fold it was in.

    `commission` names the folder of images. The result holds every image once, scored by the model
    that did not see its site.
    """
    folder = open_labelled(commission.labelled or Path())
    parts = [_scored(fold, folder, procedure, report) for fold in folds_of(commission, folder)]
    digests = [part.subject.weights_sha256 for part in parts]
    subject = Subject(
        f"{commission.recipe.name}, each site left out in turn",
        sha256_hex(canonical_json(digests)),
        folder.path.resolve().name,
        folder.index_sha256,
    )
    return LabelledEvaluation(
        subject,
        procedure,
        tuple(image for part in parts for image in part.images),
        tuple(each for part in parts for each in part.unreadable),
    )


def _scored(
    fold: Fold, folder: LabelledFolder, procedure: Procedure, report: Report
) -> LabelledEvaluation:
    train_model(fold.commission, lambda progress: report(fold.site, progress))
    model = load_model(fold.commission.weights)
    return evaluate_labelled(folder.of_site(fold.site), model, procedure)
