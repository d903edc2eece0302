"""Texture that stays from date to date: rock and glaciers keep it, melange and water do not.

Each image of a place is reduced to its fine texture. Where the textures of two dates agree, the
ground is the same; where they do not, it has moved on. A single image cannot say so, and on coasts
that a network never saw this tells ocean from ice better than any grey level. No labels are needed,
but the images of a site must be co-registered and of one size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.labelled.folder import LabelledImage

NEAREST_DATES = 20
REACH_PX = 4.0  # sigma of the neighbourhood in which textures are compared
NOISE_DB2 = 0.05  # variance; keeps flat areas from becoming texture
LEAST_WEIGHT = 0.05  # of known pixels in a neighbourhood
LEAST_DATES = 2
BANDS = 3

Band = npt.NDArray[np.float32]  # shape (H, W)
Bands = npt.NDArray[np.float32]  # shape (3, H, W)


@dataclass(frozen=True, slots=True, eq=False)
class Textures:
    """Texture of N dates, (N, H, W), of variance one in each neighbourhood; zero where unknown."""

    values: npt.NDArray[np.float32]
    known: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, images: Sequence[LabelledImage]) -> Textures:
        levels = [image.sigma0_db[0] for image in images]
        return cls(np.stack([texture_of(level) for level in levels]), ~np.isnan(np.stack(levels)))

    def chosen(self, numbers: Sequence[int]) -> Textures:
        return Textures(self.values[list(numbers)], self.known[list(numbers)])

    @property
    def mean(self) -> Band:
        """What the dates have in common, (H, W)."""
        count = np.maximum(self.known.sum(axis=0), 1)
        return np.asarray(self.values.sum(axis=0) / count, dtype=np.float32)


def with_persistence(images: Iterable[LabelledImage]) -> list[LabelledImage]:
    """The images, in their order, each with the persistence of its site beside it."""
    images = list(images)
    places = defaultdict(list)
    for number, image in enumerate(images):
        places[image.row.site, image.sigma0_db.shape].append(number)
    found = dict(
        pair
        for numbers in places.values()
        for pair in zip(numbers, persistence_of([images[n] for n in numbers]), strict=True)
    )
    return [replace(image, persistence=found[n]) for n, image in enumerate(images)]


def persistence_of(images: Sequence[LabelledImage]) -> list[Bands]:
    """For each image of one place, (3, H, W) with NaN where there is nothing to compare with.

    First the `persistence` of all dates, then that of the nearest `NEAREST_DATES` others, then how
    far the image's own texture agrees with what those have in common (-1 to 1). Images without a
    date have the first alone.
    """
    textures = Textures.of(images)
    lasting = persistence(textures)
    dates = [image.row.date for image in images]
    return [
        np.stack([lasting, *_beside(textures, number, nearest_dates(dates, number))])
        for number in range(len(images))
    ]


def persistence(textures: Textures) -> Band:
    """Root of the mean product of textures of two different dates, 0 to 1, (H, W).

    Products of a date with itself are left out, so that it is zero where nothing stays, however
    few the dates are; NaN where fewer than two dates are known.
    """
    count = textures.known.sum(axis=0)
    total, squares = textures.values.sum(axis=0), np.square(textures.values).sum(axis=0)
    pairs = np.maximum(count * (count - 1), 1)
    is_known = count >= LEAST_DATES
    product = _local_mean((total * total - squares) / pairs, is_known)
    return np.where(is_known, np.sqrt(np.clip(product, 0.0, 1.0)), np.nan).astype(np.float32)


def texture_of(sigma0_db: Band) -> Band:
    """What varies within `REACH_PX`, divided by its own spread there; zero where unknown."""
    is_known = ~np.isnan(sigma0_db)
    levels = np.where(is_known, sigma0_db, np.float32(0))
    fine = np.where(is_known, levels - _local_mean(levels, is_known), np.float32(0))
    spread = np.sqrt(_local_mean(fine * fine, is_known) + NOISE_DB2)
    return np.asarray(fine / spread, dtype=np.float32)


def nearest_dates(dates: Sequence[date | None], number: int) -> list[int]:
    """The images nearest in time to image `number`, nearest first; none for one without a date."""
    own = dates[number]
    if own is None:
        return []
    days = {n: abs((day - own).days) for n, day in enumerate(dates) if day and n != number}
    return sorted(days, key=lambda n: days[n])[:NEAREST_DATES]


def _beside(textures: Textures, number: int, near: Sequence[int]) -> tuple[Band, Band]:
    if len(near) < LEAST_DATES:
        unknown = np.full(textures.values.shape[1:], np.nan, dtype=np.float32)
        return unknown, unknown
    others = textures.chosen(near)
    own = np.where(textures.known[number], textures.values[number], np.float32(0))
    agreement = _correlation(own, others.mean)
    known = textures.known[number] & others.known.any(axis=0)
    return persistence(others), np.where(known, agreement, np.float32(np.nan))


def _correlation(one: Band, other: Band) -> Band:
    """Of two textures in each neighbourhood, -1 to 1."""
    shared, own, others = map(_smooth, (one * other, one * one, other * other))
    return np.asarray(shared / np.sqrt(own * others + 1e-6), dtype=np.float32)


def _local_mean(values: Band, is_known: npt.NDArray[np.bool_]) -> Band:
    """Gaussian mean over what is known."""
    weight = np.maximum(_smooth(is_known.astype(np.float32)), LEAST_WEIGHT)
    return np.asarray(_smooth(np.where(is_known, values, np.float32(0))) / weight)


def _smooth(values: Band) -> Band:
    smooth: Band = ndimage.gaussian_filter(
        values.astype(np.float32, copy=False), REACH_PX, truncate=3.0
    )
    return smooth
