from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
import shapely

from catalog.shelf import Part, find_part
from pipeline.errors import SceneError
from pipeline.geometry.geoid import geoid_height_m
from pipeline.geometry.surface_choice import SHELF_FREEBOARD_M
from pipeline.simulate.acquisition import (
    LARGEST_SIDE_PX,
    SMALLEST_SIDE_PX,
    Imaging,
    acquisition_of,
    slices_of,
    target_of,
)
from pipeline.simulate.annotation import simulated_annotation
from pipeline.simulate.moving_front import front_at, front_line
from pipeline.simulate.radar_frame import RadarFrame
from pipeline.simulate.scenario import scenario_of
from tests.pipeline.simulate.sample import NOON, SEED, make_part


def frame_of(part: Part, pass_number: int = 0, imaging: Imaging | None = None) -> RadarFrame:
    acquisition = acquisition_of(part, NOON, pass_number, SEED, imaging or Imaging())
    return RadarFrame.of(simulated_annotation(acquisition, "HH"), acquisition.height_m)


@pytest.mark.parametrize("pass_number", [0, 1])
@pytest.mark.parametrize("mode", ["EW", "IW"])
def test_the_region_of_a_small_part_lies_within_the_image_with_a_margin(
    pass_number: int, mode: str
) -> None:
    part = make_part(turn_deg=77.0)
    frame = frame_of(part, pass_number, Imaging(mode))
    row, column = frame.position(*np.array(part.region.exterior.coords).T)
    margin_px = 3_900.0 / frame.pixel_size_m
    assert min(row.min(), column.min()) > margin_px
    assert row.max() < frame.rows - margin_px
    assert column.max() < frame.columns - margin_px


def test_passes_descend_and_ascend_in_turn() -> None:
    directions = [acquisition_of(make_part(), NOON, n, SEED, Imaging()).direction for n in range(4)]
    assert directions == ["DESCENDING", "ASCENDING"] * 2


def test_a_geometry_comes_back_with_its_pass() -> None:
    one, other = (acquisition_of(make_part(), NOON, n, SEED, Imaging()) for n in (0, 2))
    assert one == other


def test_the_first_line_is_seen_at_the_moment_asked_for() -> None:
    acquisition = acquisition_of(make_part(), NOON, 1, SEED, Imaging())
    assert abs(simulated_annotation(acquisition, "HH").epoch - NOON) <= timedelta(microseconds=1)


def test_of_a_huge_part_the_middle_of_the_front_is_seen() -> None:
    part = make_part(width_m=700_000.0, depth_m=150_000.0, centre=(0.0, -1_200_000.0))
    frame = frame_of(part)
    target = target_of(part, SHELF_FREEBOARD_M)
    line, pixel = frame.geometry.lonlat_to_image(
        np.array([[target.longitude_deg, target.latitude_deg]]), np.array([target.height_m])
    )[0]
    assert max(frame.shape) == LARGEST_SIDE_PX
    assert 0 < line < frame.rows
    assert 0 < pixel < frame.columns


def test_a_tiny_part_still_gets_an_image_of_some_size() -> None:
    assert min(frame_of(make_part(width_m=500.0, depth_m=500.0)).shape) >= SMALLEST_SIDE_PX


def test_a_full_swath_is_as_large_as_a_product_and_lies_where_swaths_do() -> None:
    frame = frame_of(make_part(), 0, Imaging(full_swath=True))
    assert frame.shape == (10_708, 10_487)
    assert frame.incidence_deg()[0, 0] == pytest.approx(18.9, abs=0.2)
    assert frame.outline().contains(make_part().region)


def test_the_surface_stands_on_the_geoid() -> None:
    target = target_of(make_part(), 50.0)
    geoid = geoid_height_m(np.array([[target.longitude_deg, target.latitude_deg]]))[0]
    assert target.height_m == pytest.approx(geoid + 50.0, abs=0.051)


@pytest.mark.parametrize("name", ["Ross1", "Filchner", "Ronne1", "Bach", "Denman"])
@pytest.mark.parametrize("pass_number", [0, 1])
def test_fronts_are_seen_as_far_south_as_there_are_any(name: str, pass_number: int) -> None:
    part = find_part(name)
    front = front_line(part, front_at(part, NOON, scenario_of(name, SEED), SEED))
    shown = shapely.intersection(front, frame_of(part, pass_number).outline())
    assert shown.length > min(0.9 * front.length, 150_000.0)


def test_a_part_that_no_pass_can_see_is_refused_by_name() -> None:
    with pytest.raises(SceneError, match="Testland cannot be simulated in EW"):
        acquisition_of(make_part(centre=(-200_000.0, -310_000.0)), NOON, 0, SEED, Imaging())


def test_beyond_the_reach_of_iw_the_other_mode_is_named() -> None:
    with pytest.raises(SceneError, match="Try the other mode"):
        acquisition_of(find_part("Ross1"), NOON, 0, 27, Imaging("IW"))


def test_two_slices_show_what_the_whole_image_shows() -> None:
    acquisition = acquisition_of(make_part(), NOON, 0, SEED, Imaging())
    whole = RadarFrame.of(simulated_annotation(acquisition, "HH"), acquisition.height_m)
    first, second = (
        RadarFrame.of(simulated_annotation(one, "HH"), one.height_m)
        for one in slices_of(acquisition, 200)
    )
    assert first.rows + second.rows == whole.rows
    corners = np.array([0.0, 200.0]), np.array([0.0, float(whole.columns)])
    x, y = whole.ground(*corners)
    assert np.allclose(first.position(x, y), corners, atol=0.01)
    assert np.allclose(second.position(x, y), (corners[0] - 200, corners[1]), atol=0.01)
    assert second.annotation.epoch > first.annotation.epoch
    assert second.annotation.datatake == first.annotation.datatake
