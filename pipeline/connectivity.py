"""What belongs to the shelf: ice that hangs together with the land, ocean with the open sea.

Icebergs and sea ice taken for ice float apart from the land; ponds, rifts and melt are cut off
from the sea. Both are set right here, before a line is drawn.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Mask = npt.NDArray[np.bool_]
# Ice that touches at corners only does not hold together; water passes such corners.
SIDES_ONLY = ndimage.generate_binary_structure(2, 1)
SIDES_AND_CORNERS = ndimage.generate_binary_structure(2, 2)


def shelf_mask(ice: Mask, known: Mask, landward: Mask, seaward: Mask, least_px: int) -> Mask:
    """The shelf among the pixels that are `known`.

    Ice counts where it is connected to the `landward` pixels; what remains is ocean where it is
    connected to the `seaward` pixels in a body of at least `least_px`, and shelf elsewhere.
    """
    held = touching(ice & known, landward, SIDES_ONLY)
    if not held.any():
        return held
    ocean = touching(known & ~held, seaward, SIDES_AND_CORNERS)
    return known & ~without_small(ocean, least_px, SIDES_AND_CORNERS)


def touching(mask: Mask, seeds: Mask, structure: Mask) -> Mask:
    """The components of `mask` that hold a pixel of `seeds`."""
    labels, count = ndimage.label(mask, structure)
    wanted = np.zeros(count + 1, dtype=np.bool_)
    wanted[np.unique(labels[seeds & mask])] = True
    wanted[0] = False
    return np.asarray(wanted[labels])


def without_small(mask: Mask, least_px: int, structure: Mask) -> Mask:
    """The components of `mask` of at least `least_px` pixels."""
    labels, count = ndimage.label(mask, structure)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    wanted = sizes >= least_px
    wanted[0] = False
    return np.asarray(wanted[labels])


def smoothed_bodies(ice: Mask, known: Mask, least_px: int) -> Mask:
    """Ice and water without bodies below `least_px`: first small ice goes, then small water."""
    large_ice = without_small(ice & known, least_px, SIDES_ONLY)
    large_water = without_small(known & ~large_ice, least_px, SIDES_AND_CORNERS)
    return known & ~large_water
