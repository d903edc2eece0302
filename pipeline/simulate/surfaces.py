"""What covers each pixel of a simulated scene: shelf, water, sea ice, melange, bergs."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.simulate.noise import Field, smooth_field
from pipeline.simulate.scenario import Conditions, SeaIce

SurfaceMap = npt.NDArray[np.uint8]  # shape (H, W), values of Surface
Mask = npt.NDArray[np.bool_]

FLOE_SCALE_PX = 22.0
MELANGE_WIDTH_M = 900.0
POLYNYA_WIDTH_M = 2500.0
LEAD_SHARE = 0.035
BERGS_PER_MEGAPIXEL = 14.0
COARSENESS = 4


class Surface(IntEnum):
    SHELF = 0
    OPEN_WATER = 1
    SEA_ICE = 2
    MELANGE = 3
    ICEBERG = 4


def lay_surfaces(
    seaward_m: Field, calved: Mask | None, conditions: Conditions, rng: np.random.Generator
) -> SurfaceMap:
    """Surfaces from the distance seaward of the front (negative on the shelf), shape (H, W).

    `calved` marks bergs that a calving left; smaller bergs are strewn over the ocean.
    """
    ocean = seaward_m > 0
    surfaces = np.full(seaward_m.shape, Surface.SHELF, dtype=np.uint8)
    surfaces[ocean] = Surface.OPEN_WATER
    surfaces[ocean & _sea_ice(seaward_m, conditions.sea_ice, rng)] = Surface.SEA_ICE
    surfaces[ocean & _melange(seaward_m, conditions.sea_ice, rng)] = Surface.MELANGE
    bergs = _strewn_bergs(seaward_m.shape, rng)
    if calved is not None:
        bergs |= calved
    # A berg that touched the shelf would move the front: open water or ice stays between them.
    surfaces[(seaward_m > 300.0) & bergs] = Surface.ICEBERG
    return surfaces


def wetness(shape: tuple[int, int], melt: float, rng: np.random.Generator) -> Field:
    """How wet the shelf's surface is, 0 (dry) to 1: patches, fewer of them inland or refrozen."""
    if melt <= 0:
        return np.zeros(shape, dtype=np.float32)
    patches = smooth_field(shape, 90.0, rng) + 0.5 * smooth_field(shape, 25.0, rng)
    bias = np.float32(np.log(melt / (1.0 - melt)))
    return np.asarray(1.0 / (1.0 + np.exp(-(bias + 1.2 * patches))), dtype=np.float32)


def _sea_ice(seaward_m: Field, kind: SeaIce, rng: np.random.Generator) -> Mask:
    if kind is SeaIce.NONE:
        return np.zeros(seaward_m.shape, dtype=np.bool_)
    leads = np.abs(smooth_field(seaward_m.shape, 3 * FLOE_SCALE_PX, rng)) < LEAD_SHARE
    if kind is SeaIce.FAST:
        return np.asarray(~(leads & (seaward_m > 4 * POLYNYA_WIDTH_M)))
    floes = smooth_field(seaward_m.shape, FLOE_SCALE_PX, rng)
    floes += 0.6 * smooth_field(seaward_m.shape, FLOE_SCALE_PX / 4, rng)
    edge_m = POLYNYA_WIDTH_M * (1.0 + smooth_field(seaward_m.shape, 60.0, rng))
    return np.asarray((seaward_m > edge_m) & (floes > -0.8) & ~leads)


def _melange(seaward_m: Field, kind: SeaIce, rng: np.random.Generator) -> Mask:
    width_m = MELANGE_WIDTH_M * (1.0 if kind is SeaIce.NONE else 1.6)
    reach_m = width_m * (smooth_field(seaward_m.shape, 50.0, rng) - 0.7)
    return np.asarray(seaward_m < reach_m)


def _strewn_bergs(shape: tuple[int, int], rng: np.random.Generator) -> Mask:
    bergs = np.zeros(shape, dtype=np.bool_)
    for _ in range(rng.poisson(BERGS_PER_MEGAPIXEL * shape[0] * shape[1] / 1e6)):
        _place_berg(bergs, rng)
    return bergs


def _place_berg(bergs: Mask, rng: np.random.Generator) -> None:
    length, width = rng.lognormal(1.6, 0.6), rng.uniform(0.4, 0.9)
    turn = rng.uniform(0, np.pi)
    row, column = rng.integers(bergs.shape[0]), rng.integers(bergs.shape[1])
    reach = int(length) + 2
    rows = slice(max(0, row - reach), row + reach)
    columns = slice(max(0, column - reach), column + reach)
    y, x = np.mgrid[rows.start : rows.stop, columns.start : columns.stop]
    x, y = x - column, y - row
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    shape = (along / length) ** 2 + (across / (length * width)) ** 2 < 1.0
    window = bergs[rows, columns]
    window |= shape[: window.shape[0], : window.shape[1]]


def coarse_seaward_m(ice: Mask, pixel_size_m: float) -> Field:
    """As `signed_distance_m`, a sixteenth of the work: good to COARSENESS pixels, exact in sign."""
    coarse = signed_distance_m(ice[::COARSENESS, ::COARSENESS], COARSENESS * pixel_size_m)
    fine = ndimage.zoom(coarse, COARSENESS, order=1, mode="nearest", grid_mode=True)
    cut = fine[: ice.shape[0], : ice.shape[1]]
    closest = np.float32(pixel_size_m / 2)
    return np.asarray(np.where(ice, np.minimum(cut, -closest), np.maximum(cut, closest)))


def signed_distance_m(ice: Mask, pixel_size_m: float) -> Field:
    """Distance to the edge of `ice` in metres, positive outside, negative on it."""
    if not ice.any() or ice.all():
        far = np.float32(1e6 if not ice.any() else -1e6)
        return np.full(ice.shape, far, dtype=np.float32)
    outside = ndimage.distance_transform_edt(~ice)
    inside = ndimage.distance_transform_edt(ice)
    return np.asarray((outside - inside) * pixel_size_m, dtype=np.float32)
