"""Evaluate: a model on labelled images or simulated tiles, or what a workspace holds of scenes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.errors import InputError
from catalog.front import Interval, Origin
from catalog.query import FrontFilter
from catalog.store import CatalogStore
from pipeline.errors import ModelError
from pipeline.evaluation.case_scores import CaseRow, CaseTile, case_uncertainty, score_cases
from pipeline.evaluation.image_score import ImageScore, score_image
from pipeline.evaluation.labelled_document import LabelledEvaluation, Subject
from pipeline.evaluation.procedure import Procedure, Unreadable, look_at_all
from pipeline.evaluation.scene_scores import SceneScore, scenes_of, score_front, true_line
from pipeline.evaluation.simulated_cases import SIDE_PX
from pipeline.evaluation.simulated_document import SimulatedEvaluation
from pipeline.evaluation.simulated_tiles import score
from pipeline.evaluation.viewing import check_is_for_grey
from pipeline.labelled.folder import LabelledFolder
from pipeline.network.channels import sees_other_dates
from pipeline.network.weights import LoadedModel
from pipeline.simulate.tiles import HELD_OUT_SEED, SimulatedTiles


@dataclass(frozen=True, slots=True)
class SimulatedTest:
    """How many tiles are drawn at random, how many for each hard case, and how large these are."""

    tiles: int = 400
    each_case: int = 40
    seed: int = HELD_OUT_SEED
    case_side_px: int = SIDE_PX


def evaluate_labelled(
    folder: LabelledFolder,
    model: LoadedModel,
    procedure: Procedure,
    report: Callable[[int], None] = lambda _: None,
) -> LabelledEvaluation:
    """Scores of a model on a labelled folder; `report` is told how many images are done.

    Images that cannot be read are left out and named. Raises InputError where none can be, and
    ModelError where the model takes more channels than the images have.
    """
    check_is_for_grey(model.network)
    scale = procedure.position_scale or model.card.position_scale
    procedure = replace(procedure, position_scale=scale)
    unreadable: list[Unreadable] = []
    images: list[ImageScore] = []
    for seen in look_at_all(folder, model.network, procedure, unreadable.append):
        images.append(score_image(seen, scale))
        report(len(images) + len(unreadable))
    if not images:
        raise InputError(
            f"none of its {len(unreadable)} images can be read.",
            where=folder.path,
            remedy=f"The first fault: {unreadable[0].fault}",
        )
    card = model.card
    subject = Subject(card.id, card.weights_sha256, folder.path.resolve().name, folder.index_sha256)
    return LabelledEvaluation(subject, procedure, tuple(images), tuple(unreadable))


def evaluate_simulated(
    model: LoadedModel,
    test: SimulatedTest,
    report: Callable[[str], None] = lambda _: None,
) -> SimulatedEvaluation:
    """Scores on simulated tiles with truth; `report` is told what is done. Zero cases: none.

    Raises ModelError where the model sees other dates.
    """
    if sees_other_dates(model.card.input_channels):
        raise ModelError(
            f"{model.card.id} sees other dates, of which simulated tiles have none.",
            remedy="Name a folder of labelled images with --data.",
        )
    channels, network = model.card.input_channels, model.network
    report(f"{test.tiles} simulated tiles")
    scores = score(network, SimulatedTiles(test.seed, polarisations=channels), test.tiles)
    cases: list[CaseRow] = []
    uncertainty = None
    if test.each_case:
        report(f"hard cases, {test.each_case} tiles of each")
        scale = model.card.position_scale
        tiles: list[CaseTile] = []
        for row, parts in score_cases(
            network, channels, test.each_case, test.seed, test.case_side_px, scale
        ):
            cases.append(row)
            tiles += parts
        uncertainty = case_uncertainty(tiles, scale)
    card = model.card
    return SimulatedEvaluation(
        card.id, card.weights_sha256, test.seed, scores, tuple(cases), uncertainty
    )


def evaluate_scenes(
    store: CatalogStore, truth_folder: Path
) -> tuple[tuple[SceneScore, ...], tuple[str, ...]]:
    """Scores of all simulated daily fronts on record, and the simulated scenes without one.

    Raises InputError where there is no front with a known truth.
    """
    wanted = FrontFilter(intervals=(Interval.DAILY,), origins=(Origin.SIMULATED,))
    scores: list[SceneScore] = []
    traced: set[str] = set()
    for front in store.fronts(wanted):
        scenes = scenes_of(front)
        truth = true_line(truth_folder / f"{scene}.geojson" for scene in scenes)
        traced.update(scenes)
        if truth is not None:
            scores.append(score_front(front, truth))
    if not scores:
        raise InputError(
            "there are no fronts of simulated scenes.",
            where=truth_folder,
            remedy="Make some: `icelines simulate --month 2026-01 --shelf Bach`, then "
            "`icelines process`.",
        )
    missing = sorted(
        path.stem
        for path in truth_folder.glob("*.geojson")
        if path.stem not in traced and true_line([path]) is not None
    )
    return tuple(scores), tuple(missing)
