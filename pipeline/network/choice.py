"""Which model works on a scene, and why this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.model_card import ModelCard
from pipeline.errors import ModelError
from pipeline.network.card_files import JSON, read_card
from pipeline.network.channels import measured_bands, needed_bands
from pipeline.network.weights import SUFFIX

MODEL_FOLDER = Path(__file__).parents[1] / "model_files"
NAMED = "named by the user"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that was taken. `why` goes into the lineage of what it makes.

    `considered` are the ids of all models that would have worked, this one among them.
    """

    path: Path
    card: ModelCard
    why: str
    considered: tuple[str, ...]


def known_models(folder: Path = MODEL_FOLDER) -> tuple[ModelCard, ...]:
    """The cards of the models in a folder (those that come with IceLines), by id."""
    return tuple(card for _, card in _models_in(folder))


def model_paths(folder: Path = MODEL_FOLDER) -> tuple[Path, ...]:
    """The weights of `known_models`."""
    return tuple(path for path, _ in _models_in(folder))


def choose_model(offered: Iterable[str], folder: Path = MODEL_FOLDER) -> ModelChoice:
    """The model that makes the most of these bands (`("HH", "HV")`, `DEM` where there is one).

    A model fits when every band that its channels are made from is there; of those that fit the
    one with the most bands is taken, then the most channels, then the youngest. Raises ModelError
    when none fits.
    """
    bands = tuple(offered)
    fitting = [
        (path, card)
        for path, card in _models_in(folder)
        if set(needed_bands(card.input_channels)) <= set(bands)
    ]
    if not fitting:
        raise ModelError(
            f"no model works on {'+'.join(bands) or 'no polarisation'}.",
            where=folder,
            remedy="Name the polarisation with --polarisation, or train a model for it.",
        )
    path, card = max(fitting, key=lambda found: _merit(found[1]))
    return ModelChoice(path, card, _why(card, bands), tuple(card.id for _, card in fitting))


def named_model(path: Path) -> ModelChoice:
    """The model that the user named; raises ModelError."""
    card = read_card(path.with_suffix(JSON))
    return ModelChoice(path, card, NAMED, (card.id,))


def named_for_scenes(path: Path) -> ModelChoice:
    """As `named_model`; raises ModelError also where it needs what no scene has by itself.

    A polarisation that a scene lacks is told of the scene: it may have been lost.
    """
    choice = named_model(path)
    channels = choice.card.input_channels
    if needed_bands(channels) != measured_bands(channels):
        raise ModelError(
            f"the model needs {'+'.join(needed_bands(channels))}; a scene by itself has "
            "polarisations alone.",
            where=path,
            remedy="Choose another model with --weights, or none.",
        )
    return choice


def default_model_path(polarisations: Iterable[str], folder: Path = MODEL_FOLDER) -> Path:
    """The weights that `choose_model` takes."""
    return choose_model(polarisations, folder).path


def _models_in(folder: Path) -> list[tuple[Path, ModelCard]]:
    """Weights with a card beside them, by id: a folder may hold checkpoints and curves, too."""
    weights = (path for path in folder.glob(f"*{SUFFIX}") if path.with_suffix(JSON).exists())
    found = [(path, read_card(path.with_suffix(JSON))) for path in weights]
    return sorted(found, key=lambda model: (model[1].id, model[0].name))


def _merit(card: ModelCard) -> tuple[int, int, str, str]:
    channels = card.input_channels
    return len(needed_bands(channels)), len(channels), card.trained_on.isoformat(), card.id


def _why(card: ModelCard, bands: tuple[str, ...]) -> str:
    used, there = needed_bands(card.input_channels), "+".join(bands)
    if set(used) == set(bands):
        return f"uses all of {there}"
    return f"uses {'+'.join(used)} of {there}; no model at hand uses more"
