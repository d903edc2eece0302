"""Laws of a traced front, over many shapes of the front and of all that lies around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage
from shapely import LineString, MultiLineString

from pipeline.contour import LINE_GRID_M, SIMPLIFY_TOLERANCE_M, Field
from pipeline.grid import Grid
from pipeline.trace import TracedFront, TraceRules, trace_front
from tests.pipeline.painted_scenes import REFERENCE, REGION, SOUTH, WEST, WIDTH_M

PIXEL_M = 80.0
MARGIN_M = 2_000.0
RULES = TraceRules(
    unsure_px=4,
    least_body_km2=4.0,
    shortest_piece_m=2_000.0,
    least_known_share=0.9,
    least_seen_share=0.5,
    longest_bridge_m=1_000.0,
)
GRID = Grid.around(REGION.buffer(MARGIN_M, join_style="mitre").bounds, "EPSG:3031", PIXEL_M)
# A mask forgets where in a pixel the front was; then come simplification and the lattice.
HALF_PIXEL_KM2 = 1.1 * PIXEL_M / 2 * WIDTH_M / 1e6  # along a straight front
TOLERANCE_M = PIXEL_M / 2**0.5 + SIMPLIFY_TOLERANCE_M + LINE_GRID_M

# A tenth of a second for each.
FEWER = settings(max_examples=max(8, settings().max_examples // 4))

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A rectangle in metres from the reference's first point."""

    west: float
    south: float
    width: float
    depth: float

    def covers(self, grid: Grid) -> npt.NDArray[np.bool_]:
        x, y = np.meshgrid(grid.column_x - WEST, grid.row_y - SOUTH)
        across = (self.west <= x) & (x <= self.west + self.width)
        return np.asarray(across & (self.south <= y) & (y <= self.south + self.depth))


@dataclass(frozen=True)
class Shape:
    """A front that swings around 9 km, by waves of (length, height, phase)."""

    waves: tuple[tuple[float, float, float], ...]
    width_m: float  # of the transition from ice to water

    def depth(self, x: Points) -> Points:
        swings = [h * np.sin(2 * np.pi * (x / length) + p) for length, h, p in self.waves]
        return np.asarray(9_000.0 + np.sum(swings, axis=0))

    def on(self, grid: Grid) -> Field:
        x, y = np.meshgrid(grid.column_x - WEST, grid.row_y - SOUTH)
        with np.errstate(over="ignore"):
            return (1 / (1 + np.exp((y - self.depth(x)) / self.width_m))).astype(np.float32)


shapes = st.builds(
    Shape,
    st.lists(
        st.tuples(st.floats(4_000, 40_000), st.floats(0, 900), st.floats(0, 6.3)),
        min_size=1, max_size=3,
    ).map(tuple),
    st.floats(20, 120),
)  # fmt: skip
# Wholly in the sea and wholly in the ice, whatever the shape; and anywhere.
bergs = st.lists(
    st.builds(Box, st.floats(0, 18_000), st.floats(13_000, 15_500), st.floats(300, 4_000),
              st.floats(300, 3_000)),
    max_size=3,
)  # fmt: skip
polynyas = st.lists(
    st.builds(Box, st.floats(0, 18_000), st.floats(1_500, 3_000), st.floats(300, 4_000),
              st.floats(300, 2_000)),
    max_size=3,
)  # fmt: skip
gaps = st.lists(
    st.builds(Box, st.floats(-2_000, 22_000), st.floats(-2_000, 18_000), st.floats(80, 5_000),
              st.floats(80, 5_000)),
    max_size=3,
)  # fmt: skip


def paint(field: Field, boxes: list[Box], value: float, grid: Grid = GRID) -> Field:
    painted = field.copy()
    for each in boxes:
        painted[each.covers(grid)] = value
    return painted


def traced(field: Field, grid: Grid = GRID, **rules: float) -> TracedFront:
    changed = replace(RULES, **rules)  # type: ignore[arg-type]
    found = trace_front(field, grid, REGION, REFERENCE, changed)
    assert isinstance(found, TracedFront)
    return found


def segments_of(line: MultiLineString) -> tuple[Points, Points]:
    """Middles and directions (unit vectors) of all edges that are longer than a pixel."""
    pairs = [(np.array(p.coords[:-1]), np.array(p.coords[1:])) for p in line.geoms]
    start = np.concatenate([one for one, _ in pairs])
    end = np.concatenate([other for _, other in pairs])
    length = np.hypot(*(end - start).T)
    long = length > PIXEL_M
    return (start[long] + end[long]) / 2, (end[long] - start[long]) / length[long, None]


def value_at(field: Field, points: Points, grid: Grid = GRID) -> Points:
    columns = (points[:, 0] - grid.west) / grid.pixel_size_m - 0.5
    rows = (grid.north - points[:, 1]) / grid.pixel_size_m - 0.5
    return np.asarray(ndimage.map_coordinates(field.astype(float), (rows, columns), order=1))


def mask_of(front: TracedFront) -> Field:
    """The front's own mask as probabilities: what lies in no region is not known."""
    mask = front.mask(GRID)
    assert mask is not None
    return np.where(GRID.covered_by(REGION), mask, np.float32(np.nan)).astype(np.float32)


@FEWER
@given(shapes)
def test_the_mask_of_a_front_has_the_same_front(shape: Shape) -> None:
    first = traced(shape.on(GRID))
    second = traced(mask_of(first), unsure_px=0)
    assert second.line.hausdorff_distance(first.line) < TOLERANCE_M + PIXEL_M  # + at the sides
    assert second.area_km2 == pytest.approx(first.area_km2, abs=HALF_PIXEL_KM2)


@FEWER
@given(shapes)
def test_tracing_again_and_again_goes_nowhere(shape: Shape) -> None:
    front = traced(mask_of(traced(shape.on(GRID))), unsure_px=0)
    first = front.line
    for _ in range(4):
        front = traced(mask_of(front), unsure_px=0)
    assert front.line.hausdorff_distance(first) < TOLERANCE_M


@FEWER
@given(shapes, bergs, gaps)
def test_ice_lies_on_the_left(shape: Shape, around: list[Box], missing: list[Box]) -> None:
    clean = shape.on(GRID)
    field = paint(paint(clean, around, 0.97), missing, np.nan)
    found = trace_front(field, GRID, REGION, REFERENCE, RULES)
    assume(isinstance(found, TracedFront))
    assert isinstance(found, TracedFront)
    middle, along = segments_of(found.line)
    to_the_left = np.column_stack([-along[:, 1], along[:, 0]]) * 2 * PIXEL_M
    left, right = (value_at(clean, middle + side) for side in (to_the_left, -to_the_left))
    assert (left > right).all()


@FEWER
@given(
    shapes, bergs, st.tuples(*[st.integers(0, 70)] * 4), st.sampled_from(["more", "nothing"])
)  # fmt: skip
def test_where_the_picture_begins_does_not_matter(
    shape: Shape, around: list[Box], pads: tuple[int, int, int, int], beyond: str
) -> None:
    west, north, east, south = pads
    wide = replace(
        GRID,
        west=GRID.west - west * PIXEL_M,
        north=GRID.north + north * PIXEL_M,
        width=GRID.width + west + east,
        height=GRID.height + north + south,
    )
    field = paint(shape.on(wide), around, 0.97, wide)
    if beyond == "nothing":
        inside = field[north : north + GRID.height, west : west + GRID.width]
        field = np.pad(inside, ((north, south), (west, east)), constant_values=np.nan)
    assert traced(field, wide) == traced(paint(shape.on(GRID), around, 0.97))


@FEWER
@given(shapes, gaps)
def test_missing_data_never_become_a_front(shape: Shape, missing: list[Box]) -> None:
    field = paint(shape.on(GRID), missing, np.nan)
    found = trace_front(field, GRID, REGION, REFERENCE, RULES)
    assume(isinstance(found, TracedFront))
    assert isinstance(found, TracedFront)
    whole = traced(shape.on(GRID)).line
    vertices = shapely.points(shapely.get_coordinates(found.line))
    assert shapely.distance(vertices, whole).max() < 2 * TOLERANCE_M
    holes = shapely.union_all(
        [shapely.box(WEST + b.west, SOUTH + b.south, WEST + b.west + b.width,
                     SOUTH + b.south + b.depth) for b in missing]
    )  # fmt: skip
    assert holes.is_empty or found.line.distance(holes) > (RULES.unsure_px - 1) * PIXEL_M


@pytest.mark.parametrize("cut", [np.s_[::64, 40:], np.s_[:, ::64]])
def test_seams_between_tiles_never_become_a_front(cut: tuple[slice, slice]) -> None:
    shape = Shape(((12_000.0, 900.0, 1.0),), 40.0)
    field = shape.on(GRID)
    field[cut] = np.nan
    found = traced(field, unsure_px=0)
    whole = traced(shape.on(GRID)).line
    vertices = shapely.points(shapely.get_coordinates(found.line))
    assert shapely.distance(vertices, whole).max() < TOLERANCE_M
    assert found.line.length < whole.length * 1.05


@FEWER
@given(shapes, bergs, polynyas)
def test_bergs_and_polynyas_are_dropped(shape: Shape, around: list[Box], within: list[Box]) -> None:
    field = paint(paint(shape.on(GRID), around, 0.97), within, 0.03)
    assert traced(field).line == traced(shape.on(GRID)).line
    found = traced(field).ice
    assert found is not None
    assert all(not part.interiors for part in found.geoms)


@FEWER
@given(shapes, gaps)
def test_a_front_ends_at_the_sides_or_where_nothing_is_known(
    shape: Shape, missing: list[Box]
) -> None:
    field = paint(shape.on(GRID), missing, np.nan)
    found = trace_front(field, GRID, REGION, REFERENCE, RULES)
    assume(isinstance(found, TracedFront))
    assert isinstance(found, TracedFront)
    holes = ndimage.binary_dilation(np.isnan(field), iterations=RULES.unsure_px + 3)
    for part in found.line.geoms:
        for x, y in (part.coords[0], part.coords[-1]):
            row = int((GRID.north - y) / PIXEL_M)
            column = int((x - GRID.west) / PIXEL_M)
            at_side = min(abs(x - WEST), abs(x - WEST - WIDTH_M)) <= LINE_GRID_M
            assert at_side or holes[row, column]


@FEWER
@given(shapes)
def test_where_all_is_known_one_line_leads_from_side_to_side(shape: Shape) -> None:
    (part,) = traced(shape.on(GRID)).line.geoms
    assert part.is_simple
    assert part.coords[0][0] == pytest.approx(WEST + WIDTH_M, abs=LINE_GRID_M)
    assert part.coords[-1][0] == pytest.approx(WEST, abs=LINE_GRID_M)


@FEWER
@given(shapes, bergs)
def test_line_polygon_mask_and_area_agree(shape: Shape, around: list[Box]) -> None:
    front = traced(paint(shape.on(GRID), around, 0.97))
    mask = front.mask(GRID)
    assert front.ice is not None
    assert mask is not None
    pixels_km2 = float(mask.sum()) * PIXEL_M**2 / 1e6
    assert pixels_km2 == pytest.approx(front.ice.area / 1e6, abs=HALF_PIXEL_KM2)
    seaward = front.ice.boundary.intersection(REGION.buffer(-LINE_GRID_M))
    assert seaward.hausdorff_distance(front.line) < 2 * LINE_GRID_M
    assert front.ice.intersection(REGION).area == pytest.approx(front.ice.area)


@FEWER
@given(shapes)
def test_every_vertex_lies_on_the_ten_metre_grid_and_near_the_contour(shape: Shape) -> None:
    vertices = shapely.get_coordinates(traced(shape.on(GRID)).line)
    assert (vertices % LINE_GRID_M == 0).all()
    x = np.linspace(-100.0, WIDTH_M + 100.0, 3_000)
    truth = LineString(np.column_stack([x + WEST, shape.depth(x) + SOUTH]))
    apart = shapely.distance(shapely.points(vertices), truth)
    assert apart.max() < SIMPLIFY_TOLERANCE_M + LINE_GRID_M + 5.0  # interpolation between pixels


@FEWER
@given(shapes, st.integers(0, 9_999), st.floats(0.7, 4.0))
def test_a_front_of_the_roughest_ice_never_crosses_itself(
    shape: Shape, seed: int, scale_px: float
) -> None:
    rough = np.random.default_rng(seed).standard_normal((GRID.height, GRID.width))
    rough = ndimage.gaussian_filter(rough, scale_px)
    x, y = np.meshgrid(GRID.column_x - WEST, GRID.row_y - SOUTH)
    logit = (shape.depth(x) - y) / 250.0 + 1.5 * rough / rough.std()
    field = (1 / (1 + np.exp(-np.clip(logit, -50, 50)))).astype(np.float32)
    front = traced(field)
    assert all(part.is_simple for part in front.line.geoms)
    assert (shapely.get_coordinates(front.line) % LINE_GRID_M == 0).all()
