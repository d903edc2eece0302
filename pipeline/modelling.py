"""From a recipe to a model on disk: train, save, load again, score what was saved, describe."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch

from catalog.model_card import ModelCard
from pipeline.evaluation.simulated_tiles import (
    Scores,
    TileScore,
    predict_ice,
    score_tile,
)
from pipeline.evaluation.simulated_tiles import pooled_scores as pooled
from pipeline.network.hedunet import HedUnet, count_parameters
from pipeline.network.weights import (
    SUFFIX,
    LoadedModel,
    load_model,
    network_from_file,
    save_model,
    write_card,
)
from pipeline.simulate.surfaces import PIXEL_SIZE_M
from pipeline.simulate.tiles import SimulatedTiles
from pipeline.training import Progress, Recipe, TileSupply, TrainingTile, train

HELD_OUT_SEED = 1_000_003  # seeds of tiles that no training may use start here
HELD_OUT_TILES = 400
LIMITS = (
    "Trained and scored on simulated tiles only, whose backscatter levels are assumptions: expect "
    "larger errors on real scenes, above all with surface melt, fast ice against the front and "
    "melange. A first model that proves the path; not for scientific use."
)


@dataclass(frozen=True, slots=True)
class Commission:
    """A model that is wanted: how to train it, what to call it, where to put it."""

    recipe: Recipe
    name: str
    folder: Path
    trained_on: date
    tile_side_px: int = 256
    held_out_tiles: int = HELD_OUT_TILES


def train_model(
    commission: Commission, report: Callable[[Progress], None] = lambda _: None
) -> ModelCard:
    """Train, save and score; the card and the weights are in the folder afterwards."""
    recipe = commission.recipe
    supply = SimulatedTiles(recipe.seed, commission.tile_side_px, recipe.polarisations)
    network = train(recipe, supply, report)
    path = commission.folder / f"{commission.name}{SUFFIX}"
    sha256, size_bytes = save_model(network, path)
    # What is scored is what was saved: half precision moves the weights a little.
    held_out = SimulatedTiles(HELD_OUT_SEED, commission.tile_side_px, recipe.polarisations)
    scores = score(network_from_file(path), held_out, commission.held_out_tiles)
    card = ModelCard(
        id=commission.name,
        architecture=f"HED-UNet, {recipe.base_channels} base channels",
        parameters=count_parameters(network),
        input_channels=recipe.polarisations,
        weights_sha256=sha256,
        weights_size_bytes=size_bytes,
        weights_href=path.name,
        training_data=training_data(recipe, supply),
        training_seed=recipe.seed,
        trained_on=commission.trained_on,
        scores=named_scores(scores),
        limits=LIMITS,
        framework="torch",
        framework_version=torch.__version__,
    )
    write_card(card, path.with_suffix(".json"))
    return card


def evaluate_model(
    path: Path, tiles: int, seed: int, side_px: int = 256
) -> tuple[LoadedModel, Scores]:
    """Scores of a stored model on `tiles` simulated tiles of `seed`."""
    model = load_model(path)
    supply = SimulatedTiles(seed, side_px, model.card.input_channels)
    return model, score(model.network, supply, tiles)


def score(network: HedUnet, supply: TileSupply, tiles: int) -> Scores:
    """Scores over the tiles 0 to `tiles` - 1 of a supply with pixels of 40 m."""
    return pooled((_score_one(network, supply(number)) for number in range(tiles)), PIXEL_SIZE_M)


def _score_one(network: HedUnet, tile: TrainingTile) -> TileScore:
    valid = np.asarray(~np.isnan(tile.sigma0_db).any(axis=0))
    return score_tile(predict_ice(network, tile.sigma0_db), tile.ice, valid)


def training_data(recipe: Recipe, supply: SimulatedTiles) -> str:
    """The recipe in one sentence: with the code it is all that is needed to train again."""
    return (
        f"{recipe.steps * recipe.batch_size} {supply.description} (seed {supply.seed}), each shown "
        f"once in one of its eight orientations; AdamW, one-cycle learning rate to "
        f"{recipe.learning_rate:g}, weight decay {recipe.weight_decay:g}, batches of "
        f"{recipe.batch_size}, {recipe.steps} steps"
    )


def named_scores(scores: Scores) -> Mapping[str, float]:
    """Scores under names that carry their units; what could not be measured is left out."""
    named = {
        "simulated_tiles": scores.tiles,
        "simulated_tiles_with_front": scores.fronts,
        "simulated_ice_iou": round(scores.ice_iou, 4),
        "simulated_front_distance_m": round(scores.front_distance_m, 1),
        "simulated_front_distance_p95_m": round(scores.front_distance_p95_m, 1),
        "simulated_missed_fronts": scores.missed_fronts,
        "simulated_false_fronts": scores.false_fronts,
    }
    return {name: value for name, value in named.items() if math.isfinite(value)}
