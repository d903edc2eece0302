"""The one shelf of a tile: what a traced front would bound."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from pipeline.evaluation.distances import Mask


def shelf_of(ice: Mask) -> Mask:
    """The largest body of ice, with the lakes in it filled; bergs are ocean. (H, W)."""
    shelf = largest_body(ice)
    return np.asarray(~largest_body(~shelf))


def largest_body(mask: Mask) -> Mask:
    """The largest of its bodies (4 neighbours); empty where the mask is."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())[1:]
    return np.asarray(labels == 1 + int(np.argmax(sizes)))
