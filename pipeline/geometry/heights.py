"""How high the ground stands that the radar saw, in metres over the WGS84 ellipsoid.

An error of one metre moves a point of an EW image by 1.5 m: the sea lies up to 65 m below the
ellipsoid around Antarctica, and the top of a shelf some 50 m above the sea.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from pipeline.errors import SceneError
from pipeline.geometry import dem, geoid
from pipeline.geometry.relief import Relief
from pipeline.grid import Bounds

Floats = npt.NDArray[np.float64]
Vertical = Literal["ellipsoid", "geoid"]

GEOID_STEP_M = 10_000.0  # between these the geoid is as good as straight
HIGHEST_M, LOWEST_M = 9_000.0, -500.0


class SurfaceHeight(Protocol):
    """Heights over the WGS84 ellipsoid at points on the ground in one map system.

    `relief` is what changes from pixel to pixel; None where the height is so smooth that it may
    be read at points a kilometre apart. `description` goes into the lineage.
    """

    @property
    def relief(self) -> Relief | None: ...

    @property
    def description(self) -> Mapping[str, str]: ...

    def at(self, ground: Floats) -> Floats: ...


class ConstantHeight:
    """One height everywhere."""

    relief = None

    def __init__(self, height_m: float) -> None:
        if not LOWEST_M <= height_m <= HIGHEST_M:  # not-a-number too
            raise SceneError(f"A surface height of {height_m} m is not one of this earth.")
        self.height_m = height_m
        self.description = {"height": "constant", "height_m": f"{height_m:g}"}

    def at(self, ground: Floats) -> Floats:
        return np.full(len(ground), self.height_m)


class GeoidHeight:
    """The mean sea, or what floats at one height above it.

    `at` raises SceneError where the bundled geoid does not reach.
    """

    relief = None

    def __init__(self, crs: str, freeboard_m: float = 0.0) -> None:
        if not 0.0 <= freeboard_m <= HIGHEST_M:
            raise SceneError(f"A freeboard of {freeboard_m} m is not one of this earth.")
        self.freeboard_m = freeboard_m
        self._to_lonlat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        self.description = {
            "height": "geoid",
            "geoid": geoid.NAME,
            "freeboard_m": f"{freeboard_m:g}",
        }

    def at(self, ground: Floats) -> Floats:
        lonlat = np.column_stack(self._to_lonlat.transform(ground[:, 0], ground[:, 1]))
        return geoid.geoid_height_m(lonlat) + self.freeboard_m


class DemHeight:
    """An elevation model over one window of the map.

    `vertical` says what the model's heights count from, which no raster format tells reliably;
    `geoid` adds the bundled one. Where the model has no data, the mean sea stands in and
    `uncovered_share` of the window says how much that is. Raises SceneError naming the file.
    """

    def __init__(self, path: str, crs: str, bounds: Bounds, vertical: Vertical) -> None:
        heights, step_m = dem.read_window(path, crs, bounds)
        self._sea = GeoidHeight(crs)
        missing = ~np.isfinite(heights) | (heights < LOWEST_M) | (heights > HIGHEST_M)
        self.uncovered_share = float(missing.mean())
        west, _, _, north = bounds
        if vertical == "geoid" or missing.any():
            sea = self._sea_level(heights.shape, west, north, step_m)
            above = heights + sea if vertical == "geoid" else heights
            heights = np.where(missing, sea, above)
        self.relief = Relief(heights, west, north, step_m)
        self.description = self._described(path, vertical)

    def at(self, ground: Floats) -> Floats:
        return self.relief.at(ground)

    def _sea_level(
        self, shape: tuple[int, ...], west: float, north: float, step_m: float
    ) -> npt.NDArray[np.float32]:
        """The geoid at every cell, from points GEOID_STEP_M apart."""
        rows, columns = (round(size * step_m / GEOID_STEP_M) + 2 for size in shape)
        x, y = np.arange(columns) * GEOID_STEP_M, np.arange(rows) * GEOID_STEP_M
        points = np.stack(np.meshgrid(west + x, north - y), axis=-1).reshape(-1, 2)
        coarse = self._sea.at(points).reshape(rows, columns)
        down, right = (np.arange(size, dtype=np.float64) * step_m for size in shape)
        return np.asarray(_between(_between(coarse, down).T, right).T, dtype=np.float32)

    def _described(self, path: str, vertical: Vertical) -> dict[str, str]:
        described = {
            "height": "dem",
            "dem": path,
            "dem_vertical": vertical,
            "dem_step_m": f"{self.relief.step_m:g}",
            "dem_values_sha256": hashlib.sha256(self.relief.heights_m.tobytes()).hexdigest(),
            "dem_uncovered_share": f"{self.uncovered_share:.4f}",
        }
        digest = dem.file_digest(path)
        if digest is not None:
            described["dem_sha256"] = digest
        if vertical == "geoid" or self.uncovered_share > 0:
            described["geoid"] = geoid.NAME
        return described


def _between(rows: Floats, distances_m: Floats) -> Floats:
    """Linear between rows GEOID_STEP_M apart: (r, c) to (len(distances_m), c)."""
    node, share = np.divmod(distances_m / GEOID_STEP_M, 1.0)
    first = node.astype(np.int64)
    return rows[first] * (1.0 - share[:, None]) + rows[first + 1] * share[:, None]
