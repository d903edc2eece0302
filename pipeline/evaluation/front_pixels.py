"""From probabilities of one image to the pixels of its calving front.

The border of the ocean is front only where the network says so: the rest of it is rock coast. The
threshold on that falls until something is found, so that an image without a front stays rare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.evaluation.distances import Mask

Probability = npt.NDArray[np.float32]  # shape (H, W)

EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class FrontRule:
    """What counts as front; lengths and sizes in pixels of images of about 256 x 256.

    Bodies of ocean count from `least_ocean_px` and `least_ocean_share` of the largest, bodies of
    anything else from `least_island_px`: smaller ones are lakes and bergs. Border pixels are front
    in pieces where the edge probability within `edge_reach_px` passes a threshold somewhere and
    half of it everywhere; the thresholds are tried in turn until pieces of `least_piece_px` make up
    `least_front_px`. Where none does, the whole border is the front. Within `nodata_reach_px` of
    missing data nothing is front.
    """

    ocean_threshold: float = 0.5
    least_ocean_px: int = 60
    least_ocean_share: float = 0.15
    least_island_px: int = 300
    edge_thresholds: tuple[float, ...] = (0.3, 0.15, 0.06)
    edge_reach_px: int = 3
    least_piece_px: int = 10
    least_front_px: int = 15
    nodata_reach_px: int = 2


def front_pixels(ocean: Probability, edge: Probability, has_data: Mask, rule: FrontRule) -> Mask:
    """Pixels beside the ocean that are calving front, (H, W); none where there is no border."""
    border = ocean_border(clean_ocean(ocean, rule), has_data, rule)
    near_edge = ndimage.maximum_filter(edge, 2 * rule.edge_reach_px + 1)
    for threshold in rule.edge_thresholds:
        front = _long_pieces(_hysteresis(border, near_edge, threshold), rule.least_piece_px)
        if front.sum() >= rule.least_front_px:
            return front
    long = _long_pieces(border, rule.least_piece_px)
    return long if long.any() else border


def clean_ocean(ocean: Probability, rule: FrontRule) -> Mask:
    """The ocean without lakes and without holes."""
    water = ocean > rule.ocean_threshold
    sizes = _sizes(water)
    least = max(rule.least_ocean_px, rule.least_ocean_share * float(sizes.max(initial=0)))
    kept = _bodies_of(water, least)
    land = _bodies_of(~kept, rule.least_island_px)
    return np.asarray(~land) if land.any() else kept


def ocean_border(ocean: Mask, has_data: Mask, rule: FrontRule) -> Mask:
    """Pixels that touch the ocean (4 neighbours), not along missing data or the image's border."""
    border = ~ocean & ndimage.binary_dilation(ocean)
    if rule.nodata_reach_px:
        border &= ~ndimage.binary_dilation(~has_data, iterations=rule.nodata_reach_px)
    inner = np.zeros_like(border)
    inner[1:-1, 1:-1] = True
    return np.asarray(border & inner)


def _hysteresis(border: Mask, near_edge: Probability, threshold: float) -> Mask:
    """Pieces of `border` over half the threshold that are over it somewhere."""
    labels, _ = ndimage.label(border & (near_edge > threshold / 2), EIGHT_NEIGHBOURS)
    seeded = np.unique(labels[border & (near_edge > threshold)])
    return np.asarray(np.isin(labels, seeded[seeded > 0]))


def _long_pieces(front: Mask, least_px: int) -> Mask:
    return _bodies_of(front, least_px, EIGHT_NEIGHBOURS)


def _bodies_of(mask: Mask, least_px: float, structure: Mask | None = None) -> Mask:
    labels, _ = ndimage.label(mask, structure)
    is_kept = np.bincount(labels.ravel()) >= least_px
    is_kept[0] = False
    return np.asarray(is_kept[labels])


def _sizes(mask: Mask) -> npt.NDArray[np.int64]:
    labels, _ = ndimage.label(mask)
    return np.asarray(np.bincount(labels.ravel())[1:], dtype=np.int64)
