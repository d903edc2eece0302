"""Range-Doppler geocoding over a surface: a PixelMap whose every pixel has its own height.

Line and slant range are smooth over the ground: they are computed a kilometre apart and
interpolated. What is not smooth comes in at each pixel: its height, by the change per metre at the
nodes around it, and the step from slant range to pixel, which differs between neighbouring lines
where one ground-range polynomial takes over from the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from pipeline.compiled import compiled
from pipeline.geometry.geocoding import Points, check_metric_crs
from pipeline.geometry.heights import SurfaceHeight
from pipeline.geometry.range_doppler import RadarGeometry, ecef_of, lonlat_of
from pipeline.geometry.relief import Relief
from pipeline.grid import Grid
from pipeline.safe.annotation import Annotation

Floats = npt.NDArray[np.float64]

LATTICE_M = 1_000.0  # the error grows with its square: 0.5 m in near range of an EW scene
HEIGHT_STEP_M = 100.0
TABLE_STEP_M = 50.0  # of slant range; straight between to a thousandth of a pixel
MARGIN_M = 4_000.0  # around the image: what relief between two nodes may move a point by
HEIGHT_TOLERANCE_M = 0.1
MOST_STEPS = 15


@dataclass(frozen=True, slots=True, eq=False)
class PositionBlock:
    """Column and row in the scene, (2, rows, columns), of a window of the grid.

    `row` and `column` are the window's first ones in the grid.
    """

    row: int
    column: int
    positions: Floats


class RangeDopplerMap:
    """Between the ground in `crs` and the pixels of one annotation; raises SceneError.

    `multilook` (rows, columns) counts the pixels that were averaged to one of the scene that is
    resampled. Positions are (column, row) from the outer edge of its first pixel.
    """

    def __init__(
        self,
        annotation: Annotation,
        crs: str,
        surface: SurfaceHeight,
        multilook: tuple[int, int] = (1, 1),
    ) -> None:
        check_metric_crs(crs)
        self.geometry, self.surface, self.multilook = RadarGeometry(annotation), surface, multilook
        self._to_lonlat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    @cached_property
    def range_table(self) -> RangeTable:
        return RangeTable.of(self.geometry)

    def to_pixels(self, ground: Points) -> Points:
        image = self.geometry.to_image(self._in_space(ground, self.surface.at(ground)))
        return np.asarray((image[:, ::-1] + 0.5) / self.multilook[::-1])

    def to_ground(self, pixels: Points) -> Points:
        """Where the lines of sight meet the surface, found by turns between range and height.

        Slopes that are steeper than the line of sight have no single answer.
        """
        image = (pixels * self.multilook[::-1] - 0.5)[:, ::-1]
        height = np.zeros(len(pixels))
        for _ in range(MOST_STEPS):
            ground = self._on_map(self.geometry.to_ground(image, height))
            before, height = height, self.surface.at(ground)
            if np.abs(height - before).max(initial=0.0) < HEIGHT_TOLERANCE_M:
                break
        return ground

    def pixel_blocks(self, grid: Grid, block_rows: int) -> Iterator[tuple[int, Floats]]:
        """Every pixel of the grid, as `geocoding.pixel_blocks`."""
        interpolation = _Interpolation.of(self, grid)
        for first in range(0, grid.height, block_rows):
            rows = slice(first, min(first + block_rows, grid.height))
            yield first, interpolation.positions(rows, slice(0, grid.width))

    def image_blocks(self, grid: Grid, block_rows: int) -> Iterator[PositionBlock]:
        """The windows of `block_rows` rows that hold the image; what they leave out is outside."""
        interpolation = _Interpolation.of(self, grid)
        for first in range(0, grid.height, block_rows):
            rows = slice(first, min(first + block_rows, grid.height))
            columns = interpolation.columns_with_image(rows)
            if columns.start < columns.stop:
                positions = interpolation.positions(rows, columns)
                yield PositionBlock(first, columns.start, positions)

    def lattice(self, ground: Points) -> Floats:
        """Line, slant range, their changes per metre of height, and the height: (5, n).

        The changes are zero over surfaces without relief, where nothing needs them.
        """
        height = self.surface.at(ground)
        there = self.geometry.to_line_and_range(self._in_space(ground, height))
        change = np.zeros_like(there)
        if self.surface.relief is not None:
            above = self._in_space(ground, height + HEIGHT_STEP_M)
            change = (self.geometry.to_line_and_range(above) - there) / HEIGHT_STEP_M
        return np.vstack((there.T, change.T, height))

    def _in_space(self, ground: Points, height: Floats) -> Floats:
        lonlat = np.column_stack(self._to_lonlat.transform(ground[:, 0], ground[:, 1]))
        return ecef_of(lonlat, height)

    def _on_map(self, ecef: Floats) -> Points:
        longitude, latitude, _ = lonlat_of(ecef).T
        found = self._to_lonlat.transform(longitude, latitude, direction="INVERSE")
        return np.column_stack(found)


@dataclass(frozen=True, slots=True, eq=False)
class RangeTable:
    """Ground range in pixels by slant range, for each polynomial: (sets, m), straight between.

    `of_line` (lines,) is the polynomial of each line.
    """

    pixels: Floats
    near_m: float
    of_line: npt.NDArray[np.int64]

    @classmethod
    def of(cls, geometry: RadarGeometry) -> RangeTable:
        conversion, annotation = geometry.ground_range, geometry.annotation
        chosen = np.arange(conversion.sets)
        near = conversion.slant_range_m(np.zeros(conversion.sets), chosen).min()
        far = conversion.slant_range_m(np.full(conversion.sets, conversion.width_m), chosen).max()
        slant = np.arange(near, far + 2.0 * TABLE_STEP_M, TABLE_STEP_M)
        ground = [conversion.ground_range_m(slant, np.full(len(slant), one)) for one in chosen]
        lines = np.arange(annotation.lines, dtype=np.float64)
        table = np.array(ground) / annotation.pixel_spacing_m
        return cls(table, float(near), conversion.of_line(lines))

    @property
    def far_m(self) -> float:
        return float(self.near_m + (self.pixels.shape[1] - 1) * TABLE_STEP_M)


@dataclass(frozen=True, slots=True, eq=False)
class _Interpolation:
    """One grid's nodes (5, rows, columns), every `step` pixels, and what makes them positions."""

    nodes: Floats
    step: int
    grid: Grid
    table: RangeTable
    relief: Relief | None
    multilook: tuple[int, int]
    with_image: npt.NDArray[np.bool_]  # of the cells between the nodes

    @classmethod
    def of(cls, pixels: RangeDopplerMap, grid: Grid) -> _Interpolation:
        step = max(round(LATTICE_M / grid.pixel_size_m), 1)
        spacing = grid.pixel_size_m * step
        x = grid.column_x[0] + np.arange((grid.width - 1) // step + 2) * spacing
        y = grid.row_y[0] - np.arange((grid.height - 1) // step + 2) * spacing
        ground = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        nodes = pixels.lattice(ground).reshape(5, len(y), len(x))
        table = pixels.range_table
        with_image = _cells_with_image(nodes, table, pixels.geometry.annotation)
        relief = pixels.surface.relief
        return cls(nodes, step, grid, table, relief, pixels.multilook, with_image)

    def columns_with_image(self, rows: slice) -> slice:
        cells = self.with_image[rows.start // self.step : (rows.stop - 1) // self.step + 1]
        (found,) = np.nonzero(cells.any(axis=0))
        if not found.size:
            return slice(0, 0)
        first, last = int(found[0]) * self.step, (int(found[-1]) + 1) * self.step
        return slice(first, min(last, self.grid.width))

    def positions(self, rows: slice, columns: slice) -> Floats:
        found = np.empty((2, rows.stop - rows.start, columns.stop - columns.start))
        where = (rows.start, columns.start)
        _fill_lines_and_ranges(found, self.nodes, self.step, where)
        if self.relief is not None:
            self._raise_to(self.relief, found, rows, columns)
        _ranges_to_positions(
            found, self.table.pixels, self.table.near_m, self.table.of_line, self.multilook
        )
        return found

    def _raise_to(self, relief: Relief, found: Floats, rows: slice, columns: slice) -> None:
        x = (self.grid.column_x[columns] - relief.west_m) / relief.step_m
        y = (relief.north_m - self.grid.row_y[rows]) / relief.step_m
        where = (rows.start, columns.start)
        _add_height(found, self.nodes, self.step, where, relief.heights_m, x, y)


def _cells_with_image(
    nodes: Floats, table: RangeTable, annotation: Annotation
) -> npt.NDArray[np.bool_]:
    line, slant_range = nodes[0], nodes[1]
    margin_px = MARGIN_M / annotation.pixel_spacing_m
    inside = (line > -margin_px) & (line < annotation.lines + margin_px)
    inside &= (slant_range > table.near_m - MARGIN_M) & (slant_range < table.far_m + MARGIN_M)
    return np.asarray(inside[:-1, :-1] | inside[1:, :-1] | inside[:-1, 1:] | inside[1:, 1:])


@compiled
def _fill_lines_and_ranges(found: Floats, nodes: Floats, step: int, where: tuple[int, int]) -> None:
    """Line and slant range, bilinear between the nodes; found (2, rows, columns)."""
    _, rows, columns = found.shape
    first_cell, last_cell = where[1] // step, (where[1] + columns - 1) // step
    for r in range(rows):
        above, down = divmod(where[0] + r, step)
        share = down / step
        for quantity in range(2):
            upper, lower = nodes[quantity, above], nodes[quantity, above + 1]
            for cell in range(first_cell, last_cell + 1):
                left = upper[cell] + share * (lower[cell] - upper[cell])
                right = upper[cell + 1] + share * (lower[cell + 1] - upper[cell + 1])
                slope, start = (right - left) / step, cell * step - where[1]
                for c in range(max(start, 0), min(start + step, columns)):
                    found[quantity, r, c] = left + (c - start) * slope


@compiled
def _add_height(
    found: Floats,
    nodes: Floats,
    step: int,
    where: tuple[int, int],
    heights: npt.NDArray[np.float32],
    x: Floats,
    y: Floats,
) -> None:
    """Move line and range by how far each pixel lies above the surface through the nodes.

    `x` (columns,) and `y` (rows,) are the pixels' places on the raster of heights, in its cells.
    """
    _, rows, columns = found.shape
    last_row, last_column = heights.shape[0] - 1, heights.shape[1] - 1
    first_cell, last_cell = where[1] // step, (where[1] + columns - 1) // step
    profile, along = np.empty(last_column + 1), np.empty((3, nodes.shape[2]))
    for r in range(rows):
        place = min(max(y[r], 0.0), float(last_row))
        top = int(place)
        bottom = min(top + 1, last_row)
        for k in range(last_column + 1):
            profile[k] = heights[top, k] + (place - top) * (heights[bottom, k] - heights[top, k])
        above, down = divmod(where[0] + r, step)
        share = down / step
        for cell in range(first_cell, last_cell + 2):
            for quantity in range(3):
                upper, lower = (
                    nodes[2 + quantity, above, cell],
                    nodes[2 + quantity, above + 1, cell],
                )
                along[quantity, cell] = upper + share * (lower - upper)
        for cell in range(first_cell, last_cell + 1):
            line, line_slope = along[0, cell], (along[0, cell + 1] - along[0, cell]) / step
            reach, reach_slope = along[1, cell], (along[1, cell + 1] - along[1, cell]) / step
            level, level_slope = along[2, cell], (along[2, cell + 1] - along[2, cell]) / step
            start = cell * step - where[1]
            for c in range(max(start, 0), min(start + step, columns)):
                place = min(max(x[c], 0.0), float(last_column))
                k = int(place)
                height = profile[k] + (place - k) * (profile[min(k + 1, last_column)] - profile[k])
                rise = height - (level + (c - start) * level_slope)
                found[0, r, c] += rise * (line + (c - start) * line_slope)
                found[1, r, c] += rise * (reach + (c - start) * reach_slope)


@compiled
def _ranges_to_positions(
    found: Floats,
    table: Floats,
    near_m: float,
    of_line: npt.NDArray[np.int64],
    multilook: tuple[int, int],
) -> None:
    """Line and slant range become column and row from the outer edge of the first pixel."""
    _, rows, columns = found.shape
    last, most = len(of_line) - 1, table.shape[1] - 2
    for r in range(rows):
        for c in range(columns):
            line = found[0, r, c]
            nearest = of_line[int(min(max(line + 0.5, 0.0), last))]
            place = (found[1, r, c] - near_m) / TABLE_STEP_M
            k = int(min(max(place, 0.0), most))
            pixel = table[nearest, k] + (place - k) * (table[nearest, k + 1] - table[nearest, k])
            found[0, r, c] = (pixel + 0.5) / multilook[1]
            found[1, r, c] = (line + 0.5) / multilook[0]
