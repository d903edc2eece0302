"""Each model draws the golden tile's line again, on this machine's device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import torch

from pipeline.errors import ModelError
from pipeline.golden_line import LARGEST_MEAN_M, golden_line, recorded_line, shift_between
from pipeline.network.weights import LoadedModel, load_model

MOVED = (
    "Other results than on the machine that trained the model must be expected. Go back to the "
    "last driver and libraries that passed (`pip install -r requirements.lock`), or run on the "
    "processor alone (CUDA_VISIBLE_DEVICES='')."
)


class Health(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class Finding:
    """How a model does here. Distances in metres, None where there was nothing to compare."""

    model: str
    health: Health
    device: str
    said: str
    remedy: str = ""
    mean_m: float | None = None
    max_m: float | None = None


def best_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def examine_models(weights: Iterable[Path], device: torch.device) -> tuple[Finding, ...]:
    """One finding for each weights file; none of them raises."""
    return tuple(_examine_file(path, device) for path in weights)


def examine(model: LoadedModel, device: torch.device) -> Finding:
    """Draw, compare; raises ModelError where the record in the card cannot be used."""
    card = model.card
    if not card.golden:
        return _not_recorded(model, device, "its card records no line on the golden tile")
    recorded = recorded_line(card.golden)
    if recorded.is_empty:
        return _not_recorded(model, device, "it drew no line when it was trained")
    drawn = golden_line(model.network.to(device), card.input_channels)
    if drawn.is_empty:
        return Finding(card.id, Health.FAIL, device.type, "it draws no line here", MOVED)
    shift = shift_between(recorded, drawn)
    said = f"line moved by {shift.mean_m:.2f} m in the mean, {shift.max_m:.2f} m at most"
    health, remedy = (Health.PASS, "") if shift.is_small else (Health.FAIL, MOVED)
    if not shift.is_small:
        said += f" (allowed: {LARGEST_MEAN_M:g} m in the mean)"
    return Finding(card.id, health, device.type, said, remedy, shift.mean_m, shift.max_m)


def _examine_file(path: Path, device: torch.device) -> Finding:
    try:
        return examine(load_model(path), device)
    except ModelError as error:
        return Finding(path.stem, Health.FAIL, device.type, error.fault, error.remedy)
    except (RuntimeError, AssertionError) as error:  # of torch, for a driver that does not fit
        fault = f"torch failed: {str(error).splitlines()[0]}"
        return Finding(path.stem, Health.FAIL, device.type, fault, MOVED)


def _not_recorded(model: LoadedModel, device: torch.device, why: str) -> Finding:
    return Finding(model.card.id, Health.NOT_RECORDED, device.type, why)
