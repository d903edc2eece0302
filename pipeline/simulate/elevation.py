"""An elevation model as a pipeline meets it: measured years ago, when the front lay elsewhere."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from pipeline.simulate.noise import Field, smooth_field
from pipeline.simulate.surfaces import Mask, signed_distance_m

FREEBOARD_M = (15.0, 60.0)  # BedMachine beside the ocean: medians 22 m (Larsen) and 32 m (Getz)
FARTHEST_MOVED_M = 12_000.0  # a shelf since advanced by years of flow, or calved
UNDULATION_M = 6.0
SEA_NOISE_M = 0.5
UNDULATION_PX = 40.0
POSTING_PX = 6.0  # elevation models are coarser than the image


def stale_heights(ice: Mask, pixel_size_m: float, rng: np.random.Generator) -> Field:
    """Metres above the sea, (H, W): a shelf whose front lay up to 12 km from that of `ice`."""
    moved_m = rng.uniform(-1.0, 1.0) * FARTHEST_MOVED_M
    then = signed_distance_m(ice, pixel_size_m) < moved_m
    freeboard = rng.uniform(*FREEBOARD_M) + UNDULATION_M * smooth_field(
        ice.shape, UNDULATION_PX, rng
    )
    sea = SEA_NOISE_M * rng.standard_normal(ice.shape)
    sharp = np.where(then, np.maximum(freeboard, 2.0), sea).astype(np.float32)
    return np.asarray(ndimage.gaussian_filter(sharp, POSTING_PX / 2), dtype=np.float32)
