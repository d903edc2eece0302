"""From a recipe to a model on disk: train, save, look at what was saved, describe it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch

from catalog.model_card import DataSource, ModelCard
from pipeline.errors import LabelledDataError, ModelError
from pipeline.golden_line import record_golden
from pipeline.labelled.folder import LabelledFolder, LabelledImage, LabelledRow, open_labelled
from pipeline.labelled.persistence import with_persistence
from pipeline.network.card_files import write_cards
from pipeline.network.hedunet import HedUnet, count_parameters
from pipeline.network.weights import SUFFIX, network_from_file, save_model
from pipeline.simulate.tiles import HELD_OUT_SEED
from pipeline.training.loop import Lesson, Report, score, train
from pipeline.training.recipe import Recipe
from pipeline.training.supply import Supply, supply_of

ONE_IN = 8  # labelled images of every site are kept for choosing when to stop
LICENCE_OF_OWN_DATA = "Apache-2.0"
SIMULATED_ONLY = (
    "Trained on simulated tiles only, whose backscatter levels are assumptions: expect larger "
    "errors on real scenes, above all with surface melt, fast ice against the front and melange."
)
LABELLED = (
    "Its real training images show outlet glaciers of few sites, reduced to 256 x 256 pixels and "
    "without calibration."
)
REST_SIMULATED = (
    "Everything else that it knows of ice shelves is simulated, with assumed backscatter levels: "
    "expect larger errors on real scenes."
)
NEVER_AN_ICE_SHELF = "It has never been shown an ice shelf."
OTHER_DATES = (
    "It needs several co-registered images of the same place, of different dates; for a single "
    "scene it is of no use."
)
CAFFE_CITATION = (
    "Gourmelon, N., Seehaus, T., Braun, M., Maier, A., and Christlein, V. (2022): Calving fronts "
    "and where to find them: a benchmark dataset and methodology for automatic glacier calving "
    "front extraction from synthetic aperture radar imagery, Earth Syst. Sci. Data 14, 4287-4313, "
    "doi:10.5194/essd-14-4287-2022"
)


@dataclass(frozen=True, slots=True)
class Commission:
    """A model that is wanted: how to train it, on which labelled images, where to put it."""

    recipe: Recipe
    folder: Path
    trained_on: date
    labelled: Path | None = None
    device: str = "cpu"

    @property
    def weights(self) -> Path:
        return self.folder / f"{self.recipe.name}{SUFFIX}"

    @property
    def progress(self) -> Path:
        """Checkpoint and curves, while it is trained."""
        return self.folder / f"{self.recipe.name}.training"


@dataclass(frozen=True, slots=True)
class LabelledSplit:
    """Labelled images for learning and for choosing when to stop; left-out sites are in neither."""

    folder: LabelledFolder | None
    training: tuple[LabelledRow, ...] = ()
    validation: tuple[LabelledRow, ...] = ()

    def read(self, *, sees_other_dates: bool) -> tuple[list[LabelledImage], list[LabelledImage]]:
        """The images of both parts; of other dates only pictures are seen, never labels."""
        if self.folder is None:
            return [], []
        images = [self.folder.read(row) for row in (*self.training, *self.validation)]
        if sees_other_dates:
            images = with_persistence(images)
        return images[: len(self.training)], images[len(self.training) :]


def train_model(commission: Commission, report: Report = lambda _: None) -> ModelCard:
    """Train, save and describe; raises ModelError and LabelledDataError.

    A call that was killed goes on where it was; one that is done only writes the card again.
    """
    recipe = commission.recipe
    split = split_labelled(recipe, commission.labelled)
    learned, kept = split.read(sees_other_dates=recipe.sees_other_dates)
    training, validation = supply_of(recipe, learned), validation_supply(recipe, kept)
    commission.progress.mkdir(parents=True, exist_ok=True)
    network = train(
        recipe,
        Lesson(training, validation),
        commission.progress,
        device=torch.device(commission.device),
        report=report,
    )
    card = _described(commission, split, network, validation)
    write_cards(card, commission.weights)
    return card


def split_labelled(recipe: Recipe, path: Path | None) -> LabelledSplit:
    """Every eighth image of a site is for validation; raises LabelledDataError without images."""
    if recipe.sees_other_dates and recipe.simulated.share > 0.0:
        raise ModelError(
            f"{recipe.name} sees other dates, and simulated tiles have none.",
            remedy="Train on labelled images alone: [simulated] share = 0.",
        )
    if recipe.labelled.share == 0.0:
        return LabelledSplit(None)
    if path is None:
        raise LabelledDataError(
            f"{recipe.name} learns from labelled images, and no folder of them is named.",
            remedy="Name it with --data.",
        )
    if len(recipe.polarisations) != 1 or recipe.has_heights:
        raise LabelledDataError(
            f"{recipe.name} takes {'+'.join(recipe.network.channels)}, labelled images have one "
            "polarisation.",
            remedy="Train on simulated tiles alone: [labelled] share = 0.",
        )
    folder = open_labelled(path)
    seen = [row for row in folder.rows if row.site not in recipe.labelled.left_out_sites]
    by_site = [[row for row in seen if row.site == site] for site in folder.sites]
    validation = [row for rows in by_site for row in rows[ONE_IN // 2 :: ONE_IN]]
    kept = {row.id for row in validation}
    training = [row for row in seen if row.id not in kept]
    return LabelledSplit(folder, tuple(training), tuple(validation))


def validation_supply(recipe: Recipe, images: Sequence[LabelledImage]) -> Supply:
    """As the training's supply, from other tiles and images."""
    table = recipe.simulated.model_copy(update={"seed": HELD_OUT_SEED})
    recipe = recipe.model_copy(update={"simulated": table, "seed": HELD_OUT_SEED})
    return supply_of(recipe, images)


def _described(
    commission: Commission, split: LabelledSplit, network: HedUnet, validation: Supply
) -> ModelCard:
    recipe = commission.recipe
    sha256, size_bytes = save_model(network, commission.weights)
    # What is scored is what was saved: half precision moves the weights a little.
    saved = network_from_file(commission.weights)
    scored = score(recipe, validation, saved.state_dict())
    return ModelCard(
        id=recipe.name,
        architecture=recipe.architecture.title,
        architecture_document=recipe.architecture.document(),
        parameters=count_parameters(saved),
        input_channels=recipe.network.channels,
        weights_sha256=sha256,
        weights_size_bytes=size_bytes,
        weights_href=commission.weights.name,
        licence="CC-BY-4.0" if split.folder else LICENCE_OF_OWN_DATA,
        sources=sources_of(recipe, split),
        training_data=training_data(recipe, split),
        training_seed=recipe.seed,
        recipe=recipe.document(),
        trained_on=commission.trained_on,
        pixel_sizes_m=recipe.simulated.pixel_sizes_m,
        scores={
            "validation_mean_iou": round(scored.ice_iou, 4),
            "validation_loss": round(scored.loss, 4),
        },
        golden=record_golden(saved, recipe.network.channels),
        limits=" ".join(limits_of(recipe)),
        framework="PyTorch",
        framework_version=torch.__version__,
    )


def limits_of(recipe: Recipe) -> Iterator[str]:
    """What must be known of a model before it is used, in sentences for people."""
    if recipe.labelled.share == 0.0:
        yield SIMULATED_ONLY
    else:
        yield LABELLED
        yield REST_SIMULATED if recipe.simulated.share > 0.0 else NEVER_AN_ICE_SHELF
    if recipe.sees_other_dates:
        yield OTHER_DATES


def sources_of(recipe: Recipe, split: LabelledSplit) -> tuple[DataSource, ...]:
    """What was learned from, and under which terms."""
    sources = []
    if recipe.simulated.share > 0.0:
        sources.append(
            DataSource(
                name="simulated tiles of IceLines",
                licence=LICENCE_OF_OWN_DATA,
                citation="generated by the code of this model's version (pipeline/simulate)",
                images=round(shown(recipe) * (1.0 - labelled_share(recipe))),
                note=f"seed {recipe.simulated.seed}",
            )
        )
    if split.folder is not None:
        sources.append(
            DataSource(
                name="CaFFe, images reduced to 256 x 256 pixels",
                licence="CC-BY-4.0",
                citation=CAFFE_CITATION,
                images=len(split.training),
                sha256=split.folder.index_sha256,
                note=f"sites {', '.join(sorted({row.site for row in split.training}))}",
            )
        )
    return tuple(sources)


def training_data(recipe: Recipe, split: LabelledSplit) -> str:
    """One sentence for people; the recipe says it all."""
    names = "+".join(recipe.network.channels)
    labelled = round(shown(recipe) * labelled_share(recipe))
    said = [f"{shown(recipe) - labelled} simulated {names} tiles"] * (labelled < shown(recipe))
    if labelled:
        said.append(f"{labelled} views of {len(split.training)} labelled radar images")
    sizes = " then ".join(f"{stage.tile_px}" for stage in recipe.stages)
    return f"{' and '.join(said)}, of {sizes} pixels a side"


def shown(recipe: Recipe) -> int:
    """How many examples the recipe shows, unless it stops early."""
    return sum(stage.steps * stage.batch_size for stage in recipe.stages)


def labelled_share(recipe: Recipe) -> float:
    return recipe.labelled.share / (recipe.labelled.share + recipe.simulated.share)
