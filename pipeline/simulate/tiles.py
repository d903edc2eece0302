"""Simulated training tiles: small images of every sort, with the mask of shelf ice as truth.

Fronts of all directions and roughness, all-ice and all-ocean tiles, melt, pack and fast ice, wind,
bergs, borders without data; brightness, texture and noise are drawn far wider than scenes have
them, so that a network learns shapes and contrasts rather than levels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.simulate.backscatter import (
    Appearance,
    draw_texture,
    mean_backscatter_db,
    speckled_sigma0,
)
from pipeline.simulate.noise import Field, rng_of, smooth_field
from pipeline.simulate.scenario import Conditions, SeaIce
from pipeline.simulate.surfaces import (
    PIXEL_SIZE_M,
    Mask,
    Surface,
    lay_surfaces,
    signed_distance_m,
    wetness,
)

HELD_OUT_SEED = 1_000_003  # seeds of tiles that no training may use start here
ALL_ICE_SHARE, ALL_OCEAN_SHARE = 0.08, 0.14
# Wet through, a shelf looks like water as far as a tile reaches: that is learned from tiles of it.
SOAKED_ALL_ICE_SHARE, SOAKED_MELT = 0.35, (0.7, 0.97)
MELT_SHARE, WINDY_SHARE, BORDER_SHARE = 0.2, 0.15, 0.12
SEA_ICE_SHARES = {SeaIce.NONE: 0.5, SeaIce.PACK: 0.25, SeaIce.FAST: 0.25}


@dataclass(frozen=True, slots=True)
class SimulatedTile:
    """`sigma0_db` (C, H, W) float32 with NaN for no data; `ice` (H, W), true on shelf ice."""

    sigma0_db: npt.NDArray[np.float32]
    ice: Mask


@dataclass(frozen=True, slots=True)
class SimulatedTiles:
    """An endless, numbered supply of tiles: number `n` of a seed is always the same tile."""

    seed: int
    side_px: int = 256
    polarisations: tuple[str, ...] = ("HH",)

    def __call__(self, number: int) -> SimulatedTile:
        return simulate_tile(self.side_px, self.polarisations, rng_of(self.seed, "tile", number))

    @property
    def description(self) -> str:
        names = "+".join(self.polarisations)
        return f"simulated {names} tiles of {self.side_px} x {self.side_px} pixels of 40 m"


def simulate_tile(
    side_px: int,
    polarisations: tuple[str, ...],
    rng: np.random.Generator,
    *,
    pixel_size_m: float = PIXEL_SIZE_M,
    soaked: bool = False,
) -> SimulatedTile:
    """A tile of which all is drawn; `soaked` is one of January, with nearly all of the ice wet.

    Pixels of more than 40 m are means of those, so they have less speckle.
    """
    ice = _ice_mask(side_px, rng, SOAKED_ALL_ICE_SHARE if soaked else ALL_ICE_SHARE)
    conditions = _conditions(polarisations, rng)
    if soaked:
        conditions = replace(conditions, melt=float(rng.uniform(*SOAKED_MELT)))
    appearance = _appearance(rng)
    seaward = signed_distance_m(ice, pixel_size_m)
    bergs = _near_berg(seaward, rng, PIXEL_SIZE_M / pixel_size_m)
    case = TileCase(ice, conditions, appearance, bergs)
    sigma0_db = _measured_db(case, seaward, pixel_size_m, rng)
    if rng.random() < BORDER_SHARE:
        sigma0_db[:, _border(side_px, rng)] = np.nan
    return SimulatedTile(sigma0_db.astype(np.float32), ice)


@dataclass(frozen=True, slots=True, eq=False)
class TileCase:
    """What a tile shows: ice (H, W), conditions, appearance, and large bergs (H, W).

    Bergs within 300 m of the shelf are left out.
    """

    ice: Mask
    conditions: Conditions
    appearance: Appearance
    bergs: Mask | None = None


def simulate_case(
    case: TileCase, rng: np.random.Generator, *, pixel_size_m: float = PIXEL_SIZE_M
) -> SimulatedTile:
    """A tile of a chosen case, with data everywhere; textures and speckle are drawn."""
    seaward = signed_distance_m(case.ice, pixel_size_m)
    sigma0_db = _measured_db(case, seaward, pixel_size_m, rng)
    return SimulatedTile(sigma0_db.astype(np.float32), case.ice)


def front_mask(side_px: int, rng: np.random.Generator) -> Mask:
    """Ice with one front of random direction and roughness; rarely all ice or all ocean."""
    return _one_front(_front_level(side_px, rng) < 0)


def _measured_db(
    case: TileCase, seaward_m: Field, pixel_size_m: float, rng: np.random.Generator
) -> npt.NDArray[np.floating]:
    """Backscatter in dB, (C, H, W)."""
    gain, shape, conditions = PIXEL_SIZE_M / pixel_size_m, case.ice.shape, case.conditions
    surfaces = lay_surfaces(seaward_m, case.bergs, conditions, rng, gain)
    wet = wetness(shape, conditions.melt, rng, gain)
    texture = draw_texture(shape, rng, case.appearance.scale_gain * gain)
    appearance = replace(case.appearance, looks=case.appearance.looks / gain**2)
    incidence = np.full((1, shape[1]), rng.uniform(20.0, 45.0), dtype=np.float32)
    channels = []
    for polarisation in conditions.polarisations:
        mean = mean_backscatter_db(
            surfaces, wet, texture, polarisation, appearance, conditions.wind_db
        )
        channels.append(speckled_sigma0(mean, polarisation, incidence, appearance, rng))
    return np.asarray(10.0 * np.log10(np.stack(channels)))


def _ice_mask(side_px: int, rng: np.random.Generator, all_ice_share: float) -> Mask:
    kind = rng.random()
    if kind < all_ice_share:
        return np.ones((side_px, side_px), dtype=np.bool_)
    if kind < all_ice_share + ALL_OCEAN_SHARE:
        return np.zeros((side_px, side_px), dtype=np.bool_)
    return front_mask(side_px, rng)


def _front_level(side_px: int, rng: np.random.Generator) -> Field:
    """Pixels seaward of a line of random direction, bent at all scales by random amounts."""
    turn = rng.uniform(0, 2 * math.pi)
    y, x = np.mgrid[:side_px, :side_px] - side_px / 2
    level = x * math.cos(turn) + y * math.sin(turn) - rng.uniform(-0.35, 0.35) * side_px
    scale, amplitude = side_px / 2.5, rng.uniform(0.0, 0.22) * side_px
    roughness = rng.uniform(0.3, 0.6)
    while scale > 2:
        level = level + amplitude * smooth_field((side_px, side_px), scale, rng)
        scale, amplitude = scale / 2, amplitude * roughness
    return np.asarray(level, dtype=np.float32)


def _one_front(ice: Mask) -> Mask:
    """The largest body of ice and, around it, ocean without lakes in the ice."""
    shelf = _largest_body(ice)
    return np.asarray(~_largest_body(~shelf)) if not shelf.all() else shelf


def _largest_body(mask: Mask) -> Mask:
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())[1:]
    return np.asarray(labels == 1 + int(np.argmax(sizes)))


def _conditions(polarisations: tuple[str, ...], rng: np.random.Generator) -> Conditions:
    kinds = list(SEA_ICE_SHARES)
    kind = kinds[int(rng.choice(len(kinds), p=list(SEA_ICE_SHARES.values())))]
    wind = rng.normal(4.0 if rng.random() < WINDY_SHARE else 0.0, 1.5)
    melt = float(rng.uniform(0.3, 0.95)) if rng.random() < MELT_SHARE else 0.0
    return Conditions(melt, kind, float(wind), polarisations)


def _appearance(rng: np.random.Generator) -> Appearance:
    offset_db = rng.uniform(-14.0, 0.0) if rng.random() < 0.4 else rng.normal(0.0, 1.5)
    return Appearance(
        offset_db=float(offset_db),
        surface_offset_db={surface: float(rng.normal(0.0, 1.0)) for surface in Surface},
        texture_gain=float(rng.uniform(0.5, 2.2)),
        scale_gain=float(rng.uniform(0.6, 1.8)),
        looks=float(rng.uniform(5.0, 14.0)),
        noise_floor_offset_db=float(rng.uniform(-6.0, 2.0)),
    )


def _near_berg(seaward_m: Field, rng: np.random.Generator, gain: float) -> Mask | None:
    """Sometimes a large berg, such as a calving leaves: a blob somewhere in the ocean."""
    if rng.random() > 0.15:
        return None
    blob = smooth_field(seaward_m.shape, gain * rng.uniform(15.0, 45.0), rng)
    return np.asarray((blob > rng.uniform(1.0, 1.8)) & (seaward_m > 400.0))


def _border(side_px: int, rng: np.random.Generator) -> Mask:
    turns = int(rng.integers(4))
    column = np.arange(side_px)[None, :] + rng.uniform(-0.2, 0.2) * np.arange(side_px)[:, None]
    return np.asarray(np.rot90(column < rng.uniform(0.05, 0.5) * side_px, turns))
