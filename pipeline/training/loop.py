"""The loop: steps, scoring now and then, stopping early, and going on where it was killed.

Same recipe, examples, code, thread count and processor features: same weights, however often the
run was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from pipeline.network.hedunet import ICE, HedUnet
from pipeline.training.average import begun_average, update_average
from pipeline.training.checkpoint import Checkpoint, Standing, read_checkpoint, write_checkpoint
from pipeline.training.curves import Curves, Progress
from pipeline.training.losses import deep_loss, task_loss
from pipeline.training.recipe import Recipe
from pipeline.training.supply import Supply
from pipeline.training.targets import Batch, batch_of, target_at

CHECKPOINT, CURVES = "checkpoint.safetensors", "curves.csv"
LARGEST_GRADIENT = 1.0
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is shown and what is scored on; the two share no example."""

    training: Supply
    validation: Supply


@dataclass(slots=True)
class _State:
    """What changes from step to step."""

    network: HedUnet
    optimiser: torch.optim.Optimizer
    average: dict[str, torch.Tensor]
    best: dict[str, torch.Tensor]
    standing: Standing

    def checkpoint(self) -> Checkpoint:
        moments = self.optimiser.state_dict()["state"]
        network = self.network.state_dict()
        return Checkpoint(self.standing, network, self.average, self.best, moments)

    def restore(self, kept: Checkpoint) -> None:
        self.network.load_state_dict(kept.network)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": kept.optimiser, "param_groups": groups})
        for mine, theirs in ((self.average, kept.average), (self.best, kept.best)):
            for name, value in theirs.items():
                mine[name].copy_(value)
        self.standing = kept.standing


def train(
    recipe: Recipe,
    lesson: Lesson,
    folder: Path,
    *,
    device: torch.device | None = None,
    report: Report = lambda _: None,
) -> HedUnet:
    """The best network that the recipe leads to, in evaluation mode on the CPU.

    `folder` holds checkpoint and curves while it runs; the checkpoint is left there, so that the
    same call again returns at once. Raises ModelError.
    """
    place = device or torch.device("cpu")
    with _threads(recipe.threads):
        state = _begun(recipe, place)
        kept = read_checkpoint(folder / CHECKPOINT, recipe.sha256)
        if kept is not None:
            state.restore(kept)
        curves = Curves(folder / CURVES)
        curves.begin_after(state.standing.step)
        for progress in _steps(recipe, lesson, folder, state, place):
            curves.add(progress)
            report(progress)
        network = HedUnet(recipe.architecture)
        network.load_state_dict(state.best)
    return network.eval()


def _begun(recipe: Recipe, device: torch.device) -> _State:
    torch.manual_seed(recipe.seed)
    network = HedUnet(recipe.architecture)
    network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    average, best = begun_average(network), begun_average(network)
    return _State(network, optimiser, average, best, Standing(recipe.sha256, 0))


def _steps(
    recipe: Recipe, lesson: Lesson, folder: Path, state: _State, device: torch.device
) -> Iterator[Progress]:
    stopping = recipe.stopping
    while state.standing.step < recipe.steps and state.standing.without_better < stopping.patience:
        rate = learning_rate_at(recipe, state.standing.step)
        loss = _step(recipe, lesson.training, state, rate, device)
        done = state.standing.step
        progress = Progress(done, loss, rate)
        if done % stopping.every_steps == 0 or done == recipe.steps:
            scored = score(recipe, lesson.validation, state.average, device)
            _keep_best(state, scored)
            write_checkpoint(state.checkpoint(), folder / CHECKPOINT)
            progress = replace(progress, validation_loss=scored.loss, validation_iou=scored.ice_iou)
        yield progress


def _step(
    recipe: Recipe, supply: Supply, state: _State, rate: float, device: torch.device
) -> float:
    step = state.standing.step
    batch = training_batch(recipe, supply, step).to(device)
    for group in state.optimiser.param_groups:
        group["lr"] = rate
    state.network.train()
    state.optimiser.zero_grad(set_to_none=True)
    with _precision(recipe, device):
        output = state.network.with_side_outputs(batch.tiles)
    loss = deep_loss(output, batch, recipe.loss)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(state.network.parameters(), LARGEST_GRADIENT)
    state.optimiser.step()
    update_average(state.average, state.network, step + 1, recipe.averaging)
    state.standing = replace(state.standing, step=step + 1)
    return float(loss.item())


def training_batch(recipe: Recipe, supply: Supply, step: int) -> Batch:
    """The batch of step `step` (from 0); no example comes twice within a stage."""
    stage = recipe.stage_at(step)
    numbers = range(step * stage.batch_size, (step + 1) * stage.batch_size)
    examples = [supply.example(number, stage.tile_px) for number in numbers]
    return batch_of(examples, recipe.network.channels)


def learning_rate_at(recipe: Recipe, step: int) -> float:
    """One cycle (Smith 2018): up in a straight line, then down along half a cosine."""
    warm = max(1.0, recipe.warm_up_share * recipe.steps)
    if step < warm:
        return recipe.learning_rate * (step + 1) / (warm + 1)
    gone = (step - warm) / max(1.0, recipe.steps - warm)
    return recipe.learning_rate * 0.5 * (1.0 + torch.cos(torch.tensor(torch.pi * gone)).item())


@dataclass(frozen=True, slots=True)
class Scored:
    """On the validation examples: mean loss of the merged output, and IoU of ice and of water
    in the mean, over pixels with data."""

    loss: float
    ice_iou: float


@torch.inference_mode()
def score(
    recipe: Recipe,
    supply: Supply,
    weights: dict[str, torch.Tensor],
    device: torch.device | None = None,
) -> Scored:
    """Score weights on the first validation examples, at the size of the last stage."""
    network = HedUnet(recipe.architecture)
    network.load_state_dict(weights)
    place = device or torch.device("cpu")
    network.to(device=place, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]  # torch's stubs lack it
    stage, losses = recipe.stages[-1], []
    counts = torch.zeros(2, 2)
    for first in range(0, recipe.stopping.tiles, stage.batch_size):
        numbers = range(first, min(first + stage.batch_size, recipe.stopping.tiles))
        examples = [supply.example(n, stage.tile_px) for n in numbers]
        batch = batch_of(examples, recipe.network.channels).to(place)
        logits = network(batch.tiles)
        target = target_at(batch, 0, sharp=True, ignores_nodata=True)
        losses += [task_loss(logits, target, recipe.loss).item()] * len(numbers)
        counts += _overlap(logits[:, ICE : ICE + 1] > 0, batch).cpu()
    iou = counts[:, 0] / counts[:, 1].clamp(min=1)
    return Scored(sum(losses) / len(losses), float(iou.mean()))


def _overlap(ice: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Intersection and union of ice and of water, (2, 2)."""
    truth, data = batch.ice > 0.5, batch.data > 0.5
    rows = [
        torch.stack([(a & b & data).sum(), ((a | b) & data).sum()])
        for a, b in ((ice, truth), (~ice, ~truth))
    ]
    return torch.stack(rows).float()


def _keep_best(state: _State, scored: Scored) -> None:
    standing = state.standing
    if standing.best_score is None or scored.loss < standing.best_score:
        for name, value in state.average.items():
            state.best[name].copy_(value)
        state.standing = replace(
            standing, best_score=scored.loss, best_step=standing.step, without_better=0
        )
    else:
        state.standing = replace(standing, without_better=standing.without_better + 1)


def _precision(recipe: Recipe, device: torch.device) -> torch.autocast:
    """bfloat16 needs no scaling of the loss; on a CPU without it, it would only be slower."""
    mixed = recipe.precision == "bfloat16" and device.type == "cuda"
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=mixed)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Sums differ between thread counts: theirs is the recipe's."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
