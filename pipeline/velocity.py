"""How ice flows: velocities on a raster of EPSG:3031, sampled where they are wanted.

Maps of velocity end where the ice ended when they were made. A front that has since advanced lies
beyond, so velocities are carried on from the nearest cell that has one, for FARTHEST_CARRIED_M.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[np.float64]
Speeds = npt.NDArray[np.float32]

FARTHEST_CARRIED_M = 20_000.0  # ten years at 2 km/a


@dataclass(frozen=True, slots=True, eq=False)
class VelocityField:
    """Metres per year on square cells, NaN where not known.

    `vx` and `vy` have shape (height, width), the first row in the north; along x and y of
    EPSG:3031. `west` and `north` are the centre of the first cell; `name` is for people.
    """

    vx: Speeds
    vy: Speeds
    west: float
    north: float
    cell_m: float
    name: str = "velocity"

    def at(self, points: Floats) -> Floats:
        """Velocity at points (n, 2), bilinear, shape (n, 2); NaN where not known."""
        columns = (points[:, 0] - self.west) / self.cell_m
        rows = (self.north - points[:, 1]) / self.cell_m
        sampled = [
            ndimage.map_coordinates(
                band, (rows, columns), output=np.float64, order=1, mode="constant", cval=np.nan
            )
            for band in (self.vx, self.vy)
        ]
        return np.column_stack(sampled)

    @property
    def fastest_m_per_year(self) -> float:
        """The highest speed of the field; 0 where nothing is known."""
        return _fastest(self)


@lru_cache(maxsize=4)  # asked for with every line; by identity
def _fastest(field: VelocityField) -> float:
    known = np.hypot(field.vx, field.vy)
    return float(np.nanmax(known)) if np.isfinite(known).any() else 0.0


def carried_on(
    vx: Speeds, vy: Speeds, cell_m: float, reach_m: float = FARTHEST_CARRIED_M
) -> tuple[Speeds, Speeds]:
    """Both components with gaps filled from the nearest cell that has a velocity."""
    missing = ~(np.isfinite(vx) & np.isfinite(vy))
    if missing.all() or not missing.any():
        return vx, vy
    distance, nearest = ndimage.distance_transform_edt(missing, return_indices=True)
    beyond = distance * cell_m > reach_m
    filled = (np.where(beyond, np.float32(np.nan), band[tuple(nearest)]) for band in (vx, vy))
    first, second = filled
    return first, second
