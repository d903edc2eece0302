"""Hard cases for a front finder, each simulated by itself: what makes fronts hard to find.

Baumhoer et al. 2023 (doi:10.1038/s41597-023-02045-x) name surface melt, fast ice, icebergs and
persistent sea ice. The geometry of the large calving, a deep bay with a tabular berg before it, is
made here only: no training tile has one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import ndimage

from pipeline.evaluation.distances import Mask
from pipeline.evaluation.shelf import shelf_of
from pipeline.simulate.backscatter import Appearance
from pipeline.simulate.noise import rng_of, smooth_field
from pipeline.simulate.scenario import Conditions, SeaIce
from pipeline.simulate.surfaces import Surface
from pipeline.simulate.tiles import SimulatedTile, TileCase, front_mask, simulate_case

SIDE_PX = 512  # 20 km of 40 m pixels
CALVING_SIDES = 2  # tiles of a large calving are this many times as wide: 41 km
LEAST_ICE_SHARE, LARGEST_ICE_SHARE = 0.1, 0.9  # of a tile with a front
FRONTLESS_EVERY = 4  # one tile without a front for so many with one
TRIES = 100


class Case(StrEnum):
    BASELINE = "dry and calm"
    MELT = "melt"
    FAST_ICE = "fast ice"
    WIND = "wind"
    BERGS = "many bergs"
    LOW_CONTRAST = "low contrast"
    CALVING = "large calving"


DESCRIPTIONS = {
    Case.BASELINE: "dry shelf, open and calm water",
    Case.MELT: "a wet shelf, darker than the water over nearly half of it",
    Case.FAST_ICE: "sea ice frozen to the front",
    Case.WIND: "wind brightens open water by 7 dB",
    Case.BERGS: "bergs up to 4 km across cover 8 % of the water",
    Case.LOW_CONTRAST: "shelf 4 dB darker and water 4 dB brighter: 3 dB apart in HH instead of 11",
    Case.CALVING: "a bay 14 to 25 km wide and 8 to 16 km deep, a tabular berg before it; no "
    "training tile has such a front",
}


@dataclass(frozen=True, slots=True)
class CaseTiles:
    """A numbered supply of tiles of one case; every fifth has no front (the calving always has)."""

    case: Case
    seed: int
    side_px: int = SIDE_PX
    polarisations: tuple[str, ...] = ("HH",)

    def __call__(self, number: int) -> SimulatedTile:
        rng = rng_of(self.seed, "case", self.case, number)
        ice = self._ice(number, rng)
        draw_bergs = _BERGS.get(self.case)
        bergs = draw_bergs(ice, rng) if draw_bergs else None
        case = TileCase(ice, _conditions(self.case, self.polarisations), _look(self.case), bergs)
        return simulate_case(case, rng)

    def tiles(self, with_front: int) -> Iterator[SimulatedTile]:
        """As many tiles with a front, and those without between them."""
        frontless = 0 if self.case is Case.CALVING else math.ceil(with_front / FRONTLESS_EVERY)
        yield from map(self, range(with_front))
        yield from map(self, range(-frontless, 0))

    def _ice(self, number: int, rng: np.random.Generator) -> Mask:
        """Negative numbers are all ocean and all ice in turn."""
        if number < 0:
            return np.full((self.side_px, self.side_px), number % 2 == 0, dtype=np.bool_)
        if self.case is Case.CALVING:
            return calved_shelf(CALVING_SIDES * self.side_px, rng)
        return _balanced_front(self.side_px, rng)


def calved_shelf(side_px: int, rng: np.random.Generator) -> Mask:
    """A straight front out of which a bay was broken, in one of four directions.

    The bay is 0.35 to 0.6 of the side wide and 0.2 to 0.4 deep, a rectangle or half an ellipse.
    """
    rows, columns = np.mgrid[:side_px, :side_px] / side_px
    rough = 0.012 * smooth_field((side_px, side_px), side_px / 12, rng)
    front = rng.uniform(0.3, 0.45)
    centre, half_width = rng.uniform(0.4, 0.6), rng.uniform(0.175, 0.3)
    depth = rng.uniform(0.2, 0.4)
    across = np.abs(columns - centre + rough) / half_width
    is_rectangle = rng.random() < 0.5
    profile = across < 1.0 if is_rectangle else np.sqrt(np.clip(1.0 - across**2, 0.0, None))
    ice = rows + rough > front + depth * profile
    return shelf_of(np.rot90(ice, int(rng.integers(4))))


def tabular_berg(ice: Mask, rng: np.random.Generator) -> Mask:
    """A slab in the widest part of the ocean, turned a little: what the bay has lost."""
    room = ndimage.distance_transform_edt(~np.pad(ice, 1, mode="edge"))[1:-1, 1:-1]
    row, column = np.unravel_index(int(room.argmax()), ice.shape)
    half_length, half_width = float(room.max()) * rng.uniform(0.8, 1.2), 0.4 * float(room.max())
    turn = rng.uniform(-0.3, 0.3) + (math.pi / 2) * float(rng.integers(2))
    y, x = np.mgrid[: ice.shape[0], : ice.shape[1]]
    y, x = y - row, x - column
    along, over = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    slab: Mask = (np.abs(along) < half_length) & (np.abs(over) < half_width)
    return slab


def many_bergs(ice: Mask, rng: np.random.Generator) -> Mask:
    """Blobs of several sizes over 8 % of the image."""
    bergs = np.zeros(ice.shape, dtype=np.bool_)
    for scale_px, threshold in ((8.0, 2.0), (20.0, 1.9), (45.0, 1.8)):
        bergs |= smooth_field(ice.shape, scale_px, rng) > threshold
    return bergs


_BERGS: dict[Case, Callable[[Mask, np.random.Generator], Mask]] = {
    Case.BERGS: many_bergs,
    Case.CALVING: tabular_berg,
}


def _conditions(case: Case, polarisations: tuple[str, ...]) -> Conditions:
    return Conditions(
        melt=0.85 if case is Case.MELT else 0.0,
        sea_ice=SeaIce.FAST if case is Case.FAST_ICE else SeaIce.NONE,
        wind_db=7.0 if case is Case.WIND else 0.0,
        polarisations=polarisations,
    )


def _look(case: Case) -> Appearance:
    if case is not Case.LOW_CONTRAST:
        return Appearance()
    return Appearance(surface_offset_db={Surface.SHELF: -4.0, Surface.OPEN_WATER: 4.0})


def _balanced_front(side_px: int, rng: np.random.Generator) -> Mask:
    """A front as in training tiles, with enough of ice and of ocean."""
    for _ in range(TRIES):
        ice = front_mask(side_px, rng)
        if LEAST_ICE_SHARE < ice.mean() < LARGEST_ICE_SHARE:
            break
    return ice
