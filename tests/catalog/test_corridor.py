from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon

import catalog.corridor
import catalog.crossings
from catalog.corridor import corridor_of, corridors_of, front_distances
from catalog.shelf import Part, all_parts, find_unit, unit_of_part

DEPTH_M = 50_000.0
WIDTH_M = 20_000.0
REGION = Polygon([(0, 0), (WIDTH_M, 0), (WIDTH_M, DEPTH_M), (0, DEPTH_M)])
REFERENCE = LineString([(0, 0), (WIDTH_M, 0)])
CORRIDOR = corridor_of(REGION, REFERENCE)


def line_of(*points: tuple[float, float]) -> MultiLineString:
    return MultiLineString([points])


def test_paths_run_from_the_reference_to_the_seaward_side() -> None:
    assert len(CORRIDOR.depth_m) == round(WIDTH_M / 250.0)
    assert np.allclose(CORRIDOR.landward[:, 1], 0.0)
    assert np.allclose(CORRIDOR.points_at(CORRIDOR.depth_m)[:, 1], DEPTH_M)
    assert np.allclose(CORRIDOR.seaward_direction, (0.0, 1.0))
    assert CORRIDOR.width_m.sum() == pytest.approx(WIDTH_M, rel=0.02)


@given(st.lists(st.floats(1_000.0, 49_000.0), min_size=2, max_size=30))
def test_a_line_that_is_a_function_of_the_path_is_given_back(heights: list[float]) -> None:
    x = np.linspace(-1.0, WIDTH_M + 1.0, len(heights))
    line = line_of(*zip(x, heights, strict=True))
    found = front_distances([line], CORRIDOR)[0]
    inner = slice(1, -1)  # the first and last path lie on the region's border
    expected = np.interp(CORRIDOR.landward[:, 0], x, heights)
    assert np.allclose(found[inner], expected[inner], atol=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_the_distances_are_those_of_plain_intersections(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = [
        MultiLineString(
            [
                rng.uniform(-5e3, 55e3, (int(rng.integers(2, 9)), 2))
                for _ in range(rng.integers(1, 4))
            ]
        )
        for _ in range(3)
    ]
    found = front_distances(lines, CORRIDOR)
    paths = shapely.linestrings(
        np.stack([CORRIDOR.landward, CORRIDOR.points_at(CORRIDOR.depth_m)], axis=1)
    )
    for row, line in zip(found, lines, strict=True):
        for at in range(1, len(paths) - 1, 7):
            crossings = shapely.get_coordinates(shapely.intersection(paths[at], line))
            expected = crossings[:, 1].max() if len(crossings) else np.nan
            assert row[at] == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_where_a_line_does_not_cross_nothing_is_known() -> None:
    half = line_of((-1.0, 30_000.0), (WIDTH_M / 2, 30_000.0))
    behind = line_of((-1.0, -10.0), (WIDTH_M + 1.0, -10.0))
    found = front_distances([half, behind], CORRIDOR)
    assert np.isnan(found[0]).mean() == pytest.approx(0.5, abs=0.03)
    assert np.isnan(found[1]).all()


def test_the_parts_of_a_line_are_not_connected() -> None:
    apart = MultiLineString([[(-1, 1e4), (5e3, 1e4)], [(15e3, 3e4), (20_001, 3e4)]])
    found = front_distances([apart], CORRIDOR)[0]
    x = CORRIDOR.landward[1:-1, 0]
    assert np.isnan(found[1:-1][(x > 5e3) & (x < 15e3)]).all()
    assert not np.isnan(found[1:-1][(x < 5e3) | (x > 15e3)]).any()


def test_the_crossing_farthest_out_counts() -> None:
    overhang = line_of((-1, 2e4), (12e3, 2e4), (12e3, 3e4), (8e3, 2.5e4), (20_001, 2.5e4))
    found = front_distances([overhang], CORRIDOR)[0]
    at = int(np.argmin(np.abs(CORRIDOR.landward[:, 0] - 10e3)))
    assert found[at] == pytest.approx(2.5e4 + (CORRIDOR.landward[at, 0] - 8e3) * 5 / 4)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    lines = [line_of(*rng.uniform(0, 2e4, (5, 2))) for _ in range(20)]
    whole = front_distances(lines, CORRIDOR)
    monkeypatch.setattr(catalog.corridor, "LARGEST_BLOCK", 1_000)
    monkeypatch.setattr(catalog.crossings, "STEPS_AT_ONCE", 30)
    assert np.array_equal(front_distances(lines, CORRIDOR), whole, equal_nan=True)


def test_no_lines_have_no_distances() -> None:
    assert front_distances([], CORRIDOR).shape == (0, len(CORRIDOR.depth_m))


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_the_paths_of_every_part_hardly_cross_and_stay_in_its_region(part: Part) -> None:
    (corridor,) = corridors_of(unit_of_part(part), 5_000.0)
    paths = shapely.linestrings(
        np.stack([corridor.landward, corridor.points_at(corridor.depth_m)], axis=1)
    )
    one, other = shapely.STRtree(paths).query(paths, predicate="crosses")
    assert (one < other).sum() <= 3  # GeorgeSouth, at the bend of its reference
    outside = shapely.length(shapely.difference(paths, part.region.buffer(1_000.0))) > 0
    assert outside.sum() <= 2


def test_a_shelf_with_two_fronts_has_two_corridors() -> None:
    assert len(corridors_of(find_unit("George"))) == 2
