"""What covers each pixel of a simulated scene: shelf, water, sea ice, melange, bergs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.simulate.noise import Field, SmoothField
from pipeline.simulate.scenario import Conditions, SeaIce

SurfaceMap = npt.NDArray[np.uint8]  # shape (H, W), values of Surface
Mask = npt.NDArray[np.bool_]

PIXEL_SIZE_M = 40.0  # of EW GRDM; scales in pixels count in these
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


@dataclass(frozen=True, slots=True, eq=False)
class OceanCover:
    """What floats on the ocean of one scene: all that is random of it, drawn once.

    `bergs` (H, W) are strewn; `scale_gain` is how many pixels measure what one of 40 m does.
    """

    sea_ice: SeaIce
    leads: SmoothField | None
    floes: SmoothField | None
    brash: SmoothField | None
    edge: SmoothField | None
    reach: SmoothField
    bergs: Mask

    @classmethod
    def draw(
        cls,
        shape: tuple[int, int],
        sea_ice: SeaIce,
        rng: np.random.Generator,
        scale_gain: float = 1.0,
    ) -> OceanCover:
        def field(scale_px: float, is_needed: bool = True) -> SmoothField | None:
            return SmoothField.draw(shape, scale_px * scale_gain, rng) if is_needed else None

        has_ice, drifts = sea_ice is not SeaIce.NONE, sea_ice is SeaIce.PACK
        return cls(
            sea_ice,
            leads=field(3 * FLOE_SCALE_PX, has_ice),
            floes=field(FLOE_SCALE_PX, drifts),
            brash=field(FLOE_SCALE_PX / 4, drifts),
            edge=field(60.0, drifts),
            reach=SmoothField.draw(shape, 50.0 * scale_gain, rng),
            bergs=_strewn_bergs(shape, rng, scale_gain),
        )

    def lay(self, seaward_m: Field, calved: Mask | None, rows: slice = slice(None)) -> SurfaceMap:
        """Surfaces of these rows, from their distance seaward of the front (negative: shelf).

        `calved` marks bergs that a calving left; smaller bergs are strewn over the ocean.
        """
        ocean = seaward_m > 0
        surfaces = np.full(seaward_m.shape, Surface.SHELF, dtype=np.uint8)
        surfaces[ocean] = Surface.OPEN_WATER
        surfaces[ocean & self._sea_ice(seaward_m, rows)] = Surface.SEA_ICE
        surfaces[ocean & self._melange(seaward_m, rows)] = Surface.MELANGE
        bergs = self.bergs[rows] if calved is None else self.bergs[rows] | calved
        # A berg that touched the shelf would move the front: open water or ice stays between them.
        surfaces[(seaward_m > 300.0) & bergs] = Surface.ICEBERG
        return surfaces

    def _sea_ice(self, seaward_m: Field, rows: slice) -> Mask:
        if self.leads is None:
            return np.zeros(seaward_m.shape, dtype=np.bool_)
        leads = np.abs(self.leads.rows(rows)) < LEAD_SHARE
        if self.floes is None or self.brash is None or self.edge is None:
            return np.asarray(~(leads & (seaward_m > 4 * POLYNYA_WIDTH_M)))
        floes = self.floes.rows(rows)
        floes += 0.6 * self.brash.rows(rows)
        edge_m = POLYNYA_WIDTH_M * (1.0 + self.edge.rows(rows))
        return np.asarray((seaward_m > edge_m) & (floes > -0.8) & ~leads)

    def _melange(self, seaward_m: Field, rows: slice) -> Mask:
        width_m = MELANGE_WIDTH_M * (1.0 if self.sea_ice is SeaIce.NONE else 1.6)
        reach_m = width_m * (self.reach.rows(rows) - 0.7)
        return np.asarray(seaward_m < reach_m)


def lay_surfaces(
    seaward_m: Field,
    calved: Mask | None,
    conditions: Conditions,
    rng: np.random.Generator,
    scale_gain: float = 1.0,
) -> SurfaceMap:
    """Surfaces of a whole image, shape (H, W); see `OceanCover`."""
    cover = OceanCover.draw(seaward_m.shape, conditions.sea_ice, rng, scale_gain)
    return cover.lay(seaward_m, calved)


@dataclass(frozen=True, slots=True, eq=False)
class Wetness:
    """How wet the shelf's surface is, 0 (dry) to 1: patches, fewer of them where it froze again."""

    melt: float
    shape: tuple[int, int]
    patches: SmoothField | None
    spots: SmoothField | None

    @classmethod
    def draw(
        cls,
        shape: tuple[int, int],
        melt: float,
        rng: np.random.Generator,
        scale_gain: float = 1.0,
    ) -> Wetness:
        if melt <= 0:
            return cls(melt, shape, None, None)
        patches, spots = (SmoothField.draw(shape, px * scale_gain, rng) for px in (90.0, 25.0))
        return cls(melt, shape, patches, spots)

    def rows(self, rows: slice) -> Field:
        if self.patches is None or self.spots is None:
            count = len(range(*rows.indices(self.shape[0])))
            return np.zeros((count, self.shape[1]), dtype=np.float32)
        patches = self.patches.rows(rows) + 0.5 * self.spots.rows(rows)
        bias = np.float32(np.log(self.melt / (1.0 - self.melt)))
        return np.asarray(1.0 / (1.0 + np.exp(-(bias + 1.2 * patches))), dtype=np.float32)


def wetness(
    shape: tuple[int, int], melt: float, rng: np.random.Generator, scale_gain: float = 1.0
) -> Field:
    """A whole `Wetness`, shape (H, W)."""
    return Wetness.draw(shape, melt, rng, scale_gain).rows(slice(None))


def _strewn_bergs(shape: tuple[int, int], rng: np.random.Generator, scale_gain: float) -> Mask:
    bergs = np.zeros(shape, dtype=np.bool_)
    for _ in range(rng.poisson(BERGS_PER_MEGAPIXEL * shape[0] * shape[1] / 1e6 / scale_gain**2)):
        _place_berg(bergs, rng, scale_gain)
    return bergs


def _place_berg(bergs: Mask, rng: np.random.Generator, scale_gain: float) -> None:
    length, width = scale_gain * rng.lognormal(1.6, 0.6), rng.uniform(0.4, 0.9)
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


@dataclass(frozen=True, slots=True, eq=False)
class SeawardDistance:
    """As `signed_distance_m`, a sixteenth of the work: good to COARSENESS pixels, exact in sign.

    Kept coarse, shape (ceil(H / 4), ceil(W / 4)), beside the exact mask `ice` (H, W).
    """

    ice: Mask
    coarse_m: Field
    pixel_size_m: float

    @classmethod
    def of(cls, ice: Mask, pixel_size_m: float) -> SeawardDistance:
        middle = slice(COARSENESS // 2, None, COARSENESS)
        thinned = ice[middle, middle] if min(ice.shape) > COARSENESS else ice
        return cls(ice, signed_distance_m(thinned, COARSENESS * pixel_size_m), pixel_size_m)

    def rows(self, rows: slice) -> Field:
        """Metres of these rows, full width."""
        ice = self.ice[rows]
        down = _between(np.arange(self.ice.shape[0])[rows], self.coarse_m.shape[0])
        right = _between(np.arange(self.ice.shape[1]), self.coarse_m.shape[1])
        tall = _blend(self.coarse_m, *down)
        fine = _blend(tall.T, *right).T
        closest = np.float32(self.pixel_size_m / 2)
        return np.asarray(np.where(ice, np.minimum(fine, -closest), np.maximum(fine, closest)))


def _between(
    pixels: npt.NDArray[np.int64], nodes: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The node before each pixel, and how far it lies towards the next (0 to 1)."""
    position = np.clip((pixels - COARSENESS // 2) / COARSENESS, 0.0, nodes - 1.0)
    before = np.minimum(position.astype(np.int64), max(nodes - 2, 0))
    return before, (position - before).astype(np.float32)


def _blend(rows: Field, before: npt.NDArray[np.int64], share: npt.NDArray[np.float32]) -> Field:
    after = np.minimum(before + 1, len(rows) - 1)
    first = rows[before]
    return np.asarray(first + share[:, None] * (rows[after] - first), dtype=np.float32)


def signed_distance_m(ice: Mask, pixel_size_m: float) -> Field:
    """Distance to the edge of `ice` in metres, positive outside, negative on it."""
    if not ice.any() or ice.all():
        far = np.float32(1e6 if not ice.any() else -1e6)
        return np.full(ice.shape, far, dtype=np.float32)
    outside = ndimage.distance_transform_edt(~ice)
    inside = ndimage.distance_transform_edt(ice)
    return np.asarray((outside - inside) * pixel_size_m, dtype=np.float32)
