"""From the ground to the pixels of a scene, and back.

Ground control points are projected first and fitted then, with a thin-plate spline: against
range-Doppler geocoding of an EW scene it errs by a median of 7 m (p95 50 m), where GDAL's
polynomial errs by 95 m (425 m). In degrees the fit would tear at the pole and the antimeridian.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from rasterio.transform import Affine
from scipy.interpolate import RBFInterpolator
from scipy.linalg import LinAlgError

from pipeline.errors import SceneError
from pipeline.grid import Bounds, Grid

Points = npt.NDArray[np.float64]  # shape (n, 2)
LEAST_POINTS = 4
LATTICE_PX = 16  # 640 m: between the nodes the spline bends by under a hundredth of a pixel
BORDER_STEPS = 50
SOUTHERN, NORTHERN = "EPSG:3031", "EPSG:3413"


@dataclass(frozen=True, slots=True)
class ControlPoints:
    """Known points: `pixels` (column, row; 0 is the outer edge), `positions` in `crs`."""

    pixels: Points
    positions: Points
    crs: str


@dataclass(frozen=True, slots=True)
class AffinePlacement:
    """A scene that lies on a map grid already."""

    coefficients: tuple[float, ...]
    crs: str


Placement = ControlPoints | AffinePlacement


class PixelMap(Protocol):
    """Between points on the ground (x, y in the target system) and pixels (column, row)."""

    def to_pixels(self, ground: Points) -> Points: ...

    def to_ground(self, pixels: Points) -> Points: ...


@runtime_checkable
class BlockwiseMap(PixelMap, Protocol):
    """A map that knows better than to interpolate its own pixels: see `pixel_blocks`."""

    def pixel_blocks(
        self, grid: Grid, block_rows: int
    ) -> Iterator[tuple[int, npt.NDArray[np.float64]]]: ...


class SplineMap:
    """Thin-plate splines through control points, one each way."""

    def __init__(self, pixels: Points, ground: Points) -> None:
        self._pixels, self._ground = pixels, ground
        # Both sides are brought to order one, or the spline's matrix is badly conditioned.
        self._centre = ground.mean(axis=0)
        self._scale = float(np.abs(ground - self._centre).max()) or 1.0

    def to_pixels(self, ground: Points) -> Points:
        found: Points = self._ground_to_pixels((ground - self._centre) / self._scale)
        return found

    def to_ground(self, pixels: Points) -> Points:
        found: Points = self._pixels_to_ground(pixels)
        return np.asarray(found * self._scale + self._centre)

    @cached_property
    def _ground_to_pixels(self) -> RBFInterpolator:
        return _thin_plate((self._ground - self._centre) / self._scale, self._pixels)

    @cached_property
    def _pixels_to_ground(self) -> RBFInterpolator:
        return _thin_plate(self._pixels, (self._ground - self._centre) / self._scale)


class AffineMap:
    """A map grid seen from another system."""

    def __init__(self, coefficients: tuple[float, ...], source: str, target: str) -> None:
        self._affine = Affine(*coefficients)
        self._forward = Transformer.from_crs(source, target, always_xy=True)

    def to_pixels(self, ground: Points) -> Points:
        x, y = self._forward.transform(ground[:, 0], ground[:, 1], direction="INVERSE")
        a, b, c, d, e, f = (~self._affine)[:6]
        return np.column_stack((a * x + b * y + c, d * x + e * y + f))

    def to_ground(self, pixels: Points) -> Points:
        a, b, c, d, e, f = self._affine[:6]
        x = a * pixels[:, 0] + b * pixels[:, 1] + c
        y = d * pixels[:, 0] + e * pixels[:, 1] + f
        return np.column_stack(self._forward.transform(x, y))


def pixel_map(placement: Placement, crs: str) -> PixelMap:
    """The map between the ground in `crs` and the pixels; raises SceneError.

    `crs` has to be projected, in metres, and made for the place where the scene lies.
    """
    target = check_metric_crs(crs)
    if isinstance(placement, AffinePlacement):
        _check_area(target, crs, _corner_lonlat(placement))
        return AffineMap(placement.coefficients, placement.crs, crs)
    _check_points(placement)
    _check_area(target, crs, _to_lonlat(placement.positions, placement.crs))
    return SplineMap(placement.pixels, _project(placement, crs))


def footprint(pixels: PixelMap, width: int, height: int) -> Points:
    """The scene's border on the ground, clockwise from its first pixel, shape (n, 2), closed."""
    share = np.linspace(0.0, 1.0, BORDER_STEPS, endpoint=False)
    zero, one = np.zeros_like(share), np.ones_like(share)
    sides = [(share, zero), (one, share), (1 - share, one), (zero, 1 - share)]
    border = np.concatenate([np.column_stack(side) for side in sides])
    return pixels.to_ground(np.vstack([border, border[:1]]) * [width, height])


def bounds_of(points: Points) -> Bounds:
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    return float(west), float(south), float(east), float(north)


def pixel_blocks(
    pixels: PixelMap, grid: Grid, block_rows: int
) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    """Column and row in the scene of every grid pixel, block by block of grid rows.

    Yields the first grid row and an array (2, rows, width): column, row. The map is evaluated on
    every LATTICE_PX-th pixel and interpolated bilinearly between, unless it has a way of its own.
    """
    if isinstance(pixels, BlockwiseMap):
        yield from pixels.pixel_blocks(grid, block_rows)
        return
    lattice = _lattice(pixels, grid)
    across = _along_columns(lattice, grid.width)
    for first in range(0, grid.height, block_rows):
        rows = np.arange(first, min(first + block_rows, grid.height)) / LATTICE_PX
        node = rows.astype(int)
        share = (rows - node)[None, :, None]
        yield first, across[:, node] * (1 - share) + across[:, node + 1] * share


def _lattice(pixels: PixelMap, grid: Grid) -> npt.NDArray[np.float64]:
    spacing = grid.pixel_size_m * LATTICE_PX
    x = grid.column_x[0] + np.arange(grid.width // LATTICE_PX + 2) * spacing
    y = grid.row_y[0] - np.arange(grid.height // LATTICE_PX + 2) * spacing
    ground = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return pixels.to_pixels(ground).T.reshape(2, len(y), len(x))


def _along_columns(lattice: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    columns = np.arange(width) / LATTICE_PX
    node = columns.astype(int)
    share = columns - node
    return np.asarray(lattice[..., node] * (1 - share) + lattice[..., node + 1] * share)


def _thin_plate(known: Points, values: Points) -> RBFInterpolator:
    try:
        return RBFInterpolator(known, values, kernel="thin_plate_spline", degree=1)
    except (LinAlgError, ValueError) as error:
        raise SceneError(
            "its ground control points lie on one line or on top of each other.",
            remedy="Use the GRD product as delivered.",
        ) from error


def check_metric_crs(crs: str) -> CRS:
    """The system; raises SceneError where it is none, or no projection in metres."""
    try:
        target = CRS.from_user_input(crs)
    except CRSError as error:
        raise SceneError(
            f"{crs!r} is no coordinate system.", remedy=f"Use for example --crs {SOUTHERN}."
        ) from error
    if not target.is_projected or target.axis_info[0].unit_name != "metre":
        raise SceneError(
            f"{crs} is not a map projection in metres.",
            remedy=f"Use --crs {SOUTHERN} in the Antarctic, --crs {NORTHERN} in the Arctic.",
        )
    return target


def _check_points(points: ControlPoints) -> None:
    whole = np.isfinite(points.pixels).all() and np.isfinite(points.positions).all()
    if not whole or len(points.pixels) < LEAST_POINTS:
        raise SceneError(
            f"its {len(points.pixels)} ground control points are too few or not finite.",
            remedy="Use the GRD product as delivered.",
        )


def _check_area(target: CRS, crs: str, lonlat: Points) -> None:
    area = target.area_of_use
    longitude, latitude = lonlat.T
    if not np.isfinite(lonlat).all() or np.abs(latitude).max() > 90:
        raise SceneError("its position is not on the globe.", remedy="Check the file's points.")
    if area is None:
        return
    middle = float(np.median(latitude))
    inside = area.south <= middle <= area.north and _any_within(longitude, area.west, area.east)
    if not inside:
        hint = SOUTHERN if middle < 0 else NORTHERN
        raise SceneError(
            f"{crs} ({area.name}) cannot hold a scene at {abs(middle):.1f}°"
            f"{'S' if middle < 0 else 'N'}.",
            remedy=f"Choose another system, for example --crs {hint}.",
        )


def _any_within(longitude: Points, west: float, east: float) -> bool:
    width = (east - west) % 360 or 360.0
    return bool((((longitude - west) % 360) <= width).any())


def _to_lonlat(positions: Points, crs: str) -> Points:
    return np.column_stack(
        Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*positions.T)
    )


def _corner_lonlat(placement: AffinePlacement) -> Points:
    _, _, x, _, _, y = placement.coefficients
    return _to_lonlat(np.array([[x, y]]), placement.crs)


def _project(points: ControlPoints, crs: str) -> Points:
    transformer = Transformer.from_crs(points.crs, crs, always_xy=True)
    x, y = points.positions.T
    try:
        ground = np.column_stack(transformer.transform(x, y, errcheck=True))
    except ProjError as error:
        raise SceneError(
            f"its ground control points cannot be projected to {crs}.",
            remedy="Choose another system with --crs.",
        ) from error
    return ground
