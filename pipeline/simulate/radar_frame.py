"""An image as the radar takes it: where its rows and columns lie in the plane of EPSG:3031.

Rows and columns count from the outer corner of the first pixel, as in
`pipeline.geometry.geocoding`; lines and pixels of the annotation count from its centre, half a
pixel later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from rasterio.features import rasterize
from shapely import Polygon

from pipeline.geometry.range_doppler import RadarGeometry
from pipeline.safe.annotation import Annotation
from pipeline.simulate.noise import Curve, Field

MARGIN_M = 5_000.0  # around the image where shapes are still placed
STRAIGHT_M = 1_000.0  # over this length a straight line in the plane is one in the image
BORDER_STEPS = 50

_TO_LONLAT = Transformer.from_crs(3031, 4326, always_xy=True)


@dataclass(frozen=True, slots=True, eq=False)
class RadarFrame:
    """Rows, columns and their way to EPSG:3031, for a surface `height_m` above the ellipsoid."""

    annotation: Annotation
    geometry: RadarGeometry
    height_m: float

    @classmethod
    def of(cls, annotation: Annotation, height_m: float) -> RadarFrame:
        """The frame of an annotation; raises SceneError where its geometry is not whole."""
        return cls(annotation, RadarGeometry(annotation), height_m)

    @property
    def rows(self) -> int:
        return self.annotation.lines

    @property
    def columns(self) -> int:
        return self.annotation.pixels

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def pixel_size_m(self) -> float:
        return self.annotation.pixel_spacing_m

    def ground(self, row: Curve, column: Curve) -> tuple[Curve, Curve]:
        """EPSG:3031 coordinates of image positions; (0, 0) is the first pixel's outer corner."""
        lonlat = self.geometry.to_lonlat(np.column_stack([row, column]) - 0.5, self.height_m)
        x, y = _TO_LONLAT.transform(lonlat[:, 0], lonlat[:, 1], direction="INVERSE")
        return np.asarray(x), np.asarray(y)

    def position(self, x: Curve, y: Curve) -> tuple[Curve, Curve]:
        """Row and column of points in EPSG:3031: the inverse of `ground`."""
        lonlat = np.column_stack(_TO_LONLAT.transform(x, y))
        heights = np.full(len(lonlat), self.height_m)
        row, column = (self.geometry.lonlat_to_image(lonlat, heights) + 0.5).T
        return row, column

    def burn(self, shapes: list[Polygon]) -> npt.NDArray[np.bool_]:
        """True for the pixels (rows, columns) whose centre lies in one of the polygons."""
        around = self.outline().buffer(MARGIN_M)
        near = [shape.intersection(around) for shape in shapes]
        placed = [self._placed(shape) for shape in near if not shape.is_empty]
        if not placed:
            return np.zeros(self.shape, dtype=np.bool_)
        return np.asarray(rasterize(placed, self.shape, dtype=np.uint8), dtype=np.bool_)

    def outline(self) -> Polygon:
        """The image's edge in EPSG:3031."""
        steps = np.linspace(0.0, 1.0, BORDER_STEPS, endpoint=False)
        low, high = np.zeros_like(steps), np.ones_like(steps)
        row = np.concatenate([low, steps, high, 1 - steps]) * self.rows
        column = np.concatenate([steps, high, 1 - steps, low]) * self.columns
        return Polygon(np.column_stack(self.ground(row, column)))

    def incidence_deg(self) -> Field:
        """Incidence on the ellipsoid at each column, shape (1, columns): the mean of all lines."""
        grid = self.annotation.geolocation
        known, mean = grid.pixels[0], grid.incidence_deg.mean(axis=0)
        return np.asarray(np.interp(np.arange(self.columns), known, mean)[None], dtype=np.float32)

    def _placed(self, shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shapely.segmentize(shape, STRAIGHT_M), self._to_image)

    def _to_image(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        row, column = self.position(xy[:, 0], xy[:, 1])
        return np.column_stack([column, row])
