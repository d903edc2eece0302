"""Prepare: a scene in radar geometry becomes backscatter in dB on the shared map grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from pipeline.errors import SceneError
from pipeline.geocoding import PixelMap, Points, bounds_of, footprint, pixel_blocks, pixel_map
from pipeline.geotiff import SceneFile, open_scene, read_sigma0
from pipeline.grid import Bounds, Grid, common_bounds

BLOCK_ROWS = 256
LARGEST_SIDE_M = 2_000_000.0  # an EW scene is 400 km wide; more means wrong control points
LEAST_VALID_SHARE = 0.5  # of the bilinear weight that has to fall on pixels with data


@dataclass(frozen=True, slots=True)
class PreparedScene:
    """A geocoded scene.

    `sigma0_db` has shape (polarisations, height, width), float32, NaN where there is no data.
    `footprint` is the border of the whole scene in the grid's system, shape (n, 2).
    """

    grid: Grid
    polarisations: tuple[str, ...]
    sigma0_db: npt.NDArray[np.float32]
    footprint: Points


def prepare_scene(
    path: Path,
    *,
    crs: str,
    pixel_size_m: float,
    polarisations: tuple[str, ...] = (),
    wanted: tuple[str, ...] | None = None,
    within: Bounds | None = None,
) -> PreparedScene:
    """Geocode `path`; raises SceneError.

    `polarisations` names the bands where the file does not; `wanted` chooses and orders those of
    the result (None: all); `within` (in `crs`) cuts it to what is needed.
    """
    try:
        scene = open_scene(path, polarisations)
        chosen = scene.polarisations if wanted is None else wanted
        pixels = pixel_map(scene.placement, crs)
        border = footprint(pixels, scene.width, scene.height)
        grid = Grid.around(_extent(border, within), crs, pixel_size_m)
        sigma0_db = np.stack([_geocode_band(scene, b, pixels, grid) for b in _bands(scene, chosen)])
        if np.isnan(sigma0_db).all():
            raise SceneError("holds no data: every pixel is zero or not a number.")
    except SceneError as error:
        raise SceneError(error.fault, where=error.where or path, remedy=error.remedy) from error
    return PreparedScene(grid, chosen, sigma0_db, border)


def resample(
    sigma0: npt.NDArray[np.float32], positions: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Bilinear value at `positions` (column, row; shape (2, ...)), weighted over valid pixels only.

    Interpolates linear power: the mean of decibels would be biased. NaN where less than half of
    the weight falls on pixels with data.
    """
    # Positions count from the outer edge of the first pixel, array indices from its centre.
    rows_and_columns = positions[::-1] - 0.5
    valid = np.isfinite(sigma0)
    filled = sigma0 if valid.all() else np.where(valid, sigma0, np.float32(0))
    power = _bilinear(filled, rows_and_columns)
    weight = _bilinear(valid.astype(np.float32), rows_and_columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight >= LEAST_VALID_SHARE, power / weight, np.float32(np.nan))


def _bilinear(
    image: npt.NDArray[np.float32], rows_and_columns: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = map_coordinates(
        image, rows_and_columns, output=np.float32, order=1, mode="constant", cval=0.0
    )
    return found


def _bands(scene: SceneFile, wanted: tuple[str, ...]) -> list[int]:
    if not set(wanted) <= set(scene.polarisations):
        raise SceneError(
            f"has {'+'.join(scene.polarisations)}, but the model needs {'+'.join(wanted)}.",
            remedy="Choose another model with --weights.",
        )
    return [scene.polarisations.index(name) + 1 for name in wanted]


def _extent(border: Points, within: Bounds | None) -> Bounds:
    if not np.isfinite(border).all():
        raise SceneError("its border cannot be placed on the ground.")
    extent = bounds_of(border)
    if max(extent[2] - extent[0], extent[3] - extent[1]) > LARGEST_SIDE_M:
        raise SceneError(
            f"would be more than {LARGEST_SIDE_M / 1000:.0f} km wide: its points are wrong.",
            remedy="Use the GRD product as delivered.",
        )
    common = extent if within is None else common_bounds(extent, within)
    if common is None:
        raise SceneError("lies outside of what is to be mapped.")
    return common


def _geocode_band(
    scene: SceneFile, band: int, pixels: PixelMap, grid: Grid
) -> npt.NDArray[np.float32]:
    sigma0 = read_sigma0(scene, band)
    result = np.empty((grid.height, grid.width), dtype=np.float32)
    for first, positions in pixel_blocks(pixels, grid, BLOCK_ROWS):
        block = resample(sigma0, positions)
        result[first : first + block.shape[0]] = 10.0 * np.log10(block)
    return result
