"""How surfaces look to the radar: mean backscatter, texture, incidence, noise floor and speckle.

Means in dB are those of the project's reference for Antarctic surfaces (belief, not measured);
speckle is gamma distributed with the 10.7 equivalent looks of EW GRDM; over deformed ice HH loses
0.24 and HV 0.16 dB for each degree of incidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.simulate.noise import Field, SmoothField
from pipeline.simulate.surfaces import Surface, SurfaceMap

EQUIVALENT_LOOKS = 10.7
REFERENCE_INCIDENCE_DEG = 33.0
INCIDENCE_SLOPE_DB_PER_DEG = {"HH": -0.24, "HV": -0.16}
NOISE_FLOOR_DB = {"HH": -28.0, "HV": -30.0}
MELTING_SHELF_DB = {"HH": -19.0, "HV": -28.0}


@dataclass(frozen=True, slots=True)
class SurfaceLook:
    """Mean backscatter in dB, and the standard deviation of texture in dB by its scale."""

    mean_db: Mapping[str, float]
    fine_db: float
    patch_db: float
    broad_db: float
    ridge_db: float  # bright lines: crevasses, pressure ridges


LOOKS = {
    Surface.SHELF: SurfaceLook({"HH": -6.0, "HV": -14.0}, 0.4, 0.6, 0.9, 1.5),
    Surface.OPEN_WATER: SurfaceLook({"HH": -17.0, "HV": -29.0}, 0.2, 0.2, 1.4, 0.0),
    Surface.SEA_ICE: SurfaceLook({"HH": -12.0, "HV": -22.0}, 0.6, 1.2, 0.8, 2.5),
    Surface.MELANGE: SurfaceLook({"HH": -9.0, "HV": -16.0}, 1.8, 2.0, 0.5, 2.0),
    Surface.ICEBERG: SurfaceLook({"HH": -4.0, "HV": -11.0}, 0.8, 0.6, 0.3, 0.5),
}


@dataclass(frozen=True, slots=True)
class Appearance:
    """How one scene departs from the table; training draws it at random, scenes use the default."""

    offset_db: float = 0.0
    surface_offset_db: Mapping[Surface, float] = field(default_factory=dict)
    texture_gain: float = 1.0
    scale_gain: float = 1.0
    looks: float = EQUIVALENT_LOOKS
    noise_floor_offset_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Texture:
    """Noise of unit variance at three scales, and lines; shared by all polarisations."""

    fine: Field
    patch: Field
    broad: Field
    ridge: Field


@dataclass(frozen=True, slots=True, eq=False)
class TextureFields:
    """All that is random of a scene's texture, drawn once; `rows` works a block out."""

    lines: SmoothField
    where: SmoothField
    fine: SmoothField
    patch: SmoothField
    broad: SmoothField

    @classmethod
    def draw(
        cls, shape: tuple[int, int], rng: np.random.Generator, scale_gain: float = 1.0
    ) -> TextureFields:
        scales = (16.0, 60.0, 2.5, 12.0, 150.0)
        return cls(*(SmoothField.draw(shape, scale * scale_gain, rng) for scale in scales))

    def rows(self, rows: slice) -> Texture:
        lines, where = self.lines.rows(rows), self.where.rows(rows)
        ridge = np.exp(-((lines / 0.07) ** 2)) / (1.0 + np.exp(-2.0 * where))
        return Texture(
            fine=self.fine.rows(rows),
            patch=self.patch.rows(rows),
            broad=self.broad.rows(rows),
            ridge=np.asarray(ridge, dtype=np.float32),
        )


def draw_texture(
    shape: tuple[int, int], rng: np.random.Generator, scale_gain: float = 1.0
) -> Texture:
    """The texture of a whole image."""
    return TextureFields.draw(shape, rng, scale_gain).rows(slice(None))


def mean_backscatter_db(
    surfaces: SurfaceMap,
    wet: Field,
    texture: Texture,
    polarisation: str,
    appearance: Appearance,
    wind_db: float,
) -> Field:
    """Backscatter before noise and speckle, shape (H, W), at the reference incidence."""
    own = {surface: appearance.surface_offset_db.get(surface, 0.0) for surface in LOOKS}
    own[Surface.OPEN_WATER] += wind_db
    mean = [LOOKS[surface].mean_db[polarisation] + own[surface] for surface in Surface]
    dry = np.asarray(mean, dtype=np.float32)[surfaces] + appearance.texture_gain * _textured(
        surfaces, texture
    )
    wetter = MELTING_SHELF_DB[polarisation] - LOOKS[Surface.SHELF].mean_db[polarisation]
    melted = np.where(surfaces == Surface.SHELF, wet * np.float32(wetter), np.float32(0.0))
    return np.asarray(dry + melted + np.float32(appearance.offset_db), dtype=np.float32)


def seen_sigma0(backscatter_db: Field, polarisation: str, incidence_deg: Field) -> Field:
    """Linear sigma0 at the incidence under which it is seen, without noise and speckle."""
    slope = INCIDENCE_SLOPE_DB_PER_DEG[polarisation]
    seen_db = backscatter_db + np.float32(slope) * (incidence_deg - REFERENCE_INCIDENCE_DEG)
    return np.asarray(np.power(10.0, seen_db / 10.0, dtype=np.float32))


def speckle(shape: tuple[int, ...], looks: float, rng: np.random.Generator) -> Field:
    """Factors of mean 1: intensity speckle of that many equivalent looks."""
    gamma = rng.standard_gamma(looks, size=shape, dtype=np.float32)
    return np.asarray(gamma / np.float32(looks))


def speckled_sigma0(
    backscatter_db: Field,
    polarisation: str,
    incidence_deg: Field,
    appearance: Appearance,
    rng: np.random.Generator,
) -> Field:
    """Linear sigma0 as measured: incidence slope, noise floor, speckle. All values are > 0."""
    floor_db = NOISE_FLOOR_DB[polarisation] + appearance.noise_floor_offset_db
    power = seen_sigma0(backscatter_db, polarisation, incidence_deg)
    power += np.float32(10.0 ** (floor_db / 10.0))
    return np.asarray(power * speckle(power.shape, appearance.looks, rng), dtype=np.float32)


def _textured(surfaces: SurfaceMap, texture: Texture) -> Field:
    looks = [LOOKS[surface] for surface in Surface]
    total = np.zeros(surfaces.shape, dtype=np.float32)
    for name in ("fine", "patch", "broad", "ridge"):
        by_surface = np.asarray([getattr(look, f"{name}_db") for look in looks], dtype=np.float32)
        total += by_surface[surfaces] * getattr(texture, name)
    return total
