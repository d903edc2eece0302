"""Heights on a north-up raster in map coordinates, read off between its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Metres over the WGS84 ellipsoid, (rows, columns), finite everywhere.

    `west_m` and `north_m` are the centre of the first cell. Beyond the border its heights hold on.
    """

    heights_m: npt.NDArray[np.float32]
    west_m: float
    north_m: float
    step_m: float

    def at(self, ground: Floats) -> Floats:
        """Bilinear height at x, y: (n, 2) to (n,)."""
        columns = (ground[:, 0] - self.west_m) / self.step_m
        rows = (self.north_m - ground[:, 1]) / self.step_m
        found: Floats = map_coordinates(
            self.heights_m, (rows, columns), output=np.float64, order=1, mode="nearest"
        )
        return found
