"""Where examples come from: simulated tiles, labelled images, or some of each.

An example is a function of the seed and its number alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy import ndimage

from pipeline.labelled.folder import LabelledImage
from pipeline.simulate.elevation import stale_heights
from pipeline.simulate.noise import rng_of
from pipeline.simulate.tiles import simulate_tile
from pipeline.training.augmentation import SYMMETRIES, View, dirtied, radiometric, turned, viewed
from pipeline.training.recipe import Recipe
from pipeline.training.targets import Example

FRONT_REACH_PX = 2  # a drawn front is a pixel wide, and not always on the border of its zones


class Supply(Protocol):
    """Examples of `side_px` pixels without end."""

    def example(self, number: int, side_px: int) -> Example: ...


@dataclass(frozen=True, slots=True)
class SimulatedSupply:
    """Simulated tiles on pixels of several sizes, in one of the eight orientations."""

    seed: int
    polarisations: tuple[str, ...]
    pixel_sizes_m: tuple[float, ...] = (40.0,)
    weights: tuple[float, ...] = (1.0,)
    has_heights: bool = False
    soaked_share: float = 0.0

    def example(self, number: int, side_px: int) -> Example:
        rng = rng_of(self.seed, "training", side_px, number)
        chances = np.asarray(self.weights) / sum(self.weights)
        pixel_size_m = float(rng.choice(self.pixel_sizes_m, p=chances))
        # Drawn only where asked for: recipes that do not ask see the tiles they always saw.
        soaked = self.soaked_share > 0 and bool(rng.random() < self.soaked_share)
        tile = simulate_tile(
            side_px, self.polarisations, rng, pixel_size_m=pixel_size_m, soaked=soaked
        )
        bands = tile.sigma0_db
        if self.has_heights:
            bands = np.concatenate([bands, stale_heights(tile.ice, pixel_size_m, rng)[None]])
        example = Example(bands, tile.ice, np.ones_like(tile.ice))
        return turned(example, int(rng.integers(SYMMETRIES)))


@dataclass(frozen=True, slots=True)
class LabelledSupply:
    """Views of labelled images; every site is shown as often as any other."""

    images: tuple[Example, ...]
    sites: tuple[tuple[int, ...], ...]  # which images are of one site
    recipe: Recipe

    @classmethod
    def of(cls, images: Sequence[LabelledImage], recipe: Recipe) -> LabelledSupply:
        by_site: dict[str, list[int]] = defaultdict(list)
        for number, image in enumerate(images):
            by_site[image.row.site].append(number)
        sites = tuple(tuple(by_site[site]) for site in sorted(by_site))
        return cls(tuple(map(labelled_example, images)), sites, recipe)

    def example(self, number: int, side_px: int) -> Example:
        rng = rng_of(self.recipe.seed, "labelled", side_px, number)
        site = self.sites[int(rng.integers(len(self.sites)))]
        image = self.images[site[int(rng.integers(len(site)))]]
        table, augmentation = self.recipe.labelled, self.recipe.augmentation
        scales = (table.smallest_scale, table.largest_scale)
        view = View.draw(side_px, image.ice.shape, scales, augmentation, rng)
        shown = viewed(image, view)
        measured, lasting = shown.bands[:1], shown.bands[1:]
        dirty = dirtied(replace(shown, bands=measured), augmentation, rng)
        levels = radiometric(dirty.bands, augmentation, rng)
        if lasting.size and rng.random() < table.alone_share:
            lasting = np.full_like(lasting, np.nan)
        return Example(np.concatenate([levels, lasting]), shown.ice, shown.front)


@dataclass(frozen=True, slots=True)
class MixedSupply:
    """Of every batch a fixed number of examples is labelled, the rest simulated."""

    simulated: Supply
    labelled: Supply
    labelled_share: float

    def example(self, number: int, side_px: int) -> Example:
        before, after = (int((number + step) * self.labelled_share) for step in (0, 1))
        source = self.labelled if after > before else self.simulated
        return source.example(number, side_px)


def labelled_example(image: LabelledImage) -> Example:
    """Image and truth as training wants them; rock and ice are one class: not ocean."""
    reach = ndimage.binary_dilation(image.front, iterations=FRONT_REACH_PX)
    return Example(image.bands, ~image.ocean, np.asarray(reach))


def supply_of(recipe: Recipe, images: Sequence[LabelledImage]) -> Supply:
    """What the recipe asks for; `images` are those it may see."""
    table = recipe.simulated
    simulated = SimulatedSupply(
        table.seed,
        recipe.polarisations,
        table.pixel_sizes_m,
        table.weights,
        recipe.has_heights,
        table.soaked_share,
    )
    share = recipe.labelled.share / (recipe.labelled.share + table.share)
    if share == 0.0:
        return simulated
    labelled = LabelledSupply.of(images, recipe)
    return labelled if share == 1.0 else MixedSupply(simulated, labelled, share)
