"""The image a simulated pass takes: where its pixels lie on the ground.

Rows and columns are turned against the map and bent a little, as a radar image is; position is
given by ground control points in longitude and latitude, as in Sentinel-1 GRD products. A pixel
measures 40 m in the plane of EPSG:3031 (true scale at 71 S).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import rasterize
from shapely import Polygon

from catalog.shelf import Part
from pipeline.simulate.noise import Curve, Field, rng_of

PIXEL_SIZE_M = 40.0
MARGIN_M = 4_000.0
MAX_SIDE_PX = 5_000  # 200 km: half an EW swath
MIN_SIDE_PX = 256
BEND_M = 120.0  # by which the image's edges are bent against its middle
LARGEST_TURN_DEG = 12.0
CONTROL_POINTS_PER_SIDE = 10
SWATH_WIDTH_M, NEAR_INCIDENCE_DEG, FAR_INCIDENCE_DEG = 400_000.0, 19.0, 46.0
BORDER_PX = 40  # widest wedge without data on either side


@dataclass(frozen=True, slots=True)
class ImageFrame:
    """Rows, columns and their way to EPSG:3031.

    `turn_rad` is the direction of growing columns against the x axis.
    """

    rows: int
    columns: int
    centre: tuple[float, float]
    turn_rad: float

    def ground(self, row: Curve, column: Curve) -> tuple[Curve, Curve]:
        """EPSG:3031 coordinates of image positions; (0, 0) is the first pixel's outer corner."""
        right = (column - self.columns / 2) * PIXEL_SIZE_M
        across = 2.0 * column / self.columns - 1.0
        up = (row - self.rows / 2) * PIXEL_SIZE_M + BEND_M * across**2
        cos, sin = math.cos(self.turn_rad), math.sin(self.turn_rad)
        return self.centre[0] + cos * right - sin * up, self.centre[1] + sin * right + cos * up

    def position(self, x: Curve, y: Curve) -> tuple[Curve, Curve]:
        """Row and column of points in EPSG:3031: the inverse of `ground`."""
        dx, dy = x - self.centre[0], y - self.centre[1]
        cos, sin = math.cos(self.turn_rad), math.sin(self.turn_rad)
        column = (cos * dx + sin * dy) / PIXEL_SIZE_M + self.columns / 2
        bent = BEND_M * (2.0 * column / self.columns - 1.0) ** 2
        return (cos * dy - sin * dx - bent) / PIXEL_SIZE_M + self.rows / 2, column

    def burn(self, shapes: list[Polygon]) -> npt.NDArray[np.bool_]:
        """True for the pixels (rows, columns) whose centre lies in one of the polygons."""
        if not shapes:
            return np.zeros((self.rows, self.columns), dtype=np.bool_)
        placed = [shapely.transform(shape, self._to_image) for shape in shapes]
        burnt = rasterize(placed, (self.rows, self.columns), dtype=np.uint8)
        return np.asarray(burnt, dtype=np.bool_)

    def _to_image(self, xy: Curve) -> Curve:
        row, column = self.position(xy[:, 0], xy[:, 1])
        return np.column_stack([column, row])

    def control_points(self) -> tuple[Curve, Curve, Curve, Curve]:
        """Row, column, x and y (EPSG:3031) of a regular grid of 10 x 10 points."""
        row, column = np.meshgrid(
            np.linspace(0, self.rows, CONTROL_POINTS_PER_SIDE),
            np.linspace(0, self.columns, CONTROL_POINTS_PER_SIDE),
            indexing="ij",
        )
        x, y = self.ground(row.ravel(), column.ravel())
        return row.ravel(), column.ravel(), x, y

    def outline(self) -> Polygon:
        """The image's edge in EPSG:3031."""
        steps = np.linspace(0.0, 1.0, 20, endpoint=False)
        low, high = np.zeros_like(steps), np.ones_like(steps)
        row = np.concatenate([low, steps, high, 1 - steps]) * self.rows
        column = np.concatenate([steps, high, 1 - steps, low]) * self.columns
        return Polygon(np.column_stack(self.ground(row, column)))


def image_frame(part: Part, seed: int, pass_number: int) -> ImageFrame:
    """A frame around the part's region, turned as the pass goes.

    Regions wider than MAX_SIDE_PX are seen in their middle only, as by a single slice.
    """
    (first_x, first_y), (last_x, last_y) = part.reference.coords[0], part.reference.coords[-1]
    rng = rng_of(seed, "turn", part.name, pass_number)
    turn_deg = rng.uniform(-LARGEST_TURN_DEG, LARGEST_TURN_DEG)
    turn = math.atan2(last_y - first_y, last_x - first_x) + math.radians(turn_deg)
    upright = shapely.transform(part.region, lambda xy: _rotated(xy, -turn))
    west, south, east, north = upright.bounds
    centre = _rotated(np.array([[(west + east) / 2, (south + north) / 2]]), turn)[0]
    return ImageFrame(
        rows=_side_px(north - south),
        columns=_side_px(east - west),
        centre=(float(centre[0]), float(centre[1])),
        turn_rad=turn,
    )


def incidence_deg(frame: ImageFrame, seed: int, part_name: str, pass_number: int) -> Field:
    """Incidence angle at each column, shape (1, columns): a piece somewhere in the swath."""
    slope = (FAR_INCIDENCE_DEG - NEAR_INCIDENCE_DEG) / SWATH_WIDTH_M
    width_deg = slope * frame.columns * PIXEL_SIZE_M
    rng = rng_of(seed, "incidence", part_name, pass_number)
    near = rng.uniform(NEAR_INCIDENCE_DEG, max(NEAR_INCIDENCE_DEG, FAR_INCIDENCE_DEG - width_deg))
    return np.asarray(np.linspace(near, near + width_deg, frame.columns)[None], dtype=np.float32)


def border_mask(frame: ImageFrame, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """True where the image holds no data: wedges along its near and far edge."""
    near, far = rng.uniform(0, BORDER_PX, size=(2, 2))
    progress = np.linspace(0.0, 1.0, frame.rows)[:, None]
    column = np.arange(frame.columns)[None, :]
    left = near[0] + (near[1] - near[0]) * progress
    right = frame.columns - (far[0] + (far[1] - far[0]) * progress)
    return np.asarray((column < left) | (column >= right))


def _side_px(length_m: float) -> int:
    return int(
        np.clip(math.ceil((length_m + 2 * MARGIN_M) / PIXEL_SIZE_M), MIN_SIDE_PX, MAX_SIDE_PX)
    )


def _rotated(xy: Curve, angle_rad: float) -> Curve:
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    return np.asarray(xy @ np.array([[cos, sin], [-sin, cos]]))
