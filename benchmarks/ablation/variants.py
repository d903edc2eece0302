"""The recipe of the ablation and its variants."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.training.recipe import LossTable, NetworkTable, Recipe, Stage

BASE_CHANNELS, TILE_PX, BATCH_SIZE = 4, 128, 8
PUBLISHED: dict[str, dict[str, float | bool]] = {
    "single-class tiles teach nothing": {"smallest_ice_share": 0.0, "smallest_edge_share": 0.0},
    "edges widen at coarse levels": {"sharp_coarse_edges": False},
    "pixels without data count": {"ignores_nodata": False},
}


@dataclass(frozen=True, slots=True)
class Variant:
    title: str
    recipe: Recipe


def variants(steps: int, seed: int) -> list[Variant]:
    """All mended; each fault alone as published; all as published."""
    losses = {"all mended": LossTable()}
    for title, fault in PUBLISHED.items():
        losses[title] = LossTable.model_validate(fault)
    together = {name: value for fault in PUBLISHED.values() for name, value in fault.items()}
    losses["all as published"] = LossTable.model_validate(together)
    return [
        Variant(title, _recipe(number, loss, steps, seed))
        for number, (title, loss) in enumerate(losses.items())
    ]


def _recipe(number: int, loss: LossTable, steps: int, seed: int) -> Recipe:
    return Recipe(
        name=f"ablation-{number}",
        seed=seed,
        network=NetworkTable(base_channels=BASE_CHANNELS),
        stages=(Stage(steps=steps, tile_px=TILE_PX, batch_size=BATCH_SIZE),),
        loss=loss,
    )
