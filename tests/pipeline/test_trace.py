from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, box

from catalog.area import true_area_km2
from catalog.shelf import find_part
from pipeline.contour import Field
from pipeline.grid import Grid
from pipeline.settings import ProcessingSettings
from pipeline.shelf_picture import seaward_side
from pipeline.trace import NoFront, TracedFront, TracedLine, trace_front, trace_lines
from tests.pipeline.painted_scenes import DEPTH_M, REFERENCE, REGION, SOUTH, WEST, WIDTH_M

RULES = ProcessingSettings().trace_rules
MARGIN_M = 2_000.0
GRID = Grid.around(REGION.buffer(MARGIN_M, join_style="mitre").bounds, "EPSG:3031", 40.0)
X, Y = np.meshgrid(GRID.column_x - WEST, GRID.row_y - SOUTH)


def wavy(front_m: float = 8_000.0) -> Field:
    """Ice below a front that bends by 1 km."""
    depth = front_m + 1_000 * np.sin(X / 3_000)
    with np.errstate(over="ignore"):
        return (1 / (1 + np.exp((Y - depth) / 30.0))).astype(np.float32)


def paint(ice: Field, west: float, south: float, east: float, north: float, value: float) -> Field:
    """`ice` with a rectangle (metres from the reference's first point) set to `value`."""
    painted = ice.copy()
    painted[(west <= X) & (east >= X) & (south <= Y) & (north >= Y)] = value
    return painted


def traced(ice: Field, grid: Grid = GRID) -> TracedFront:
    found = trace_front(ice, grid, REGION, REFERENCE, RULES)
    assert isinstance(found, TracedFront)
    return found


def refused(ice: Field) -> NoFront:
    found = trace_front(ice, GRID, REGION, REFERENCE, RULES)
    assert isinstance(found, NoFront)
    return found


def test_a_front_runs_where_ice_ends() -> None:
    line = traced(wavy()).line
    x, y = shapely.get_coordinates(line).T
    assert len(line.geoms) == 1
    assert np.abs(y - SOUTH - 8_000 - 1_000 * np.sin((x - WEST) / 3_000)).max() < 20.0


def test_a_front_leads_from_side_to_side_with_the_ice_on_its_left() -> None:
    coordinates = traced(wavy()).line.geoms[0].coords
    assert coordinates[0][0] == pytest.approx(WEST + WIDTH_M, abs=10)
    assert coordinates[-1][0] == pytest.approx(WEST, abs=10)


def test_the_area_is_that_of_the_ice_behind_the_front() -> None:
    straight = (1 / (1 + np.exp((Y - 8_000.0) / 300.0))).astype(np.float32)
    expected = true_area_km2(box(WEST, SOUTH, WEST + WIDTH_M, SOUTH + 8_000.0))
    found = traced(straight)
    assert found.is_complete
    assert found.area_km2 == pytest.approx(expected, rel=1e-3)


def test_the_area_is_that_of_the_ice_pixels() -> None:
    inside = shapely.contains_xy(REGION, X + WEST, Y + SOUTH)
    pixels_km2 = float(((wavy() > 0.5) & inside).sum()) * 0.04**2
    scale = true_area_km2(REGION) / (REGION.area / 1e6)
    assert traced(wavy()).area_km2 == pytest.approx(pixels_km2 * scale, rel=2e-3)


def test_a_berg_in_front_changes_nothing() -> None:
    berg = paint(wavy(), 5_000, 12_000, 9_000, 15_000, 0.98)
    assert traced(berg).line == traced(wavy()).line


def test_a_pond_behind_the_front_changes_nothing() -> None:
    pond = paint(wavy(), 5_000, 3_000, 9_000, 6_000, 0.02)
    assert traced(pond).line == traced(wavy()).line


def test_a_rift_that_is_open_to_the_sea_is_followed() -> None:
    rift = paint(wavy(), 11_000, 3_000, 12_000, 12_000, 0.02)
    assert traced(rift).line.length > traced(wavy()).line.length + 8_000
    assert len(traced(rift).line.geoms) == 1


def test_the_edge_of_the_region_is_no_front() -> None:
    border = REGION.exterior.buffer(30.0)
    assert traced(wavy()).line.intersection(border).length < 200.0


def test_missing_data_never_become_a_front() -> None:
    hole = paint(wavy(), 5_000, 2_000, 9_000, 5_000, np.nan)
    assert traced(hole).line == traced(wavy()).line


def test_a_front_that_ends_at_missing_data_is_incomplete() -> None:
    half = paint(wavy(), 14_000, -3_000, 30_000, 30_000, np.nan)
    found = traced(half)
    assert not found.is_complete
    assert found.area_km2 is None
    assert found.line.bounds[2] < WEST + 14_000
    assert found.known_share == pytest.approx(14_000 / WIDTH_M, abs=0.02)


def test_a_gap_in_the_front_gives_no_area() -> None:
    gap = paint(wavy(), 11_000, 6_000, 13_000, 10_500, np.nan)
    found = traced(gap)
    assert len(found.line.geoms) == 2
    assert found.area_km2 is None


def test_a_scene_that_shows_little_of_the_region_is_a_gap() -> None:
    little = paint(wavy(), 8_000, -3_000, 30_000, 30_000, np.nan)
    assert refused(little) == NoFront("region_not_seen", is_gap=True)


def test_a_scene_beside_the_region_is_a_gap() -> None:
    far = replace(GRID, west=GRID.west + 500_000.0)
    found = trace_front(wavy(), far, REGION, REFERENCE, RULES)
    assert found == NoFront("outside_scene", is_gap=True)


def test_without_ice_at_the_reference_line_there_is_no_front() -> None:
    melted = paint(wavy(), -3_000, -3_000, 30_000, 1_000, 0.02)
    assert refused(melted) == NoFront("no_ice_at_the_reference_line", is_gap=False)


def test_without_open_sea_there_is_no_front() -> None:
    assert refused(np.full_like(wavy(), 0.99)) == NoFront("no_open_sea", is_gap=False)


def test_a_shelf_that_is_gone_down_to_the_reference_on_one_side_has_no_area() -> None:
    half_gone = paint(wavy(), -3_000, -3_000, 12_000, 30_000, 0.02)
    found = traced(half_gone)
    assert found.area_km2 is None
    assert not found.is_complete
    assert found.mask(GRID) is None


def test_a_straight_front_is_a_line_of_two_points_with_its_ice() -> None:
    straight = (1 / (1 + np.exp((Y - 8_000.0) / 300.0))).astype(np.float32)
    found = traced(straight)
    assert len(found.line.geoms[0].coords) == 2
    assert found.area_km2 is not None
    mask = found.mask(GRID)
    assert mask is not None
    assert float(mask.sum()) * 0.04**2 == pytest.approx(WIDTH_M / 1e3 * 8.0, rel=0.01)


def test_a_front_across_the_antimeridian_is_one_line_with_one_polygon() -> None:
    part = find_part("Ross2")
    grid = Grid.around(part.region.buffer(MARGIN_M).bounds, "EPSG:3031", 400.0)
    _, y = np.meshgrid(grid.column_x, grid.row_y)
    south = shapely.get_coordinates(part.reference)[:, 1].min()
    ice = (0.5 + 0.5 * np.tanh((y - south + 60_000.0) / 600.0)).astype(np.float32)
    found = trace_front(ice, grid, part.region, part.reference, RULES)
    assert isinstance(found, TracedFront)
    (line,) = found.line.geoms
    assert line.bounds[0] < 0 < line.bounds[2]
    assert found.ice is not None
    (polygon,) = found.ice.geoms
    assert polygon.bounds[0] < 0 < polygon.bounds[2]


def test_a_scene_larger_than_the_region_gives_the_same_front() -> None:
    ice = np.pad(wavy(), 100, constant_values=np.nan)
    wide = Grid(
        GRID.crs, GRID.west - 4_000, GRID.north + 4_000, 40.0, GRID.width + 200, GRID.height + 200
    )
    assert traced(ice, wide) == traced(wavy())


def test_a_reference_line_may_bend() -> None:
    corners = [(WEST + WIDTH_M, SOUTH), (WEST + WIDTH_M, SOUTH + DEPTH_M), (WEST, SOUTH + DEPTH_M)]
    bent = LineString([(WEST, SOUTH), (WEST + 9_000, SOUTH - 1_500), (WEST + WIDTH_M, SOUTH)])
    region = shapely.Polygon([*bent.coords[:2], *corners])
    found = trace_front(wavy(), GRID, region, bent, RULES)
    assert isinstance(found, TracedFront)
    more_km2 = (found.area_km2 or 0) - (traced(wavy()).area_km2 or 0)
    assert more_km2 == pytest.approx(1.5 * 24 / 2, rel=0.05)


def test_the_seaward_side_is_the_far_end_of_the_region() -> None:
    side = seaward_side(REGION, REFERENCE)
    assert side.distance(Point(WEST + WIDTH_M / 2, SOUTH + DEPTH_M)) == 0
    assert side.distance(REFERENCE) > 0.4 * DEPTH_M


def test_without_a_region_the_longest_boundary_is_a_line() -> None:
    found = trace_lines(paint(wavy(), 5_000, 12_000, 6_500, 14_000, 0.98), GRID, RULES)
    assert isinstance(found, TracedLine)
    assert len(found.line.geoms) == 1
    assert found.line.length > WIDTH_M
    assert np.all(shapely.get_coordinates(found.line) % 10 == 0)


def test_without_a_region_further_long_boundaries_count_too() -> None:
    floe = paint(wavy(), -3_000, 14_000, 30_000, 18_000, 0.98)
    found = trace_lines(floe, GRID, RULES)
    assert isinstance(found, TracedLine)
    assert len(found.line.geoms) == 3


@pytest.mark.parametrize("value", [0.99, 0.01])
def test_a_scene_of_one_surface_has_no_line(value: float) -> None:
    found = trace_lines(np.full_like(wavy(), value), GRID, RULES)
    assert isinstance(found, NoFront)
    assert not found.is_gap
