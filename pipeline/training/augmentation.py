"""Views: what was measured or simulated, turned, brightened, shaded, speckled and dirtied.

Geometry first (labelled images: any rotation, stretch and scale; simulated tiles: the eight
symmetries, as they are drawn endlessly anyway), then radiometry, in decibels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.labelled.levels import MEDIAN_DB
from pipeline.simulate.noise import smooth_field
from pipeline.training.recipe import AugmentationTable
from pipeline.training.targets import Example, Mask

SYMMETRIES = 8
LOWEST_DB, HIGHEST_DB = -39.0, 6.0
MOST_LOOKS, FEWEST_LOOKS = 16.0, 4.0
BLUR_PX = (0.4, 1.2)
MELT_DB = (-14.0, -5.0)  # wet snow against dry (reference tables: -6 to -19)
FAST_ICE_DB = (-3.0, 5.0)  # smooth ice over water, before its texture
SMOOTHING_PX = 6.0

Decibels = npt.NDArray[np.float32]  # shape (C, H, W)


@dataclass(frozen=True, slots=True)
class View:
    """How a view of `side_px` pixels lies in an image: matrix and shift from view to image pixels,
    both (row, column)."""

    side_px: int
    matrix: npt.NDArray[np.float64]
    shift: npt.NDArray[np.float64]

    @classmethod
    def draw(
        cls,
        side_px: int,
        image_px: tuple[int, int],
        scales: tuple[float, float],
        table: AugmentationTable,
        rng: np.random.Generator,
    ) -> View:
        """A view in one of the eight orientations and a little turned, stretched and shifted.

        A view as large as the image shows `1 / scale` of it; `scales` bound the scale.
        """
        scale = math.exp(rng.uniform(*np.log(scales))) * side_px / max(image_px)
        angle = rng.uniform(-table.rotation_deg, table.rotation_deg) * math.pi / 180
        angle += rng.integers(4) * math.pi / 2
        ratio = math.exp(rng.normal(0.0, table.stretch))
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        skew = np.array([[ratio, rng.normal(0.0, table.stretch)], [0.0, 1.0 / ratio]])
        matrix = turn @ skew / scale
        if rng.random() < 0.5:
            matrix[:, 0] *= -1.0
        room = np.maximum(np.asarray(image_px) - 0.7 * side_px / scale, 0.25 * min(image_px))
        centre = np.asarray(image_px) / 2 + rng.uniform(-0.3, 0.3, 2) * room
        return cls(side_px, matrix, centre - matrix @ np.full(2, (side_px - 1) / 2))

    def of(self, image: npt.NDArray[np.float32], order: int) -> npt.NDArray[np.float32]:
        """The view of an image (H, W); NaN outside of it and wherever NaN would be mixed in."""
        seen: npt.NDArray[np.float32] = ndimage.affine_transform(
            image, self.matrix, self.shift, (self.side_px,) * 2, order=order, cval=np.nan
        )
        return seen


def viewed(example: Example, view: View) -> Example:
    """The same view of image and truth; where the view leaves the image there are no data."""
    spread = np.sqrt(abs(np.linalg.det(view.matrix)))  # image pixels for each pixel of the view
    blur = max(0.0, 0.5 * (spread - 1.0))
    bands = [view.of(_blurred(band, blur), order=1) for band in example.bands]
    sigma0_db = np.stack(bands)
    ice = view.of(example.ice.astype(np.float32), order=1)
    front = view.of(example.front.astype(np.float32), order=1)
    return Example(sigma0_db, np.nan_to_num(ice) > 0.5, np.nan_to_num(front) > 0.2)


def turned(example: Example, symmetry: int) -> Example:
    """In one of the eight orientations of a square (0: as it is)."""

    def turn(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
        mirrored = part[..., ::-1] if symmetry >= SYMMETRIES // 2 else part
        return np.rot90(mirrored, symmetry % (SYMMETRIES // 2), axes=(-2, -1))

    return Example(turn(example.bands), turn(example.ice), turn(example.front))


def radiometric(
    sigma0_db: Decibels, table: AugmentationTable, rng: np.random.Generator
) -> Decibels:
    """Levels, contrast, shading, speckle and sharpness changed by chance; NaN stays NaN."""
    changed = (sigma0_db - MEDIAN_DB) * math.exp(rng.normal(0.0, table.gain)) + MEDIAN_DB
    changed = changed + rng.normal(0.0, table.offset_db)
    shape = sigma0_db.shape[1:]
    if rng.random() < table.shading_share:
        changed = changed + table.shading_db * smooth_field(shape, max(shape) / 3, rng)
    if rng.random() < table.speckle_share:
        looks = rng.uniform(FEWEST_LOOKS, MOST_LOOKS)
        changed = changed + 10.0 * np.log10(rng.gamma(looks, 1.0 / looks, changed.shape) + 1e-3)
    if rng.random() < table.blur_share:
        size = rng.uniform(*BLUR_PX)
        changed = np.stack([_blurred(band, size) for band in changed])
    return np.clip(changed, LOWEST_DB, HIGHEST_DB).astype(np.float32)


def dirtied(example: Example, table: AugmentationTable, rng: np.random.Generator) -> Example:
    """Labelled views under conditions that they did not have: melt on the ice, fast ice before it.

    The truth stays; what hides it is what a network has to see through.
    """
    sigma0_db = example.bands
    if rng.random() < table.melt_share:
        sigma0_db = _melted(sigma0_db, example.ice, rng)
    if rng.random() < table.fast_ice_share:
        sigma0_db = _frozen(sigma0_db, ~example.ice, rng)
    return Example(sigma0_db, example.ice, example.front)


def _melted(sigma0_db: Decibels, ice: Mask, rng: np.random.Generator) -> Decibels:
    patches = smooth_field(ice.shape, rng.uniform(0.1, 0.4) * max(ice.shape), rng)
    wet = 1.0 / (1.0 + np.exp(-3.0 * (patches + rng.uniform(-1.0, 1.0))))
    return np.asarray(sigma0_db + rng.uniform(*MELT_DB) * wet * ice, dtype=np.float32)


def _frozen(sigma0_db: Decibels, ocean: Mask, rng: np.random.Generator) -> Decibels:
    """Water within reach of the front becomes smooth, at the level of the ice or darker."""
    if not ocean.any() or ocean.all():
        return sigma0_db
    reach = rng.uniform(0.05, 0.4) * max(ocean.shape)
    bound = ocean & (ndimage.distance_transform_edt(ocean) < reach)
    level = np.nanmedian(np.where(ocean, np.nan, sigma0_db[0])) + rng.uniform(*FAST_ICE_DB)
    texture = smooth_field(ocean.shape, 3.0, rng) + smooth_field(ocean.shape, 20.0, rng)
    share = rng.uniform(0.5, 1.0)
    frozen = (1.0 - share) * sigma0_db + share * (level + texture)
    return np.where(bound, frozen, sigma0_db).astype(np.float32)


def _blurred(band: npt.NDArray[np.float32], sigma_px: float) -> npt.NDArray[np.float32]:
    """Gaussian over pixels with data; those without stay NaN."""
    if sigma_px <= 0:
        return band
    known = np.isfinite(band)
    weight = ndimage.gaussian_filter(known.astype(np.float32), sigma_px)
    total = ndimage.gaussian_filter(np.where(known, band, np.float32(0)), sigma_px)
    return np.where(known, total / np.maximum(weight, 1e-6), np.float32(np.nan))
