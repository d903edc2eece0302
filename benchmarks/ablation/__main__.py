"""`python -m benchmarks.ablation`: train the variants, judge them, write the table."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import orjson

from benchmarks.ablation.judging import Judgement, judge
from benchmarks.ablation.variants import BASE_CHANNELS, BATCH_SIZE, TILE_PX, Variant, variants
from pipeline.run_train import validation_supply
from pipeline.simulate.tiles import HELD_OUT_SEED
from pipeline.training.loop import Lesson, train
from pipeline.training.supply import SimulatedSupply, supply_of

COLUMNS = (
    ("mean IoU", "mean_iou", "{:.3f}"),
    ("single-class tiles: pixels wrong", "single_class_wrong", "{:.2%}"),
    ("with a false front", "single_class_false_fronts", "{:d}"),
    ("edge width", "edge_width", "{:.2f}"),
    ("false edge beside no data", "false_edge_beside_nodata", "{:.2%}"),
)


@click.command()
@click.option("--steps", default=400, show_default=True)
@click.option("--tiles", default=300, show_default=True, help="Held-out tiles to judge on.")
@click.option("--seed", default=2026, show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Figures as JSON.")
@click.option("--markdown", type=click.Path(path_type=Path), help="The table as a page.")
def main(steps: int, tiles: int, seed: int, json_path: Path | None, markdown: Path | None) -> None:
    """Train every variant of the loss alike and judge it on tiles that none saw."""
    found = {}
    for variant in variants(steps, seed):
        found[variant.title] = measured(variant, tiles)
        click.echo(f"{variant.title:36} {_row(found[variant.title])}")
    if json_path:
        json_path.write_bytes(
            orjson.dumps(_document(found, steps, seed), option=orjson.OPT_INDENT_2)
        )
    if markdown:
        markdown.write_text(page(found, steps, seed), encoding="utf-8")


def measured(variant: Variant, tiles: int) -> Judgement:
    """The judgement of one variant, trained from scratch."""
    recipe = variant.recipe
    lesson = Lesson(supply_of(recipe, []), validation_supply(recipe, []))
    with TemporaryDirectory() as folder:
        network = train(recipe, lesson, Path(folder))
    held_out = SimulatedSupply(HELD_OUT_SEED, recipe.polarisations)
    return judge(network, (held_out.example(number, TILE_PX) for number in range(tiles)))


def page(found: dict[str, Judgement], steps: int, seed: int) -> str:
    first = next(iter(found.values()))
    titles = ["loss", *(title for title, _, _ in COLUMNS)]
    lines = [
        "# What mending the loss brings",
        "",
        f"Written by `python -m benchmarks.ablation`. HED-UNet with {BASE_CHANNELS} base channels, "
        f"{steps} steps of {BATCH_SIZE} simulated HH tiles of {TILE_PX} pixels, seed {seed}; every "
        f"row is the same training but for the loss, judged on {first.tiles} tiles that none saw, "
        f"{first.single_class_tiles} of them all ice or all ocean. One seed: small differences "
        "are chance.",
        "",
        "| " + " | ".join(titles) + " |",
        "|---" * len(titles) + "|",
        *(f"| {title} | {_row(judgement, ' | ')} |" for title, judgement in found.items()),
        "",
        "A false front is a single-class tile of which more than 1 % is called the other class. "
        "Edge width is the number of pixels called edge for each pixel of the true edge (1 is as "
        "wide as the truth). A false edge beside no data is called within 4 pixels of missing "
        "data, away from true edges.",
    ]
    return "\n".join(lines) + "\n"


def _row(judgement: Judgement, between: str = "  ") -> str:
    return between.join(form.format(getattr(judgement, name)) for _, name, form in COLUMNS)


def _document(found: dict[str, Judgement], steps: int, seed: int) -> dict[str, Any]:
    rows = {title: asdict(judgement) for title, judgement in found.items()}
    return {"steps": steps, "seed": seed, "variants": rows}


if __name__ == "__main__":
    main()
