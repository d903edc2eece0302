from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import Point

from pipeline.simulate.acquisition import MAX_SIDE_PX, PIXEL_SIZE_M, image_frame
from pipeline.footprint import footprint
from pipeline.simulate.moving_front import front_at, shelf_polygon
from pipeline.simulate.scene import simulate_scene
from pipeline.simulate.surfaces import signed_distance_m
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario


def test_the_same_arguments_give_the_same_scene() -> None:
    one, other = (simulate_scene(make_part(), NOON, make_scenario(), SEED) for _ in range(2))
    assert np.array_equal(one.sigma0, other.sigma0)
    assert one.truth.equals_exact(other.truth, 0.0)


def test_another_seed_gives_another_scene() -> None:
    one = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    other = simulate_scene(make_part(), NOON, make_scenario(), SEED + 1)
    assert not one.truth.equals_exact(other.truth, 1.0)


def test_a_scene_is_named_for_its_polarisations_time_and_part() -> None:
    dual = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    assert dual.id == "SIM_EW_GRDM_1SDH_20261115T120000_Testland"
    assert dual.sigma0.shape[0] == 2
    july = datetime(2026, 7, 2, 6, 30, 15, tzinfo=UTC)
    single = simulate_scene(make_part(), july, make_scenario(), SEED)
    assert single.id == "SIM_EW_GRDM_1SSH_20260702T063015_Testland"
    assert single.sigma0.shape[0] == 1


def test_the_shelf_is_brighter_than_the_ocean_on_either_side_of_the_truth() -> None:
    part, scenario = make_part(), make_scenario()
    scene = simulate_scene(part, NOON, scenario, SEED)
    ice = scene.frame.burn([shelf_polygon(front_at(part, NOON, scenario, SEED))])
    seaward = signed_distance_m(ice, PIXEL_SIZE_M)
    seen = scene.sigma0[0] > 0
    shelf = scene.sigma0[0][seen & (seaward < 0) & (seaward > -2000)].mean()
    ocean = scene.sigma0[0][seen & (seaward > 0) & (seaward < 2000)].mean()
    assert 10 * np.log10(shelf / ocean) > 6.0


def test_the_region_lies_within_the_data_of_the_image() -> None:
    part = make_part(turn_deg=77.0)
    scene = simulate_scene(part, NOON, make_scenario(), SEED)
    row, column = scene.frame.position(*np.array(part.region.exterior.coords).T)
    assert (scene.sigma0[0, row.astype(int), column.astype(int)] > 0).all()
    assert min(row.min(), column.min()) > 0


def test_borders_hold_no_data_in_all_bands() -> None:
    scene = simulate_scene(make_part(), NOON, make_scenario(), SEED)
    assert np.array_equal(scene.sigma0[0] == 0, scene.sigma0[1] == 0)
    assert 0.0 < (scene.sigma0[0] == 0).mean() < 0.2


def test_positions_in_the_image_and_on_the_ground_are_each_others_inverse() -> None:
    frame = image_frame(make_part(), SEED, 0)
    row, column = np.array([0.0, 100.5, 7.0]), np.array([0.0, 20.25, 300.0])
    assert np.allclose(frame.position(*frame.ground(row, column)), (row, column))


def test_two_passes_see_the_part_from_two_directions() -> None:
    part = make_part()
    assert image_frame(part, SEED, 0).turn_rad != image_frame(part, SEED, 1).turn_rad


def test_a_huge_part_is_seen_in_its_middle() -> None:
    part = make_part(width_m=700_000.0, depth_m=150_000.0, centre=(0.0, -1_200_000.0))
    frame = image_frame(part, SEED, 0)
    assert max(frame.rows, frame.columns) == MAX_SIDE_PX
    assert frame.outline().contains(part.region.centroid)


def test_a_footprint_over_the_antimeridian_has_two_halves() -> None:
    part = make_part(centre=(1_000.0, -1_300_000.0), turn_deg=0.0)
    halves = footprint(image_frame(part, SEED, 0).outline())
    assert len(halves.geoms) == 2
    assert sorted(half.bounds[0] > 0 for half in halves.geoms) == [False, True]
    assert max(half.bounds[2] for half in halves.geoms) == 180.0
    assert min(half.bounds[0] for half in halves.geoms) == -180.0


@pytest.mark.parametrize("turn_deg", [10.0, 200.0])
def test_a_footprint_elsewhere_is_one_polygon_around_the_part(turn_deg: float) -> None:
    part = make_part(turn_deg=turn_deg)
    (whole,) = footprint(image_frame(part, SEED, 0).outline()).geoms
    assert whole.exterior.is_ccw
    assert whole.contains(Point(-100.97, -75.0).buffer(0.01))
