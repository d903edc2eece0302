from pathlib import Path

import numpy as np
import pytest

from pipeline.geometry.range_doppler import RadarGeometry
from pipeline.simulate.relocation import moved_annotation, moved_lonlat
from tests.pipeline.annotations import grid_points, real_annotation


@pytest.mark.parametrize("turn_deg", [0.0, 137.5, -60.0])
def test_moved_places_appear_in_the_same_pixels(shared_data: Path, turn_deg: float) -> None:
    real = real_annotation(shared_data)
    moved = moved_annotation(real, turn_deg)
    image, lonlat, heights = grid_points(real)

    before = RadarGeometry(real).lonlat_to_image(lonlat, heights)
    after = RadarGeometry(moved).lonlat_to_image(moved_lonlat(lonlat, turn_deg), heights)

    np.testing.assert_allclose(after, before, atol=1e-5)
    assert np.abs(after - image).max() < 0.1  # ESA's own grid


def test_the_moved_product_lies_in_antarctica_and_flies_the_other_way(shared_data: Path) -> None:
    real = real_annotation(shared_data)

    moved = moved_annotation(real, 30.0)

    assert moved.geolocation.latitudes_deg.max() < -76
    assert (real.pass_direction, moved.pass_direction) == ("DESCENDING", "ASCENDING")
    assert moved.orbit.velocities_m_s[:, 2].mean() > 0
    np.testing.assert_allclose(
        np.linalg.norm(moved.orbit.positions_m, axis=1),
        np.linalg.norm(real.orbit.positions_m, axis=1),
    )
    longitudes = moved.geolocation.longitudes_deg
    assert longitudes.min() >= -180
    assert longitudes.max() < 180


def test_what_depends_on_range_and_time_only_stays_the_same(shared_data: Path) -> None:
    real = real_annotation(shared_data)

    moved = moved_annotation(real, 30.0)

    assert moved.ground_range is real.ground_range
    assert moved.geolocation.incidence_deg is real.geolocation.incidence_deg
    assert (moved.epoch, moved.lines, moved.pixels) == (real.epoch, real.lines, real.pixels)
