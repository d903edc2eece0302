from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import KroghInterpolator
from scipy.optimize import minimize_scalar

from pipeline.errors import SceneError
from pipeline.geometry.range_doppler import (
    SPEED_OF_LIGHT_M_S,
    RadarGeometry,
    ecef_of,
    lonlat_of,
)
from pipeline.safe.annotation import Annotation, GeolocationGrid
from tests.conftest import shared_folder
from tests.pipeline.annotations import (
    Floats,
    grid_points,
    mirrored_south,
    real_annotation,
    turned_south,
)


def annotation() -> Annotation:
    return real_annotation(shared_folder("data"))


def without_grid(whole: Annotation) -> Annotation:
    none = np.empty((0, 0))
    whole_numbers = np.empty((0, 0), dtype=np.int64)
    grid = GeolocationGrid(whole_numbers, whole_numbers, none, none, none, none, none, none, none)
    return replace(whole, geolocation=grid)


@pytest.mark.parametrize("polarisation", ["HH", "HV"])
def test_esas_own_grid_is_explained_to_a_thousandth_of_a_pixel(
    shared_data: Path, polarisation: str
) -> None:
    real = real_annotation(shared_data, polarisation)
    image, lonlat, heights = grid_points(real)
    found = RadarGeometry(real).lonlat_to_image(lonlat, heights)
    error = np.hypot(*(found - image).T)
    assert len(error) == 483
    assert error.mean() < 0.0005
    assert error.max() < 0.001


def test_without_the_grid_the_bistatic_shift_remains_and_pixels_stay_exact(
    shared_data: Path,
) -> None:
    real = real_annotation(shared_data)
    image, lonlat, heights = grid_points(real)
    found = RadarGeometry(without_grid(real)).lonlat_to_image(lonlat, heights)
    lines, pixels = np.abs(found - image).T
    assert pixels.max() < 0.001
    assert 0.05 < lines.max() < 0.08


def test_times_and_slant_ranges_of_esas_grid_are_met_before_any_polynomial(
    shared_data: Path,
) -> None:
    real = real_annotation(shared_data)
    _, lonlat, heights = grid_points(real)
    times, ranges = RadarGeometry(real).zero_doppler(ecef_of(lonlat, heights))
    grid = real.geolocation
    expected = grid.slant_range_times_s.ravel() * SPEED_OF_LIGHT_M_S / 2
    assert np.abs(ranges - expected).max() < 0.001
    assert np.abs(times - grid.azimuth_times_s.ravel()).max() < 0.001 * real.line_interval_s


def test_the_closest_approach_is_that_of_a_brute_search_on_another_orbit_fit(
    shared_data: Path,
) -> None:
    real = real_annotation(shared_data)
    _, lonlat, heights = grid_points(real)
    points = ecef_of(lonlat, heights)[::60]
    states = real.orbit
    orbit = KroghInterpolator(states.times_s[4:16], states.positions_m[4:16])
    times, ranges = RadarGeometry(real).zero_doppler(points)
    for point, time, distance in zip(points, times, ranges, strict=True):

        def away(at: float, point: Floats = point) -> float:
            return float(np.linalg.norm(orbit(at) - point))

        found = minimize_scalar(
            away, bounds=(-5.0, 70.0), method="bounded", options={"xatol": 1e-10}
        )
        assert found.fun == pytest.approx(distance, abs=0.005)
        assert found.x == pytest.approx(time, abs=0.05 * real.line_interval_s)


@given(
    line=st.floats(-0.5, 10_707.5),
    pixel=st.floats(-0.5, 10_486.5),
    height=st.floats(-100.0, 4_000.0),
)
def test_to_the_ground_and_back_ends_at_the_same_pixel(
    line: float, pixel: float, height: float
) -> None:
    geometry = RadarGeometry(annotation())
    image = np.array([[line, pixel]])
    ground = geometry.to_ground(image, height)
    assert lonlat_of(ground)[0, 2] == pytest.approx(height, abs=1e-5)
    # At a line's edge rounding may choose the polynomial of the next.
    if abs(line % 1.0 - 0.5) > 1e-6:
        assert geometry.to_image(ground) == pytest.approx(image, abs=1e-3)


@pytest.mark.parametrize("move", [turned_south, mirrored_south])
def test_a_scene_moved_to_the_other_pole_keeps_its_image_coordinates(
    shared_data: Path, move: Callable[[Annotation], Annotation]
) -> None:
    real = real_annotation(shared_data)
    there = RadarGeometry(real)
    moved = RadarGeometry(move(real))
    image, lonlat, heights = grid_points(move(real))
    assert (lonlat[:, 1] < -75).all()
    assert np.hypot(*(moved.lonlat_to_image(lonlat, heights) - image).T).max() < 0.001
    up = heights + 1_000.0
    home = there.lonlat_to_image(grid_points(real)[1], up)
    assert moved.lonlat_to_image(lonlat, up) == pytest.approx(home, abs=1e-5)


def test_a_mirrored_scene_looks_left_and_still_leads_back(shared_data: Path) -> None:
    geometry = RadarGeometry(mirrored_south(real_annotation(shared_data)))
    image = np.array([[0.0, 0.0], [5_000.2, 9_000.7]])
    lonlat = geometry.to_lonlat(image, 120.0)
    assert geometry.lonlat_to_image(lonlat, np.full(2, 120.0)) == pytest.approx(image, abs=1e-3)


def test_a_point_as_far_on_the_other_side_of_the_track_is_not_in_the_image(
    shared_data: Path,
) -> None:
    real = real_annotation(shared_data)
    geometry = RadarGeometry(real)
    points = geometry.to_ground(np.array([[3_000.0, 10.0], [3_000.0, 9_000.0]]))
    times, _ = geometry.zero_doppler(points)
    position, velocity, _ = geometry.orbit.states(times)
    across = np.cross(velocity, position)
    across /= np.linalg.norm(across, axis=1)[:, None]
    other_side = points - 2 * np.sum(points * across, axis=1)[:, None] * across
    found = geometry.to_image(other_side)
    assert found[:, 0] == pytest.approx(geometry.to_image(points)[:, 0], abs=1.0)
    assert (found[:, 1] < -real.pixels).all()


def test_far_around_the_scene_every_point_has_a_place_outside_of_the_image(
    shared_data: Path,
) -> None:
    real = turned_south(real_annotation(shared_data))
    geometry = RadarGeometry(real)
    longitude, latitude = np.meshgrid(np.arange(-180.0, 180.0, 3.0), np.arange(-90.0, -50.0, 1.0))
    lonlat = np.column_stack((longitude.ravel(), latitude.ravel()))
    image = geometry.lonlat_to_image(lonlat, np.zeros(len(lonlat)))
    assert np.isfinite(image).all()
    within = ((image > 0) & (image < [real.lines, real.pixels])).all(axis=1)
    back = geometry.to_lonlat(image[within])
    # No point from elsewhere is taken for one of the scene.
    assert 5 < within.sum() < 100
    assert ecef_of(back, np.zeros(len(back))) == pytest.approx(
        ecef_of(lonlat[within], np.zeros(len(back))), abs=0.1
    )


def test_pixels_grow_with_range_far_beyond_both_edges(shared_data: Path) -> None:
    geometry = RadarGeometry(real_annotation(shared_data))
    slant = np.linspace(650_000.0, 1_500_000.0, 400)
    ground = geometry.ground_range.ground_range_m(slant, np.full(400, 30))
    assert (np.diff(ground) > 0).all()


def test_ignoring_50_m_of_height_moves_a_scene_by_some_70_m(shared_data: Path) -> None:
    geometry = RadarGeometry(real_annotation(shared_data))
    image = grid_points(real_annotation(shared_data))[0]
    moved = geometry.to_ground(image, 50.0) - geometry.to_ground(image, 0.0)
    across_m = np.sqrt(np.sum(moved**2, axis=1) - 50.0**2)
    assert 65.0 < np.median(across_m) < 80.0
    assert across_m.max() > 120.0  # near range


def test_a_range_that_ends_above_the_ground_is_refused(shared_data: Path) -> None:
    geometry = RadarGeometry(real_annotation(shared_data))
    with pytest.raises(SceneError, match="does not meet the ground"):
        geometry.to_ground(np.array([[100.0, -50_000.0]]))


def test_an_orbit_that_ends_before_the_image_is_refused(shared_data: Path) -> None:
    real = real_annotation(shared_data)
    few = replace(
        real.orbit,
        times_s=real.orbit.times_s[:10],
        positions_m=real.orbit.positions_m[:10],
        velocities_m_s=real.orbit.velocities_m_s[:10],
    )
    with pytest.raises(SceneError, match="do not span its lines"):
        RadarGeometry(replace(real, orbit=few))


@pytest.mark.parametrize("sign", [0.0, -1.0, np.nan])
def test_a_polynomial_that_does_not_grow_is_refused(shared_data: Path, sign: float) -> None:
    real = real_annotation(shared_data)
    grsr = real.ground_range.grsr.copy()
    grsr[7, 1:] *= sign
    broken = replace(real, ground_range=replace(real.ground_range, grsr=grsr))
    with pytest.raises(SceneError, match="polynomial 8 does not grow"):
        RadarGeometry(broken)


def test_missing_polynomials_are_refused(shared_data: Path) -> None:
    real = real_annotation(shared_data)
    none = replace(real.ground_range, times_s=np.empty(0), grsr=np.empty((0, 9)))
    with pytest.raises(SceneError, match="missing or not in order"):
        RadarGeometry(replace(real, ground_range=none))


def test_spacings_that_are_not_positive_are_refused(shared_data: Path) -> None:
    real = real_annotation(shared_data)
    for broken in (replace(real, line_interval_s=0.0), replace(real, pixel_spacing_m=-40.0)):
        with pytest.raises(SceneError, match="is not positive"):
            RadarGeometry(broken)


def test_a_product_with_one_polynomial_holds_to_it(shared_data: Path) -> None:
    real = real_annotation(shared_data)
    conversion = real.ground_range
    only = replace(
        conversion,
        times_s=conversion.times_s[30:31],
        gr0_m=conversion.gr0_m[30:31],
        grsr=conversion.grsr[30:31],
    )
    geometry = RadarGeometry(replace(real, ground_range=only))
    image = np.array([[0.0, 10.0], [10_000.0, 10_400.0]])
    assert geometry.to_image(geometry.to_ground(image)) == pytest.approx(image, abs=1e-3)
